/** All probes by plugin ID. */
import { z } from 'zod';
import type { CredentialType } from '../model/collector-config.ts';
import { hostProbe } from './host/host.ts';
import { icmpProbe } from './icmp.ts';
import type { Probe } from './probe.ts';
import { snmpProbe } from './snmp.ts';

export const PROBES: ReadonlyMap<string, Probe> = new Map(
  [icmpProbe, snmpProbe, hostProbe].map((probe) => [probe.id, probe as unknown as Probe]),
);

/** What the server tells about a probe that is built in. */
export interface PluginDescription {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly credential_types: readonly CredentialType[];
  readonly default_interval_s: number;
  /** JSON Schema of a monitor's settings. */
  readonly settings_schema: Readonly<Record<string, unknown>>;
}

export function describePlugins(): PluginDescription[] {
  return [...PROBES.values()].map((probe) => ({
    id: probe.id,
    name: probe.name,
    description: probe.description,
    credential_types: probe.credentials,
    default_interval_s: probe.defaultIntervalS,
    settings_schema: z.toJSONSchema(probe.settings, { io: 'input' }),
  }));
}
