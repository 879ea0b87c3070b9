// Queries that reach into coarser tiers, on a source that keeps raw samples for the last hours only.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesHandle, TierBuffer, TierMs, TierSpan } from '../../src/model/series.ts';
import { PromqlError } from '../../src/promql/promql-error.ts';
import { evaluateInstant, evaluateRange, type QueryResult } from '../../src/promql/query.ts';
import { MemorySource } from '../support/memory-source.ts';

const HOUR_MS = 3_600_000;
const FIVE_MINUTES_MS = 300_000;
const END_MS = 48 * HOUR_MS;
const RAW_FROM_MS = 44 * HOUR_MS;
const FIVE_FROM_MS = 24 * HOUR_MS;

/** Aggregates what it is given; serves raw, 5-minute and 1-hour data from fixed times on. */
class TieredSource extends MemorySource {
  override tiers(fromMs: number, toMs: number, stepMs: number): readonly TierSpan[] {
    const raw = stepMs >= FIVE_MINUTES_MS ? END_MS : RAW_FROM_MS;
    const five = stepMs >= HOUR_MS ? END_MS : FIVE_FROM_MS;
    const all: TierSpan[] = [
      { tierMs: 3_600_000, fromMs: Number.NEGATIVE_INFINITY, toMs: five },
      { tierMs: 300_000, fromMs: five, toMs: raw },
      { tierMs: 0, fromMs: raw, toMs: Number.POSITIVE_INFINITY },
    ];
    return all
      .map((span) => ({ ...span, fromMs: Math.max(span.fromMs, fromMs), toMs: Math.min(span.toMs, toMs) }))
      .filter((span) => span.fromMs < span.toMs || (span.fromMs === toMs && span.toMs === toMs && span.tierMs === 0));
  }

  override readTier(series: SeriesHandle, tierMs: TierMs, fromMs: number, toMs: number): TierBuffer {
    const { times, values, count } = super.read(series, 0, END_MS);
    const rows = new Map<number, number[]>();
    let before: number | undefined;
    for (let i = 0; i < count; i++) {
      const start = (Math.ceil(times[i]! / tierMs) - 1) * tierMs;
      const value = values[i]!;
      const growth = before === undefined ? 0 : value < before ? value : value - before;
      before = value;
      const row = rows.get(start) ?? [value, value, 0, 0, value, 0];
      rows.set(start, [
        Math.min(row[0]!, value),
        Math.max(row[1]!, value),
        row[2]! + value,
        row[3]! + 1,
        value,
        row[5]! + growth,
      ]);
    }
    const wanted = [...rows].filter(([start]) => start + tierMs >= fromMs && start < toMs);
    const column = (i: number) => Float64Array.from(wanted, ([, row]) => row[i]!);
    return {
      count: wanted.length,
      starts: Float64Array.from(wanted, ([start]) => start),
      min: column(0),
      max: column(1),
      sum: column(2),
      samples: column(3),
      last: column(4),
      increase: column(5),
    };
  }
}

const source = new TieredSource();
/** Every 10 s, 5 s after the full ten seconds: the value is its number, and the counter grows by 2. */
const count = END_MS / 10_000;
const about = { intervalMs: 10_000, kind: 'counter' } as const;
const series = (name: string, value: (i: number) => number) =>
  source.add(
    ['__name__', name],
    Array.from({ length: count }, (_, i) => [i * 10_000 + 5000, value(i)] as const),
    about,
  );
series('gauge', (i) => i);
series('counter', (i) => (2 * i) % 100_000);

const common = { source, tenants: [1], limits: { maxSamples: 1e7, timeoutMs: 10_000 } };

async function at(query: string, timeMs: number): Promise<QueryResult & { number: number | undefined }> {
  const result = await evaluateInstant({ ...common, query, timeMs });
  const { value } = result;
  const number = value.kind === 'vector' && value.matrix.rows === 1 ? value.matrix.values[0] : undefined;
  return { ...result, number };
}

test('aggregates over windows that are aligned to buckets are exact on every tier', async () => {
  for (const timeMs of [10 * HOUR_MS, 30 * HOUR_MS, 47 * HOUR_MS]) {
    const last = timeMs / 10_000 - 1;
    const inWindow = (2 * HOUR_MS) / 10_000;
    const first = last - inWindow + 1;
    const expected: readonly (readonly [string, number])[] = [
      ['min_over_time(gauge[2h])', first],
      ['max_over_time(gauge[2h])', last],
      ['count_over_time(gauge[2h])', inWindow],
      ['sum_over_time(gauge[2h])', ((first + last) * inWindow) / 2],
      ['avg_over_time(gauge[2h])', (first + last) / 2],
      ['last_over_time(gauge[2h])', last],
    ];
    for (const [query, wanted] of expected) {
      const { number, warnings } = await at(query, timeMs);
      assert.ok(Math.abs(number! - wanted) <= 1e-9 * wanted, `${query} at ${timeMs}: ${number}, not ${wanted}`);
      assert.deepEqual(warnings, []);
    }
    const { number } = await at('increase(counter[2h])', timeMs);
    assert.ok(Math.abs(number! - inWindow * 2) <= 2, `increase at ${timeMs}: ${number}`);
  }
});

test('a window that is shorter than a bucket is widened to one, with a warning', async () => {
  const { number, warnings } = await at('rate(counter[2m])', 30 * HOUR_MS);
  assert.ok(Math.abs(number! - 0.2) < 1e-12);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^PromQL warning: rate over 2m is answered from 5m aggregates.*\(1:6\)$/);
  assert.deepEqual((await at('rate(counter[2m])', 47 * HOUR_MS)).warnings, []);
});

test('what a tier cannot serve fails where raw samples are gone, and works where they are not', async () => {
  for (const query of [
    'quantile_over_time(0.5, gauge[1h])',
    'stddev_over_time(gauge[1h])',
    'gauge[1h]',
    'deriv(gauge[1h])',
  ]) {
    await assert.rejects(
      at(query, 30 * HOUR_MS),
      (error) => error instanceof PromqlError && error.kind === 'execution' && /needs raw samples/.test(error.message),
    );
    await at(query, 47 * HOUR_MS);
  }
});

test('a selector shows the last value of the newest finished bucket', async () => {
  assert.equal((await at('gauge', 10 * HOUR_MS + 1)).number, (10 * HOUR_MS) / 10_000 - 1);
  assert.equal((await at('gauge', 30 * HOUR_MS + 1)).number, (30 * HOUR_MS) / 10_000 - 1);
  assert.equal((await at('gauge', 47 * HOUR_MS + 6000)).number, (47 * HOUR_MS) / 10_000);
});

test('a range is stitched from all tiers without a seam', async () => {
  for (const stepMs of [FIVE_MINUTES_MS / 5, FIVE_MINUTES_MS, HOUR_MS]) {
    const result = await evaluateRange({
      ...common,
      query: 'rate(counter[1h])',
      startMs: 2 * HOUR_MS,
      endMs: END_MS,
      stepMs,
    });
    assert.equal(result.value.kind, 'matrix');
    if (result.value.kind !== 'matrix') return;
    const { values, present } = result.value.matrix;
    assert.ok(present.every((cell) => cell === 1));
    // A reset costs the growth up to it, 10 s at most.
    for (const value of values) assert.ok(Math.abs(value - 0.2) < 0.2 / 300, String(value));
  }
});
