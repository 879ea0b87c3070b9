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

export class Matrix {
  readonly steps: number;
  /** Number of rows; the arrays may have room for more. */
  rows = 0;
  readonly labels: LabelPairs[] = [];
  /** Rows whose metric name goes when the query is done. Until then it still counts in grouping and matching. */
  readonly dropsName: boolean[] = [];
  values: Float64Array<ArrayBuffer>;
  present: Uint8Array<ArrayBuffer>;

  constructor(steps: number, capacity: number) {
    this.steps = steps;
    this.values = new Float64Array(steps * capacity);
    this.present = new Uint8Array(steps * capacity);
  }

  /** Makes room for one more row and returns the index of its first cell. The cells are empty. */
  reserve(): number {
    const base = this.rows * this.steps;
    if (base + this.steps > this.values.length) this.#grow();
    return base;
  }

  /** Takes the reserved row in, unless it has no samples at all. */
  commit(labels: LabelPairs, dropsName: boolean): boolean {
    const base = this.rows * this.steps;
    const present = this.present;
    let at = base;
    const end = base + this.steps;
    while (at < end && present[at] === 0) at++;
    if (at === end) return false;
    this.labels.push(labels);
    this.dropsName.push(dropsName);
    this.rows++;
    return true;
  }

  #grow(): void {
    const cells = Math.max(this.values.length * 2, this.steps * 16);
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
