// Windows that overlap much take another way through the code; it must lead to the same numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateInstant, evaluateRange } from '../../src/promql/query.ts';
import { MemorySource } from '../support/memory-source.ts';

const SEED = 42;
let state = SEED;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const source = new MemorySource();
const shapes: Record<string, (i: number) => number> = {
  whole: () => Math.floor(random() * 1000) - 300,
  fraction: () => random() * 10 - 5,
  large: (i) => 2 ** 52 + i,
  odd: (i) => (i % 5 === 0 ? Number.NaN : i % 17 === 0 ? Number.POSITIVE_INFINITY : i % 3),
  nothing: () => Number.NaN,
  falling: (i) => -i,
};
for (const [name, value] of Object.entries(shapes)) {
  const samples: [number, number][] = [];
  for (let i = 0; i < 200; i++) if (random() > 0.1) samples.push([i * 10_000 + Math.floor(random() * 5000), value(i)]);
  source.add(['__name__', name], samples);
}

test('every step of a range has the value of an instant query at its time', async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const common = { source, tenants: [1], limits: { maxSamples: 1e7, timeoutMs: 60_000 } };
  for (const name of Object.keys(shapes)) {
    for (const call of ['sum', 'avg', 'min', 'max', 'count', 'last'].map((op) => `${op}_over_time(${name}[5m])`)) {
      await compare(call);
    }
    for (const op of ['quantile_over_time(0.7,', 'stddev_over_time(', 'rate(', 'resets(', 'irate(', 'mad_over_time(']) {
      await compare(`${op} ${name}[5m])`);
    }
  }

  async function compare(query: string): Promise<void> {
    const { value } = await evaluateRange({ ...common, query, startMs: 0, endMs: 2_400_000, stepMs: 25_000 });
    assert.equal(value.kind, 'matrix');
    if (value.kind !== 'matrix') return;
    for (let k = 0; k < value.grid.count; k++) {
      const { value: one } = await evaluateInstant({ ...common, query, timeMs: k * 25_000 });
      if (one.kind !== 'vector') continue;
      const expected = one.matrix.rows === 1 ? one.matrix.values[0] : undefined;
      const actual: number | undefined =
        value.matrix.rows === 1 && value.matrix.present[k] === 1 ? value.matrix.values[k] : undefined;
      assert.ok(Object.is(actual, expected), `${query} at step ${k}: ${actual}, not ${expected}`);
    }
  }
});

test('long windows are computed in parts, with rests, and lead to the same numbers', async () => {
  const samples = Array.from({ length: 2000 }, (_, i): [number, number] => [
    i * 1000,
    i % 50 === 0 ? Number.NaN : random() * 10,
  ]);
  const long = new MemorySource();
  long.add(['__name__', 'long'], samples);
  const range = { startMs: 1_000_000, endMs: 2_000_000, stepMs: 2000 };
  let rests = 0;
  const common = {
    source: long,
    tenants: [1],
    limits: { maxSamples: 1e7, timeoutMs: 60_000 },
    pause: async () => {
      rests++;
    },
  };
  for (const call of [
    'mad_over_time(long[15m])',
    'quantile_over_time(0.3, long[15m])',
    'predict_linear(long[15m], 60)',
    'sum_over_time(long[15m])',
    'stddev_over_time(long[15m:1s] offset 1m)',
  ]) {
    const { value } = await evaluateRange({ ...common, query: call, ...range });
    assert.ok(value.kind === 'matrix' && value.matrix.rows === 1, call);
    for (const k of [0, 1, 250, 291, 292, 293, 499, 500]) {
      const { value: one } = await evaluateInstant({ ...common, query: call, timeMs: range.startMs + k * 2000 });
      assert.ok(one.kind === 'vector');
      assert.equal(value.matrix.values[k], one.matrix.values[0], `${call} at step ${k}`);
    }
  }
  assert.ok(rests > 0, 'others had their turn');
});
