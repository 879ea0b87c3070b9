/** All probes by plugin ID. */
import { z } from 'zod';
import type { CredentialType } from '../model/collector-config.ts';
import { dnsProbe } from './dns.ts';
import { hostProbe } from './host/host.ts';
import { httpProbe } from './http.ts';
import { icmpProbe } from './icmp.ts';
import type { Probe } from './probe.ts';
import { snmpProbe } from './snmp.ts';
import { tcpProbe } from './tcp.ts';
import { tlsProbe } from './tls.ts';

export const PROBES: ReadonlyMap<string, Probe> = new Map(
  ([icmpProbe, snmpProbe, hostProbe, tcpProbe, httpProbe, dnsProbe, tlsProbe] as unknown as Probe[]).map((probe) => [
    probe.id,
    probe,
  ]),
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
