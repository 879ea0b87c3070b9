/** Series kept in plain arrays, behind the interface that PromQL reads from. Labels sorted, samples in time order. */

import type { Parts } from '../../src/lib/parts.ts';
import type { FieldKind } from '../../src/model/field.ts';
import type {
  LabelPairs,
  SampleBuffer,
  SelectRequest,
  SeriesHandle,
  SeriesSource,
  TierBuffer,
  TierMs,
  TierSpan,
} from '../../src/model/series.ts';
import { compareLabels, labelValue } from '../../src/promql/labels.ts';
import { compileMatcher } from '../../src/promql/matcher.ts';

interface MemorySeries extends SeriesHandle {
  times: Float64Array;
  /** Values as bits, so that stale markers keep theirs. */
  values: Float64Array;
  bits: Uint32Array;
}

/** Low and high word of a stale marker. */
const STALE = [2, 0x7ff00000] as const;

export class MemorySource implements SeriesSource {
  readonly #series = new Map<string, MemorySeries>();
  #sorted: readonly MemorySeries[] | undefined;

  /** Adds samples; the value `undefined` stands for a stale marker. Same times replace. */
  add(
    labels: LabelPairs,
    samples: readonly (readonly [timeMs: number, value: number | undefined])[],
    about: { intervalMs?: number; kind?: FieldKind } = {},
  ): void {
    const key = labels.join('\u0000');
    const known = this.#series.get(key);
    const merged = new Map<number, number | undefined>();
    known?.times.forEach((time, i) => {
      const isStale = known.bits[2 * i] === STALE[0] && known.bits[2 * i + 1] === STALE[1];
      merged.set(time, isStale ? undefined : known.values[i]!);
    });
    for (const [time, value] of samples) merged.set(time, value);
    const times = Float64Array.from(merged.keys()).sort();
    const values = new Float64Array(times.length);
    const bits = new Uint32Array(values.buffer);
    times.forEach((time, i) => {
      const value = merged.get(time);
      if (value === undefined) bits.set(STALE, 2 * i);
      else values[i] = value;
    });
    const { intervalMs = 0, kind = 'unknown' } = about;
    this.#series.set(key, { labels, intervalMs, kind, times, values, bits });
    this.#sorted = undefined;
  }

  clear(): void {
    this.#series.clear();
    this.#sorted = undefined;
  }

  *select({ matchers, fromMs, toMs }: SelectRequest): Parts<readonly SeriesHandle[]> {
    this.#sorted ??= [...this.#series.values()].sort((a, b) => compareLabels(a.labels, b.labels));
    const predicates = matchers.map((matcher) => [matcher.name, compileMatcher(matcher)] as const);
    return this.#sorted.filter(
      (series) =>
        (series.times[0] ?? Number.POSITIVE_INFINITY) <= toMs &&
        series.times.at(-1)! >= fromMs &&
        predicates.every(([name, matches]) => matches(labelValue(series.labels, name))),
    );
  }

  read(handle: SeriesHandle, fromMs: number, toMs: number): SampleBuffer {
    const series = handle as MemorySeries;
    const from = firstNotBefore(series.times, fromMs);
    const to = firstNotBefore(series.times, toMs + 1);
    const values = series.values.subarray(from, to);
    return {
      count: to - from,
      times: series.times.subarray(from, to),
      values,
      bits: series.bits.subarray(2 * from, 2 * to),
      hasNaN: values.some(Number.isNaN),
    };
  }

  readTier(_series: SeriesHandle, tierMs: TierMs, _fromMs: number, _toMs: number): TierBuffer {
    throw new RangeError(`no ${tierMs} ms tier in memory`);
  }

  tiers(fromMs: number, toMs: number, _stepMs: number): readonly TierSpan[] {
    return [{ tierMs: 0, fromMs, toMs }];
  }
}

/** Index of the first time that is at least `timeMs`. Times are whole milliseconds. */
function firstNotBefore(times: Float64Array, timeMs: number): number {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (times[middle]! < timeMs) from = middle + 1;
    else to = middle;
  }
  return from;
}
