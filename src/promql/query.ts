/**
 * Runs queries: parse, plan, evaluate, put into the order in which Prometheus answers. An evaluation gives way every few
 * milliseconds through `pause`, and ends with a `PromqlError` when its signal is aborted or its time is over.
 */
import { finishWithRests } from '../lib/parts.ts';
import { sortInParts } from '../lib/sort-parts.ts';
import type { LabelPairs, SeriesSource } from '../model/series.ts';
import type { TenantId } from '../model/tenant.ts';
import { Annotations } from './annotations.ts';
import type { Expr } from './ast.ts';
import { evaluatorOf } from './evaluate.ts';
import { Evaluation } from './evaluation.ts';
import { compareLabels } from './labels.ts';
import { type Grid, Matrix } from './matrix.ts';
import { dropMarkedNames } from './merge.ts';
import { parseQuery } from './parse.ts';
import { type Plan, plan, type QueryTimes, type RangePlan, type SubqueryPlan } from './plan.ts';
import { PromqlError } from './promql-error.ts';
import { compact, subqueryGrid } from './range-source.ts';
import { references, select } from './select.ts';
import { emptySamples, withoutStale } from './stale.ts';
import { requireRaw } from './tiers.ts';

export interface QueryLimits {
  /** Samples read and computed. */
  readonly maxSamples: number;
  /** Name of the setting of `maxSamples`, for the error. */
  readonly samplesSetting?: string;
  readonly timeoutMs: number;
}

interface CommonQuery {
  readonly source: SeriesSource;
  readonly tenants: readonly TenantId[];
  readonly query: string;
  /** Look-back of instant selectors; default 5 min, or 2.5 × the declared interval of a series where that is longer. */
  readonly lookbackMs?: number;
  readonly limits: QueryLimits;
  readonly signal?: AbortSignal;
  /** Gives other work of the thread its turn. Default: the event loop's next turn. */
  readonly pause?: () => Promise<void>;
}

export interface InstantQuery extends CommonQuery {
  readonly timeMs: number;
}

