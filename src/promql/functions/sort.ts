/** `sort`, `sort_desc`, `sort_by_label`, `sort_by_label_desc`. They order instant queries; ranges are always by labels. */
import { finishWithRests } from '../../lib/parts.ts';
import { sortInParts } from '../../lib/sort-parts.ts';
import type { Evaluation } from '../evaluation.ts';
import { compareLabels, labelValue } from '../labels.ts';
import { type Grid, Matrix } from '../matrix.ts';
import type { CallPlan } from '../plan.ts';

export async function sorted(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const input = await evaluation.evaluator.vector(plan.args[0]!, grid);
  if (grid.count !== 1) {
    const message = 'sort is ineffective for range queries since results are always ordered by labels';
    evaluation.annotations.warn(message, plan.position);
    return input;
  }
  const order = Int32Array.from({ length: input.rows }, (_, row) => row);
  const compare = plan.name.startsWith('sort_by_label') ? byLabels(plan, input) : byValue(plan, input);
  await finishWithRests(sortInParts(order, compare), evaluation);
  const out = new Matrix(1, input.rows);
  for (const row of order) {
    const base = out.reserve();
    out.values[base] = input.values[row]!;
    out.present[base] = 1;
    out.commit(input.labels[row]!, input.dropsName[row]!);
  }
  return out;
}

/** NaN comes last either way. */
function byValue(plan: CallPlan, { values }: Matrix): (a: number, b: number) => number {
  const sign = plan.name === 'sort' ? 1 : -1;
  return (a, b) => {
    const [x, y] = [values[a]!, values[b]!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x < y ? -sign : x > y ? sign : 0;
  };
}

function byLabels(plan: CallPlan, input: Matrix): (a: number, b: number) => number {
  const sign = plan.name === 'sort_by_label' ? 1 : -1;
  const names = plan.args.slice(1).map((arg) => (arg.kind === 'text' ? arg.value : ''));
  return (a, b) => {
    const [x, y] = [input.labels[a]!, input.labels[b]!];
    for (const name of names) {
      const order = compareNaturally(labelValue(x, name), labelValue(y, name));
      if (order !== 0) return sign * order;
    }
    return sign * compareLabels(x, y);
  };
}

const CHUNKS = /\d+|\D+/g;

/** Runs of digits compare as numbers: `eth2` before `eth10`. */
function compareNaturally(a: string, b: string): number {
  const left = a.match(CHUNKS) ?? [];
  const right = b.match(CHUNKS) ?? [];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (x === y) continue;
    if (/^\d/.test(x) && /^\d/.test(y)) {
      const order = compareDigits(x, y);
      if (order !== 0) return order;
    } else return x < y ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}

function compareDigits(x: string, y: string): number {
  const [a, b] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
