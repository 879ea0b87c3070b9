/**
 * `sum`, `avg`, `min`, `max`, `count`, `group`, `stddev`, `stdvar`: one row after the other is added to the row of its
 * group, all steps at once. Sums are compensated; a mean whose sum would overflow goes on incrementally.
 */
import type { LabelPairs } from '../../model/series.ts';
import { hasSamples, Matrix, type RowSink } from '../matrix.ts';
import type { GroupIndex } from './groups.ts';

const NEEDS_MEANS: ReadonlySet<string> = new Set(['avg', 'stddev', 'stdvar']);

export type SimpleAggregate = 'sum' | 'avg' | 'min' | 'max' | 'count' | 'group' | 'stddev' | 'stdvar';

/** Cells of all groups. `values` becomes the result. */
class Cells {
  readonly steps: number;
  values = new Float64Array(0);
  present = new Uint8Array(0);
  counts = new Float64Array(0);
  /** Compensation of a sum. */
  rests = new Float64Array(0);
  means = new Float64Array(0);
  /** 1 where a mean is kept because the sum overflowed. */
  overflowed = new Uint8Array(0);

  constructor(steps: number) {
    this.steps = steps;
  }

  /** Makes room for one more group after `groups`. */
  grow(op: SimpleAggregate, groups: number): void {
    const size = Math.max(groups * 2, 4) * this.steps;
    const larger = (cells: Float64Array) => {
      const out = new Float64Array(size);
      out.set(cells);
      return out;
    };
    const bytes = (cells: Uint8Array) => {
      const out = new Uint8Array(size);
      out.set(cells);
      return out;
    };
    this.values = larger(this.values);
    this.present = bytes(this.present);
    if (NEEDS_MEANS.has(op)) {
      this.counts = larger(this.counts);
      this.means = larger(this.means);
    }
    if (op === 'sum' || op === 'avg') this.rests = larger(this.rests);
    if (op === 'avg') this.overflowed = bytes(this.overflowed);
  }
}

/** Adds the row in `values` to the cells from `to` on. */
type AddRow = (cells: Cells, to: number, values: Float64Array, present: Uint8Array) => void;

const addSum: AddRow = (cells, to, values, present) => {
  const { steps, values: sums, rests, present: seen } = cells;
  for (let k = 0; k < steps; k++) {
    if (present[k] === 0) continue;
    const x = values[k]!;
    const at = to + k;
    if (seen[at] === 0) {
      seen[at] = 1;
      sums[at] = x;
      continue;
    }
    const sum = sums[at]!;
    const t = sum + x;
    if (!Number.isFinite(t)) rests[at] = 0;
    else if (Math.abs(sum) >= Math.abs(x)) rests[at]! += sum - t + x;
    else rests[at]! += x - t + sum;
    sums[at] = t;
  }
};

const addAverage: AddRow = (cells, to, values, present) => {
  const { steps, values: sums, rests, counts, means, overflowed } = cells;
  for (let k = 0; k < steps; k++) {
    if (present[k] === 0) continue;
    const x = values[k]!;
    const at = to + k;
    if (cells.present[at] === 0) {
      cells.present[at] = 1;
      sums[at] = x;
      counts[at] = 1;
      continue;
    }
    const count = counts[at]! + 1;
    counts[at] = count;
    if (overflowed[at] === 0) {
      const sum = sums[at]!;
      const t = sum + x;
      if (Number.isFinite(t) || !Number.isFinite(sum) || !Number.isFinite(x)) {
        if (!Number.isFinite(t)) rests[at] = 0;
        else if (Math.abs(sum) >= Math.abs(x)) rests[at]! += sum - t + x;
        else rests[at]! += x - t + sum;
        sums[at] = t;
        continue;
      }
      overflowed[at] = 1;
      means[at] = sum / (count - 1);
      rests[at]! /= count - 1;
    }
    const q = (count - 1) / count;
    const base = q * means[at]!;
    const part = x / count;
    const t = base + part;
    rests[at]! *= q;
    if (!Number.isFinite(t)) rests[at] = 0;
    else if (Math.abs(base) >= Math.abs(part)) rests[at]! += base - t + part;
    else rests[at]! += part - t + base;
    means[at] = t;
  }
};

function addExtreme(isBetter: (candidate: number, best: number) => boolean): AddRow {
  return (cells, to, values, present) => {
    for (let k = 0; k < cells.steps; k++) {
      if (present[k] === 0) continue;
      const x = values[k]!;
      const best = cells.values[to + k]!;
      if (cells.present[to + k] === 0 || isBetter(x, best) || Number.isNaN(best)) cells.values[to + k] = x;
      cells.present[to + k] = 1;
    }
  };
}

