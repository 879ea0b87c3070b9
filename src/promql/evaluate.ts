/** Evaluates plans: the one place that knows which module computes which node. */
import { aggregate } from './aggregate/aggregate.ts';
import { binary, scalarOperation } from './binary/binary.ts';
import type { Evaluation, Evaluator } from './evaluation.ts';
import { absent } from './functions/absent.ts';
import {
  histogramFraction,
  histogramQuantile,
  histogramQuantiles,
  nativeOnly,
} from './functions/classic-histograms.ts';
import { clamp, elementwise, round } from './functions/elementwise.ts';
import { info } from './functions/info.ts';
import { labelJoin, labelReplace } from './functions/label-functions.ts';
import { scalarCall, startTimestamp, timestamp, vectorOf } from './functions/scalars.ts';
import { sorted } from './functions/sort.ts';
import { WINDOW_FUNCTIONS, windowed } from './functions/windowed.ts';
import { instant } from './instant.ts';
import { broadcast, type Grid, Matrix, type RowSink } from './matrix.ts';
import type { CallPlan, Plan } from './plan.ts';

type VectorFunction = (evaluation: Evaluation, plan: CallPlan, grid: Grid) => Promise<Matrix>;

const FUNCTIONS: Readonly<Record<string, VectorFunction>> = {
  absent,
  absent_over_time: absent,
  clamp,
  clamp_max: clamp,
  clamp_min: clamp,
  histogram_avg: nativeOnly,
  histogram_count: nativeOnly,
  histogram_fraction: histogramFraction,
  histogram_quantile: histogramQuantile,
  histogram_quantiles: histogramQuantiles,
  histogram_stddev: nativeOnly,
  histogram_stdvar: nativeOnly,
  histogram_sum: nativeOnly,
  info,
  label_join: labelJoin,
  label_replace: labelReplace,
  round,
  sort: sorted,
  sort_by_label: sorted,
  sort_by_label_desc: sorted,
  sort_desc: sorted,
  start_timestamp: startTimestamp,
  timestamp,
  vector: vectorOf,
};

/** Evaluates the nodes of one query. */
export function evaluatorOf(evaluation: Evaluation): Evaluator {
  const evaluator: Evaluator = {
    async vector(plan, grid) {
      evaluation.checkpoint();
      // A subquery may have any number of steps: it must not take memory and time before it is counted.
      evaluation.count(grid.count);
      if (grid.count === 0) return new Matrix(0, 0);
      // What is the same at every step is computed once.
      if (plan.invariant && grid.count > 1) {
        const one = await vectorAt(evaluation, plan, { ...grid, count: 1 });
        evaluation.count(one.rows * grid.count);
        return broadcast(one, grid.count);
      }
      return vectorAt(evaluation, plan, grid);
    },
    async rows(plan, grid, sink) {
      if (grid.count > 0 && isStreamed(plan) && !(plan.invariant && grid.count > 1)) {
        evaluation.checkpoint();
        evaluation.count(grid.count);
        await stream(evaluation, plan, grid, sink);
        return;
      }
      const { values, present, labels, dropsName, rows, steps } = await evaluator.vector(plan, grid);
      sink.expect(rows);
      for (let row = 0; row < rows; row++) {
        if (evaluation.due()) await evaluation.rest();
        const base = sink.reserve();
        sink.values.set(values.subarray(row * steps, (row + 1) * steps), base);
        sink.present.set(present.subarray(row * steps, (row + 1) * steps), base);
        sink.commit(labels[row]!, dropsName[row]!);
      }
    },
    async scalar(plan, grid) {
      if (plan.kind === 'constant') return new Float64Array(grid.count).fill(plan.value);
      if (plan.kind === 'negate') return (await evaluator.scalar(plan.expr, grid)).map((value) => -value);
      if (plan.kind === 'binary') return scalarOperation(evaluation, plan, grid);
      if (plan.kind === 'call') return scalarCall(evaluation, plan, grid);
      throw new TypeError(`${plan.kind} is not a scalar`);
    },
  };
  return evaluator;
}

/** Selectors and range functions give one row a series, in order. */
function isStreamed(plan: Plan): boolean {
  if (plan.kind === 'selector') return true;
  return plan.kind === 'call' && !FUNCTIONS[plan.name] && WINDOW_FUNCTIONS[plan.name] !== undefined;
}

async function stream(evaluation: Evaluation, plan: Plan, grid: Grid, sink: RowSink): Promise<void> {
  if (plan.kind === 'selector') await instant(evaluation, plan, grid, 'value', sink);
  else if (plan.kind === 'call') await windowed(evaluation, plan, grid, sink);
}

async function vectorAt(evaluation: Evaluation, plan: Plan, grid: Grid): Promise<Matrix> {
  if (isStreamed(plan)) {
    const out = new Matrix(grid.count, 0, (cells) => evaluation.count(cells));
    await stream(evaluation, plan, grid, out);
    return out;
  }
  switch (plan.kind) {
    case 'call':
      return call(evaluation, plan, grid);
    case 'aggregate':
      return aggregate(evaluation, plan, grid);
    case 'binary':
      return binary(evaluation, plan, grid);
    case 'negate':
      return negate(evaluation, await evaluation.evaluator.vector(plan.expr, grid));
    default:
      throw new TypeError(`${plan.kind} is not a vector`);
  }
}

async function call(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const compute = FUNCTIONS[plan.name];
  if (compute) return compute(evaluation, plan, grid);
  const result = await elementwise(evaluation, plan, grid);
  if (result) return result;
  throw new TypeError(`${plan.name} has no implementation`);
}

function negate(evaluation: Evaluation, input: Matrix): Matrix {
  evaluation.checkpoint();
  const cells = input.rows * input.steps;
  for (let at = 0; at < cells; at++) input.values[at] = -input.values[at]!;
  input.dropsName.fill(true);
  return input;
}
