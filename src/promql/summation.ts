/**
 * Compensated (Neumaier) sums, as Prometheus adds and averages. `sumOf` and `meanOf` are for values in one array; for
 * sums over rows see `aggregate/`.
 */

/** Sum of `values[from..to)`. */
export function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  let correction = 0;
  for (let i = from; i < to; i++) {
    const x = values[i]!;
    const t = sum + x;
    if (!Number.isFinite(t)) correction = 0;
    else if (Math.abs(sum) >= Math.abs(x)) correction += sum - t + x;
    else correction += x - t + sum;
    sum = t;
  }
  return !Number.isFinite(sum) ? sum : sum + correction;
}

/** Mean of `values[from..to)`, which must not be empty. Goes on incrementally where the sum would overflow. */
export function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = values[from]!;
  let correction = 0;
  for (let i = from + 1; i < to; i++) {
    const x = values[i]!;
    const t = sum + x;
    if (!Number.isFinite(t) && Number.isFinite(sum) && Number.isFinite(x))
      return incrementalMean(values, from, to, i, sum, correction);
    if (!Number.isFinite(t)) correction = 0;
    else if (Math.abs(sum) >= Math.abs(x)) correction += sum - t + x;
    else correction += x - t + sum;
    sum = t;
  }
  const count = to - from;
  return sum / count + correction / count;
}

/** Goes on where adding `values[at]` overflowed. */
function incrementalMean(
  values: Float64Array,
  from: number,
  to: number,
  at: number,
  sum: number,
  correction: number,
): number {
  let count = at - from;
  let mean = sum / count;
  let rest = correction / count;
  for (let i = at; i < to; i++) {
    const x = values[i]!;
    count++;
    const q = (count - 1) / count;
    const scaled = q * mean;
    const part = x / count;
    const t = part + scaled;
    let c = q * rest;
    if (!Number.isFinite(t)) c = 0;
    else if (Math.abs(part) >= Math.abs(scaled)) c += part - t + scaled;
    else c += scaled - t + part;
    mean = t;
    rest = c;
  }
  return mean + rest;
}
