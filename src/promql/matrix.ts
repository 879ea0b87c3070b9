/**
 * Values of an instant vector at every step of a query: one row a series, one column a step, in two flat arrays. A cell
 * without a sample has `present` 0 (a NaN is a value like any other).
 */
import type { LabelPairs } from '../model/series.ts';

/** The times at which a query is evaluated: `startMs + i * stepMs` for `i < count`. */
export interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** Where rows go as they are computed: a matrix that keeps them, or an aggregate that adds them up at once. */
export interface RowSink {
  /** Cells; the next row is written from `reserve()` on, and both arrays are read anew after it. */
  readonly values: Float64Array;
  readonly present: Uint8Array;
  /** Announces so many rows at most. */
  expect(rows: number): void;
  /** Index of the first of a row of empty cells. */
  reserve(): number;
  /** Takes the reserved row in, unless it has no samples at all. */
  commit(labels: LabelPairs, dropsName: boolean): boolean;
}

/** Cells allocated ahead of being needed. */
const MAX_AHEAD = 2 ** 20;

/** Whether any of `count` cells from `base` on has a sample. */
export function hasSamples(present: Uint8Array, base: number, count: number): boolean {
  for (let at = base; at < base + count; at++) if (present[at] === 1) return true;
  return false;
}

export class Matrix implements RowSink {
  readonly steps: number;
  /** Number of rows; the arrays may have room for more. */
  rows = 0;
  readonly labels: LabelPairs[] = [];
  /** Rows whose metric name goes when the query is done. Until then it still counts in grouping and matching. */
  readonly dropsName: boolean[] = [];
  values: Float64Array<ArrayBuffer>;
  present: Uint8Array<ArrayBuffer>;

  readonly #count: (cells: number) => void;

  /** `count` is told of cells before they take memory, and may throw. */
  constructor(steps: number, capacity: number, count: (cells: number) => void = () => {}) {
    this.steps = steps;
    this.#count = count;
    this.values = new Float64Array(steps * capacity);
    this.present = new Uint8Array(steps * capacity);
  }

  expect(rows: number): void {
    // Announced rows may turn out to be empty, so not too much is allocated for them at once.
    const cells = Math.min((this.rows + rows) * this.steps, this.values.length + MAX_AHEAD);
    if (cells > this.values.length) this.#resize(cells);
  }

  reserve(): number {
    const base = this.rows * this.steps;
    if (base + this.steps > this.values.length) this.#resize(Math.max(base + this.steps, base * 2, this.steps * 16));
    return base;
  }

  commit(labels: LabelPairs, dropsName: boolean): boolean {
    if (!hasSamples(this.present, this.rows * this.steps, this.steps)) return false;
    this.labels.push(labels);
    this.dropsName.push(dropsName);
    this.rows++;
    return true;
  }

  #resize(cells: number): void {
    this.#count(cells - this.values.length);
    const values = new Float64Array(cells);
    values.set(this.values);
    const present = new Uint8Array(cells);
    present.set(this.present);
    this.values = values;
    this.present = present;
  }
}

/** The one-step matrix repeated at every step. */
export function broadcast(one: Matrix, steps: number): Matrix {
  const out = new Matrix(steps, one.rows);
  for (let row = 0; row < one.rows; row++) {
    const base = out.reserve();
    out.values.fill(one.values[row]!, base, base + steps);
    out.present.fill(1, base, base + steps);
    out.commit(one.labels[row]!, one.dropsName[row]!);
  }
  return out;
}
