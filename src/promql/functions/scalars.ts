/** Functions between scalars and vectors, and the time of evaluation. */
import type { Evaluation } from '../evaluation.ts';
import { instant } from '../instant.ts';
import { type Grid, Matrix } from '../matrix.ts';
import type { CallPlan } from '../plan.ts';

/** Seconds of every step. */
function stepTimes(grid: Grid): Float64Array {
  const out = new Float64Array(grid.count);
  for (let k = 0; k < grid.count; k++) out[k] = (grid.startMs + k * grid.stepMs) / 1000;
  return out;
}

/** Functions that give a scalar. */
export async function scalarCall(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Float64Array> {
  const { evaluator } = evaluation;
  switch (plan.name) {
    case 'time':
      return stepTimes(grid);
    case 'pi':
      return new Float64Array(grid.count).fill(Math.PI);
    case 'min_of':
    case 'max_of': {
      const left = await evaluator.scalar(plan.args[0]!, grid);
      const right = await evaluator.scalar(plan.args[1]!, grid);
      const choose = plan.name === 'min_of' ? Math.min : Math.max;
      return left.map((value, k) => choose(value, right[k]!));
    }
    default:
      return onlyElement(await evaluator.vector(plan.args[0]!, grid));
  }
}

/** `scalar()`: the value at each step of the only sample, NaN where there is none or more than one. */
function onlyElement(input: Matrix): Float64Array {
  const out = new Float64Array(input.steps).fill(Number.NaN);
  for (let k = 0; k < input.steps; k++) {
    let found = 0;
    for (let row = 0; row < input.rows; row++) {
      const at = row * input.steps + k;
      if (input.present[at] === 0) continue;
      out[k] = ++found === 1 ? input.values[at]! : Number.NaN;
    }
  }
  return out;
}

/** `vector()`. */
export async function vectorOf(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const values = await evaluation.evaluator.scalar(plan.args[0]!, grid);
  const out = new Matrix(grid.count, 1);
  out.values.set(values);
  out.present.fill(1);
  out.commit([], false);
  return out;
}

/** `timestamp()`: of a selector the times of its samples, of anything else the time of evaluation. */
export async function timestamp(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const arg = plan.args[0]!;
  let input = new Matrix(grid.count, 0);
  if (arg.kind === 'selector') await instant(evaluation, arg, grid, 'time', input);
  else input = await evaluation.evaluator.vector(arg, grid);
  const times = arg.kind === 'selector' ? undefined : stepTimes(grid);
  for (let row = 0; row < input.rows; row++) {
    if (times) input.values.set(times, row * grid.count);
    input.dropsName[row] = true;
  }
  return input;
}

/** `start_timestamp()`: no start times are stored, so a selector's are 0 and anything computed has none. */
export async function startTimestamp(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const input = await evaluation.evaluator.vector(plan.args[0]!, grid);
  if (plan.args[0]!.kind !== 'selector') return new Matrix(grid.count, 0);
  input.values.fill(0);
  input.dropsName.fill(true);
  return input;
}
