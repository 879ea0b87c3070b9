/** `deriv`, `predict_linear` and `double_exponential_smoothing`. */
import { PromqlError } from '../promql-error.ts';
import type { Window, WindowFunction } from '../window.ts';

/** Result of the last `regress`. */
let slope = 0;
let intercept = 0;

/** A sum with its compensation. */
class Sum {
  value = 0;
  #rest = 0;

  clear(): void {
    this.value = 0;
    this.#rest = 0;
  }

  add(x: number): void {
    const sum = this.value;
    const t = sum + x;
    if (t === Number.POSITIVE_INFINITY || t === Number.NEGATIVE_INFINITY) this.#rest = 0;
    else if (Math.abs(sum) >= Math.abs(x)) this.#rest += sum - t + x;
    else this.#rest += x - t + sum;
    this.value = t;
  }

  get total(): number {
    return this.value + this.#rest;
  }
}

const sumX = new Sum();
const sumY = new Sum();
const sumXY = new Sum();
const sumX2 = new Sum();

/** Least squares over the samples in `[from, to)`; x is seconds from `originMs`. */
function regress({ times, values }: Window, from: number, to: number, originMs: number): void {
  const first = values[from]!;
  let constant = true;
  for (const sum of [sumX, sumY, sumXY, sumX2]) sum.clear();
  for (let i = from; i < to; i++) {
    const y = values[i]!;
    if (i > from && y !== first) constant = false;
    const x = (times[i]! - originMs) / 1000;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumX2.add(x * x);
  }
  if (constant) {
    slope = Number.isFinite(first) || Number.isNaN(first) ? 0 : Number.NaN;
    intercept = Number.isNaN(slope) ? Number.NaN : first;
    return;
  }
  const count = to - from;
  const x = sumX.total;
  const y = sumY.total;
  slope = (sumXY.total - (x * y) / count) / (sumX2.total - (x * x) / count);
  intercept = y / count - (slope * x) / count;
}

export const deriv: WindowFunction = (window, out, present, base) => {
  for (let k = 0; k < window.steps; k++) {
    const from = window.low[k]!;
    const to = window.high[k]!;
    if (to - from < 2) continue;
    regress(window, from, to, window.times[from]!);
    out[base + k] = slope;
    present[base + k] = 1;
  }
};

export const predictLinear: WindowFunction = (window, out, present, base, args) => {
  const { startMs, stepMs } = window.grid;
  const seconds = args[0]!;
  for (let k = 0; k < window.steps; k++) {
    const from = window.low[k]!;
    const to = window.high[k]!;
    if (to - from < 2) continue;
    regress(window, from, to, startMs + k * stepMs);
    out[base + k] = slope * seconds[k]! + intercept;
    present[base + k] = 1;
  }
};

function checkFactor(what: string, symbol: string, value: number): void {
  if (value <= 0 || value >= 1) {
    const rule = `Expected: 0 < ${symbol} < 1, got: ${value.toFixed(6)}`;
    throw new PromqlError('execution', `invalid ${what} factor. ${rule}`);
  }
}

export const doubleExponentialSmoothing: WindowFunction = (window, out, present, base, args) => {
  const { values } = window;
  for (let k = 0; k < window.steps; k++) {
    const from = window.low[k]!;
    const to = window.high[k]!;
    if (to <= from) continue;
    const smoothing = args[0]![k]!;
    const trendFactor = args[1]![k]!;
    checkFactor('smoothing', 'sf', smoothing);
    checkFactor('trend', 'tf', trendFactor);
    if (to - from < 2) continue;
    let before = 0;
    let level = values[from]!;
    let trend = values[from + 1]! - values[from]!;
    for (let i = from + 1; i < to; i++) {
      const scaled = smoothing * values[i]!;
      if (i > from + 1) trend = trendFactor * (level - before) + (1 - trendFactor) * trend;
      const next = scaled + (1 - smoothing) * (level + trend);
      before = level;
      level = next;
    }
    out[base + k] = level;
    present[base + k] = 1;
  }
};
