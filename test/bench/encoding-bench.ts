// Bytes a sample and rates of the encodings and of segment files on poll-shaped data.
//
//   node test/bench/encoding-bench.ts [--devices 60] [--cycles 360] [--seed 12345]
import { parseArgs } from 'node:util';
import { MemoryDisk } from '../../src/lib/memory-disk.ts';
import { pack, unpack } from '../../src/tsdb/encoding/bit-packing.ts';
import {
  decodeColumn,
  decodeTimes,
  encodeBlock,
  MAX_BLOCK_ROWS,
  maxBlockBytes,
  type RowRun,
} from '../../src/tsdb/encoding/block.ts';
import { newTierParts } from '../../src/tsdb/encoding/tier-parts.ts';
import { SegmentReader } from '../../src/tsdb/segment-reader.ts';
import { SegmentWriter } from '../../src/tsdb/segment-writer.ts';
import { TierAggregator } from '../../src/tsdb/tier-aggregate.ts';
import { type PollDevice, type PollGroup, type PollShape, pollData, randomFrom } from './poll-data.ts';

const { values: options } = parseArgs({
  options: {
    devices: { type: 'string', default: '60' },
    interfaces: { type: 'string', default: '24' },
    cycles: { type: 'string', default: '360' },
    seed: { type: 'string', default: '12345' },
  },
});
const shape: PollShape = {
  devices: Number(options.devices),
  interfaces: Number(options.interfaces),
  cycles: Number(options.cycles),
  stepMs: 10_000,
  startMs: 1_700_001_910_000,
  seed: Number(options.seed),
};
const ROUNDS = 4;
const values = new Float64Array(MAX_BLOCK_ROWS);
const present = new Uint8Array(MAX_BLOCK_ROWS);
const devices: PollDevice[] = [...pollData(shape)];
const groups = devices.flatMap((device) => device.groups.map((group) => ({ device, group })));
const rawSamples = groups.reduce((sum, { group }) => sum + group.fields.length * shape.cycles, 0);

