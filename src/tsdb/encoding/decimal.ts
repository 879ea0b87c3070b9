/**
 * Decimal scaling (the idea of ALP, SIGMOD 2023): a float that was written with e decimal places is a whole number
 * divided by 10^e. Division of two exact numbers rounds correctly, so it gives back the very float that the decimal
 * text gives, and what does not survive the round trip bit by bit is left to the caller as an exception.
 */

/** Most decimal places tried. All powers up to 10^22 are exact floats. */
export const MAX_EXPONENT = 18;

/** `POWERS[e]` = 10^e, exact. */
export const POWERS = Float64Array.from({ length: MAX_EXPONENT + 1 }, (_, e) => Number(`1e${e}`));

const LARGEST = Number.MAX_SAFE_INTEGER;
/** Largest power of two used as unit: reaches 2^73. */
const LARGEST_UNIT = 2 ** 20;
/** Share of values that may be exceptions before another exponent is tried: 1 in 16. */
const TOLERATED = 16;

/** Fewest decimal places that represent `value`, or -1. */
export function exponentOf(value: number): number {
  for (let e = 0; e <= MAX_EXPONENT; e++) {
    const scaled = Math.round(value * POWERS[e]!);
    if (!(scaled <= LARGEST && scaled >= -LARGEST)) return -1;
    if (scaled / POWERS[e]! === value) return e;
  }
  return -1;
}

/**
 * Multiplies `values[0, count)` by `power` into `scaled`. Where that is not exact (fractions, NaN, infinities, -0) the
 * index goes to `exceptions` and `scaled` continues the line of the two values before. Returns the number of exceptions.
 */
function scaleBy(
  values: Float64Array,
  count: number,
  power: number,
  scaled: Float64Array,
  exceptions: Uint16Array,
): number {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    const whole = power === 1 ? Math.floor(value) : Math.round(value * power);
    if (
      whole <= LARGEST &&
      whole >= -LARGEST &&
      (power === 1 ? whole === value : whole / power === value) &&
      (value !== 0 || 1 / value > 0)
    ) {
      scaled[i] = whole;
    } else {
      const filler = i > 1 ? 2 * scaled[i - 1]! - scaled[i - 2]! : i > 0 ? scaled[0]! : 0;
      scaled[i] = filler <= LARGEST && filler >= -LARGEST ? filler : scaled[i - 1]!;
      exceptions[found++] = i;
    }
  }
  return found;
}

/** Exceptions at the beginning have nothing before them: they take the first exact number. */
function fillHead(count: number, scaled: Float64Array, exceptions: Uint16Array, found: number): void {
  let head = 0;
  while (head < found && exceptions[head] === head) head++;
  if (head > 0 && head < count) scaled.fill(scaled[head]!, 0, head);
}

/** value = scaled × unit / 10^exponent; one of the two is trivial. */
export interface Scaling {
  exponent: number;
  /** A power of two: above 2^53 floats are multiples of one. */
  unit: number;
  exceptions: number;
}

/**
 * Finds the scale that makes nearly all values whole and fills `scaled` and `exceptions` for it. When too many values
 * are true floats, `exceptions` of the result equals `count`.
 */
export function scale(
  values: Float64Array,
  count: number,
  scaled: Float64Array,
  exceptions: Uint16Array,
  into: Scaling,
): void {
  into.exponent = 0;
  into.unit = 1;
  let found = scaleBy(values, count, 1, scaled, exceptions);
  while (found * TOLERATED > count) {
    const finer = finerExponent(values, into.exponent, exceptions, found);
    if (finer < 0) break;
    into.exponent = finer;
    found = scaleBy(values, count, POWERS[finer]!, scaled, exceptions);
  }
  if (found * 4 > count && into.exponent === 0) {
    const unit = unitOf(values, count);
    if (unit > 1) {
      into.unit = unit;
      found = scaleBy(values, count, 1 / unit, scaled, exceptions);
    }
  }
  into.exceptions = found * 4 > count ? count : found;
  if (found > 0 && into.exceptions < count) fillHead(count, scaled, exceptions, found);
}

/** The power of two that brings the largest finite value below 2^53; 1 when it is, or when it is out of all reason. */
function unitOf(values: Float64Array, count: number): number {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const size = Math.abs(values[i]!);
    if (size > largest && size < Infinity) largest = size;
  }
  let unit = 1;
  while (largest / unit > LARGEST) unit *= 2;
  return unit <= LARGEST_UNIT ? unit : 1;
}

/** The largest exponent that a few of the exceptions need, or -1 when they are no decimals. */
function finerExponent(values: Float64Array, exponent: number, exceptions: Uint16Array, found: number): number {
  const stride = Math.max(1, Math.floor(found / 8));
  let finest = -1;
  let floats = 0;
  let seen = 0;
  for (let k = 0; k < found; k += stride) {
    const value = values[exceptions[k]!]!;
    if (!Number.isFinite(value) || value === 0) continue;
    seen++;
    const e = exponentOf(value);
    if (e < 0) floats++;
    else if (e > finest) finest = e;
  }
  return floats * 4 > seen || finest <= exponent ? -1 : finest;
}

/** Greatest common divisor of whole numbers that are not negative. */
export function gcd(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/**
 * Greatest common divisor of the differences between whole numbers: memory sizes move by pages, speeds by thousands.
 * 1 when there is none worth the division, or all are equal.
 */
export function commonDivisor(x: Float64Array, count: number): number {
  const first = x[0]!;
  const stride = Math.max(1, Math.floor(count / 8));
  let divisor = 0;
  for (let i = stride; i < count; i += stride) {
    divisor = gcd(Math.abs(x[i]! - first), divisor);
    if (divisor === 1) return 1;
  }
  for (let i = 1; i < count; i++) {
    const difference = Math.abs(x[i]! - first);
    if (difference % divisor === 0) continue;
    divisor = gcd(difference, divisor);
    if (divisor === 1) return 1;
  }
  return Math.max(divisor, 1);
}