export interface RangeQuery extends CommonQuery {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Samples of one series at their own times. */
export interface RangeSeries {
  readonly labels: LabelPairs;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** The value of a query. A `vector` is a matrix with one step, in the order in which it is to be shown. */
export type QueryValue =
  | { readonly kind: 'vector'; readonly timeMs: number; readonly matrix: Matrix }
  | { readonly kind: 'matrix'; readonly grid: Grid; readonly matrix: Matrix; readonly order: Int32Array }
  | { readonly kind: 'series'; readonly series: readonly RangeSeries[] }
  | { readonly kind: 'scalar'; readonly timeMs: number; readonly value: number }
  | { readonly kind: 'string'; readonly timeMs: number; readonly value: string };

export interface QueryResult {
  readonly value: QueryValue;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Steps from start to end, so one point more, as in Prometheus. */
const MAX_STEPS = 11_000;

function begin(query: CommonQuery): { expr: Expr; evaluation: Evaluation; annotations: Annotations } {
  const expr = parseQuery(query.query);
  const annotations = new Annotations(query.query);
  const evaluation = new Evaluation(
    {
      source: query.source,
      tenants: query.tenants,
      annotations,
      lookbackMs: query.lookbackMs,
      maxSamples: query.limits.maxSamples,
      samplesSetting: query.limits.samplesSetting,
      timeoutMs: query.limits.timeoutMs,
      signal: query.signal,
      pause: query.pause ?? (() => new Promise((resolve) => setImmediate(resolve))),
      monotonicMs: () => performance.now(),
    },
    evaluatorOf,
  );
  return { expr, evaluation, annotations };
}

/** Evaluates at one time. @throws PromqlError */
export async function evaluateInstant(query: InstantQuery): Promise<QueryResult> {
  const { timeMs } = query;
  const { expr, evaluation, annotations } = begin(query);
  const planned = plan(query.query, expr, { startMs: timeMs, endMs: timeMs, stepMs: 0 });
  const grid: Grid = { startMs: timeMs, stepMs: 1, count: 1 };
  const value = await instantValue(evaluation, planned, grid);
  return { value, warnings: annotations.warnings, infos: annotations.infos };
}

async function instantValue(evaluation: Evaluation, planned: Plan, grid: Grid): Promise<QueryValue> {
  const timeMs = grid.startMs;
  if (planned.kind === 'text') return { kind: 'string', timeMs, value: planned.value };
  if (planned.type === 'scalar') {
    const values = await evaluation.evaluator.scalar(planned, grid);
    return { kind: 'scalar', timeMs, value: values[0]! };
  }
  if (planned.kind === 'range') return { kind: 'series', series: await rangeSeries(evaluation, planned, grid) };
  if (planned.kind === 'subquery') return { kind: 'series', series: await subquerySeries(evaluation, planned, grid) };
  const matrix = await withoutNames(evaluation, planned, grid);
  return { kind: 'vector', timeMs, matrix };
}

async function rangeSeries(evaluation: Evaluation, planned: RangePlan, grid: Grid): Promise<RangeSeries[]> {
  const { selector, rangeMs } = planned;
  const { lastMs } = references(grid, selector.offsetMs, selector.atMs);
  const out: RangeSeries[] = [];
  const scratch = emptySamples();
  const all = await select(evaluation, selector.matchers, lastMs - rangeMs, lastMs);
  requireRaw(evaluation, 'a range of samples', all, lastMs - rangeMs, lastMs);
  for (const series of all) {
    if (evaluation.due()) await evaluation.rest();
    const buffer = evaluation.source.read(series, lastMs - rangeMs, lastMs);
    evaluation.count(buffer.count);
    const { times, values, count } = withoutStale(buffer, scratch);
    let from = 0;
    while (from < count && times[from]! <= lastMs - rangeMs) from++;
    if (from === count) continue;
    out.push({ labels: series.labels, times: times.slice(from, count), values: values.slice(from, count) });
  }
  return sortedByLabels(evaluation, out);
}

async function sortedByLabels(evaluation: Evaluation, series: readonly RangeSeries[]): Promise<RangeSeries[]> {
  const order = Int32Array.from(series, (_, i) => i);
  const byLabels = (a: number, b: number) => compareLabels(series[a]!.labels, series[b]!.labels);
  await finishWithRests(sortInParts(order, byLabels), evaluation);
  return Array.from(order, (i) => series[i]!);
}

/** The value of a plan, names that are to go taken away. */
async function withoutNames(evaluation: Evaluation, planned: Plan, grid: Grid): Promise<Matrix> {
  return finishWithRests(dropMarkedNames(await evaluation.evaluator.vector(planned, grid)), evaluation);
}

async function subquerySeries(evaluation: Evaluation, planned: SubqueryPlan, grid: Grid): Promise<RangeSeries[]> {
  const inner = subqueryGrid(planned, references(grid, planned.offsetMs, planned.atMs));
  const matrix = await withoutNames(evaluation, planned.expr, inner);
  const times = new Float64Array(inner.count);
  const values = new Float64Array(inner.count);
  const out: RangeSeries[] = [];
  for (let row = 0; row < matrix.rows; row++) {
    const count = compact(matrix, row, inner, times, values);
    out.push({ labels: matrix.labels[row]!, times: times.slice(0, count), values: values.slice(0, count) });
  }
  return sortedByLabels(evaluation, out);
}

/** Evaluates at every step from `startMs` to `endMs`. @throws PromqlError */
export async function evaluateRange(query: RangeQuery): Promise<QueryResult> {
  const grid = gridOf(query);
  const { expr, evaluation, annotations } = begin(query);
  const planned = plan(query.query, expr, query);
  if (planned.type !== 'vector' && planned.type !== 'scalar') {
    const type = planned.type === 'string' ? 'string' : 'range vector';
    const message = `invalid expression type "${type}" for range query, must be Scalar or instant Vector`;
    throw new PromqlError('bad_data', message);
  }
  const matrix =
    planned.type === 'scalar'
      ? scalarMatrix(await evaluation.evaluator.scalar(planned, grid))
      : await withoutNames(evaluation, planned, grid);
  const order = Int32Array.from({ length: matrix.rows }, (_, row) => row);
  const byLabels = (a: number, b: number) => compareLabels(matrix.labels[a]!, matrix.labels[b]!);
  await finishWithRests(sortInParts(order, byLabels), evaluation);
  const value = { kind: 'matrix', grid, matrix, order } as const;
  return { value, warnings: annotations.warnings, infos: annotations.infos };
}

function gridOf({ startMs, endMs, stepMs }: QueryTimes): Grid {
  if (!(stepMs > 0)) {
    throw new PromqlError(
      'bad_data',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if (endMs < startMs) throw new PromqlError('bad_data', 'end timestamp must not be before start time');
  const count = Math.floor((endMs - startMs) / stepMs) + 1;
  if (count > MAX_STEPS + 1) {
    throw new PromqlError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, stepMs, count };
}

function scalarMatrix(values: Float64Array): Matrix {
  const out = new Matrix(values.length, 1);
  out.values.set(values);
  out.present.fill(1);
  out.commit([], false);
  return out;
}
