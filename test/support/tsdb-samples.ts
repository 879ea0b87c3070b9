/** Columns and times of every kind that the engine meets, seeded, and comparison by bits. */
import assert from 'node:assert/strict';
import type { FuzzRandom } from './fuzz.ts';

/** Floats by their bits: [high, low]. */
const SPECIAL_BITS = [
  [0x7ff00000, 2], // the stale marker
  [0x7ff80000, 1], // a NaN with a payload
  [0xfff80000, 7],
  [0x7ff00000, 0], // infinities
  [0xfff00000, 0],
  [0x80000000, 0], // -0
  [0, 1], // the smallest number
  [0x7fefffff, 0xffffffff], // the largest
] as const;

export const specialFloats = fromBits(SPECIAL_BITS);

export function fromBits(pairs: readonly (readonly [high: number, low: number])[]): Float64Array<ArrayBuffer> {
  const values = new Float64Array(pairs.length);
  const bits = new Uint32Array(values.buffer);
  pairs.forEach(([high, low], i) => {
    bits[2 * i] = low;
    bits[2 * i + 1] = high;
  });
  return values;
}

/** High and low word of `values[i]` as text. */
export function bitsOf(values: Float64Array, i: number): string {
  const bits = new Uint32Array(values.buffer, values.byteOffset + 8 * i, 2);
  return `${bits[1]!.toString(16)}:${bits[0]!.toString(16)}`;
}

export function copyBits(from: Float64Array, i: number, to: Float64Array, k: number): void {
  new Uint8Array(to.buffer, to.byteOffset + 8 * k, 8).set(new Uint8Array(from.buffer, from.byteOffset + 8 * i, 8));
}

/** One value after another, given a random source and the row. */
type Shape = (random: FuzzRandom) => (row: number) => number;

const whole = (random: FuzzRandom, bits: number) =>
  random.below(2 ** Math.min(32, bits)) + (bits > 32 ? random.below(2 ** (bits - 32)) * 2 ** 32 : 0);

export const COLUMN_SHAPES: Readonly<Record<string, Shape>> = {
  constant: (random) => {
    const value = whole(random, random.below(53));
    return () => value;
  },
  'large of either sign': (random) => () => (random.chance(0.5) ? -1 : 1) * whole(random, 53),
  'counter with a sentinel': (random) => {
    let value = whole(random, 51);
    const sentinel = random.pick([-(2 ** 53) + 1, -(2 ** 63), 2 ** 53 - 1]);
    return () => {
      value += random.below(1_000);
      return random.chance(0.1) ? sentinel : value;
    };
  },
  counter: (random) => {
    let value = whole(random, 43);
    const step = whole(random, 1 + random.below(30)) + 1;
    return () => {
      value += random.below(step);
      return value;
    };
  },
  'counter that is reset': (random) => {
    let value = whole(random, 40);
    return () => {
      value = random.chance(0.03) ? random.below(1000) : value + random.below(100_000);
      return value;
    };
  },
  line: (random) => {
    const step = random.below(1_000_000);
    return (row) => row * step;
  },
  parabola: () => (row) => 3 * row * row + 7,
  decimal: (random) => {
    const power = 10 ** random.below(7);
    return () => Math.round(random.below(100_000) * (power / 100)) / power;
  },
  'decimal walk': (random) => {
    let tenths = random.below(1000);
    return () => {
      tenths += random.below(5) - 2;
      return tenths / 10;
    };
  },
  float: (random) => () => (random.below(2 ** 31) / 2 ** 31) * 1e3 + random.below(2 ** 31) * 1e-13,
  'single float': (random) => () => Math.fround(random.below(1000) / 7),
  'rare change': (random) => {
    let state = 1;
    return () => {
      if (random.chance(0.02)) state = 1 + random.below(3);
      return state;
    };
  },
  'any bits': (random) => {
    const one = new Float64Array(1);
    const bits = new Uint32Array(one.buffer);
    return () => {
      bits[0] = random.below(2 ** 32);
      bits[1] = random.below(2 ** 32);
      return one[0]!;
    };
  },
  'any whole': (random) => () => (random.chance(0.5) ? -1 : 1) * whole(random, 53),
  'beyond 2^53': (random) => () => 2 ** 60 + whole(random, 30) * 4096,
  'unsigned 64 bits': (random) => () => whole(random, 53) * 2048,
  pages: (random) => () => random.below(1_000_000) * 4096 + 17,
  'any size': (random) => () => (random.below(1000) + 1) * 10 ** (random.below(600) - 300),
  'minus zero': () => () => -0,
};

/** A column of a shape, in some with special floats sprinkled in. */
export function columnOf(shape: Shape, rows: number, random: FuzzRandom): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows);
  const next = shape(random);
  for (let i = 0; i < rows; i++) values[i] = next(i);
  for (let k = random.chance(0.3) ? 1 + random.below(4) : 0; k > 0; k--) {
    copyBits(specialFloats, random.below(specialFloats.length), values, random.below(rows));
  }
  return values;
}

/** Ascending times: regular, jittered, with gaps, irregular. */
export function timesOf(rows: number, random: FuzzRandom): Float64Array<ArrayBuffer> {
  const times = new Float64Array(rows);
  const stepMs = 1000 * (1 + random.below(300));
  const jitterMs = random.pick([0, 5, 900]);
  const gaps = random.pick([0, 0, 0.05]);
  const irregular = random.chance(0.2);
  let slot = 1_700_000_000_000 + random.below(1_000_000);
  for (let i = 0; i < rows; i++) {
    times[i] = slot + (jitterMs > 0 ? random.below(jitterMs) : 0);
    slot += irregular ? 1000 + random.below(500_000) : stepMs * (random.chance(gaps) ? 2 + random.below(30) : 1);
  }
  return times;
}

/** Null for no holes, else one byte a row; some columns are all holes or have none. */
export function presenceOf(rows: number, random: FuzzRandom): Uint8Array | null {
  if (random.chance(0.6)) return null;
  const share = random.pick([0, 0.02, 0.5, 0.98, 1]);
  return Uint8Array.from({ length: rows }, () => (random.chance(share) ? 1 : 0));
}

/** Every value that should be present is, with the same bits. */
export function assertSameColumn(
  found: { readonly count: number; readonly values: Float64Array; readonly present: Uint8Array },
  values: Float64Array,
  present: Uint8Array | null,
  rows: number,
  what: string,
): void {
  let expected = 0;
  for (let i = 0; i < rows; i++) expected += present === null ? 1 : present[i]!;
  assert.equal(found.count, expected, `${what}: values present`);
  const holes = expected < rows;
  for (let i = 0; i < rows && expected > 0; i++) {
    const here = present === null || present[i] === 1;
    if (holes) assert.equal(found.present[i], here ? 1 : 0, `${what}: presence of row ${i}`);
    if (here) assert.equal(bitsOf(found.values, i), bitsOf(values, i), `${what}: row ${i} of ${rows}`);
  }
}
