/** The plant's firewall as FortiOS presents itself: CPU, memory, sessions, its links. */
import { addSystem, MibBuilder, type SimulatedDevice } from '../device.ts';
import { Ports } from '../ports.ts';
import { seededRandom, Wander } from '../shift.ts';

const FORTINET = '1.3.6.1.4.1.12356';

export function simulateFirewall(name: string, location: string, seed: number): SimulatedDevice {
  const random = seededRandom(seed);
  const mib = new MibBuilder();
  const uptime = addSystem(mib, { descr: 'Plant edge firewall', objectId: `${FORTINET}.101.1.1000`, name, location });
  uptime.value = 8_640_000 * 91;
  const ports = new Ports(
    mib,
    [
      { name: 'wan1', alias: 'Internet', speedMbps: 1000, busyBps: 210e6 },
      { name: 'wan2', alias: 'Backup LTE', speedMbps: 100, busyBps: 0.4e6 },
      { name: 'dmz', alias: 'DMZ', speedMbps: 1000, busyBps: 32e6 },
      { name: 'internal1', alias: 'Core switch', speedMbps: 1000, busyBps: 260e6 },
      { name: 'internal2', alias: '', speedMbps: 1000, busyBps: 0 },
    ],
    random,
    '704ca5000e',
  );
  mib.text(`${FORTINET}.100.1.1.1.0`, 'FG100FTK20012345');
  mib.text(`${FORTINET}.101.4.1.1.0`, 'v7.2.8,build1639,240313 (GA.M)');
  const cpu = mib.gauge(`${FORTINET}.101.4.1.3.0`, 12);
  const memory = mib.gauge(`${FORTINET}.101.4.1.4.0`, 47);
  mib.gauge(`${FORTINET}.101.4.1.5.0`, 4_062_976);
  const sessions = mib.gauge(`${FORTINET}.101.4.1.8.0`, 4000);
  const busy = new Wander(14, 5, random);
  const used = new Wander(47, 0.5, random);
  return {
    name,
    values: mib.values,
    step(seconds, load, atMs) {
      uptime.value += seconds * 100;
      ports.step(seconds, load, atMs, uptime.value);
      cpu.value = Math.round(Math.min(98, Math.max(3, busy.next(6 + 28 * load))));
      memory.value = Math.round(Math.min(90, Math.max(30, used.next(46))));
      sessions.value = Math.round(900 + 5200 * load * (0.9 + 0.2 * random()));
    },
  };
}
