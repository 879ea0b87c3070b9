/** A PLC gateway: a small Linux box on the line (UCD-SNMP-MIB, HOST-RESOURCES-MIB) with two ports. */
import { addSystem, MibBuilder, type SimulatedDevice } from '../device.ts';
import { Ports } from '../ports.ts';
import { seededRandom, Wander } from '../shift.ts';

const UCD = '1.3.6.1.4.1.2021';
const STORAGE = '1.3.6.1.2.1.25.2.3.1';
const MEMORY_KB = 512_000;

export function simulateGateway(name: string, location: string, seed: number): SimulatedDevice {
  const random = seededRandom(seed);
  const mib = new MibBuilder();
  const uptime = addSystem(mib, {
    descr: `Linux ${name} 5.10.168 #1 SMP PREEMPT armv7l`,
    objectId: '1.3.6.1.4.1.8072.3.2.10',
    name,
    location,
  });
  uptime.value = 8_640_000 * 143;
  const ports = new Ports(
    mib,
    [
      { name: 'eth0', alias: 'Plant network', speedMbps: 100, busyBps: 3.2e6 },
      { name: 'eth1', alias: 'PLC ring', speedMbps: 100, busyBps: 1.1e6 },
    ],
    random,
    '00d0c9aa01',
  );
  const loads = [1, 2, 3].map((index) => mib.text(`${UCD}.10.1.3.${index}`, '0.20'));
  for (const index of [1, 2, 3]) mib.integer(`${UCD}.10.1.1.${index}`, index);
  mib.integer(`${UCD}.4.5.0`, MEMORY_KB);
  const free = mib.integer(`${UCD}.4.6.0`, 260_000);
  mib.integer(`${UCD}.4.14.0`, 20_000);
  mib.integer(`${UCD}.4.15.0`, 60_000);
  mib.integer(`${STORAGE}.1.31`, 31);
  mib.objectId(`${STORAGE}.2.31`, '1.3.6.1.2.1.25.2.1.4');
  mib.text(`${STORAGE}.3.31`, '/');
  mib.integer(`${STORAGE}.4.31`, 4096);
  mib.integer(`${STORAGE}.5.31`, 900_000);
  const used = mib.integer(`${STORAGE}.6.31`, 410_000);
  const core = mib.integer('1.3.6.1.2.1.25.3.3.1.2.196608', 9);
  const busy = new Wander(14, 7, random);
  return {
    name,
    values: mib.values,
    step(seconds, load, atMs) {
      uptime.value += seconds * 100;
      ports.step(seconds, load, atMs, uptime.value);
      const percent = Math.min(99, Math.max(2, busy.next(9 + 24 * load)));
      core.value = Math.round(percent);
      loads.forEach((object, i) => {
        object.value = ((percent / 60) * (1 - i * 0.1)).toFixed(2);
      });
      free.value = Math.round(MEMORY_KB * (0.5 - 0.15 * load));
      used.value = Math.round(410_000 + 2000 * random());
    },
  };
}
