/**
 * What a range function sees of one series: its samples and, for every step, which of them are in the window. Windows
 * are open on the left: `endMs - rangeMs < time <= endMs`. One object is reused for all series of a call.
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
