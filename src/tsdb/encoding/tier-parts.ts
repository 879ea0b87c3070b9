/**
 * The aggregates of one field while they are coded: only the buckets that have samples, scaled to whole numbers if the
 * field's values are decimals.
 */
import { MAX_BLOCK_ROWS } from './block-limits.ts';
import { exponentOf, gcd, POWERS } from './decimal.ts';

/**
 * An array a part, a bucket an index. `samples` counts the raw samples, 0 means nothing in that bucket. `increase` is
 * NaN throughout for fields that are no counters.
 */
export interface TierParts {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly samples: Float64Array;
  readonly last: Float64Array;
  readonly increase: Float64Array;
}

export const newTierParts = (rows: number = MAX_BLOCK_ROWS): TierParts => ({
  min: new Float64Array(rows),
  max: new Float64Array(rows),
  sum: new Float64Array(rows),
  samples: new Float64Array(rows),
  last: new Float64Array(rows),
  increase: new Float64Array(rows),
});

/** In the order in which they are coded. */
export const PART_NAMES = ['last', 'min', 'max', 'sum', 'increase'] as const;

/** Beyond this, predictions are no longer exact. */
const LARGEST = 2 ** 51;

/** Copies the buckets that have samples, by their bits; returns how many. */
export function gatherParts(from: TierParts, rows: number, into: TierParts): number {
  let count = 0;
  for (let i = 0; i < rows; i++) if (from.samples[i] !== 0) into.samples[count++] = from.samples[i]!;
  for (const name of PART_NAMES) {
    if (count === rows) into[name].set(from[name].subarray(0, rows));
    else gather(from[name], from.samples, rows, into[name]);
  }
  return count;
}

function gather(values: Float64Array, samples: Float64Array, rows: number, into: Float64Array): void {
  const from = new Uint32Array(values.buffer, values.byteOffset, rows * 2);
  const to = new Uint32Array(into.buffer);
  let k = 0;
  for (let i = 0; i < rows; i++) {
    if (samples[i] === 0) continue;
    to[k++] = from[2 * i]!;
    to[k++] = from[2 * i + 1]!;
  }
}

/** Moves the parts of the buckets that have samples from the front of each array to their places. */
export function scatterParts(parts: TierParts, rows: number): void {
  for (const name of PART_NAMES) {
    const values = parts[name];
    const bits = new Uint32Array(values.buffer, values.byteOffset, rows * 2);
    let k = 0;
    for (let i = 0; i < rows; i++) if (parts.samples[i] !== 0) k++;
    for (let i = rows - 1; k > 0; i--) {
      if (parts.samples[i] === 0) continue;
      k--;
      bits[2 * i] = bits[2 * k]!;
      bits[2 * i + 1] = bits[2 * k + 1]!;
    }
  }
}

/** Decimal places that all values of a part have, at least `least`; -1 when they are no decimals. */
function exponentOfAll(values: Float64Array, count: number, least: number): number {
  let exponent = least;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (Object.is(value, -0)) return -1;
    if (Math.round(value * POWERS[exponent]!) / POWERS[exponent]! === value) continue;
    const finer = exponentOf(value);
    if (finer <= exponent) return -1;
    exponent = finer;
  }
  return exponent;
}

/** value = whole × divisor / 10^exponent */
export interface PartScale {
  exponent: number;
  divisor: number;
}

/**
 * Scales the first `parts` of PART_NAMES in place. False when they are no decimals of a common scale or too large; then
 * they are spoilt.
 */
export function scaleParts(
  parts: TierParts,
  names: readonly (keyof TierParts)[],
  count: number,
  into: PartScale,
): boolean {
  let exponent = 0;
  for (const name of names) {
    exponent = exponentOfAll(parts[name], count, exponent);
    if (exponent < 0) return false;
  }
  let divisor = 0;
  for (const name of names) {
    // Sums of large counters pass 2^53: still whole, and near their prediction.
    const limit = name === 'sum' && exponent === 0 ? Number.MAX_VALUE : LARGEST;
    const values = parts[name];
    const power = POWERS[exponent]!;
    for (let i = 0; i < count; i++) {
      const whole = Math.round(values[i]! * power);
      if (!(Math.abs(whole) <= limit) || whole / power !== values[i]) return false;
      values[i] = whole;
      if (divisor !== 1 && (divisor === 0 || whole % divisor !== 0)) divisor = gcd(Math.abs(whole), divisor);
    }
  }
  into.exponent = exponent;
  into.divisor = Math.max(divisor, 1);
  if (divisor > 1) for (const name of names) divide(parts[name], count, divisor);
  return true;
}

function divide(values: Float64Array, count: number, divisor: number): void {
  for (let i = 0; i < count; i++) values[i] = values[i]! / divisor;
}

/** Undoes `scaleParts`. */
export function unscaleParts(
  parts: TierParts,
  names: readonly (keyof TierParts)[],
  count: number,
  scale: PartScale,
): void {
  const power = POWERS[scale.exponent]!;
  for (const name of names) {
    const values = parts[name];
    for (let i = 0; i < count; i++) values[i] = (values[i]! * scale.divisor) / power;
  }
}
