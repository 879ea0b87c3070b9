/** The plant of the demo: which devices there are, and where. */
import type { SimulatedDevice } from './device.ts';
import { simulateFirewall } from './devices/firewall.ts';
import { simulateGateway } from './devices/gateway.ts';
import { simulateNas } from './devices/nas.ts';
import { simulateSwitch } from './devices/switch.ts';
import { simulateUps } from './devices/ups.ts';
import type { PortSpec } from './ports.ts';

export interface PlantDevice {
  readonly name: string;
  readonly site: string;
  /** An industrial device: polled gently. */
  readonly ot: boolean;
  readonly simulate: (seed: number) => SimulatedDevice;
}

const accessPorts = (count: number, connected: number, flappingPort?: number): PortSpec[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `Gi1/0/${i + 1}`,
    alias: i === 0 ? 'Uplink to core-sw-1' : '',
    speedMbps: 1000,
    busyBps: i >= connected ? 0 : i === 0 ? 380e6 : 2e6 * (1 + ((i * 7) % 20)),
    flapping: i === flappingPort,
  }));

const FIRST_DEVICES: readonly PlantDevice[] = [
  {
    name: 'core-sw-1',
    site: 'Plant 1',
    ot: false,
    simulate: (seed) =>
      simulateSwitch(
        { name: 'core-sw-1', location: 'Server room, rack 2', serial: 'FOC2231X0A1', ports: accessPorts(24, 18) },
        seed,
      ),
  },
  {
    name: 'line-a-sw-1',
    site: 'Plant 1',
    ot: true,
    simulate: (seed) =>
      simulateSwitch(
        { name: 'line-a-sw-1', location: 'Hall A, column 12', serial: 'FOC2231X0B7', ports: accessPorts(24, 11, 7) },
        seed,
      ),
  },
  {
    name: 'line-b-sw-1',
    site: 'Plant 1',
    ot: true,
    simulate: (seed) =>
      simulateSwitch(
        {
          name: 'line-b-sw-1',
          location: 'Hall B, column 3',
          serial: 'FOC2231X0C2',
          ports: accessPorts(24, 14),
          failingFan: true,
        },
        seed,
      ),
  },
  {
    name: 'edge-fw-1',
    site: 'Plant 1',
    ot: false,
    simulate: (seed) => simulateFirewall('edge-fw-1', 'Server room, rack 1', seed),
  },
  { name: 'nas-1', site: 'Plant 1', ot: false, simulate: (seed) => simulateNas('nas-1', 'Server room, rack 2', seed) },
  { name: 'ups-1', site: 'Plant 1', ot: false, simulate: (seed) => simulateUps('ups-1', 'Server room, floor', seed) },
  {
    name: 'plc-gw-a',
    site: 'Plant 1',
    ot: true,
    simulate: (seed) => simulateGateway('plc-gw-a', 'Hall A, cabinet A4', seed),
  },
  {
    name: 'plc-gw-b',
    site: 'Warehouse',
    ot: true,
    simulate: (seed) => simulateGateway('plc-gw-b', 'Warehouse, dock 2', seed),
  },
];

export const MAX_PLANT_DEVICES = 200;

/** `count` devices: the named ones first, then more access switches. */
export function plantDevices(count: number): readonly PlantDevice[] {
  const more = Array.from({ length: Math.max(0, count - FIRST_DEVICES.length) }, (_, i): PlantDevice => {
    const name = `cell-${String(i + 1).padStart(2, '0')}-sw`;
    const location = `Cell ${i + 1}`;
    const ports = accessPorts(12, 4 + ((i * 5) % 8));
    return {
      name,
      site: 'Plant 2',
      ot: true,
      simulate: (seed) => simulateSwitch({ name, location, serial: `FOC2240Y${1000 + i}`, ports }, seed),
    };
  });
  return [...FIRST_DEVICES, ...more].slice(0, count);
}

export const DEFAULT_PLANT_SIZE = FIRST_DEVICES.length;

/** Where the device of this index answers: an address of its own on loopback. */
export const plantAddress = (index: number): string => `127.77.${Math.floor(index / 250)}.${(index % 250) + 1}`;
export const PLANT_PORT = 16161;
export const PLANT_COMMUNITY = 'demo';
