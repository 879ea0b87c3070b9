/** Aggregates of one series over a window. */
import { meanOf, sumOf } from '../summation.ts';
import type { Window, WindowFunction } from '../window.ts';

/** A function of the samples in `[from, to)`, which is not empty. */
function ofSamples(compute: (window: Window, from: number, to: number) => number): WindowFunction {
  return (window, out, present, base) => {
    const { low, high, steps } = window;
    for (let k = 0; k < steps; k++) {
      const from = low[k]!;
      const to = high[k]!;
      if (to <= from) continue;
      out[base + k] = compute(window, from, to);
      present[base + k] = 1;
    }
  };
}

/** Position of the smallest (`sign` 1) or largest (-1) value, the last one of equals. NaN only when all are. */
function extremeIndex(values: Float64Array, from: number, to: number, sign: 1 | -1): number {
  let best = from;
  for (let i = from + 1; i < to; i++) {
    const value = values[i]!;
    if (sign * value <= sign * values[best]! || Number.isNaN(values[best])) best = i;
  }
  return best;
}

export const sumOverTime = ofSamples((window, from, to) => sumOf(window.values, from, to));
export const avgOverTime = ofSamples((window, from, to) => meanOf(window.values, from, to));
export const minOverTime = ofSamples((window, from, to) => window.values[extremeIndex(window.values, from, to, 1)]!);
export const maxOverTime = ofSamples((window, from, to) => window.values[extremeIndex(window.values, from, to, -1)]!);
export const countOverTime = ofSamples((_window, from, to) => to - from);
export const presentOverTime = ofSamples(() => 1);
export const firstOverTime = ofSamples((window, from) => window.values[from]!);
export const lastOverTime = ofSamples((window, _from, to) => window.values[to - 1]!);
export const tsOfFirst = ofSamples((window, from) => window.times[from]! / 1000);
export const tsOfLast = ofSamples((window, _from, to) => window.times[to - 1]! / 1000);
export const tsOfMin = ofSamples((window, from, to) => window.times[extremeIndex(window.values, from, to, 1)]! / 1000);
export const tsOfMax = ofSamples((window, from, to) => window.times[extremeIndex(window.values, from, to, -1)]! / 1000);

export const changes = ofSamples(({ values }, from, to) => {
  let found = 0;
  for (let i = from + 1; i < to; i++) {
    const [before, now] = [values[i - 1]!, values[i]!];
    if (now !== before && !(Number.isNaN(now) && Number.isNaN(before))) found++;
  }
  return found;
});

export const resets = ofSamples(({ values }, from, to) => {
  let found = 0;
  for (let i = from + 1; i < to; i++) if (values[i]! < values[i - 1]!) found++;
  return found;
});
