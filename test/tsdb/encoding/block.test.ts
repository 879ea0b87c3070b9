import assert from 'node:assert/strict';
import test from 'node:test';
import {
  decodeColumn,
  decodeSamples,
  decodeTimes,
  EncodingError,
  encodeBlock,
  MAX_BLOCK_ROWS,
  maxBlockBytes,
  type RowRun,
  verifyBlock,
} from '../../../src/tsdb/encoding/block.ts';
import { type FuzzRandom, fuzz, seededRandom } from '../../support/fuzz.ts';
import {
  assertSameColumn,
  COLUMN_SHAPES,
  columnOf,
  presenceOf,
  specialFloats,
  timesOf,
} from '../../support/tsdb-samples.ts';

const times = new Float64Array(MAX_BLOCK_ROWS);
const values = new Float64Array(MAX_BLOCK_ROWS);
const present = new Uint8Array(MAX_BLOCK_ROWS);

function encode(run: RowRun, where: 'inside' | 'outside' = 'inside'): Uint8Array<ArrayBuffer> {
  const target = new Uint8Array(maxBlockBytes(run.count, run.columns.length) + 3);
  const size = encodeBlock(run, target, 3, where);
  return target.slice(3, 3 + size);
}

function assertRoundTrip(run: RowRun, what: string): Uint8Array {
  const bytes = encode(run);
  verifyBlock(bytes, 0, bytes.length);
  assert.equal(decodeTimes(bytes, 0, times), run.count);
  assert.deepEqual(times.subarray(0, run.count), run.times.subarray(0, run.count), `${what}: times`);
  run.columns.forEach((column, c) => {
    const count = decodeColumn(bytes, 0, c, values, present, bytes.length);
    assertSameColumn({ count, values, present }, column, run.present[c] ?? null, run.count, `${what}, column ${c}`);
    times.fill(0);
    const samples = decodeSamples(bytes, 0, c, times, values, present);
    const found = { count: samples, values, present };
    assertSameColumn(found, column, run.present[c] ?? null, run.count, `${what}, samples of column ${c}`);
    if (samples > 0) assert.deepEqual(times.subarray(0, run.count), run.times.subarray(0, run.count), what);
  });
  return bytes;
}

const regular = (rows: number) => Float64Array.from({ length: rows }, (_, i) => 1_700_000_000_000 + i * 10_000);
const oneColumn = (column: Float64Array): RowRun => ({
  count: column.length,
  times: regular(column.length),
  columns: [column],
  present: [null],
});

for (const [name, shape] of Object.entries(COLUMN_SHAPES)) {
  test(`a column of kind "${name}" comes back to the last bit, with and without holes`, () => {
    const random = seededRandom(name.length);
    for (const rows of [1, 2, 3, 4, 5, 17, 120, 720]) {
      for (let n = 0; n < 4; n++) {
        const run = {
          ...oneColumn(columnOf(shape, rows, random)),
          present: [n === 0 ? null : presenceOf(rows, random)],
        };
        assertRoundTrip(run, `${name}, ${rows} rows, round ${n}`);
      }
    }
  });
}

test('whole numbers of a range beyond 2^53 come back, whatever was encoded before them', () => {
  const columns = [
    [-7_518_128_140_950_691, -8_392_967_595_070_858, 1_829_147_739_871_084],
    [3_948_733_166_915_109, -3_436_772_084_074_353, -6_242_500_854_725_662],
    [9_007_199_254_740_991, -9_007_199_254_740_991, 4],
    [4_503_599_627_370_497, -4_503_599_627_370_497, 1],
  ];
  for (const column of columns) {
    const before = Float64Array.of(0, 2 ** 40, 77);
    assertRoundTrip(
      { ...oneColumn(before), columns: [before, Float64Array.from(column)], present: [null, null] },
      'wide',
    );
  }
});

test('random blocks of many columns come back', async () => {
  await fuzz(150, (random: FuzzRandom) => {
    const count = 1 + random.below(random.chance(0.05) ? 3000 : 200);
    const width = random.below(9);
    const shapes = Array.from({ length: width }, () => random.pick(Object.values(COLUMN_SHAPES)));
    assertRoundTrip(
      {
        count,
        times: timesOf(count, random),
        columns: shapes.map((shape) => columnOf(shape, count, random)),
        present: shapes.map(() => presenceOf(count, random)),
      },
      'random block',
    );
  });
});

test('special floats come back alone and between counters', () => {
  assertRoundTrip(oneColumn(specialFloats), 'specials');
  for (let i = 0; i < specialFloats.length; i++) {
    assertRoundTrip(oneColumn(specialFloats.slice(i, i + 1)), `special ${i} alone`);
    const counter = Float64Array.from({ length: 200 }, (_, row) => 1e12 + row * 12_345 + (row % 7));
    counter.set(specialFloats.subarray(i, i + 1), 100);
    counter.set(specialFloats.subarray(i, i + 1), 199);
    const size = assertRoundTrip(oneColumn(counter), `special ${i} in a counter`).length;
    assert.ok(size < 200, `exceptions are patches: ${size} bytes`);
  }
});

