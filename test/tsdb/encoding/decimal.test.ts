import assert from 'node:assert/strict';
import test from 'node:test';
import { commonDivisor, exponentOf, type Scaling, scale } from '../../../src/tsdb/encoding/decimal.ts';
import { choosePresence, PRESENCE } from '../../../src/tsdb/encoding/presence.ts';
import { cutRun } from '../../../src/tsdb/segment-cuts.ts';

const EXPONENTS: readonly [value: number, places: number][] = [
  [0, 0],
  [42, 0],
  [-7, 0],
  [0.5, 1],
  [21.5, 1],
  [0.001, 3],
  [1e-9, 9],
  [99.99, 2],
  [2 ** 53 - 1, 0],
  [1e300, -1],
  [Math.PI * 1e-7, -1],
  [Number.NaN, -1],
  [Number.POSITIVE_INFINITY, -1],
];

for (const [value, places] of EXPONENTS) {
  test(`${value} has ${places < 0 ? 'no decimal form' : `${places} decimal places`}`, () => {
    assert.equal(exponentOf(value), places);
  });
}

test('the decimal of every price up to a hundred is found', () => {
  for (let cents = 0; cents < 10_000; cents++) {
    const places = exponentOf(cents / 100);
    assert.ok(places >= 0 && places <= 2);
    assert.equal(Math.round((cents / 100) * 10 ** places) / 10 ** places, cents / 100);
  }
});

function scaled(values: readonly number[]): Scaling & { readonly whole: number[]; readonly rows: number[] } {
  const whole = new Float64Array(values.length);
  const rows = new Uint16Array(values.length);
  const into: Scaling = { exponent: 0, unit: 1, exceptions: 0 };
  scale(Float64Array.from(values), values.length, whole, rows, into);
  return { ...into, whole: [...whole], rows: [...rows.subarray(0, into.exceptions)] };
}

test('a column is scaled by the places that most of its values need', () => {
  assert.deepEqual(scaled([1, 2.5, 3.25, 4]), {
    exponent: 2,
    unit: 1,
    exceptions: 0,
    whole: [100, 250, 325, 400],
    rows: [],
  });
});

test('a value that does not fit is an exception on the line of those before', () => {
  const values = [10, 20, Number.NaN, 40, 50, 60, 70, 80];
  assert.deepEqual(scaled(values), {
    exponent: 0,
    unit: 1,
    exceptions: 1,
    whole: [10, 20, 30, 40, 50, 60, 70, 80],
    rows: [2],
  });
});

test('true floats are left to another codec', () => {
  assert.equal(scaled([Math.PI, Math.E, Math.SQRT2, Math.LN2]).exceptions, 4);
});

test('numbers beyond 2^53 are multiples of a power of two', () => {
  const { unit, exceptions, whole } = scaled([2 ** 60, 2 ** 60 + 4096, 2 ** 60 + 8192]);
  assert.equal(exceptions, 0);
  assert.equal(whole[1]! * unit, 2 ** 60 + 4096);
});

test('the common divisor is that of the differences', () => {
  assert.equal(commonDivisor(Float64Array.of(17, 17 + 4096, 17 + 3 * 4096), 3), 4096);
  assert.equal(commonDivisor(Float64Array.of(0, 6, 10), 3), 2);
  assert.equal(commonDivisor(Float64Array.of(0, 5, 7), 3), 1);
  assert.equal(commonDivisor(Float64Array.of(5, 5, 5), 3), 1);
});

test('a few holes are stored as runs, many as a bitmap', () => {
  const few = new Uint8Array(700).fill(1);
  few.fill(0, 300, 320);
  assert.equal(choosePresence(few, 700), PRESENCE.runs);
  assert.equal(
    choosePresence(
      Uint8Array.from({ length: 700 }, (_, i) => i & 1),
      700,
    ),
    PRESENCE.bitmap,
  );
});

test('runs are cut at multiples of a window, and short ones not at all', () => {
  const times = Float64Array.from({ length: 10_000 }, (_, i) => 1_700_000_000_000 + i * 10_000);
  assert.deepEqual(cutRun(times, 1000), [1000]);
  const ends = cutRun(times, times.length);
  assert.equal(ends.at(-1), times.length);
  const starts = ends.slice(0, -1).map((end) => times[end]!);
  for (const start of starts) assert.ok(start % 8_192_000 < 10_000, 'the first row of a window');
  for (let i = 1; i < ends.length - 1; i++) assert.ok(ends[i]! - ends[i - 1]! >= 600);
});

test('rows at irregular times are never cut to crumbs or beyond the limit', () => {
  const times = Float64Array.from({ length: 30_000 }, (_, i) => (i < 29_000 ? i : i * 1e6));
  let before = 0;
  const ends = cutRun(times, times.length);
  for (const end of ends) {
    assert.ok(end - before <= 8192);
    if (end !== times.length) assert.ok(end - before >= 256);
    before = end;
  }
});
