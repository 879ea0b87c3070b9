/** Small segments of every kind, and their contents as lines of text. */

import { MemoryDisk } from '../../src/lib/memory-disk.ts';
import type { RowRun } from '../../src/tsdb/encoding/block.ts';
import { newTierParts } from '../../src/tsdb/encoding/tier-parts.ts';
import { SegmentReader } from '../../src/tsdb/segment-reader.ts';
import { SegmentDamage, type SegmentGroup, type SegmentSource, type TierRun } from '../../src/tsdb/segment-types.ts';
import { SegmentWriter } from '../../src/tsdb/segment-writer.ts';
import { TierAggregator } from '../../src/tsdb/tier-aggregate.ts';
import { type FuzzRandom, seededRandom } from './fuzz.ts';
import { COLUMN_SHAPES, columnOf, presenceOf, timesOf } from './tsdb-samples.ts';

export const START_MS = 1_700_000_000_000;
const SHAPES = Object.values(COLUMN_SHAPES);

function randomRun(random: FuzzRandom, count: number, width: number): RowRun {
  return {
    count,
    times: timesOf(count, random),
    columns: Array.from({ length: width }, () => columnOf(random.pick(SHAPES), count, random)),
    present: Array.from({ length: width }, () => presenceOf(count, random)),
  };
}

export interface GroupRuns {
  readonly group: SegmentGroup;
  readonly runs: readonly RowRun[];
}

/** A few row groups of different widths; some have no rows, some more than a block holds. */
export function randomRuns(seed: number): GroupRuns[] {
  const random = seededRandom(seed);
  return Array.from({ length: 1 + random.below(30) }, (_, g) => {
    const fields = Array.from({ length: random.below(5) }, (_unused, f) => (f === 0 ? '' : `field ${f} é`));
    const tags = random.chance(0.2) ? [] : ['name', `x${g}`, 'site', random.pick(['Werk 2', 'ü', 'a,b=c'])];
    const count = random.chance(0.1) ? 0 : random.chance(0.1) ? 4000 : 1 + random.below(300);
    const runs = count === 0 ? [] : [randomRun(random, count, fields.length)];
    return { group: { tenant: 1 + random.below(3), measurement: `m${random.below(4)}`, tags, fields }, runs };
  });
}

/** Aggregates of random rows. */
export function tierRun(seed: number, buckets: number, width: number): TierRun {
  const random = seededRandom(seed);
  const count = buckets * 6;
  const stepMs = 50_000;
  const run = randomRun(random, count, width);
  const times = Float64Array.from({ length: count }, (_, i) => START_MS - (START_MS % 300_000) + i * stepMs);
  return new TierAggregator().aggregate({ ...run, times }, { tierMs: 300_000 });
}

/** Every row (of tiers: bucket of a field) that can be read, as text; what is damaged is left out. */
export function readBack(reader: SegmentSource): string[] {
  const lines: string[] = [];
  const tolerate = (read: () => void) => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof SegmentDamage)) throw error;
    }
  };
  tolerate(() => {
    let g = 0;
    for (const group of reader.groups()) {
      lines.push(JSON.stringify(group));
      for (let block = reader.firstBlock[g]!; block < reader.firstBlock[g + 1]!; block++) {
        tolerate(() => {
          lines.push(...(reader.tierMs === 0 ? rowsOf(reader, block, group) : bucketsOf(reader, block, group)));
        });
      }
      g++;
    }
  });
  return lines;
}

function rowsOf(reader: SegmentSource, block: number, group: SegmentGroup): string[] {
  const rows = reader.blockRows(block);
  const times = reader.readTimes(block).slice(0, rows);
  const columns = group.fields.map((_, c) => {
    const values = new Float64Array(rows);
    const present = new Uint8Array(rows);
    const count = reader.readColumn(block, c, values, present);
    const bytes = Buffer.from(values.buffer);
    return (i: number) =>
      count === 0 || (count < rows && present[i] !== 1) ? null : bytes.toString('hex', 8 * i, 8 * i + 8);
  });
  return Array.from(times, (time, i) => JSON.stringify([time, ...columns.map((value) => value(i))]));
}

function bucketsOf(reader: SegmentSource, block: number, group: SegmentGroup): string[] {
  const rows = reader.blockRows(block);
  const starts = reader.readTimes(block).slice(0, rows);
  return group.fields.flatMap((field, c) => {
    const parts = newTierParts(rows);
    if (!reader.readTierColumn(block, c, parts)) return [];
    return Array.from(starts, (start, i) =>
      JSON.stringify(
        parts.samples[i] === 0
          ? [start, field]
          : [start, field, ...Object.values(parts).map((part: Float64Array) => String(part[i]))],
      ),
    );
  });
}

export interface SmallSegment {
  readonly disk: MemoryDisk;
  readonly file: string;
  /** What `readBack` gives. */
  readonly content: readonly string[];
}

/** Content that can still be read; nothing when the segment cannot be opened. */
function readFile(disk: MemoryDisk, file: string): string[] {
  let reader: SegmentReader;
  try {
    reader = SegmentReader.open(disk, file);
  } catch (error) {
    if (error instanceof SegmentDamage) return [];
    throw error;
  }
  const lines = readBack(reader);
  reader.close();
  return lines;
}

/** A raw segment of well under 2 kB with every kind of column. */
async function makeSmall(): Promise<SmallSegment> {
  const disk = new MemoryDisk();
  const file = '/raw/small.seg';
  const writer = SegmentWriter.create(disk, file, { tierMs: 0 });
  const random = seededRandom(42);
  for (let g = 0; g < 6; g++) {
    const shapes = SHAPES.slice(g * 3, g * 3 + 3);
    const fields = shapes.map((_, f) => `f${f}`);
    writer.addRowGroup({ tenant: 1, measurement: 'm', tags: ['id', String(g)], fields });
    const columns = shapes.map((shape) => columnOf(shape, 6, random));
    const times =
      g < 4 ? Float64Array.from({ length: 6 }, (_, i) => START_MS + i * 10_000 + (i % 3)) : timesOf(6, random);
    writer.addRows({ count: 6, times, columns, present: shapes.map(() => presenceOf(6, random)) });
  }
  await writer.finish();
  return { disk, file, content: readFile(disk, file) };
}

async function makeSmallTier(): Promise<SmallSegment> {
  const disk = new MemoryDisk();
  const file = '/5m/small.seg';
  const writer = SegmentWriter.create(disk, file, { tierMs: 300_000 });
  for (let g = 0; g < 4; g++) {
    writer.addRowGroup({ tenant: 1, measurement: 'm', tags: ['id', String(g)], fields: ['a', 'b'] });
    writer.addTierRun(tierRun(g, 3 + (g >> 1), 2));
  }
  await writer.finish();
  return { disk, file, content: readFile(disk, file) };
}

export const smallSegment = Object.assign(makeSmall, { read: readFile });
export const smallTierSegment = Object.assign(makeSmallTier, { read: readFile });