test('a block with the most rows comes back', () => {
  const random = seededRandom(5);
  assertRoundTrip(oneColumn(columnOf(COLUMN_SHAPES.counter!, MAX_BLOCK_ROWS, random)), 'largest block');
});

/** Bytes of a column of 720 rows, checksums included and the block's frame of 20 bytes not. */
const SIZES: readonly [name: string, most: number, value: (row: number) => number][] = [
  ['zero', 1, () => 0],
  ['a small constant', 2, () => 1],
  ['a large constant', 8, () => 8_123_456_789_012],
  ['a decimal constant', 4, () => 21.5],
  ['a straight line', 12, (row) => 1e9 + row * 1000],
  ['a parabola', 14, (row) => row * row],
  ['two states that alternate', 96, (row) => row % 2],
  ['a state that changed once', 14, (row) => (row < 400 ? 1 : 2)],
  ['one error among 720 polls', 14, (row) => (row < 300 ? 17 : 18)],
  ['tenths between 20 and 27', 640, (row) => 20 + ((row * 37) % 64) / 10],
  ['memory that moves by pages', 640, (row) => 4e9 + ((row * 37) % 64) * 4096],
  ['a counter with a single reset', 1100, (row) => (row < 500 ? 1e12 : 0) + row * 1000 + ((row * 7919) % 1024)],
  ['floats of single precision', 3600, (row) => Math.fround(Math.sin(row) * 100)],
  ['true floats', 5765, (row) => Math.sin(row) * 100],
];

for (const [name, most, value] of SIZES) {
  test(`${name} takes at most ${most} bytes a block`, () => {
    const run = oneColumn(Float64Array.from({ length: 720 }, (_, row) => value(row)));
    assertRoundTrip(run, name);
    const frame = encode({ ...run, columns: [], present: [] }, 'outside').length;
    const size = encode(run, 'outside').length - frame;
    assert.ok(size <= most, `${size} bytes`);
  });
}

test('times with a jitter of up to 4 ms take 3 bits a row', () => {
  const random = seededRandom(3);
  const jittered = regular(720).map((time) => time + random.below(5));
  const size = assertRoundTrip({ count: 720, times: jittered, columns: [], present: [] }, 'jitter').length;
  assert.ok(size <= (720 * 3) / 8 + 40, `${size} bytes`);
});

test('a gap in the times costs a few bytes', () => {
  const gapped = regular(720).map((time, i) => time + (i > 200 ? 3_600_000 : 0) + (i > 500 ? 50_000 : 0));
  const size = assertRoundTrip({ count: 720, times: gapped, columns: [], present: [] }, 'gaps').length;
  assert.ok(size <= 40, `${size} bytes`);
});

test('a column that the block does not know is absent', () => {
  const bytes = encode(oneColumn(Float64Array.of(1, 2, 3)));
  assert.equal(decodeColumn(bytes, 0, 1, values, present), 0);
});

test('times that stand outside are not in the block', () => {
  const bytes = encode(oneColumn(Float64Array.of(1, 2, 3)), 'outside');
  assert.throws(() => decodeTimes(bytes, 0, times), EncodingError);
  assert.equal(decodeColumn(bytes, 0, 0, values, present, bytes.length), 3);
});

test('every flipped bit of a block is found', () => {
  const random = seededRandom(8);
  const run: RowRun = {
    count: 40,
    times: timesOf(40, random),
    columns: [columnOf(COLUMN_SHAPES.counter!, 40, random), columnOf(COLUMN_SHAPES.float!, 40, random)],
    present: [null, presenceOf(40, random)],
  };
  const bytes = encode(run);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => verifyBlock(flipped, 0, flipped.length), EncodingError, `bit ${bit}`);
  }
});

test('bytes that are no block give an encoding error and nothing else', async () => {
  await fuzz(1000, (random) => {
    const count = 1 + random.below(60);
    const shape = random.pick(Object.values(COLUMN_SHAPES));
    const bytes = encode({ ...oneColumn(columnOf(shape, count, random)), present: [presenceOf(count, random)] });
    for (let n = 1 + random.below(3); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
    for (const read of [
      () => decodeTimes(bytes, 0, times),
      () => decodeColumn(bytes, 0, 0, values, present),
      () => verifyBlock(bytes, 0, bytes.length),
    ]) {
      try {
        read();
      } catch (error) {
        if (!(error instanceof EncodingError)) throw error;
      }
    }
  });
});
