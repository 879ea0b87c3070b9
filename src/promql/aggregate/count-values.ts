/** `count_values`: a series for every value, telling how many series of the group have it. */
import type { Evaluation } from '../evaluation.ts';
import { dropLabels, groupKey, keepLabels, METRIC_NAME, withLabel } from '../labels.ts';
import { Matrix } from '../matrix.ts';
import { formatFloat } from '../number.ts';
import type { AggregatePlan } from '../plan.ts';

export async function countValues(
  evaluation: Evaluation,
  plan: AggregatePlan,
  label: string,
  input: Matrix,
): Promise<Matrix> {
  const { steps } = input;
  const grouping = plan.without ? plan.grouping : [...new Set([...plan.grouping, label])].sort();
  const names = new Set(plan.without ? [...grouping, METRIC_NAME] : grouping);
  const out = new Matrix(steps, 16);
  const rows = new Map<string, number>();
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const own = new Map<number, number>();
    for (let k = 0; k < steps; k++) {
      const at = row * steps + k;
      if (input.present[at] === 0) continue;
      const value = input.values[at]!;
      let target = own.get(value);
      if (target === undefined) {
        const labels = withLabel(input.labels[row]!, label, formatFloat(value));
        const key = groupKey(labels, grouping, plan.without);
        target = rows.get(key);
        if (target === undefined) {
          target = out.rows;
          const base = out.reserve();
          out.present[base + k] = 1;
          out.commit(plan.without ? dropLabels(labels, names) : keepLabels(labels, names), false);
          rows.set(key, target);
        }
        own.set(value, target);
      }
      out.values[target * steps + k]!++;
      out.present[target * steps + k] = 1;
    }
  }
  return out;
}
