/** Network interfaces of Linux: counters of `/proc/net/dev`, state of `/sys/class/net`. */
import type { ObservedInterface } from '../../model/observation.ts';
import type { PolledRow } from '../../templates/poll-plan.ts';
import { readLines, readNumber, readText } from './linux-files.ts';
import { type HostChoice, isPolledByDefault } from './reading.ts';

/** ifOperStatus by operstate (RFC 2863 as the kernel says it). A loopback is `unknown` and works. */
const OPER_STATUS: Readonly<Record<string, number>> = {
  up: 1,
  down: 2,
  testing: 3,
  unknown: 4,
  dormant: 5,
  notpresent: 6,
  lowerlayerdown: 7,
};
/** ifType by ARPHRD number. */
const IF_TYPE: Readonly<Record<number, number>> = { 1: 6, 772: 24, 512: 23, 768: 131, 776: 131, 778: 131, 65534: 53 };
const IFF_UP = 1;

export interface NetworkReading {
  readonly rows: PolledRow[];
  readonly interfaces: ObservedInterface[];
}

export function readNetwork({ interfaces: chosen, interfaceRuling }: HostChoice): NetworkReading {
  const reading: NetworkReading = { rows: [], interfaces: [] };
  for (const line of readLines('/proc/net/dev').slice(2)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    const described = describe(name);
    const polled = chosen[name] ?? interfaceRuling?.(described) ?? isPolledByDefault(name);
    const found = { ...described, polled };
    reading.interfaces.push(found);
    if (!found.polled) continue;
    const [inOctets, inPackets, inErrors, inDrops, , , , inMulticast, outOctets, outPackets, outErrors, outDrops] = line
      .slice(colon + 1)
      .trim()
      .split(/ +/)
      .map(Number);
    const fields: Record<string, number> = {
      in_octets: inOctets!,
      out_octets: outOctets!,
      // The kernel counts multicast among all; broadcast is not told apart.
      in_unicast_packets: Math.max(0, inPackets! - inMulticast!),
      out_unicast_packets: outPackets!,
      in_multicast_packets: inMulticast!,
      in_errors: inErrors!,
      out_errors: outErrors!,
      in_discards: inDrops!,
      out_discards: outDrops!,
      oper_status: found.oper_status,
      admin_status: found.admin_status,
    };
    if (found.speed_bits_per_second > 0) fields.speed_bits_per_second = found.speed_bits_per_second;
    reading.rows.push({ measurement: 'interface', tags: { ifname: name }, fields });
  }
  return reading;
}

function describe(name: string): Omit<ObservedInterface, 'polled'> {
  const folder = `/sys/class/net/${name}`;
  const flags = Number(readText(`${folder}/flags`) ?? 0);
  const megabits = readNumber(`${folder}/speed`) ?? 0;
  const type = readNumber(`${folder}/type`) ?? 0;
  const mac = readText(`${folder}/address`) ?? '';
  return {
    ifname: name,
    if_index: readNumber(`${folder}/ifindex`) ?? 0,
    name,
    descr: name,
    alias: readText(`${folder}/ifalias`) ?? '',
    type: IF_TYPE[type] ?? 1,
    mac: /^(?:00:)*00$/.test(mac) ? '' : mac,
    speed_bits_per_second: megabits > 0 ? megabits * 1e6 : 0,
    admin_status: flags & IFF_UP ? 1 : 2,
    oper_status: OPER_STATUS[readText(`${folder}/operstate`) ?? ''] ?? 4,
  };
}
