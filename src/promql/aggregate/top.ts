/** `topk` and `bottomk`: which samples of each group and step stay. */
import type { Evaluation } from '../evaluation.ts';
import { hasSamples, Matrix } from '../matrix.ts';
import { type Groups, rowsByGroup } from './groups.ts';

/** Keeps the `k` best rows of one step; the worst of them is at the root. Ties keep the row that came first. */
class BoundedHeap {
  readonly #values: Float64Array;
  readonly #rows: Int32Array;
  readonly #sign: 1 | -1;
  #count = 0;

  constructor(limit: number, sign: 1 | -1) {
    this.#values = new Float64Array(limit);
    this.#rows = new Int32Array(limit);
    this.#sign = sign;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Whether a value at `a` is worse than one at `b`. NaN is worst. */
  #worse(a: number, b: number): boolean {
    const x = this.#values[a]!;
    return Number.isNaN(x) || this.#sign * x < this.#sign * this.#values[b]!;
  }

  offer(value: number, row: number, limit: number): void {
    const values = this.#values;
    if (this.#count < limit) {
      values[this.#count] = value;
      this.#rows[this.#count] = row;
      this.#up(this.#count++);
      return;
    }
    const worst = values[0]!;
    if (this.#sign * worst < this.#sign * value || (Number.isNaN(worst) && !Number.isNaN(value))) {
      values[0] = value;
      this.#rows[0] = row;
      this.#down();
    }
  }

  #swap(a: number, b: number): void {
    const value = this.#values[a]!;
    const row = this.#rows[a]!;
    this.#values[a] = this.#values[b]!;
    this.#rows[a] = this.#rows[b]!;
    this.#values[b] = value;
    this.#rows[b] = row;
  }

  #up(at: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#worse(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(): void {
    for (let at = 0; ; ) {
      let child = 2 * at + 1;
      if (child >= this.#count) return;
      if (child + 1 < this.#count && this.#worse(child + 1, child)) child++;
      if (!this.#worse(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  /** Kept rows, best first. */
  ranked(): number[] {
    const order = Array.from({ length: this.#count }, (_, i) => i);
    order.sort((a, b) => (this.#worse(b, a) ? (this.#worse(a, b) ? 0 : -1) : this.#worse(a, b) ? 1 : 0));
    return order.map((i) => this.#rows[i]!);
  }

  /** Marks the cells of kept rows at one step. */
  mark(present: Uint8Array, steps: number, step: number): void {
    for (let i = 0; i < this.#count; i++) present[this.#rows[i]! * steps + step] = 1;
  }
}

/** The best `limits[k]` samples at each step; for an instant query the best come first. */
export async function top(
  evaluation: Evaluation,
  op: 'topk' | 'bottomk',
  input: Matrix,
  groups: Groups,
  limits: Float64Array,
): Promise<Matrix> {
  const { steps, values, present } = input;
  const most = Math.min(
    input.rows,
    limits.reduce((a, b) => Math.max(a, b), 0),
  );
  const heap = new BoundedHeap(Math.max(1, Math.trunc(most)), op === 'topk' ? 1 : -1);
  const kept = new Uint8Array(input.rows * steps);
  const order: number[] = [];
  for (const rows of rowsByGroup(groups)) {
    for (let k = 0; k < steps; k++) {
      if (evaluation.due()) await evaluation.rest();
      const limit = Math.min(Math.trunc(limits[k]!), input.rows);
      if (limit < 1) continue;
      heap.clear();
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        const at = row * steps + k;
        if (present[at] === 1) heap.offer(values[at]!, row, limit);
      }
      heap.mark(kept, steps, k);
      if (steps === 1) order.push(...heap.ranked());
    }
  }
  return keepRows(input, kept, steps === 1 ? order : undefined);
}

/** The input with only the marked cells, its rows in the given order. */
export function keepRows(input: Matrix, kept: Uint8Array, order?: readonly number[]): Matrix {
  const { steps } = input;
  const out = new Matrix(steps, order?.length ?? 0);
  for (let i = 0; i < (order?.length ?? input.rows); i++) {
    const row = order?.[i] ?? i;
    const from = row * steps;
    if (!hasSamples(kept, from, steps)) continue;
    const base = out.reserve();
    out.values.set(input.values.subarray(from, from + steps), base);
    out.present.set(kept.subarray(from, from + steps), base);
    out.commit(input.labels[row]!, input.dropsName[row]!);
  }
  return out;
}
