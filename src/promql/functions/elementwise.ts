/** Functions that turn every sample into another one, independent of all others. */
import type { Evaluation } from '../evaluation.ts';
import { type Grid, Matrix } from '../matrix.ts';
import type { CallPlan } from '../plan.ts';
import { DATE } from './date.ts';
import { MATH } from './math.ts';

/** Replaces every value by `compute(value, step)` and takes the metric name away. Works on the input's own cells. */
async function map(
  evaluation: Evaluation,
  input: Matrix,
  compute: (value: number, step: number) => number,
): Promise<Matrix> {
  const { steps, values, present } = input;
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const base = row * steps;
    for (let k = 0; k < steps; k++) if (present[base + k] === 1) values[base + k] = compute(values[base + k]!, k);
    input.dropsName[row] = true;
  }
  return input;
}

/** `abs`, `ln`, `sin`, … and date functions; undefined when the function is none of them. */
export async function elementwise(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix | undefined> {
  const date = DATE[plan.name];
  const compute = date ?? MATH[plan.name];
  if (!compute) return undefined;
  if (plan.args.length === 0) return timeParts(compute, grid);
  return map(evaluation, await evaluation.evaluator.vector(plan.args[0]!, grid), compute);
}

/** A date function without an argument is about the time of evaluation. */
function timeParts(part: (seconds: number) => number, grid: Grid): Matrix {
  const out = new Matrix(grid.count, 1);
  for (let k = 0; k < grid.count; k++) {
    out.values[k] = part((grid.startMs + k * grid.stepMs) / 1000);
    out.present[k] = 1;
  }
  out.commit([], false);
  return out;
}

export async function round(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const [vector, nearest] = plan.args;
  const input = await evaluation.evaluator.vector(vector!, grid);
  const unit = nearest && (await evaluation.evaluator.scalar(nearest, grid));
  return map(evaluation, input, (value, step) => {
    // The inverse gives fewer rounding errors than a division, as in Prometheus.
    const inverse = unit ? 1 / unit[step]! : 1;
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}

export async function clamp(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const { evaluator } = evaluation;
  const [vector, first, second] = plan.args;
  const input = await evaluator.vector(vector!, grid);
  const bounds = await evaluator.scalar(first!, grid);
  const highest = plan.name === 'clamp' ? await evaluator.scalar(second!, grid) : bounds;
  const least = plan.name === 'clamp_max' ? undefined : bounds;
  const most = plan.name === 'clamp_min' ? undefined : highest;
  const out = new Matrix(grid.count, input.rows);
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const base = out.reserve();
    for (let k = 0; k < grid.count; k++) {
      const low = least ? least[k]! : Number.NEGATIVE_INFINITY;
      const high = most ? most[k]! : Number.POSITIVE_INFINITY;
      const from = row * grid.count + k;
      if (input.present[from] === 0 || high < low) continue;
      out.values[base + k] = Math.max(low, Math.min(high, input.values[from]!));
      out.present[base + k] = 1;
    }
    out.commit(input.labels[row]!, true);
  }
  return out;
}
