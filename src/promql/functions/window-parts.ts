/**
 * Computes a range function over one series. Where its windows hold so many samples that the thread would hear nothing
 * else meanwhile, it is computed in parts, with a rest between them; the result is the same.
 */
import type { Evaluation } from '../evaluation.ts';
import type { RowSink } from '../matrix.ts';
import type { Window, WindowFunction } from '../window.ts';
import { exactSums, overlapsMuch } from './sliding.ts';

/** Samples in all windows of one part: some milliseconds, tens of them where they are sorted. */
const PART_SAMPLES = 2 ** 18;

/** Functions that look at every sample of every window; the others slide, whatever the windows hold. */
const LOOKS_AT_ALL: ReadonlySet<string> = new Set([
  'avg_over_time',
  'changes',
  'deriv',
  'double_exponential_smoothing',
  'mad_over_time',
  'predict_linear',
  'quantile_over_time',
  'resets',
  'stddev_over_time',
  'stdvar_over_time',
  'sum_over_time',
  'ts_of_max_over_time',
  'ts_of_min_over_time',
]);

/** Functions that slide as long as their sums are exact. */
const SUMS: ReadonlySet<string> = new Set(['avg_over_time', 'sum_over_time']);

/** Writes the row that begins at `base` of the sink; a promise only where it is computed in parts. */
export function computeWindows(
  evaluation: Evaluation,
  name: string,
  compute: WindowFunction,
  window: Window,
  sink: RowSink,
  base: number,
  args: readonly Float64Array[],
): Promise<void> | undefined {
  if (isLong(name, window)) return computeParts(evaluation, compute, window, sink, base, args);
  compute(window, sink.values, sink.present, base, args);
  return undefined;
}

function isLong(name: string, window: Window): boolean {
  if (!LOOKS_AT_ALL.has(name) || window.steps === 1) return false;
  // Most are so short that they need not be counted.
  if (window.count * window.steps <= PART_SAMPLES) return false;
  let samples = 0;
  for (let k = 0; k < window.steps; k++) samples += window.high[k]! - window.low[k]!;
  if (samples <= PART_SAMPLES) return false;
  return !(SUMS.has(name) && overlapsMuch(window) && exactSums(window));
}

async function computeParts(
  evaluation: Evaluation,
  compute: WindowFunction,
  window: Window,
  sink: RowSink,
  base: number,
  args: readonly Float64Array[],
): Promise<void> {
  // Buffers of the source are others' as soon as this rests.
  window.times = window.times.slice(0, window.count);
  window.values = window.values.slice(0, window.count);
  for (let from = 0; from < window.steps; ) {
    if (evaluation.due()) await evaluation.rest();
    let to = from;
    let samples = 0;
    do samples += window.high[to]! - window.low[to]!;
    while (++to < window.steps && samples < PART_SAMPLES);
    const part = window.part(from, to);
    const partArgs = args.map((arg) => arg.subarray(from, to));
    compute(part, sink.values, sink.present, base + from, partArgs);
    from = to;
  }
}
