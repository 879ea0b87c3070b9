/** `stddev_over_time`, `stdvar_over_time`, `quantile_over_time`, `mad_over_time`. */
import { quantileOf, SortedValues } from '../quantile.ts';
import type { WindowFunction } from '../window.ts';

function variance(values: Float64Array, from: number, to: number): number {
  let count = 0;
  let mean = 0;
  let meanRest = 0;
  let squares = 0;
  let squaresRest = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    count++;
    const deviation = value - (mean + meanRest);
    const step = deviation / count;
    const nextMean = mean + step;
    if (!Number.isFinite(nextMean)) meanRest = Number.isNaN(nextMean) ? Number.NaN : 0;
    else if (Math.abs(mean) >= Math.abs(step)) meanRest += mean - nextMean + step;
    else meanRest += step - nextMean + mean;
    mean = nextMean;
    const square = deviation * (value - (mean + meanRest));
    const nextSquares = squares + square;
    if (!Number.isFinite(nextSquares)) squaresRest = Number.isNaN(nextSquares) ? Number.NaN : 0;
    else if (Math.abs(squares) >= Math.abs(square)) squaresRest += squares - nextSquares + square;
    else squaresRest += square - nextSquares + squares;
    squares = nextSquares;
  }
  return (squares + squaresRest) / count;
}

function ofVariance(result: (variance: number) => number): WindowFunction {
  return (window, out, present, base) => {
    for (let k = 0; k < window.steps; k++) {
      const from = window.low[k]!;
      const to = window.high[k]!;
      if (to <= from) continue;
      out[base + k] = result(variance(window.values, from, to));
      present[base + k] = 1;
    }
  };
}

export const stdvarOverTime = ofVariance((value) => value);
export const stddevOverTime = ofVariance(Math.sqrt);

const sorted = new SortedValues();

/** Keeps the window's values sorted while it slides, rather than sort each window anew. */
export const quantileOverTime: WindowFunction = (window, out, present, base, args) => {
  const { values, low, high, steps } = window;
  const quantiles = args[0]!;
  let l = 0;
  let h = 0;
  for (let k = 0; k < steps; k++) {
    const from = low[k]!;
    const to = high[k]!;
    if (from >= h) {
      sorted.fill(values.subarray(from, to));
      l = from;
      h = to;
    }
    for (; h < to; h++) sorted.add(values[h]!);
    for (; l < from; l++) sorted.remove(values[l]!);
    if (to <= from) continue;
    out[base + k] = sorted.quantile(quantiles[k]!);
    present[base + k] = 1;
  }
};

export const madOverTime: WindowFunction = (window, out, present, base) => {
  for (let k = 0; k < window.steps; k++) {
    const from = window.low[k]!;
    const to = window.high[k]!;
    if (to <= from) continue;
    const values = window.values.slice(from, to);
    present[base + k] = 1;
    if (values.some(Number.isNaN)) {
      out[base + k] = Number.NaN;
      continue;
    }
    const median = quantileOf(0.5, values);
    for (let i = 0; i < values.length; i++) values[i] = Math.abs(values[i]! - median);
    out[base + k] = quantileOf(0.5, values);
  }
};
