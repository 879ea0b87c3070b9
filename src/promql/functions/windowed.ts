/** Evaluates functions of range vectors: one series after the other through a `WindowFunction`. */
import type { Evaluation } from '../evaluation.ts';
import type { Grid, RowSink } from '../matrix.ts';
import { formatShort } from '../number.ts';
import type { CallPlan, RangePlan, SubqueryPlan } from '../plan.ts';
import { PromqlError } from '../promql-error.ts';
import { visitWindows } from '../range-source.ts';
import { references, select } from '../select.ts';
import { coarseSpans, requireRaw } from '../tiers.ts';
import type { Window, WindowFunction } from '../window.ts';
import { CounterRemarks } from './counter-remarks.ts';
import { anchored, smoothed } from './extended-rate.ts';
import * as overTime from './over-time.ts';
import * as rates from './rate.ts';
import * as spread from './spread.ts';
import { TIER_FUNCTIONS, tieredWindows } from './tier-functions.ts';
import * as trend from './trend.ts';
import { computeWindows } from './window-parts.ts';

export const WINDOW_FUNCTIONS: Readonly<Record<string, WindowFunction>> = {
  rate: rates.rate,
  increase: rates.increase,
  delta: rates.delta,
  irate: rates.irate,
  idelta: rates.idelta,
  sum_over_time: overTime.sumOverTime,
  avg_over_time: overTime.avgOverTime,
  min_over_time: overTime.minOverTime,
  max_over_time: overTime.maxOverTime,
  count_over_time: overTime.countOverTime,
  present_over_time: overTime.presentOverTime,
  first_over_time: overTime.firstOverTime,
  last_over_time: overTime.lastOverTime,
  ts_of_first_over_time: overTime.tsOfFirst,
  ts_of_last_over_time: overTime.tsOfLast,
  ts_of_min_over_time: overTime.tsOfMin,
  ts_of_max_over_time: overTime.tsOfMax,
  changes: overTime.changes,
  resets: overTime.resets,
  stddev_over_time: spread.stddevOverTime,
  stdvar_over_time: spread.stdvarOverTime,
  quantile_over_time: spread.quantileOverTime,
  mad_over_time: spread.madOverTime,
  deriv: trend.deriv,
  predict_linear: trend.predictLinear,
  double_exponential_smoothing: trend.doubleExponentialSmoothing,
  absent_over_time: overTime.presentOverTime,
};

const KEEPS_NAME: ReadonlySet<string> = new Set(['first_over_time', 'last_over_time']);

/** Gives a sink the function's value at every step of every series that has one. */
export async function windowed(evaluation: Evaluation, plan: CallPlan, grid: Grid, sink: RowSink): Promise<void> {
  const at = plan.args.findIndex((arg) => arg.type === 'matrix');
  const source = plan.args[at] as RangePlan | SubqueryPlan;
  const args: Float64Array[] = [];
  for (const [i, arg] of plan.args.entries()) {
    if (i !== at) args.push(await evaluation.evaluator.scalar(arg, grid));
  }
  const compute = choose(plan, source);
  const badQuantiles = plan.name === 'quantile_over_time' ? stepsWithBadQuantile(args[0]!) : [];
  if (source.kind === 'range' && (await fromTiers(evaluation, plan, source, grid, sink, compute, args))) return;
  const begin = (series: number) => sink.expect(series);
  const remarks = new CounterRemarks(evaluation, plan, source.position);
  const finish = (window: Window, base: number) => {
    for (const k of badQuantiles) {
      if (sink.present[base + k] === 1) remarkQuantile(evaluation, plan, args[0]![k]!);
    }
    const dropsName = window.dropsName || !KEEPS_NAME.has(plan.name);
    if (sink.commit(window.labels, dropsName)) remarks.note(window.labels, window.kind);
  };
  await visitWindows(evaluation, source, grid, begin, (window) => {
    const base = sink.reserve();
    const computed = computeWindows(evaluation, plan.name, compute, window, sink, base, args);
    if (computed) return computed.then(() => finish(window, base));
    finish(window, base);
    return undefined;
  });
}

/** Evaluates with the help of coarser tiers where raw samples are gone or a long step asks for less; false if not. */
async function fromTiers(
  evaluation: Evaluation,
  plan: CallPlan,
  source: RangePlan,
  grid: Grid,
  sink: RowSink,
  raw: WindowFunction,
  args: readonly Float64Array[],
): Promise<boolean> {
  const { selector, rangeMs } = source;
  const refs = references(grid, selector.offsetMs, selector.atMs);
  const fromMs = refs.firstMs - rangeMs;
  const stepMs = grid.count > 1 ? Math.min(refs.strideMs, rangeMs) : 0;
  const spans = coarseSpans(evaluation, fromMs, refs.lastMs, stepMs);
  if (!spans) return false;
  const all = await select(evaluation, selector.matchers, fromMs, refs.lastMs);
  if (!TIER_FUNCTIONS[plan.name] || selector.edges) {
    requireRaw(evaluation, `${plan.name}()`, all, fromMs, refs.lastMs);
    return false;
  }
  const remarks = new CounterRemarks(evaluation, plan, source.position);
  await tieredWindows(evaluation, { plan, source, grid, refs, spans, all, raw, args }, sink, ({ labels, kind }) =>
    remarks.note(labels, kind),
  );
  return true;
}

function choose(plan: CallPlan, source: RangePlan | SubqueryPlan): WindowFunction {
  const edges = source.kind === 'range' ? source.selector.edges : undefined;
  if (!edges) return WINDOW_FUNCTIONS[plan.name]!;
  const known = edges === 'anchored' ? anchored : smoothed;
  const chosen = known[plan.name];
  if (!chosen) {
    const allowed = Object.keys(known).sort().join(', ');
    throw new PromqlError('execution', `${edges} modifier can only be used with: ${allowed} - not with ${plan.name}`);
  }
  return chosen;
}

function stepsWithBadQuantile(quantiles: Float64Array): number[] {
  return [...quantiles.keys()].filter((k) => !(quantiles[k]! >= 0 && quantiles[k]! <= 1));
}

function remarkQuantile(evaluation: Evaluation, plan: CallPlan, q: number): void {
  const message = `quantile value should be between 0 and 1, got ${formatShort(q)}`;
  evaluation.annotations.warn(message, plan.args[0]!.position);
}