/** CPU seconds that `work` takes, the best of several rounds: the machine is shared. */
function cpuSeconds(work: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

const millions = (count: number, seconds: number) => `${(count / seconds / 1e6).toFixed(0)} M/s`;

function runOf(device: PollDevice, group: PollGroup, from = 0, to = shape.cycles): RowRun {
  return {
    count: to - from,
    times: device.times.subarray(from, to),
    columns: group.columns.map((column) => column.subarray(from, to)),
    present: group.columns.map(() => null),
  };
}

function benchPacking(): void {
  console.log('bit packing, runs of 720');
  const random = randomFrom(1);
  for (const width of [3, 12, 21, 25, 32, 40]) {
    const source = Float64Array.from({ length: 720 }, () => Math.floor(random() * 2 ** width));
    const bytes = new Uint8Array(8192);
    const repeats = 4000;
    const packing = cpuSeconds(() => {
      for (let n = 0; n < repeats; n++) pack(source, 0, 720, 0, width, bytes, 0);
    });
    const unpacking = cpuSeconds(() => {
      for (let n = 0; n < repeats; n++) unpack(bytes, 0, 0, width, 0, values, 0, 720);
    });
    const count = 720 * repeats;
    console.log(
      `  ${String(width).padStart(2)} bits: pack ${millions(count, packing)}, unpack ${millions(count, unpacking)}`,
    );
  }
}

/** Columns by name, active and idle ports apart. */
function benchColumns(): void {
  const sizes = new Map<string, { bytes: number; samples: number; counters: boolean }>();
  const target = new Uint8Array(maxBlockBytes(shape.cycles, 1));
  for (const { device, group } of groups) {
    const kind = group.measurement === 'device' ? 'device' : group.columns[8]![0] === 1 ? 'active port' : 'idle port';
    group.fields.forEach((field, c) => {
      const run = { ...runOf(device, group), columns: [group.columns[c]!], present: [null] };
      const size = encodeBlock(run, target, 0, 'outside') - encodeBlock({ ...run, columns: [] }, target, 0, 'outside');
      const key = `${kind} ${field}`;
      const entry = sizes.get(key) ?? { bytes: 0, samples: 0, counters: false };
      entry.bytes += size;
      entry.samples += run.count;
      sizes.set(key, entry);
    });
  }
  console.log(`columns, blocks of ${shape.cycles} rows, bytes a sample`);
  for (const [key, { bytes, samples }] of sizes) console.log(`  ${(bytes / samples).toFixed(4)}  ${key}`);
}

function benchBlocks(): void {
  console.log('blocks in memory: bytes a sample, times included; samples a CPU second');
  for (const rows of [60, 120, 360].filter((count) => count <= shape.cycles)) {
    const target = new Uint8Array(maxBlockBytes(rows, 16));
    const runs = groups.slice(0, 500).map(({ device, group }) => runOf(device, group, 0, rows));
    const samples = runs.reduce((sum, run) => sum + run.columns.length * rows, 0);
    let bytes = 0;
    const encoding = cpuSeconds(() => {
      bytes = 0;
      for (const run of runs) bytes += encodeBlock(run, target, 0);
    });
    const blocks = runs.map((run) => target.slice(0, encodeBlock(run, target, 0)));
    const decoding = cpuSeconds(() => {
      blocks.forEach((block, n) => {
        decodeTimes(block, 0, values);
        for (let c = 0; c < runs[n]!.columns.length; c++) decodeColumn(block, 0, c, values, present);
      });
    });
    console.log(
      `  ${rows} rows: ${(bytes / samples).toFixed(3)} bytes, encode ${millions(samples, encoding)}, decode ${millions(samples, decoding)}`,
    );
  }
}

/** Decodes one counter of every active port until 1.7 million samples are done. */
function benchCounters(): void {
  const target = new Uint8Array(maxBlockBytes(shape.cycles, 16));
  const blocks = groups
    .filter(({ group }) => group.measurement === 'interface' && group.columns[8]![0] === 1)
    .map(({ device, group }) => target.slice(0, encodeBlock(runOf(device, group), target, 0, 'outside')));
  const needed = Math.ceil(1_700_000 / shape.cycles);
  for (const [name, check] of [
    ['checksums compared', true],
    ['not compared', false],
  ] as const) {
    const seconds = cpuSeconds(() => {
      for (let n = 0; n < needed; n++) {
        const block = blocks[n % blocks.length]!;
        decodeColumn(block, 0, 0, values, present, check ? block.length : undefined);
      }
    });
    console.log(`1.7 M samples of an octet counter, ${name}: ${(seconds * 1000).toFixed(1)} ms`);
  }
}

async function benchSegments(): Promise<void> {
  console.log('segment files: bytes a raw sample, index included');
  const disk = new MemoryDisk();
  const aggregator = new TierAggregator();
  const parts = newTierParts();
  let total = 0;
  for (const tierMs of [0, 300_000, 3_600_000] as const) {
    const file = `/${tierMs}.seg`;
    const before = process.cpuUsage();
    const writer = SegmentWriter.create(disk, file, { tierMs });
    for (const { device, group } of groups) {
      writer.addRowGroup({ tenant: 1, ...group });
      const run = runOf(device, group);
      if (tierMs === 0) writer.addRows(run);
      else writer.addTierRun(aggregator.aggregate(run, { tierMs }));
    }
    const { sizeBytes } = await writer.finish();
    const { user, system } = process.cpuUsage(before);
    const reader = SegmentReader.open(disk, file);
    const reading = cpuSeconds(() => {
      for (let block = 0; block < reader.blockCount; block++) {
        reader.readTimes(block);
        if (tierMs === 0) reader.readColumn(block, 0, values, present);
        else reader.readTierColumn(block, 0, parts);
      }
    });
    reader.close();
    if (tierMs > 0) total += sizeBytes;
    console.log(
      `  ${['raw', '5m', '1h'][[0, 300_000, 3_600_000].indexOf(tierMs)]}: ${(sizeBytes / rawSamples).toFixed(4)} bytes, ` +
        `written in ${(((user + system) * 1000) / rawSamples).toFixed(0)} ns of CPU a raw sample, ` +
        `one column of ${reader.blockCount} blocks read in ${(reading * 1000).toFixed(1)} ms`,
    );
  }
  console.log(`  both tiers: ${(total / rawSamples).toFixed(4)} bytes`);
}

console.log(`${groups.length} row groups, ${rawSamples} samples`);
benchPacking();
benchColumns();
benchBlocks();
benchCounters();
await benchSegments();
