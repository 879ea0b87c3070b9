/** Evaluates aggregation operators. */
import type { AggregateOp } from '../ast.ts';
import type { Evaluation } from '../evaluation.ts';
import { type Grid, Matrix } from '../matrix.ts';
import { formatShort } from '../number.ts';
import type { AggregatePlan } from '../plan.ts';
import { PromqlError } from '../promql-error.ts';
import { isWellFormed, quote } from '../quote.ts';
import { Accumulator, SIMPLE, type SimpleAggregate } from './accumulate.ts';
import { countValues } from './count-values.ts';
import { GroupIndex, groupRows } from './groups.ts';
import { limitK, limitRatio } from './limit.ts';
import { quantileByGroup } from './quantile.ts';
import { top } from './top.ts';

/** The aggregate at every step of the grid. */
export async function aggregate(evaluation: Evaluation, plan: AggregatePlan, grid: Grid): Promise<Matrix> {
  const { op, param } = plan;
  if (op === 'count_values') {
    const label = param?.kind === 'text' ? param.value : '';
    if (label === '' || !isWellFormed(label)) throw new PromqlError('execution', `invalid label name ${quote(label)}`);
    return countValues(evaluation, plan, label, await evaluation.evaluator.vector(plan.expr, grid));
  }
  const params = param && (await evaluation.evaluator.scalar(param, grid));
  if (isSimple(op)) {
    const sums = new Accumulator(op, new GroupIndex(plan.grouping, plan.without), grid.count, (cells) =>
      evaluation.count(cells),
    );
    await evaluation.evaluator.rows(plan.expr, grid, sums);
    return sums.finish();
  }
  const input = await evaluation.evaluator.vector(plan.expr, grid);
  if (params && !checkParams(evaluation, plan, params)) return new Matrix(grid.count, 0);
  const groups = await groupRows(evaluation, input, plan.grouping, plan.without);
  switch (op) {
    case 'topk':
    case 'bottomk':
      return top(evaluation, op, input, groups, params!);
    case 'limitk':
      return limitK(evaluation, input, groups, params!);
    case 'limit_ratio':
      return limitRatio(evaluation, input, params!);
    case 'quantile':
      return quantileByGroup(evaluation, input, groups, params!);
  }
}

function isSimple(op: Exclude<AggregateOp, 'count_values'>): op is SimpleAggregate {
  return SIMPLE.has(op);
}

/** Refuses or remarks on parameters; false when nothing can be selected by them. */
function checkParams(evaluation: Evaluation, plan: AggregatePlan, params: Float64Array): boolean {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let hasNaN = false;
  for (const value of params) {
    if (Number.isNaN(value)) hasNaN = true;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const { op } = plan;
  const position = plan.param!.position;
  const warn = (message: string) => evaluation.annotations.warn(message, position);
  if (op === 'limit_ratio') {
    if (hasNaN) throw new PromqlError('execution', 'Ratio value is NaN');
    const range = 'ratio value should be between -1 and 1';
    if (most > 1) warn(`${range}, got ${formatShort(most)}, capping to 1`);
    if (least < -1) warn(`${range}, got ${formatShort(least)}, capping to -1`);
    return most !== 0 || least !== 0;
  }
  if (op === 'quantile') {
    const range = 'quantile value should be between 0 and 1';
    if (hasNaN) warn(`${range}, got NaN`);
    if (most > 1) warn(`${range}, got ${formatShort(most)}`);
    if (least < 0) warn(`${range}, got ${formatShort(least)}`);
    return true;
  }
  if (hasNaN) throw new PromqlError('execution', 'Parameter value is NaN');
  if (most < 1) return false;
  if (least <= -(2 ** 63)) throw new PromqlError('execution', `Scalar value ${formatShort(least)} underflows int64`);
  if (most >= 2 ** 63) throw new PromqlError('execution', `Scalar value ${formatShort(most)} overflows int64`);
  return true;
}
