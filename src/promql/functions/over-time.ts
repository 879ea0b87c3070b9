/** Aggregates of one series over a window. */
import { meanOf, sumOf } from '../summation.ts';
import type { Window, WindowFunction } from '../window.ts';
import { exactSums, overlapsMuch, slideExtremes } from './sliding.ts';

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

const eachSum = ofSamples((window, from, to) => sumOf(window.values, from, to));
const eachMean = ofSamples((window, from, to) => meanOf(window.values, from, to));
const eachMin = ofSamples((window, from, to) => window.values[extremeIndex(window.values, from, to, 1)]!);
const eachMax = ofSamples((window, from, to) => window.values[extremeIndex(window.values, from, to, -1)]!);

function sumOrMean(isMean: boolean): WindowFunction {
  const each = isMean ? eachMean : eachSum;
  return (window, out, present, base, args) => {
    const sums = overlapsMuch(window) ? exactSums(window) : undefined;
    if (!sums) {
      each(window, out, present, base, args);
      return;
    }
    for (let k = 0; k < window.steps; k++) {
      const from = window.low[k]!;
      const to = window.high[k]!;
      if (to <= from) continue;
      const sum = sums[to]! - sums[from]!;
      out[base + k] = isMean ? sum / (to - from) : sum;
      present[base + k] = 1;
    }
  };
}

function extreme(sign: 1 | -1): WindowFunction {
  const each = sign === 1 ? eachMin : eachMax;
  return (window, out, present, base, args) => {
    if (overlapsMuch(window)) slideExtremes(window, sign, out, present, base);
    else each(window, out, present, base, args);
  };
}

export const sumOverTime = sumOrMean(false);
export const avgOverTime = sumOrMean(true);
export const minOverTime = extreme(1);
export const maxOverTime = extreme(-1);
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
