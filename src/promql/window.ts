/**
 * What a range function sees of one series: its samples and, for every step, which of them are in the window. Windows
 * are open on the left: `endMs - rangeMs < time <= endMs`. One object is reused for all series of a call: what was polled
 * together has the same times, and what follows from those alone is computed once for all of them.
 */
import type { FieldKind } from '../model/field.ts';
import type { LabelPairs } from '../model/series.ts';
import type { Grid } from './matrix.ts';
import type { References } from './select.ts';

export class Window {
  readonly steps: number;
  readonly rangeMs: number;
  /** End of the window at step 0 and from one step to the next. */
  readonly firstEndMs: number;
  readonly strideMs: number;
  /** Time of evaluation at step 0 and from one to the next; differs from the window's end by `offset` and `@`. */
  readonly grid: Grid;
  /** Samples of step `k` are `low[k] <= i < high[k]`. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  labels: LabelPairs = [];
  dropsName = false;
  kind: FieldKind = 'unknown';
  times = new Float64Array(0);
  values = new Float64Array(0);
  count = 0;
  /** Times that the bounds were found for, with what widened them. */
  #knownTimes = new Float64Array(0);
  #knownCount = -1;
  #widenedMs = 0;
  #extrapolation: Extrapolation | undefined;

  constructor(grid: Grid, refs: References, rangeMs: number) {
    this.grid = grid;
    this.steps = grid.count;
    this.rangeMs = rangeMs;
    this.firstEndMs = refs.firstMs;
    this.strideMs = refs.strideMs;
    this.low = new Int32Array(grid.count);
    this.high = new Int32Array(grid.count);
  }

  endMs(step: number): number {
    return this.firstEndMs + step * this.strideMs;
  }

  /** The steps `[from, to)` alone, over the same samples. */
  part(from: number, to: number): Window {
    const grid = { ...this.grid, startMs: this.grid.startMs + from * this.grid.stepMs, count: to - from };
    const references = { firstMs: this.endMs(from), lastMs: this.endMs(to - 1), strideMs: this.strideMs };
    const part = new Window(grid, references, this.rangeMs);
    part.low.set(this.low.subarray(from, to));
    part.high.set(this.high.subarray(from, to));
    part.labels = this.labels;
    part.dropsName = this.dropsName;
    part.kind = this.kind;
    part.times = this.times;
    part.values = this.values;
    part.count = this.count;
    return part;
  }

  /** Takes the samples of a series and finds the bounds of every window. `before` and `after` widen it. */
  load(times: Float64Array, values: Float64Array, count: number, beforeMs = 0, afterMs = 0): void {
    this.times = times as Float64Array<ArrayBuffer>;
    this.values = values as Float64Array<ArrayBuffer>;
    this.count = count;
    if (this.#isKnown(times, count, beforeMs + afterMs)) return;
    this.#know(times, count, beforeMs + afterMs);
    const { low, high, steps, strideMs } = this;
    let start = this.firstEndMs - this.rangeMs - beforeMs;
    let end = this.firstEndMs + afterMs;
    let l = 0;
    let h = 0;
    for (let k = 0; k < steps; k++) {
      while (l < count && times[l]! <= start) l++;
      if (h < l) h = l;
      while (h < count && times[h]! <= end) h++;
      low[k] = l;
      high[k] = h;
      start += strideMs;
      end += strideMs;
    }
  }

  /** Of the windows as they are without widening. */
  get extrapolation(): Extrapolation {
    this.#extrapolation ??= extrapolate(this);
    return this.#extrapolation;
  }

  #isKnown(times: Float64Array, count: number, widenedMs: number): boolean {
    if (count !== this.#knownCount || widenedMs !== this.#widenedMs) return false;
    const known = this.#knownTimes;
    for (let i = 0; i < count; i++) if (times[i] !== known[i]) return false;
    return true;
  }

  #know(times: Float64Array, count: number, widenedMs: number): void {
    if (this.#knownTimes.length < count) this.#knownTimes = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) this.#knownTimes[i] = times[i]!;
    this.#knownCount = count;
    this.#widenedMs = widenedMs;
    this.#extrapolation = undefined;
  }
}

/** How far a rate goes beyond the samples of each window, in seconds; nothing where there are not two of them. */
export interface Extrapolation {
  /** From the first sample to the last. */
  readonly sampled: Float64Array;
  /** From the window's start to the first sample, and from the last to its end, as far as they are counted in. */
  readonly toStart: Float64Array;
  readonly toEnd: Float64Array;
  /** By how much what is sampled grows, (sampled + toStart + toEnd) / sampled, and that by the second of the window. */
  readonly factor: Float64Array;
  readonly factorPerSecond: Float64Array;
}

/** Samples closer to an edge than this many average intervals are taken to continue to the edge. */
const EDGE_INTERVALS = 1.1;

function extrapolate({ times, low, high, steps, rangeMs, firstEndMs, strideMs }: Window): Extrapolation {
  const sampled = new Float64Array(steps);
  const toStart = new Float64Array(steps);
  const toEnd = new Float64Array(steps);
  const factor = new Float64Array(steps);
  const factorPerSecond = new Float64Array(steps);
  for (let k = 0; k < steps; k++) {
    const first = low[k]!;
    const last = high[k]! - 1;
    if (last <= first) continue;
    const endMs = firstEndMs + k * strideMs;
    const seconds = (times[last]! - times[first]!) / 1000;
    const average = seconds / (last - first);
    const threshold = average * EDGE_INTERVALS;
    const startGap = (times[first]! - (endMs - rangeMs)) / 1000;
    const endGap = (endMs - times[last]!) / 1000;
    sampled[k] = seconds;
    toStart[k] = startGap >= threshold ? average / 2 : startGap;
    toEnd[k] = endGap >= threshold ? average / 2 : endGap;
    factor[k] = seconds === 0 ? 1 : (seconds + toStart[k]! + toEnd[k]!) / seconds;
    factorPerSecond[k] = factor[k]! / (rangeMs / 1000);
  }
  return { sampled, toStart, toEnd, factor, factorPerSecond };
}

/**
 * A range function on one series: writes its value at every step `k` to `values[base + k]` and sets `present[base + k]`.
 * `args` are its scalar arguments, a value a step.
 */
export type WindowFunction = (
  window: Window,
  values: Float64Array,
  present: Uint8Array,
  base: number,
  args: readonly Float64Array[],
) => void;
