/** An access switch as Cisco's IOS presents itself: ports, CPU, memory, temperature, fan, power supply, ENTITY-MIB. */
import { addSystem, MibBuilder, type SimulatedDevice } from '../device.ts';
import { type PortSpec, Ports } from '../ports.ts';
import { seededRandom, Wander } from '../shift.ts';

export interface SwitchSpec {
  readonly name: string;
  readonly location: string;
  readonly serial: string;
  readonly ports: readonly PortSpec[];
  /** Its fan slows down, stops and is found broken, over and over. */
  readonly failingFan?: boolean;
}

const ENVIRONMENT = '1.3.6.1.4.1.9.9.13.1';
const PROCESSOR = '1.3.6.1.4.1.9.9.109.1.1.1.1';
const MEMORY_POOL = '1.3.6.1.4.1.9.9.48.1.1.1';
const ENTITY = '1.3.6.1.2.1.47.1.1.1.1';
/** ciscoEnvMonState: 1 normal, 2 warning, 3 critical. */
const NORMAL = 1;
const CRITICAL = 3;
const FAN_PERIOD_MS = 240_000;
const FAN_BROKEN_MS = 100_000;
const MEMORY_BYTES = 380e6;

export function simulateSwitch(spec: SwitchSpec, seed: number): SimulatedDevice {
  const random = seededRandom(seed);
  const mib = new MibBuilder();
  const uptime = addSystem(mib, {
    descr: 'Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E8, RELEASE SOFTWARE (fc3)',
    objectId: '1.3.6.1.4.1.9.1.1208',
    name: spec.name,
    location: spec.location,
  });
  uptime.value = 8_640_000 * (20 + (seed % 50));
  const ports = new Ports(mib, spec.ports, random, `0c75bd${(seed % 65536).toString(16).padStart(4, '0')}`);
  addChassis(mib, spec);
  const cpu = [3, 4, 5, 6, 7, 8].map((column) => mib.gauge(`${PROCESSOR}.${column}.1`, 10));
  mib.integer(`${PROCESSOR}.2.1`, 1001);
  mib.text(`${MEMORY_POOL}.2.1`, 'Processor');
  const memoryUsed = mib.gauge(`${MEMORY_POOL}.5.1`, 1.6e8);
  const memoryFree = mib.gauge(`${MEMORY_POOL}.6.1`, MEMORY_BYTES - 1.6e8);
  mib.text(`${ENVIRONMENT}.3.1.2.1008`, 'SW#1, Sensor#1');
  const temperature = mib.gauge(`${ENVIRONMENT}.3.1.3.1008`, 40);
  mib.integer(`${ENVIRONMENT}.3.1.4.1008`, 68);
  const temperatureState = mib.integer(`${ENVIRONMENT}.3.1.6.1008`, NORMAL);
  mib.text(`${ENVIRONMENT}.4.1.2.1007`, 'Switch#1, Fan#1');
  const fanState = mib.integer(`${ENVIRONMENT}.4.1.3.1007`, NORMAL);
  mib.text(`${ENVIRONMENT}.5.1.2.1006`, 'Switch#1, PS1');
  mib.integer(`${ENVIRONMENT}.5.1.3.1006`, NORMAL);

  const load1 = new Wander(12, 4, random);
  const heat = new Wander(41, 0.6, random);
  const memory = new Wander(0.42, 0.004, random);
  return {
    name: spec.name,
    values: mib.values,
    step(seconds, load, atMs) {
      uptime.value += seconds * 100;
      ports.step(seconds, load, atMs, uptime.value);
      const percent = Math.min(99, Math.max(2, load1.next(8 + 22 * load)));
      for (const object of cpu) object.value = Math.round(percent);
      const used = Math.min(0.95, Math.max(0.2, memory.next(0.42))) * MEMORY_BYTES;
      memoryUsed.value = Math.round(used);
      memoryFree.value = Math.round(MEMORY_BYTES - used);
      const broken = spec.failingFan === true && atMs % FAN_PERIOD_MS < FAN_BROKEN_MS;
      fanState.value = broken ? CRITICAL : NORMAL;
      temperature.value = Math.round(heat.next(broken ? 62 : 38 + 6 * load));
      temperatureState.value = temperature.value > 68 ? CRITICAL : NORMAL;
    },
  };
}

function addChassis(mib: MibBuilder, spec: SwitchSpec): void {
  mib.text(`${ENTITY}.2.1001`, 'WS-C2960X-24TS-L');
  mib.objectId(`${ENTITY}.3.1001`, '1.3.6.1.4.1.9.12.3.1.3.1264');
  mib.integer(`${ENTITY}.4.1001`, 0);
  mib.integer(`${ENTITY}.5.1001`, 3);
  mib.integer(`${ENTITY}.6.1001`, 1);
  mib.text(`${ENTITY}.7.1001`, '1');
  mib.text(`${ENTITY}.10.1001`, '15.2(7)E8');
  mib.text(`${ENTITY}.11.1001`, spec.serial);
  mib.text(`${ENTITY}.12.1001`, 'Cisco');
  mib.text(`${ENTITY}.13.1001`, 'WS-C2960X-24TS-L');
}
