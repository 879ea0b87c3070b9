/** All probes by plugin ID. */
import { icmpProbe } from './icmp.ts';
import type { Probe } from './probe.ts';
import { snmpProbe } from './snmp.ts';

export const PROBES: ReadonlyMap<string, Probe> = new Map(
  [icmpProbe, snmpProbe].map((probe) => [probe.id, probe as unknown as Probe]),
);
