/** Numbers for the label sets that two operands are matched by: equal numbers match. */
import type { VectorMatching } from '../ast.ts';
import type { Evaluation } from '../evaluation.ts';
import { groupKey } from '../labels.ts';
import type { Matrix } from '../matrix.ts';

export interface Signatures {
  readonly count: number;
  readonly left: Int32Array;
  readonly right: Int32Array;
}

export async function signatures(
  evaluation: Evaluation,
  matching: VectorMatching,
  left: Matrix,
  right: Matrix,
): Promise<Signatures> {
  const names = [...new Set(matching.labels)].sort();
  const known = new Map<string, number>();
  const number = async (matrix: Matrix) => {
    const out = new Int32Array(matrix.rows);
    for (let row = 0; row < matrix.rows; row++) {
      if (evaluation.due()) await evaluation.rest();
      const key = groupKey(matrix.labels[row]!, names, !matching.on);
      let signature = known.get(key);
      if (signature === undefined) {
        signature = known.size;
        known.set(key, signature);
      }
      out[row] = signature;
    }
    return out;
  };
  const lefts = await number(left);
  const rights = await number(right);
  return { count: known.size, left: lefts, right: rights };
}
