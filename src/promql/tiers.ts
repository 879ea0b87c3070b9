/**
 * Reading from coarser tiers. A bucket is treated as one point at its end, so that a window `(start, end]` that is aligned
 * to buckets holds exactly those inside it. After the last bucket raw samples follow as points of their own.
 */
import type { SeriesHandle, TierMs, TierSpan } from '../model/series.ts';
import type { Evaluation } from './evaluation.ts';
import { labelValue, METRIC_NAME } from './labels.ts';
import { formatDuration } from './number.ts';
import { PromqlError } from './promql-error.ts';
import { quote } from './quote.ts';
import { isStale } from './stale.ts';

/** The spans that answer a range, or undefined when raw samples answer all of it. `stepMs` 0 asks for raw if it exists. */
export function coarseSpans(
  evaluation: Evaluation,
  fromMs: number,
  toMs: number,
  stepMs: number,
): readonly TierSpan[] | undefined {
  const spans = evaluation.source.tiers(fromMs, toMs, stepMs);
  return spans.some((span) => span.tierMs !== 0) ? spans : undefined;
}

/** From when on only raw samples answer; infinite when they answer nothing. */
export function rawStart(spans: readonly TierSpan[]): number {
  const last = spans.at(-1);
  return last?.tierMs === 0 ? last.fromMs : Number.POSITIVE_INFINITY;
}

/** The tier that answers a time. */
export function tierAt(spans: readonly TierSpan[], timeMs: number): TierMs {
  for (const span of spans) if (timeMs < span.toMs) return span.tierMs;
  return spans.at(-1)?.tierMs ?? 0;
}

/**
 * Refuses what no tier can answer, unless the time without raw samples holds nothing of these series.
 * @throws PromqlError of kind `execution`
 */
export function requireRaw(
  evaluation: Evaluation,
  what: string,
  all: readonly SeriesHandle[],
  fromMs: number,
  toMs: number,
): void {
  const spans = coarseSpans(evaluation, fromMs, toMs, 0);
  if (!spans) return;
  for (const { tierMs, fromMs: start, toMs: end } of spans) {
    if (tierMs === 0) continue;
    const series = all.find((each) => evaluation.source.readTier(each, tierMs, start, end - 1).count > 0);
    if (!series) continue;
    const name = quote(labelValue(series.labels, METRIC_NAME));
    const since = new Date(Math.min(end, 8.64e15)).toISOString();
    throw new PromqlError(
      'execution',
      `${what} needs raw samples, but before ${since} only ${formatDuration(tierMs)} aggregates of ${name} are kept: choose a later time, or a function such as avg_over_time or rate`,
    );
  }
}

/** The points of one series over all spans. Reused; arrays grow as needed. */
export class TierPoints {
  count = 0;
  times = new Float64Array(64);
  /** Length of the bucket that ends at the time; 0 for a raw sample. */
  widths = new Float64Array(64);
  min = new Float64Array(64);
  max = new Float64Array(64);
  sum = new Float64Array(64);
  samples = new Float64Array(64);
  last = new Float64Array(64);
  /** Reset-corrected growth since the point before. */
  increase = new Float64Array(64);

  /**
   * Reads a series so that all windows after `fromMs` and up to `toMs` are covered. With `keepStale` stale markers are
   * points without samples.
   */
  load(
    evaluation: Evaluation,
    series: SeriesHandle,
    spans: readonly TierSpan[],
    fromMs: number,
    toMs: number,
    keepStale = false,
  ): void {
    this.count = 0;
    spans.forEach((span, i) => {
      const isFirst = i === 0;
      const endMs = i === spans.length - 1 ? toMs : span.toMs;
      if (span.tierMs === 0) this.#loadRaw(evaluation, series, isFirst ? fromMs : span.fromMs + 1, endMs, keepStale);
      // A bucket counts at its end, and to the span in which it begins; the first span reaches back as far as needed.
      else this.#loadTier(evaluation, series, span.tierMs, isFirst ? fromMs - span.tierMs + 1 : span.fromMs, endMs);
    });
  }

  #loadTier(evaluation: Evaluation, series: SeriesHandle, tierMs: TierMs, fromMs: number, endMs: number): void {
    const buffer = evaluation.source.readTier(series, tierMs, fromMs, endMs - 1);
    evaluation.count(buffer.count);
    this.#grow(this.count + buffer.count);
    for (let i = 0; i < buffer.count; i++) {
      const time = buffer.starts[i]! + tierMs;
      if (time > endMs || buffer.starts[i]! < fromMs || buffer.samples[i] === 0) continue;
      const at = this.count++;
      this.times[at] = time;
      this.widths[at] = tierMs;
      this.min[at] = buffer.min[i]!;
      this.max[at] = buffer.max[i]!;
      this.sum[at] = buffer.sum[i]!;
      this.samples[at] = buffer.samples[i]!;
      this.last[at] = buffer.last[i]!;
      this.increase[at] = buffer.increase[i]!;
    }
  }

  #loadRaw(evaluation: Evaluation, series: SeriesHandle, fromMs: number, toMs: number, keepStale: boolean): void {
    const buffer = evaluation.source.read(series, fromMs, toMs);
    evaluation.count(buffer.count);
    const { times, values, bits, count } = buffer;
    this.#grow(this.count + count);
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      const ends = Number.isNaN(value) && isStale(bits, i);
      if (ends && !keepStale) continue;
      const before = this.count > 0 ? this.last[this.count - 1]! : value;
      const at = this.count++;
      this.times[at] = times[i]!;
      this.widths[at] = 0;
      this.min[at] = value;
      this.max[at] = value;
      this.sum[at] = value;
      this.samples[at] = ends ? 0 : 1;
      this.last[at] = value;
      this.increase[at] = value < before ? value : value - before;
    }
  }

  #grow(count: number): void {
    if (count <= this.times.length) return;
    const larger = (old: Float64Array) => {
      const out = new Float64Array(count * 2);
      out.set(old);
      return out;
    };
    this.times = larger(this.times);
    this.widths = larger(this.widths);
    this.min = larger(this.min);
    this.max = larger(this.max);
    this.sum = larger(this.sum);
    this.samples = larger(this.samples);
    this.last = larger(this.last);
    this.increase = larger(this.increase);
  }
}
