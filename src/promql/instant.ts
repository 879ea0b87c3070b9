/** Instant selectors: at each step the newest sample that is not older than the look-back. */
import type { SampleBuffer, SeriesHandle, TierSpan } from '../model/series.ts';
import type { Evaluation } from './evaluation.ts';
import type { Grid, RowSink } from './matrix.ts';
import type { SelectorPlan } from './plan.ts';
import { lookbackOf, type References, references, selectInstant } from './select.ts';
import { isStale } from './stale.ts';
import { coarseSpans, rawStart, requireRaw, TierPoints, tierAt } from './tiers.ts';

/** What a selector shows of a sample: its value, or its time in seconds. */
export type Shown = 'value' | 'time';

/** Gives a sink the values (or times) of the selected series at every step. */
export async function instant(
  evaluation: Evaluation,
  plan: SelectorPlan,
  grid: Grid,
  shown: Shown,
  sink: RowSink,
): Promise<void> {
  const refs = references(grid, plan.offsetMs, plan.atMs);
  const all = await selectInstant(evaluation, plan, refs);
  sink.expect(all.length);
  const spans = coarseSpans(evaluation, refs.firstMs, refs.lastMs, grid.count > 1 ? refs.strideMs : 0);
  if (spans && plan.edges) requireRaw(evaluation, `the ${plan.edges} modifier`, all, refs.firstMs, refs.lastMs);
  else if (spans) {
    await fromTiers(evaluation, { all, refs, spans, steps: grid.count, shown }, sink);
    return;
  }
  for (const series of all) {
    if (evaluation.due()) await evaluation.rest();
    const lookbackMs = lookbackOf(evaluation, series);
    const aheadMs = plan.edges === 'smoothed' ? lookbackMs : 0;
    const buffer = evaluation.source.read(series, refs.firstMs - lookbackMs, refs.lastMs + aheadMs);
    if (buffer.count === 0) continue;
    evaluation.count(buffer.count);
    const base = sink.reserve();
    if (plan.edges === 'smoothed') smooth(buffer, refs, lookbackMs, grid.count, sink, base);
    else newest(buffer, refs, lookbackMs, grid.count, sink, base, shown);
    sink.commit(series.labels, false);
  }
}

interface TieredSelection {
  readonly all: readonly SeriesHandle[];
  readonly refs: References;
  readonly spans: readonly TierSpan[];
  readonly steps: number;
  readonly shown: Shown;
}

/** On a tier the newest sample is the last one of the newest finished bucket. */
async function fromTiers(evaluation: Evaluation, selection: TieredSelection, sink: RowSink): Promise<void> {
  const { all, refs, spans, steps, shown } = selection;
  const points = new TierPoints();
  const bucketMs = Math.max(...spans.map((span) => span.tierMs));
  const rawFromMs = rawStart(spans);
  for (const series of all) {
    if (evaluation.due()) await evaluation.rest();
    const lookbackMs = lookbackOf(evaluation, series);
    // A tier's look-back is at least one of its buckets.
    const longestMs = Math.max(lookbackMs, bucketMs);
    points.load(evaluation, series, spans, refs.firstMs - longestMs, refs.lastMs, true);
    const base = sink.reserve();
    let at = -1;
    for (let k = 0; k < steps; k++) {
      const nowMs = refs.firstMs + k * refs.strideMs;
      while (at + 1 < points.count && points.times[at + 1]! <= nowMs) at++;
      const reachMs = nowMs < rawFromMs ? Math.max(lookbackMs, tierAt(spans, nowMs)) : lookbackMs;
      if (at < 0 || points.times[at]! <= nowMs - reachMs || points.samples[at] === 0) continue;
      sink.values[base + k] = shown === 'value' ? points.last[at]! : points.times[at]! / 1000;
      sink.present[base + k] = 1;
    }
    sink.commit(series.labels, false);
  }
}

function newest(
  { times, values, bits, count }: SampleBuffer,
  refs: References,
  lookbackMs: number,
  steps: number,
  out: RowSink,
  base: number,
  shown: Shown,
): void {
  let at = -1;
  for (let k = 0; k < steps; k++) {
    const nowMs = refs.firstMs + k * refs.strideMs;
    while (at + 1 < count && times[at + 1]! <= nowMs) at++;
    if (at < 0 || times[at]! <= nowMs - lookbackMs) continue;
    const value = values[at]!;
    if (Number.isNaN(value) && isStale(bits, at)) continue;
    out.values[base + k] = shown === 'value' ? value : times[at]! / 1000;
    out.present[base + k] = 1;
  }
}

/** Between two samples the value on the line between them; after the last one its value. */
function smooth(
  { times, values, bits, count }: SampleBuffer,
  refs: References,
  lookbackMs: number,
  steps: number,
  out: RowSink,
  base: number,
): void {
  const live = (i: number) => !Number.isNaN(values[i]) || !isStale(bits, i);
  for (let k = 0; k < steps; k++) {
    const nowMs = refs.firstMs + k * refs.strideMs;
    let before = -1;
    let after = -1;
    for (let i = 0; i < count && times[i]! <= nowMs + lookbackMs; i++) {
      if (times[i]! <= nowMs - lookbackMs || !live(i)) continue;
      if (times[i]! <= nowMs) before = i;
      if (times[i]! >= nowMs) {
        after = i;
        break;
      }
    }
    if (before < 0) continue;
    let value = values[before]!;
    if (after > before) {
      const [t1, t2] = [times[before]!, times[after]!];
      value += ((values[after]! - value) * (nowMs - t1)) / (t2 - t1);
    }
    out.values[base + k] = value;
    out.present[base + k] = 1;
  }
}
