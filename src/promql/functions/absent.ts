/** `absent` and `absent_over_time`: 1 where a selector shows nothing, with the labels that it would have. */
import type { LabelPairs } from '../../model/series.ts';
import type { Evaluation } from '../evaluation.ts';
import { METRIC_NAME, withLabel } from '../labels.ts';
import { type Grid, Matrix } from '../matrix.ts';
import type { CallPlan, Plan } from '../plan.ts';
import { windowed } from './windowed.ts';

/** Labels that the selector's equality matchers fix without contradiction. */
function fixedLabels(plan: Plan): LabelPairs {
  const selector = plan.kind === 'range' ? plan.selector : plan;
  if (selector.kind !== 'selector') return [];
  const fixed = new Set<string>();
  let labels: LabelPairs = [];
  for (const { name, op, value } of selector.matchers) {
    if (name === METRIC_NAME) continue;
    const isFirst = op === '=' && !fixed.has(name);
    if (isFirst) fixed.add(name);
    labels = withLabel(labels, name, isFirst ? value : '');
  }
  return labels;
}

export async function absent(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const arg = plan.args[0]!;
  let input = new Matrix(grid.count, 0);
  if (plan.name === 'absent') input = await evaluation.evaluator.vector(arg, grid);
  else await windowed(evaluation, plan, grid, input);
  const out = new Matrix(grid.count, 1);
  for (let k = 0; k < grid.count; k++) {
    out.values[k] = 1;
    out.present[k] = 1;
  }
  for (let at = 0; at < input.rows * grid.count; at++) if (input.present[at] === 1) out.present[at % grid.count] = 0;
  out.commit(fixedLabels(arg), true);
  return out;
}
