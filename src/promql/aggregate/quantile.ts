/** `quantile`: over the samples of a group at each step. */
import type { Evaluation } from '../evaluation.ts';
import { Matrix } from '../matrix.ts';
import { quantileOf } from '../quantile.ts';
import { type Groups, rowsByGroup } from './groups.ts';

export async function quantileByGroup(
  evaluation: Evaluation,
  input: Matrix,
  groups: Groups,
  quantiles: Float64Array,
): Promise<Matrix> {
  const { steps } = input;
  const out = new Matrix(steps, groups.count);
  const scratch = new Float64Array(input.rows);
  for (const [group, rows] of rowsByGroup(groups).entries()) {
    const base = out.reserve();
    for (let k = 0; k < steps; k++) {
      if (evaluation.due()) await evaluation.rest();
      let count = 0;
      for (const row of rows) {
        const at = row * steps + k;
        if (input.present[at] === 1) scratch[count++] = input.values[at]!;
      }
      if (count === 0) continue;
      out.values[base + k] = quantileOf(quantiles[k]!, scratch.subarray(0, count));
      out.present[base + k] = 1;
    }
    out.commit(groups.labels[group]!, groups.dropsName[group]!);
  }
  return out;
}
