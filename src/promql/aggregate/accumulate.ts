/**
 * `sum`, `avg`, `min`, `max`, `count`, `group`, `stddev`, `stdvar`: one row after the other is added to the row of its
 * group, all steps at once. Sums are compensated; a mean whose sum would overflow goes on incrementally.
 */
import type { Evaluation } from '../evaluation.ts';
import { Matrix } from '../matrix.ts';
import type { Groups } from './groups.ts';

export type SimpleAggregate = 'sum' | 'avg' | 'min' | 'max' | 'count' | 'group' | 'stddev' | 'stdvar';

/** Cells of all groups. `values` becomes the result. */
interface Cells {
  readonly steps: number;
  readonly values: Float64Array;
  readonly present: Uint8Array;
  readonly counts: Float64Array;
  /** Compensation of a sum. */
  readonly rests: Float64Array;
  readonly means: Float64Array;
  /** 1 where a mean is kept because the sum overflowed. */
  readonly overflowed: Uint8Array;
}

type AddRow = (cells: Cells, to: number, values: Float64Array, present: Uint8Array, from: number) => void;

const addSum: AddRow = (cells, to, values, present, from) => {
  const { steps, values: sums, rests, present: seen } = cells;
  for (let k = 0; k < steps; k++) {
    if (present[from + k] === 0) continue;
    const x = values[from + k]!;
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

const addAverage: AddRow = (cells, to, values, present, from) => {
  const { steps, values: sums, rests, counts, means, overflowed } = cells;
  for (let k = 0; k < steps; k++) {
    if (present[from + k] === 0) continue;
    const x = values[from + k]!;
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
  return (cells, to, values, present, from) => {
    for (let k = 0; k < cells.steps; k++) {
      if (present[from + k] === 0) continue;
      const x = values[from + k]!;
      const best = cells.values[to + k]!;
      if (cells.present[to + k] === 0 || isBetter(x, best) || Number.isNaN(best)) cells.values[to + k] = x;
      cells.present[to + k] = 1;
    }
  };
}

const addCount: AddRow = (cells, to, _values, present, from) => {
  for (let k = 0; k < cells.steps; k++) {
    if (present[from + k] === 0) continue;
    cells.values[to + k]!++;
    cells.present[to + k] = 1;
  }
};

const addGroup: AddRow = (cells, to, _values, present, from) => {
  for (let k = 0; k < cells.steps; k++) {
    if (present[from + k] === 0) continue;
    cells.values[to + k] = 1;
    cells.present[to + k] = 1;
  }
};

const addVariance: AddRow = (cells, to, values, present, from) => {
  const { steps, values: squares, means, counts } = cells;
  for (let k = 0; k < steps; k++) {
    if (present[from + k] === 0) continue;
    const x = values[from + k]!;
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

function finish(op: SimpleAggregate, cells: Cells, at: number): void {
  const value = cells.values[at]!;
  const rest = cells.rests[at]!;
  if (op === 'sum') cells.values[at] = !Number.isFinite(value) ? value : value + rest;
  else if (op === 'avg') {
    const count = cells.counts[at]!;
    cells.values[at] = cells.overflowed[at] === 1 ? cells.means[at]! + rest : value / count + rest / count;
  } else if (op === 'stdvar') cells.values[at] = value / cells.counts[at]!;
  else if (op === 'stddev') cells.values[at] = Math.sqrt(value / cells.counts[at]!);
}

/** Aggregates rows by group. */
export async function accumulate(
  evaluation: Evaluation,
  op: SimpleAggregate,
  input: Matrix,
  groups: Groups,
): Promise<Matrix> {
  const { steps } = input;
  const out = new Matrix(steps, groups.count);
  const size = groups.count * steps;
  const needsMeans = op === 'avg' || op === 'stddev' || op === 'stdvar';
  const cells: Cells = {
    steps,
    values: out.values,
    present: out.present,
    counts: new Float64Array(needsMeans ? size : 0),
    rests: new Float64Array(op === 'sum' || op === 'avg' ? size : 0),
    means: new Float64Array(needsMeans ? size : 0),
    overflowed: new Uint8Array(op === 'avg' ? size : 0),
  };
  const add = ADD[op];
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    add(cells, groups.ofRow[row]! * steps, input.values, input.present, row * steps);
  }
  if (op === 'sum' || needsMeans) {
    for (let at = 0; at < size; at++) if (out.present[at] === 1) finish(op, cells, at);
  }
  // Every group has a row in the input, and rows are never empty, so all groups stay.
  for (let group = 0; group < groups.count; group++) out.commit(groups.labels[group]!, groups.dropsName[group]!);
  return out;
}
