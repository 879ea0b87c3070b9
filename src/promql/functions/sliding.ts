/**
 * Sums and extremes of windows that overlap, in time that does not grow with their length. Used where the result is the
 * same to the last bit: sums of whole numbers that stay exact, smallest and largest values.
 */
import type { Window } from '../window.ts';

/** Up to here sums of whole numbers are exact. */
const MAX_EXACT = 2 ** 53;

let sums = new Float64Array(256);
let queue = new Int32Array(256);

/** Whether windows overlap so much that sliding over them is worth its set-up. */
export function overlapsMuch({ low, high, steps, count }: Window): boolean {
  let samples = 0;
  for (let k = 0; k < steps; k++) samples += high[k]! - low[k]!;
  return samples > 2 * count;
}

/**
 * Running sums (`sums[i]` of the first `i` values), or undefined when they would not be exact: then a compensated sum of
 * each window is needed. Valid until the next call.
 */
export function exactSums({ values, count }: Window): Float64Array | undefined {
  if (sums.length <= count) sums = new Float64Array(2 * count);
  let sum = 0;
  sums[0] = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    sum += value;
    if (value !== Math.trunc(value) || !(sum < MAX_EXACT && sum > -MAX_EXACT) || Object.is(value, -0)) return undefined;
    sums[i + 1] = sum;
  }
  return sums;
}

/** Writes the smallest (`sign` 1) or largest (-1) value of every window; NaN only where there is nothing else. */
export function slideExtremes(
  window: Window,
  sign: 1 | -1,
  out: Float64Array,
  present: Uint8Array,
  base: number,
): void {
  const { values, low, high, steps, count } = window;
  if (queue.length < count) queue = new Int32Array(2 * count);
  // Indexes of values that may yet be the extreme: ascending, their values from best to worst.
  let head = 0;
  let tail = 0;
  let next = 0;
  for (let k = 0; k < steps; k++) {
    const from = low[k]!;
    const to = high[k]!;
    if (next < from) next = from;
    for (; next < to; next++) {
      const value = values[next]!;
      if (Number.isNaN(value)) continue;
      while (tail > head && sign * values[queue[tail - 1]!]! >= sign * value) tail--;
      queue[tail++] = next;
    }
    while (head < tail && queue[head]! < from) head++;
    if (to <= from) continue;
    out[base + k] = head < tail ? values[queue[head]!]! : Number.NaN;
    present[base + k] = 1;
  }
}
