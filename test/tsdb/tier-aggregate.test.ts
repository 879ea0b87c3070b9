import assert from 'node:assert/strict';
import test from 'node:test';
import type { TierRun } from '../../src/tsdb/segment-types.ts';
import { TierAggregator } from '../../src/tsdb/tier-aggregate.ts';
import { seededRandom } from '../support/fuzz.ts';
import { fromBits } from '../support/tsdb-samples.ts';

const TIER_MS = 300_000;
const PARTS = ['min', 'max', 'sum', 'samples', 'last', 'increase'] as const;

interface Options {
  readonly before?: number;
  readonly present?: readonly number[];
  readonly counter?: boolean;
  readonly stepMs?: number;
}

/** Aggregates a column of one value a minute. */
function aggregate(values: Float64Array | readonly number[], options: Options = {}): TierRun {
  const column = Float64Array.from(values);
  // As bits: NaN payloads must survive.
  if (values instanceof Float64Array) column.set(values);
  const times = Float64Array.from(column, (_, i) => (i + 1) * (options.stepMs ?? 60_000));
  const present = options.present ? Uint8Array.from(options.present) : null;
  return new TierAggregator().aggregate(
    { count: column.length, times, columns: [column], present: [present] },
    {
      tierMs: TIER_MS,
      ...(options.before === undefined ? {} : { before: Float64Array.of(options.before) }),
      ...(options.counter === undefined ? {} : { counters: [options.counter] }),
    },
  );
}

/** A bucket as [min, max, sum, samples, last, increase]. */
const bucket = (run: TierRun, i: number, column = 0) => PARTS.map((part) => run.columns[column]![part][i]!);

const TABLE: readonly [name: string, values: readonly number[], options: Options, buckets: readonly number[][]][] = [
  [
    'a gauge',
    [3, 1, 2, 5, 4, 7],
    {},
    [
      [1, 5, 15, 5, 4, 9],
      [7, 7, 7, 1, 7, 3],
    ],
  ],
  ['a counter grows from its first sample', [10, 12, 15, 15, 20], {}, [[10, 20, 72, 5, 20, 10]]],
  ['a counter grows from the sample before', [10, 12, 15, 15, 20], { before: 4 }, [[10, 20, 72, 5, 20, 16]]],
  ['a counter that is reset', [10, 12, 3, 5, 5], {}, [[3, 12, 35, 5, 5, 7]]],
  ['a counter that was reset before the run', [2, 3], { before: 100 }, [[2, 3, 5, 2, 3, 3]]],
  [
    'growth between two buckets belongs to the second',
    [1, 2, 3, 4, 5, 105],
    {},
    [
      [1, 5, 15, 5, 5, 4],
      [105, 105, 105, 1, 105, 100],
    ],
  ],
  ['decimals add up as decimals', [0.1, 0.2, 0.3, 0.1, 0.2], {}, [[0.1, 0.3, 0.9, 5, 0.2, 0.4]]],
  ['holes are passed over', [1, 99, 3, 99, 5], { present: [1, 0, 1, 0, 1] }, [[1, 5, 9, 3, 5, 4]]],
  ['large whole numbers', [2 ** 53, 2 ** 53], {}, [[2 ** 53, 2 ** 53, 2 ** 54, 2, 2 ** 53, 0]]],
  ['negative numbers', [-5, -3, -3.5, -1], {}, [[-5, -1, -12.5, 4, -1, 2 - 3.5 + 2.5]]],
];

for (const [name, values, options, buckets] of TABLE) {
  test(`aggregation: ${name}`, () => {
    const run = aggregate(values, options);
    assert.deepEqual(
      Array.from({ length: run.count }, (_, i) => bucket(run, i)),
      buckets,
    );
  });
}

test('buckets begin at multiples of their width and those without rows are left out', () => {
  const run = aggregate([1, 2, 3], { stepMs: 400_000 });
  assert.deepEqual([...run.starts.subarray(0, run.count)], [300_000, 600_000, 900_000]);
  const sparse = aggregate([1, 2], { stepMs: 3_000_000 });
  assert.deepEqual([...sparse.starts.subarray(0, sparse.count)], [2_700_000, 5_700_000], 'the edge is in');
});

test('a stale marker is no sample, whether or not its quiet bit was set on the way', () => {
  for (const high of [0x7ff00000, 0x7ff80000]) {
    const values = fromBits([
      [0x3ff00000, 0],
      [high, 2],
    ]);
    assert.deepEqual(bucket(aggregate(values), 0), [1, 1, 1, 1, 1, 0]);
  }
  const marker = fromBits([[0x7ff00000, 2]]);
  assert.equal(aggregate(marker).columns[0]!.samples[0], 0);
});

test('NaN is a sample that spoils the sum and is passed over in minimum and maximum', () => {
  const [min, max, sum, samples] = bucket(aggregate([2, Number.NaN, 1]), 0);
  assert.deepEqual([min, max, sum, samples], [1, 2, Number.NaN, 3]);
});

test('a column that is no counter has no increases', () => {
  assert.ok(Number.isNaN(aggregate([1, 2], { counter: false }).columns[0]!.increase[0]));
});

test('sums of true floats are compensated', () => {
  const values = [1e16, Math.PI, -1e16, Math.E, 1];
  assert.equal(aggregate(values).columns[0]!.sum[0], Math.PI + Math.E + 1);
});

test('aggregates of a run in pieces add up to those of the whole run', () => {
  const random = seededRandom(17);
  for (let round = 0; round < 20; round++) {
    let counter = random.below(1000);
    const values = Array.from({ length: 100 }, () => {
      counter = random.chance(0.05) ? random.below(50) : counter + random.below(1000);
      return counter;
    });
    const total = (run: TierRun) => run.columns[0]!.increase.subarray(0, run.count).reduce((a, b) => a + b);
    const cut = 1 + random.below(98);
    const first = aggregate(values.slice(0, cut));
    const firstTotal = total(first);
    const second = aggregate(values.slice(cut), { before: values[cut - 1]! });
    assert.equal(firstTotal + total(second), total(aggregate(values)));
  }
});

test('a long run needs no more than its own buckets', () => {
  const run = aggregate(Array.from({ length: 20_000 }, (_, i) => i));
  assert.equal(run.count, 4000);
  assert.equal(
    run.columns[0]!.increase.subarray(0, 4000).reduce((a, b) => a + b),
    19_999,
  );
});
