/** A NAS as Synology's DSM presents itself: volume that fills, disks with temperatures, load and memory. */
import type { MibNumber } from '../../snmp/mib.ts';
import { addSystem, MibBuilder, type SimulatedDevice } from '../device.ts';
import { Ports } from '../ports.ts';
import { seededRandom, Wander } from '../shift.ts';

const SYNOLOGY = '1.3.6.1.4.1.6574';
const STORAGE = '1.3.6.1.2.1.25.2.3.1';
const DISKS = 4;
/** Volume 1 in units of 64 KiB. */
const VOLUME_UNITS = 350_000_000;

export function simulateNas(name: string, location: string, seed: number): SimulatedDevice {
  const random = seededRandom(seed);
  const mib = new MibBuilder();
  const uptime = addSystem(mib, {
    descr: `Linux ${name} 4.4.302+ #69057 SMP Mon Jan 15 12:24:09 CST 2024 x86_64`,
    objectId: '1.3.6.1.4.1.8072.3.2.10',
    name,
    location,
  });
  uptime.value = 8_640_000 * 37;
  const ports = new Ports(mib, [{ name: 'eth0', alias: '', speedMbps: 1000, busyBps: 420e6 }], random, '0011325544');
  const system = [1, 48, 1].map((value, i) => mib.integer(`${SYNOLOGY}.1.${i + 1}.0`, value));
  mib.integer(`${SYNOLOGY}.1.4.1.0`, 1);
  mib.integer(`${SYNOLOGY}.1.4.2.0`, 1);
  mib.text(`${SYNOLOGY}.1.5.1.0`, 'RS1221+');
  mib.text(`${SYNOLOGY}.1.5.2.0`, '2130SCRQ8A001');
  mib.text(`${SYNOLOGY}.1.5.3.0`, 'DSM 7.2-69057');
  const diskHeat = Array.from({ length: DISKS }, (_, i) => addDisk(mib, i));
  mib.text(`${SYNOLOGY}.3.1.1.2.0`, 'Volume 1');
  mib.integer(`${SYNOLOGY}.3.1.1.3.0`, 1);
  addStorage(mib, 1, '1.3.6.1.2.1.25.2.1.2', 'Physical memory', 1024, 4_000_000);
  addStorage(mib, 51, '1.3.6.1.2.1.25.2.1.4', '/volume1', 65_536, VOLUME_UNITS);
  const memoryUsed = mib.integer(`${STORAGE}.6.1`, 1_500_000);
  const volumeUsed = mib.integer(`${STORAGE}.6.51`, VOLUME_UNITS * 0.71);
  const cores = [1, 2].map((core) => mib.integer(`1.3.6.1.2.1.25.3.3.1.2.${core}`, 8));
  const busy = new Wander(12, 6, random);
  const heat = new Wander(41, 0.5, random);
  return {
    name,
    values: mib.values,
    step(seconds, load, atMs) {
      uptime.value += seconds * 100;
      ports.step(seconds, load, atMs, uptime.value);
      for (const core of cores) core.value = Math.round(Math.min(97, Math.max(1, busy.next(5 + 30 * load))));
      system[1]!.value = Math.round(heat.next(42 + 4 * load));
      for (const disk of diskHeat) disk.value = Math.round(system[1]!.value - 6 + random() * 2);
      memoryUsed.value = Math.round(1_500_000 + 600_000 * load);
      volumeUsed.value = Math.min(VOLUME_UNITS * 0.98, volumeUsed.value + seconds * load * 160);
    },
  };
}

function addDisk(mib: MibBuilder, index: number): MibNumber {
  mib.text(`${SYNOLOGY}.2.1.1.2.${index}`, `Disk ${index + 1}`);
  mib.text(`${SYNOLOGY}.2.1.1.3.${index}`, 'WD80EFZZ-68BTXN0');
  mib.text(`${SYNOLOGY}.2.1.1.4.${index}`, 'SATA');
  mib.integer(`${SYNOLOGY}.2.1.1.5.${index}`, 1);
  return mib.integer(`${SYNOLOGY}.2.1.1.6.${index}`, 36);
}

function addStorage(mib: MibBuilder, index: number, type: string, name: string, unit: number, size: number): void {
  mib.integer(`${STORAGE}.1.${index}`, index);
  mib.objectId(`${STORAGE}.2.${index}`, type);
  mib.text(`${STORAGE}.3.${index}`, name);
  mib.integer(`${STORAGE}.4.${index}`, unit);
  mib.integer(`${STORAGE}.5.${index}`, size);
}
