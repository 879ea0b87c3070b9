/** Ports of a simulated device: ifTable and ifXTable (RFC 2863) with traffic that follows the shift. */
import type { MibNumber } from '../snmp/mib.ts';
import type { MibBuilder } from './device.ts';
import { Wander } from './shift.ts';

export interface PortSpec {
  readonly name: string;
  readonly alias: string;
  readonly speedMbps: number;
  /** Bits per second at full load; 0: nothing is connected. */
  readonly busyBps: number;
  /** Goes down and up again every so often. */
  readonly flapping?: boolean;
}

const UP = 1;
const DOWN = 2;
const FLAP_PERIOD_MS = 90_000;
const FLAP_DOWN_MS = 25_000;

interface Port {
  readonly spec: PortSpec;
  readonly oper: MibNumber;
  readonly lastChange: MibNumber;
  readonly traffic: Wander;
  /** Both directions: octets, octets (32 bit), unicast packets. */
  readonly directions: readonly {
    readonly octets: MibNumber;
    readonly octets32: MibNumber;
    readonly packets: MibNumber;
    readonly share: number;
  }[];
  readonly inErrors: MibNumber;
}

export class Ports {
  readonly #ports: readonly Port[];
  readonly #random: () => number;

  constructor(mib: MibBuilder, specs: readonly PortSpec[], random: () => number, macPrefix: string) {
    this.#random = random;
    this.#ports = specs.map((spec, i) => addPort(mib, spec, i + 1, random, macPrefix));
    mib.integer('1.3.6.1.2.1.2.1.0', specs.length);
  }

  step(seconds: number, load: number, atMs: number, uptimeTicks: number): void {
    for (const port of this.#ports) {
      const { spec } = port;
      const flapped = spec.flapping === true && atMs % FLAP_PERIOD_MS < FLAP_DOWN_MS;
      const oper = spec.busyBps === 0 || flapped ? DOWN : UP;
      if (oper !== port.oper.value) {
        port.oper.value = oper;
        port.lastChange.value = uptimeTicks;
        port.inErrors.value += Math.round(this.#random() * 8);
      }
      if (oper !== UP) continue;
      const share = Math.max(0.02, port.traffic.next(load));
      for (const direction of port.directions) {
        const bytes = Math.round(
          (spec.busyBps / 8) * share * direction.share * seconds * (0.85 + 0.3 * this.#random()),
        );
        direction.octets.value += bytes;
        direction.octets32.value = direction.octets.value % 2 ** 32;
        direction.packets.value += Math.round(bytes / (500 + 300 * this.#random()));
      }
      if (spec.flapping && this.#random() < 0.1) port.inErrors.value += 1;
    }
  }
}

function addPort(mib: MibBuilder, spec: PortSpec, index: number, random: () => number, macPrefix: string): Port {
  const entry = (column: number) => `1.3.6.1.2.1.2.2.1.${column}.${index}`;
  const extended = (column: number) => `1.3.6.1.2.1.31.1.1.1.${column}.${index}`;
  mib.integer(entry(1), index);
  mib.text(entry(2), spec.name);
  mib.integer(entry(3), 6);
  mib.integer(entry(4), 1500);
  mib.gauge(entry(5), Math.min(spec.speedMbps * 1e6, 4_294_967_295));
  mib.text(entry(6), Buffer.from(`${macPrefix}${index.toString(16).padStart(2, '0')}`, 'hex').toString('latin1'));
  mib.integer(entry(7), UP);
  mib.text(extended(1), spec.name);
  mib.gauge(extended(15), spec.speedMbps);
  mib.text(extended(18), spec.alias);
  for (const column of [13, 19, 20]) mib.number(entry(column), 'counter32', 0);
  for (const column of [8, 9, 12, 13]) mib.number(extended(column), 'counter64', 0);
  const start = spec.busyBps === 0 ? 0 : Math.floor(random() * 1e13);
  const direction = (octets: number, octets32: number, packets: number, share: number) => ({
    octets: mib.number(extended(octets), 'counter64', start),
    octets32: mib.number(entry(octets32), 'counter32', start % 2 ** 32),
    packets: mib.number(extended(packets), 'counter64', Math.floor(start / 700)),
    share,
  });
  return {
    spec,
    oper: mib.integer(entry(8), spec.busyBps === 0 ? DOWN : UP),
    lastChange: mib.number(entry(9), 'timeTicks', 0),
    inErrors: mib.number(entry(14), 'counter32', 0),
    traffic: new Wander(0.5, 0.15, random),
    directions: [direction(6, 10, 7, 0.4 + random() * 0.6), direction(10, 16, 11, 0.4 + random() * 0.6)],
  };
}
