/**
 * Predictions of the aggregates of a field from each other, in whole numbers, and what is left over:
 *   min       gauges: last - min; counters: its distance to one mean step after the bucket before
 *   max       max - last (0 for counters), or max - min
 *   sum       distance to samples × the mean of min and last, of min and max, or of the last two lasts
 *   increase  distance to last - last before: 0 where a counter was not reset
 * The first bucket has none before it; its increase is predicted as last - min.
 */

import { sequenceBits } from './sequence.ts';
import { newTierParts, type TierParts } from './tier-parts.ts';

export interface TierModel {
  /** 0 from last, 1 from the step. */
  min: number;
  /** 0 from last, 1 from min. */
  max: number;
  /** 0 from min and last, 1 from min and max, 2 from lasts. */
  sum: number;
}

const EXACT = Number.MAX_SAFE_INTEGER;
/** What is left over, one array a part. `last` is `last` itself. */
export const residuals = newTierParts();
const trial = newTierParts().min;

function predictMin(parts: TierParts, i: number, from: number): number {
  const last = parts.last[i]!;
  if (from === 0 || i === 0) return last;
  const before = parts.last[i - 1]!;
  return before + Math.round((last - before) / parts.samples[i]!);
}

function predictSum(parts: TierParts, i: number, from: number): number {
  const { min, max, last } = parts;
  const a = from === 2 ? last[i > 0 ? i - 1 : 0]! : min[i]!;
  const b = from === 1 ? max[i]! : last[i]!;
  return Math.round((parts.samples[i]! * (a + b)) / 2);
}

function predictIncrease(parts: TierParts, i: number): number {
  return parts.last[i]! - (i > 0 ? parts.last[i - 1]! : parts.min[0]!);
}

/** Bits of a sequence whose first number may be stored apart. */
function bitsOf(x: Float64Array, count: number): number {
  return count > 1 ? sequenceBits(x.subarray(1), count - 1) : 0;
}

function sumResiduals(parts: TierParts, count: number, from: number, into: Float64Array): boolean {
  for (let i = 0; i < count; i++) {
    const prediction = predictSum(parts, i, from);
    const residual = parts.sum[i]! - prediction;
    if (!(Math.abs(residual) <= EXACT) || prediction + residual !== parts.sum[i]) return false;
    into[i] = residual;
  }
  return true;
}

/**
 * Chooses the best predictions for the scaled `parts` and fills `residuals`. False when the sums cannot be expressed.
 */
export function chooseModel(parts: TierParts, count: number, model: TierModel): boolean {
  residuals.last.set(parts.last.subarray(0, count));
  for (let i = 0; i < count; i++) {
    residuals.min[i] = parts.min[i]! - predictMin(parts, i, 0);
    trial[i] = parts.min[i]! - predictMin(parts, i, 1);
  }
  model.min = bitsOf(trial, count) < bitsOf(residuals.min, count) ? 1 : 0;
  if (model.min === 1) residuals.min.set(trial.subarray(0, count));

  for (let i = 0; i < count; i++) {
    residuals.max[i] = parts.max[i]! - parts.last[i]!;
    trial[i] = parts.max[i]! - parts.min[i]!;
  }
  model.max = bitsOf(trial, count) < bitsOf(residuals.max, count) ? 1 : 0;
  if (model.max === 1) residuals.max.set(trial.subarray(0, count));

  let best = Infinity;
  for (let from = 0; from < 3; from++) {
    if (!sumResiduals(parts, count, from, trial)) continue;
    const bits = sequenceBits(trial, count);
    if (bits >= best) continue;
    best = bits;
    model.sum = from;
    residuals.sum.set(trial.subarray(0, count));
  }
  if (best === Infinity) return false;

  for (let i = 0; i < count; i++) residuals.increase[i] = parts.increase[i]! - predictIncrease(parts, i);
  return true;
}

/** Turns residuals back into the parts, in place. */
export function restoreModel(parts: TierParts, count: number, model: TierModel): void {
  const { min, max, sum, increase } = parts;
  for (let i = 0; i < count; i++) {
    min[i] = min[i]! + predictMin(parts, i, model.min);
    max[i] = max[i]! + (model.max === 1 ? min[i]! : parts.last[i]!);
    sum[i] = sum[i]! + predictSum(parts, i, model.sum);
    increase[i] = increase[i]! + predictIncrease(parts, i);
  }
}