const addCount: AddRow = (cells, to, _values, present) => {
  for (let k = 0; k < cells.steps; k++) {
    if (present[k] === 0) continue;
    cells.values[to + k]!++;
    cells.present[to + k] = 1;
  }
};

const addGroup: AddRow = (cells, to, _values, present) => {
  for (let k = 0; k < cells.steps; k++) {
    if (present[k] === 0) continue;
    cells.values[to + k] = 1;
    cells.present[to + k] = 1;
  }
};

const addVariance: AddRow = (cells, to, values, present) => {
  const { steps, values: squares, means, counts } = cells;
  for (let k = 0; k < steps; k++) {
    if (present[k] === 0) continue;
    const x = values[k]!;
    const at = to + k;
    const count = counts[at]! + 1;
    counts[at] = count;
    if (count === 1) {
      cells.present[at] = 1;
      means[at] = x;
      squares[at] = Number.isFinite(x) ? 0 : Number.NaN;
      continue;
    }
    const deviation = x - means[at]!;
    means[at]! += deviation / count;
    squares[at]! += deviation * (x - means[at]!);
  }
};

const ADD: Readonly<Record<SimpleAggregate, AddRow>> = {
  sum: addSum,
  avg: addAverage,
  min: addExtreme((candidate, best) => candidate < best),
  max: addExtreme((candidate, best) => candidate > best),
  count: addCount,
  group: addGroup,
  stddev: addVariance,
  stdvar: addVariance,
};

/** The operators that are computed here. */
export const SIMPLE: ReadonlySet<string> = new Set(Object.keys(ADD));

function finishCell(op: SimpleAggregate, cells: Cells, at: number): void {
  const value = cells.values[at]!;
  const rest = cells.rests[at]!;
  if (op === 'sum') cells.values[at] = !Number.isFinite(value) ? value : value + rest;
  else if (op === 'avg') {
    const count = cells.counts[at]!;
    cells.values[at] = cells.overflowed[at] === 1 ? cells.means[at]! + rest : value / count + rest / count;
  } else if (op === 'stdvar') cells.values[at] = value / cells.counts[at]!;
  else if (op === 'stddev') cells.values[at] = Math.sqrt(value / cells.counts[at]!);
}

/** Adds up rows as they come, without keeping them. */
export class Accumulator implements RowSink {
  /** The row that is being written. */
  readonly values: Float64Array;
  readonly present: Uint8Array;
  readonly #op: SimpleAggregate;
  readonly #groups: GroupIndex;
  readonly #cells: Cells;
  readonly #add: AddRow;
  readonly #count: (cells: number) => void;

  /** `count` is told of cells before they take memory, and may throw. */
  constructor(op: SimpleAggregate, groups: GroupIndex, steps: number, count: (cells: number) => void) {
    this.#op = op;
    this.#count = count;
    this.#groups = groups;
    this.#cells = new Cells(steps);
    this.#add = ADD[op];
    this.values = new Float64Array(steps);
    this.present = new Uint8Array(steps);
  }

  expect(): void {}

  reserve(): number {
    this.present.fill(0);
    return 0;
  }

  commit(labels: LabelPairs, dropsName: boolean): boolean {
    const cells = this.#cells;
    if (!hasSamples(this.present, 0, cells.steps)) return false;
    const to = this.#groups.of(labels, dropsName) * cells.steps;
    if (to + cells.steps > cells.values.length) {
      this.#count(cells.values.length + cells.steps);
      cells.grow(this.#op, this.#groups.count);
    }
    this.#add(cells, to, this.values, this.present);
    return true;
  }

  /** The aggregate; the accumulator must not be used afterwards. */
  finish(): Matrix {
    const cells = this.#cells;
    const op = this.#op;
    if (op === 'sum' || NEEDS_MEANS.has(op)) {
      const size = this.#groups.count * cells.steps;
      for (let at = 0; at < size; at++) if (cells.present[at] === 1) finishCell(op, cells, at);
    }
    const out = new Matrix(cells.steps, 0);
    out.values = cells.values;
    out.present = cells.present;
    // Every group was made by a row with samples, so all of them stay.
    const { labels, dropsName } = this.#groups;
    for (let group = 0; group < labels.length; group++) out.commit(labels[group]!, dropsName[group]!);
    return out;
  }
}
