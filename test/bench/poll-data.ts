/**
 * Poll-shaped rows in memory: the distributions of a plant of switches (counters at very different rates, half of the
 * ports idle, gauges, noisy round-trip times, millisecond jitter), seeded.
 */
export interface PollGroup {
  readonly measurement: string;
  readonly tags: readonly string[];
  readonly fields: readonly string[];
  readonly columns: readonly Float64Array[];
}

export interface PollDevice {
  /** Shared by all row groups of the device. */
  readonly times: Float64Array;
  readonly groups: readonly PollGroup[];
}

export interface PollShape {
  readonly devices: number;
  readonly interfaces: number;
  readonly cycles: number;
  readonly stepMs: number;
  readonly startMs: number;
  readonly seed: number;
}

const DEVICE_FIELDS = ['cpu_percent', 'temp_c', 'mem_used', 'uptime', 'rtt_ms', 'up'];
const PORT_FIELDS = [
  'ifHCInOctets',
  'ifHCOutOctets',
  'ifHCInUcastPkts',
  'ifHCOutUcastPkts',
  'ifInErrors',
  'ifOutErrors',
  'ifInDiscards',
  'ifOutDiscards',
  'ifOperStatus',
  'ifHighSpeed',
];

/** A seeded generator of numbers 0 ≤ x < 1 (xorshift32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** One device after another: only one needs to be in memory. */
export function* pollData(shape: PollShape): IterableIterator<PollDevice> {
  const random = randomFrom(shape.seed);
  for (let device = 0; device < shape.devices; device++) yield makeDevice(device, shape, random);
}

function makeDevice(device: number, shape: PollShape, random: () => number): PollDevice {
  const { cycles, stepMs } = shape;
  const times = new Float64Array(cycles);
  const offset = (device * 37) % 1000;
  for (let i = 0; i < cycles; i++) times[i] = shape.startMs + i * stepMs + offset + Math.floor(random() * 5);
  const place = ['host', `sw${device}`];
  const groups = [deviceGroup(place, device, cycles, stepMs, random)];
  for (let port = 1; port <= shape.interfaces; port++) {
    groups.push(portGroup(place, device, port, cycles, stepMs, random));
  }
  return { times, groups };
}

function deviceGroup(
  place: readonly string[],
  device: number,
  cycles: number,
  stepMs: number,
  random: () => number,
): PollGroup {
  const columns = DEVICE_FIELDS.map(() => new Float64Array(cycles));
  let cpu = 20 + random() * 30;
  let temperature = 38 + random() * 10;
  let memory = 4e9 * random();
  let uptime = Math.floor(random() * 1e8);
  let roundTrip = 0.2 + random() * 3;
  for (let i = 0; i < cycles; i++) {
    cpu = Math.min(100, Math.max(0, cpu + (random() - 0.5) * 6));
    temperature += (random() - 0.5) * 0.4;
    memory += (random() - 0.5) * 1e6;
    uptime += stepMs / 10;
    roundTrip = Math.max(0.05, roundTrip + (random() - 0.5) * 0.2);
    const row = [
      Math.round(cpu),
      Number(temperature.toFixed(1)),
      Math.floor(memory / 4096) * 4096,
      uptime,
      Number(roundTrip.toFixed(3)),
      1,
    ];
    row.forEach((value, c) => {
      columns[c]![i] = value;
    });
  }
  const tags = [...place, 'site', `plant${device % 7}`, 'vendor', 'acme'];
  return { measurement: 'device', tags, fields: DEVICE_FIELDS, columns };
}

function portGroup(
  place: readonly string[],
  device: number,
  port: number,
  cycles: number,
  stepMs: number,
  random: () => number,
): PollGroup {
  const columns = PORT_FIELDS.map(() => new Float64Array(cycles));
  const active = random() < 0.5;
  let inOctets = Math.floor(random() * 1e13);
  let outOctets = Math.floor(random() * 1e13);
  let inPackets = Math.floor(random() * 1e10);
  let outPackets = Math.floor(random() * 1e10);
  const rate = active ? 10 ** (3 + random() * 5) : 0;
  let errors = random() < 0.9 ? 0 : Math.floor(random() * 1000);
  const discards = random() < 0.8 ? 0 : Math.floor(random() * 100);
  for (let i = 0; i < cycles; i++) {
    if (active) {
      const bytes = rate * (stepMs / 1000) * (0.7 + random() * 0.6);
      inOctets += Math.floor(bytes);
      outOctets += Math.floor(bytes * 0.6 * (0.8 + 0.4 * random()));
      inPackets += Math.floor(bytes / (600 + 200 * random()));
      outPackets += Math.floor(bytes / (800 + 200 * random()));
      if (random() < 0.001) errors++;
    }
    const row = [inOctets, outOctets, inPackets, outPackets, errors, 0, 0, discards, active ? 1 : 2, 1000];
    row.forEach((value, c) => {
      columns[c]![i] = value;
    });
  }
  const identity = ['ifIndex', String(port), 'ifName', `Gi1/0/${port}`];
  const tags = [...place, ...identity, 'site', `plant${device % 7}`, 'vendor', 'acme'];
  return { measurement: 'interface', tags, fields: PORT_FIELDS, columns };
}
