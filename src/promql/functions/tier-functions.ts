/** Range functions on aggregates of coarser tiers, and how a call is divided between them and raw samples. */
import type { SeriesHandle, TierSpan } from '../../model/series.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Grid, RowSink } from '../matrix.ts';
import { formatDuration } from '../number.ts';
import type { CallPlan, RangePlan } from '../plan.ts';
import type { References } from '../select.ts';
import { emptySamples, withoutStale } from '../stale.ts';
import { sumOf } from '../summation.ts';
import { rawStart, TierPoints, tierAt } from '../tiers.ts';
import { Window, type WindowFunction } from '../window.ts';
import { computeWindows } from './window-parts.ts';

interface TierWindow {
  readonly rangeMs: number;
  readonly endMs: number;
  /** Width of the buckets that answer its end; 0: raw samples do. */
  readonly endBucketMs: number;
}

/** A value of the points in `[from, to)`, which is not empty. */
type TierFunction = (points: TierPoints, from: number, to: number, window: TierWindow) => number;

/**
 * Growth over a window. Where an edge falls into a bucket, what the points cover is up to a bucket longer or shorter than
 * the window, and the growth is taken in proportion. Where nothing is for longer, the series began or ended there.
 */
function growth({ increase, times, widths }: TierPoints, from: number, to: number, window: TierWindow): number {
  const total = sumOf(increase, from, to);
  const bucketMs = widths[from]!;
  if (bucketMs === 0) return total;
  const { rangeMs, endMs, endBucketMs } = window;
  const beginMs = times[from]! - bucketMs;
  const lastMs = widths[to - 1] === 0 ? endMs : times[to - 1]!;
  const startGapMs = beginMs - (endMs - rangeMs);
  const endGapMs = endMs - lastMs;
  let wantedMs = rangeMs;
  if (startGapMs >= bucketMs) wantedMs -= startGapMs;
  if (endGapMs >= endBucketMs) wantedMs -= endGapMs;
  return (total * wantedMs) / (lastMs - beginMs);
}

function extreme(values: Float64Array, from: number, to: number, sign: 1 | -1): number {
  let best = values[from]!;
  for (let i = from + 1; i < to; i++) {
    const value = values[i]!;
    if (sign * value < sign * best || Number.isNaN(best)) best = value;
  }
  return best;
}

/** What tiers keep enough for. */
export const TIER_FUNCTIONS: Readonly<Record<string, TierFunction>> = {
  avg_over_time: ({ sum, samples }, from, to) => sumOf(sum, from, to) / sumOf(samples, from, to),
  count_over_time: ({ samples }, from, to) => sumOf(samples, from, to),
  increase: growth,
  last_over_time: ({ last }, _from, to) => last[to - 1]!,
  max_over_time: ({ max }, from, to) => extreme(max, from, to, -1),
  min_over_time: ({ min }, from, to) => extreme(min, from, to, 1),
  present_over_time: () => 1,
  absent_over_time: () => 1,
  rate: (points, from, to, window) => growth(points, from, to, window) / (window.rangeMs / 1000),
  sum_over_time: ({ sum }, from, to) => sumOf(sum, from, to),
};

export interface TieredCall {
  readonly plan: CallPlan;
  readonly source: RangePlan;
  readonly grid: Grid;
  readonly refs: References;
  readonly spans: readonly TierSpan[];
  readonly all: readonly SeriesHandle[];
  /** For windows that lie in raw samples alone. */
  readonly raw: WindowFunction;
  readonly args: readonly Float64Array[];
}

/** Evaluates a call whose windows reach into coarser tiers. `visit` is told of every series that gave a row. */
export async function tieredWindows(
  evaluation: Evaluation,
  call: TieredCall,
  sink: RowSink,
  visit: (series: SeriesHandle) => void,
): Promise<void> {
  const { plan, source, refs, spans, all } = call;
  const compute = TIER_FUNCTIONS[plan.name]!;
  const steps = tieredSteps(call);
  const widths = widthsOf(evaluation, call, steps);
  const points = new TierPoints();
  const fromMs = refs.firstMs - (widths[0] ?? source.rangeMs);
  const toMs = refs.firstMs + (steps - 1) * refs.strideMs;
  const rest = restOf(call, steps);
  const scratch = emptySamples();
  sink.expect(all.length);
  for (const series of all) {
    if (evaluation.due()) await evaluation.rest();
    const base = sink.reserve();
    points.load(evaluation, series, spans, fromMs, toMs);
    let low = 0;
    let high = 0;
    for (let k = 0; k < steps; k++) {
      const endMs = refs.firstMs + k * refs.strideMs;
      const startMs = endMs - widths[k]!;
      while (low < points.count && points.times[low]! <= startMs) low++;
      while (high < points.count && points.times[high]! <= endMs) high++;
      if (high <= low) continue;
      const window = { rangeMs: widths[k]!, endMs, endBucketMs: tierAt(spans, endMs) };
      sink.values[base + k] = compute(points, low, high, window);
      sink.present[base + k] = 1;
    }
    if (rest) {
      const buffer = evaluation.source.read(series, rest.firstEndMs - source.rangeMs, refs.lastMs);
      evaluation.count(buffer.count);
      const samples = withoutStale(buffer, scratch);
      rest.load(samples.times, samples.values, samples.count);
      const args = call.args.map((arg) => arg.subarray(steps));
      const computed = computeWindows(evaluation, plan.name, call.raw, rest, sink, base + steps, args);
      if (computed) await computed;
    }
    if (sink.commit(series.labels, plan.name !== 'last_over_time')) visit(series);
  }
}

/** How many of the first steps have windows that begin before raw samples do. */
function tieredSteps({ source, grid, refs, spans }: TieredCall): number {
  const rawFromMs = rawStart(spans);
  let steps = 0;
  while (steps < grid.count && refs.firstMs + steps * refs.strideMs - source.rangeMs < rawFromMs) steps++;
  return steps;
}

/** Length of the window at each of the first steps: at least one bucket. */
function widthsOf(evaluation: Evaluation, { plan, source, refs, spans }: TieredCall, steps: number): Float64Array {
  const widths = new Float64Array(steps);
  let widest = 0;
  for (let k = 0; k < steps; k++) {
    const endMs = refs.firstMs + k * refs.strideMs;
    const bucketMs = tierAt(spans, endMs - source.rangeMs);
    widths[k] = Math.max(source.rangeMs, bucketMs);
    if (bucketMs > source.rangeMs) widest = Math.max(widest, bucketMs);
  }
  if (widest > 0) {
    const [asked, given] = [formatDuration(source.rangeMs), formatDuration(widest)];
    const message = `${plan.name} over ${asked} is answered from ${given} aggregates, so its windows are widened to ${given}`;
    evaluation.annotations.warn(message, source.position);
  }
  return widths;
}

/** The window of the steps after the tiered ones, which see raw samples alone. */
function restOf({ source, grid, refs }: TieredCall, steps: number): Window | undefined {
  const count = grid.count - steps;
  if (count === 0) return undefined;
  const firstMs = refs.firstMs + steps * refs.strideMs;
  const startMs = grid.startMs + steps * grid.stepMs;
  return new Window({ startMs, stepMs: grid.stepMs, count }, { ...refs, firstMs }, source.rangeMs);
}
