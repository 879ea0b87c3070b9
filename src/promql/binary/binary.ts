/** Evaluates binary operators by the types of their operands. */
import type { BinaryOp } from '../ast.ts';
import type { Evaluation } from '../evaluation.ts';
import { type Grid, Matrix } from '../matrix.ts';
import type { BinaryPlan } from '../plan.ts';
import { PromqlError } from '../promql-error.ts';
import { arithmeticOf, comparisonOf } from './operators.ts';
import { setOperation } from './set-operators.ts';
import { vectorOperation } from './vectors.ts';

function isTrim(op: BinaryOp): boolean {
  return op === '</' || op === '>/';
}

/** An operation on two scalars, a value a step. */
export async function scalarOperation(evaluation: Evaluation, plan: BinaryPlan, grid: Grid): Promise<Float64Array> {
  const left = await evaluation.evaluator.scalar(plan.left, grid);
  const right = await evaluation.evaluator.scalar(plan.right, grid);
  const out = new Float64Array(grid.count);
  if (isTrim(plan.op)) throw new PromqlError('execution', `operator "${plan.op}" not allowed for Scalar operations`);
  const comparison = comparisonOf(plan.op);
  const arithmetic = arithmeticOf(plan.op);
  for (let k = 0; k < grid.count; k++) {
    const [a, b] = [left[k]!, right[k]!];
    out[k] = comparison ? (comparison(a, b) ? 1 : 0) : arithmetic(a, b);
  }
  return out;
}

/** An operation with a vector on at least one side. */
export async function binary(evaluation: Evaluation, plan: BinaryPlan, grid: Grid): Promise<Matrix> {
  const { op, left, right } = plan;
  const { evaluator } = evaluation;
  if (left.type === 'scalar') {
    const scalar = await evaluator.scalar(left, grid);
    return withScalar(evaluation, plan, await evaluator.vector(right, grid), scalar, true);
  }
  if (right.type === 'scalar') {
    const vector = await evaluator.vector(left, grid);
    return withScalar(evaluation, plan, vector, await evaluator.scalar(right, grid), false);
  }
  const lefts = await evaluator.vector(left, grid);
  const rights = await evaluator.vector(right, grid);
  if (op === 'and' || op === 'or' || op === 'unless') return setOperation(evaluation, plan, lefts, rights);
  if (isTrim(op)) {
    if (lefts.rows > 0 && rights.rows > 0) noteIncompatible(evaluation, plan);
    return new Matrix(grid.count, 0);
  }
  return vectorOperation(evaluation, plan, lefts, rights);
}

/** Trimming cuts native histograms; floats are not trimmed. */
function noteIncompatible(evaluation: Evaluation, plan: BinaryPlan): void {
  const { op } = plan;
  const message = `incompatible sample types encountered for binary operator "${op}": float ${op} float`;
  evaluation.annotations.info(message, plan.position);
}

async function withScalar(
  evaluation: Evaluation,
  plan: BinaryPlan,
  vector: Matrix,
  scalar: Float64Array,
  isSwapped: boolean,
): Promise<Matrix> {
  const { op, returnBool } = plan;
  const { steps } = vector;
  const out = new Matrix(steps, vector.rows);
  if (isTrim(op)) {
    if (vector.rows > 0) noteIncompatible(evaluation, plan);
    return out;
  }
  const comparison = comparisonOf(op);
  const arithmetic = arithmeticOf(op);
  const dropsName = comparison === undefined || returnBool;
  for (let row = 0; row < vector.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const base = out.reserve();
    const from = row * steps;
    for (let k = 0; k < steps; k++) {
      if (vector.present[from + k] === 0) continue;
      const value = vector.values[from + k]!;
      const left = isSwapped ? scalar[k]! : value;
      const right = isSwapped ? value : scalar[k]!;
      if (comparison) {
        const holds = comparison(left, right);
        if (!holds && !returnBool) continue;
        out.values[base + k] = returnBool ? (holds ? 1 : 0) : value;
      } else out.values[base + k] = arithmetic(left, right);
      out.present[base + k] = 1;
    }
    if (!out.commit(vector.labels[row]!, vector.dropsName[row]! || dropsName)) continue;
  }
  return out;
}
