/** Which rows of a matrix are aggregated together. */
import type { LabelPairs } from '../../model/series.ts';
import { dropLabels, groupKey, keepLabels, METRIC_NAME } from '../labels.ts';
import type { Matrix } from '../matrix.ts';

export interface Groups {
  readonly count: number;
  /** Group of each row. */
  readonly ofRow: Int32Array;
  readonly labels: readonly LabelPairs[];
  /** Any of its rows loses its name when the query is done. */
  readonly dropsName: readonly boolean[];
}

/** Groups in the order in which their first rows come. `grouping` is sorted. */
export function groupRows(matrix: Matrix, grouping: readonly string[], without: boolean): Groups {
  const ofRow = new Int32Array(matrix.rows);
  const labels: LabelPairs[] = [];
  const dropsName: boolean[] = [];
  if (!without && grouping.length === 0) {
    if (matrix.rows > 0) {
      labels.push([]);
      dropsName.push(matrix.dropsName.includes(true));
    }
    return { count: labels.length, ofRow, labels, dropsName };
  }
  const names = new Set(without ? [...grouping, METRIC_NAME] : grouping);
  const known = new Map<string, number>();
  for (let row = 0; row < matrix.rows; row++) {
    const own = matrix.labels[row]!;
    const key = groupKey(own, grouping, without);
    let group = known.get(key);
    if (group === undefined) {
      group = labels.length;
      known.set(key, group);
      labels.push(without ? dropLabels(own, names) : keepLabels(own, names));
      dropsName.push(false);
    }
    if (matrix.dropsName[row]!) dropsName[group] = true;
    ofRow[row] = group;
  }
  return { count: labels.length, ofRow, labels, dropsName };
}

/** Rows of each group, in order. */
export function rowsByGroup(groups: Groups): number[][] {
  const rows: number[][] = Array.from({ length: groups.count }, () => []);
  groups.ofRow.forEach((group, row) => {
    rows[group]!.push(row);
  });
  return rows;
}
