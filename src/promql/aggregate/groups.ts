/** Which rows are aggregated together. */
import type { LabelPairs } from '../../model/series.ts';
import type { Evaluation } from '../evaluation.ts';
import { dropLabels, groupKey, keepLabels, METRIC_NAME } from '../labels.ts';
import type { Matrix } from '../matrix.ts';

/** Numbers groups in the order in which their first rows come. `grouping` is sorted. */
export class GroupIndex {
  readonly labels: LabelPairs[] = [];
  /** Whether any row of the group loses its name when the query is done. */
  readonly dropsName: boolean[] = [];
  readonly #grouping: readonly string[];
  readonly #without: boolean;
  readonly #names: ReadonlySet<string>;
  readonly #known = new Map<string, number>();

  constructor(grouping: readonly string[], without: boolean) {
    this.#grouping = grouping;
    this.#without = without;
    this.#names = new Set(without ? [...grouping, METRIC_NAME] : grouping);
  }

  get count(): number {
    return this.labels.length;
  }

  /** The group of a row. */
  of(labels: LabelPairs, dropsName: boolean): number {
    const key = groupKey(labels, this.#grouping, this.#without);
    let group = this.#known.get(key);
    if (group === undefined) {
      group = this.labels.length;
      this.#known.set(key, group);
      this.labels.push(this.#without ? dropLabels(labels, this.#names) : keepLabels(labels, this.#names));
      this.dropsName.push(dropsName);
    } else if (dropsName) this.dropsName[group] = true;
    return group;
  }
}

export interface Groups {
  readonly count: number;
  /** Group of each row. */
  readonly ofRow: Int32Array;
  readonly labels: readonly LabelPairs[];
  readonly dropsName: readonly boolean[];
}

export async function groupRows(
  evaluation: Evaluation,
  matrix: Matrix,
  grouping: readonly string[],
  without: boolean,
): Promise<Groups> {
  const index = new GroupIndex(grouping, without);
  const ofRow = new Int32Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    ofRow[row] = index.of(matrix.labels[row]!, matrix.dropsName[row]!);
  }
  return { count: index.count, ofRow, labels: index.labels, dropsName: index.dropsName };
}

/** Rows of each group, in order. */
export function rowsByGroup(groups: Groups): number[][] {
  const rows: number[][] = Array.from({ length: groups.count }, () => []);
  groups.ofRow.forEach((group, row) => {
    rows[group]!.push(row);
  });
  return rows;
}
