/** `and`, `or`, `unless`: which samples stay depends only on whether the other side has a match at that step. */
import { finishWithRests } from '../../lib/parts.ts';
import type { Evaluation } from '../evaluation.ts';
import { Matrix } from '../matrix.ts';
import { mergeSameLabels } from '../merge.ts';
import type { BinaryPlan } from '../plan.ts';
import { signatures } from './signatures.ts';

/** 1 where any row with a signature has a sample, by signature and step. */
function presence(matrix: Matrix, bySignature: Int32Array, count: number): Uint8Array {
  const { steps, present } = matrix;
  const out = new Uint8Array(count * steps);
  for (let row = 0; row < matrix.rows; row++) {
    const to = bySignature[row]! * steps;
    const from = row * steps;
    for (let k = 0; k < steps; k++) if (present[from + k] === 1) out[to + k] = 1;
  }
  return out;
}

/** Adds the cells of a matrix that `other` does (`wanted` 1) or does not (0) have a match for. */
async function addMatching(
  evaluation: Evaluation,
  out: Matrix,
  matrix: Matrix,
  bySignature: Int32Array,
  other: Uint8Array,
  wanted: 0 | 1,
): Promise<void> {
  const { steps } = matrix;
  for (let row = 0; row < matrix.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const base = out.reserve();
    const from = row * steps;
    const match = bySignature[row]! * steps;
    for (let k = 0; k < steps; k++) {
      if (matrix.present[from + k] === 0 || other[match + k] !== wanted) continue;
      out.values[base + k] = matrix.values[from + k]!;
      out.present[base + k] = 1;
    }
    out.commit(matrix.labels[row]!, matrix.dropsName[row]!);
  }
}

export async function setOperation(
  evaluation: Evaluation,
  plan: BinaryPlan,
  left: Matrix,
  right: Matrix,
): Promise<Matrix> {
  const matched = await signatures(evaluation, plan.matching, left, right);
  const out = new Matrix(left.steps, left.rows);
  if (plan.op === 'or') {
    const none = new Uint8Array(matched.count * left.steps);
    await addMatching(evaluation, out, left, matched.left, none, 0);
    const lefts = presence(left, matched.left, matched.count);
    await addMatching(evaluation, out, right, matched.right, lefts, 0);
    return finishWithRests(mergeSameLabels(out), evaluation);
  }
  const rights = presence(right, matched.right, matched.count);
  await addMatching(evaluation, out, left, matched.left, rights, plan.op === 'and' ? 1 : 0);
  return out;
}
