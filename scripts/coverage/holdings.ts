/**
 * What a recording holds, judged without our templates: by what another system derives from it (`expected/*.json`) and
 * by the standard MIBs that are in it. Facts by name, metric families by `measurement` or `sensor:class`.
 */
import fs from 'node:fs';
import type { Recording } from '../../src/templates/recording.ts';

export interface Reading {
  readonly family: string;
  readonly name: string;
  /** In our units. */
  readonly value: number;
}

export interface Holdings {
  readonly facts: ReadonlyMap<string, string>;
  readonly families: ReadonlySet<string>;
  /** Numbers that the other system derives. */
  readonly readings: readonly Reading[];
}

interface ExpectedSensor {
  readonly sensor_class: string;
  readonly sensor_descr: string | null;
  readonly sensor_current: number;
}

type Module = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** The other system's sensor classes as ours, and the factor to our units. `count`, `load` and `runtime` have no one class. */
const CLASSES: Readonly<Record<string, readonly [string, number]>> = {
  temperature: ['sensor:temperature', 1],
  humidity: ['sensor:humidity', 1],
  fanspeed: ['sensor:fan', 1],
  voltage: ['sensor:voltage', 1],
  current: ['sensor:current', 1],
  power: ['sensor:power', 1],
  power_consumed: ['sensor:energy', 1000],
  frequency: ['sensor:frequency', 1],
  dbm: ['sensor:signal', 1],
  signal: ['sensor:signal', 1],
  pressure: ['sensor:pressure', 1000],
  percent: ['sensor:percent', 1],
  quality_factor: ['sensor:power_factor', 1],
  waterflow: ['sensor:flow', 0.06],
  snr: ['sensor:ratio', 1],
  charge: ['ups', 1],
};

/** Its classes of wireless sensors. A radio's frequency is our channel; rates and error counts have no family. */
const WIRELESS: Readonly<Record<string, string>> = {
  clients: 'wireless',
  frequency: 'wireless',
  channel: 'wireless',
  utilization: 'wireless',
  power: 'sensor:signal',
  rssi: 'sensor:signal',
  rsrp: 'sensor:signal',
  'noise-floor': 'sensor:signal',
  rsrq: 'sensor:ratio',
  snr: 'sensor:ratio',
  sinr: 'sensor:ratio',
};

/** Standard tables whose presence means that a family can be had. */
const TABLES: readonly (readonly [string, string])[] = [
  ['interface', '1.3.6.1.2.1.2.2.1.10'],
  ['cpu', '1.3.6.1.2.1.25.3.3.1.2'],
  ['cpu', '1.3.6.1.4.1.2021.10.1.5'],
  ['host', '1.3.6.1.2.1.25.1.1'],
  ['disk', '1.3.6.1.4.1.2021.13.15.1.1.12'],
  ['ups', '1.3.6.1.2.1.33.1.2'],
  ['poe', '1.3.6.1.2.1.105.1.1.1'],
  ['lldp', '1.0.8802.1.1.2.1.4.1.1.5'],
  ['bridge', '1.3.6.1.2.1.17.2.4'],
];

/** Rows as the other system found them; where it read them once more in a poll, as they were then. */
function loadModule(expected: Readonly<Record<string, unknown>>, name: string): Module {
  const found = expected[name] as { discovery?: Module; poller?: Module | string } | Module | undefined;
  if (!found) return {};
  if ('poller' in found && typeof found.poller === 'object')
    return { ...(found.discovery as Module), ...(found.poller as Module) };
  return ('discovery' in found && typeof found.discovery === 'object' ? found.discovery : found) as Module;
}

function has(oids: ReadonlySet<string>, column: string): boolean {
  for (const oid of oids) if (oid.startsWith(`${column}.`)) return true;
  return false;
}

const FACTS: readonly (readonly [string, string])[] = [
  ['model', 'hardware'],
  ['serial', 'serial'],
  ['version', 'version'],
  ['name', 'sysName'],
  ['location', 'location'],
  ['contact', 'sysContact'],
];

const REACTIVE = /reactiv|complex|\bvar\b/i;

/** @param file what the other system derives; it need not exist */
export function holdings(file: string, recording: Recording): Holdings {
  const expected = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
  const facts = new Map<string, string>();
  const families = new Set<string>();
  const readings: Reading[] = [];
  const device = loadModule(expected, 'os').devices?.[0] ?? {};
  for (const [fact, key] of FACTS) {
    const value = device[key];
    if (typeof value === 'string' && value.trim() !== '') facts.set(fact, value);
  }
  // Every device has a maker and a system, whatever it is called.
  if (device.sysObjectID !== undefined) for (const fact of ['vendor', 'os']) facts.set(fact, '');
  for (const [module, family] of [
    ['processors', 'cpu'],
    ['mempools', 'memory'],
    ['storage', 'storage'],
    ['printer-supplies', 'printer_supply'],
  ] as const) {
    if (Object.values(loadModule(expected, module)).some((rows) => rows.length > 0)) families.add(family);
  }
  for (const row of loadModule(expected, 'processors').processors ?? []) {
    readings.push({ family: 'cpu', name: String(row.processor_descr), value: Number(row.processor_usage) });
  }
  for (const pool of loadModule(expected, 'mempools').mempools ?? []) {
    // A total of 100 stands for a device that tells only percentages.
    const value = Number(pool.mempool_total) > 100 ? pool.mempool_total : pool.mempool_perc;
    readings.push({ family: 'memory', name: String(pool.mempool_descr), value: Number(value) });
  }
  for (const area of loadModule(expected, 'storage').storage ?? []) {
    const value = Number(area.storage_size) > 100 ? area.storage_size : area.storage_perc;
    readings.push({ family: 'storage', name: String(area.storage_descr), value: Number(value) });
  }
  for (const sensor of (loadModule(expected, 'sensors').sensors ?? []) as unknown as ExpectedSensor[]) {
    const label = sensor.sensor_descr ?? '';
    if (sensor.sensor_class === 'state') {
      families.add('state');
      continue;
    }
    const known = CLASSES[sensor.sensor_class];
    if (!known) continue;
    const family = sensor.sensor_class === 'power' && REACTIVE.test(label) ? 'sensor:reactive_power' : known[0];
    families.add(family);
    if (family.startsWith('sensor:')) readings.push({ family, name: label, value: sensor.sensor_current * known[1] });
  }
  for (const { sensor_class: kind } of loadModule(expected, 'wireless').wireless_sensors ?? []) {
    const family = WIRELESS[String(kind)];
    if (family) families.add(family);
  }
  const oids = new Set(recording.all().map((varbind) => varbind.oid));
  for (const [family, column] of TABLES) if (has(oids, column)) families.add(family);
  return { facts, families, readings };
}
