import assert from 'node:assert/strict';
import test from 'node:test';
import { writeUint32 } from '../../../src/lib/bytes.ts';
import { crc32c } from '../../../src/lib/crc32c.ts';
import { VarintError } from '../../../src/lib/varint.ts';
import { EncodingError } from '../../../src/tsdb/encoding/encoding-error.ts';
import { TierPage, TierPageWriter } from '../../../src/tsdb/encoding/tier-page.ts';
import { newTierParts, type TierParts } from '../../../src/tsdb/encoding/tier-parts.ts';
import { TierAggregator } from '../../../src/tsdb/tier-aggregate.ts';
import { fuzz } from '../../support/fuzz.ts';
import { tierRun } from '../../support/segments.ts';

const PARTS = ['last', 'min', 'max', 'sum', 'increase'] as const;
const into = newTierParts();

interface Made {
  readonly bytes: Uint8Array;
  readonly shapes: Uint8Array[];
  readonly reference: Float64Array;
}

/** A page of the given row groups. */
function makePage(groups: readonly (readonly TierParts[])[], rows: number): Made {
  const shapes: Uint8Array[] = [];
  const writer = new TierPageWriter();
  const reference = groups[0]?.[0]?.samples.slice(0, rows) ?? new Float64Array(rows);
  for (const columns of groups) {
    writer.add(0, columns, rows, reference, (shape) => {
      const known = shapes.findIndex((one) => Buffer.compare(one, shape) === 0);
      return known >= 0 ? known : shapes.push(shape.slice()) - 1;
    });
  }
  return { bytes: writer.take(), shapes, reference };
}

/** Aggregates of a column with a row every 10 s. */
function hourOf(value: (row: number) => number, counters = [true]): TierParts {
  const run = {
    count: 8640,
    times: Float64Array.from({ length: 8640 }, (_, i) => i * 10_000),
    columns: [Float64Array.from({ length: 8640 }, (_, i) => value(i))],
    present: [null],
  };
  return new TierAggregator().aggregate(run, { tierMs: 300_000, counters }).columns[0]!;
}

/** Bytes that a field of 288 buckets takes, page frame of 7 bytes and shape not counted. */
const SIZES: readonly [name: string, most: number, value: (row: number) => number, counter: boolean][] = [
  ['a field that is always zero', 1, () => 0, true],
  ['a constant state', 1, () => 2, true],
  ['a constant counter', 7, () => 8_123_456_789_012, true],
  ['a steady counter', 20, (row) => 1e9 + row * 1000, true],
  ['a noisy counter', 2700, (row) => 1e12 + row * 1e6 + ((row * 7919) % 100_000), true],
  ['a gauge of tenths', 1300, (row) => 20 + ((row * 37) % 64) / 10, false],
];

for (const [name, most, value, counter] of SIZES) {
  test(`${name} takes at most ${most} bytes for a day of five minutes`, () => {
    const parts = hourOf(value, [counter]);
    const { bytes } = makePage([[parts]], 288);
    assert.ok(bytes.length - 7 <= most, `${bytes.length - 7} bytes`);
  });
}

test('all parts of random fields come back, whichever entry is read first', async () => {
  await fuzz(60, (random) => {
    const rows = 1 + random.below(20);
    const groups = Array.from({ length: 1 + random.below(20) }, () => tierRun(random.below(1e6), rows, 3).columns);
    const made = makePage(groups, rows);
    const page = new TierPage(made.bytes, groups.length, { rows, ...made });
    for (let n = 0; n < 40; n++) {
      const entry = random.below(groups.length);
      const column = random.below(3);
      const parts = groups[entry]![column]!;
      const any = parts.samples.subarray(0, rows).some((count) => count > 0);
      assert.equal(page.readField(entry, column, into), any);
      for (let i = 0; any && i < rows; i++) {
        assert.equal(into.samples[i], parts.samples[i]);
        if (parts.samples[i] === 0) continue;
        for (const part of PARTS) assert.ok(Object.is(into[part][i], parts[part][i]), `${part} of bucket ${i}`);
      }
    }
  });
});

test('zeros keep their signs', () => {
  const values = Float64Array.of(0, 0, -0, 0, 0, -0, -0, -0);
  const times = Float64Array.from(values, (_, i) => (i + 1) * 150_000);
  const run = { count: values.length, times, columns: [values], present: [Uint8Array.of(1, 0, 1, 1, 1, 1, 1, 1)] };
  const { count, columns } = new TierAggregator().aggregate(run, { tierMs: 300_000 });
  const made = makePage([columns], count);
  new TierPage(made.bytes, 1, { rows: count, ...made }).readField(0, 0, into);
  for (const part of PARTS) {
    const [found, wanted] = [into, columns[0]!].map((parts) => [...parts[part].subarray(0, count)]);
    assert.deepEqual(found!.map(String), wanted!.map(String), part);
    found!.forEach((value, i) => {
      assert.ok(Object.is(value, wanted![i]), `${part} ${i}`);
    });
  }
});

test('a field that the row group does not have is absent', () => {
  const parts = hourOf(() => 1);
  const made = makePage([[parts]], 288);
  const page = new TierPage(made.bytes, 1, { rows: 288, ...made });
  assert.equal(page.readField(0, 1, into), false);
});

test('increases of a field that is no counter are NaN', () => {
  for (const value of [(row: number) => row, () => 5]) {
    const made = makePage([[hourOf(value, [false])]], 288);
    new TierPage(made.bytes, 1, { rows: 288, ...made }).readField(0, 0, into);
    assert.ok(into.increase.subarray(0, 288).every(Number.isNaN));
  }
});

test('a page that is wrong under a right checksum gives an encoding error and nothing else', async () => {
  await fuzz(600, (random) => {
    const rows = 1 + random.below(12);
    const groups = Array.from({ length: 1 + random.below(10) }, () => tierRun(random.below(1e6), rows, 2).columns);
    const made = makePage(groups, rows);
    const bytes = made.bytes.slice();
    const body = bytes.length - 4;
    for (let n = 1 + random.below(3); n > 0; n--) bytes[random.below(body)] = random.below(256);
    writeUint32(bytes, body, crc32c(bytes, 0, body));
    try {
      const page = new TierPage(bytes, groups.length, { rows, ...made });
      for (let entry = 0; entry < groups.length; entry++) page.readField(entry, 1, into);
    } catch (error) {
      if (!(error instanceof EncodingError || error instanceof VarintError)) throw error;
    }
  });
});
