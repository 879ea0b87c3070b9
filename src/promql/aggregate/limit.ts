/** `limitk` and `limit_ratio`: a part of the series of each group. */
import type { LabelPairs } from '../../model/series.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Matrix } from '../matrix.ts';
import type { Groups } from './groups.ts';
import { keepRows } from './top.ts';
import { xxhash64 } from './xxhash64.ts';

/** The first `limits[k]` samples of each group at each step. */
export async function limitK(
  evaluation: Evaluation,
  input: Matrix,
  groups: Groups,
  limits: Float64Array,
): Promise<Matrix> {
  const { steps, present } = input;
  const kept = new Uint8Array(input.rows * steps);
  const counts = new Float64Array(groups.count * steps);
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const group = groups.ofRow[row]! * steps;
    for (let k = 0; k < steps; k++) {
      const at = row * steps + k;
      if (present[at] === 0 || counts[group + k]! >= Math.trunc(limits[k]!)) continue;
      counts[group + k]!++;
      kept[at] = 1;
    }
  }
  return keepRows(input, kept);
}

/** The samples whose labels' hash falls into the first `ratios[k]` of its range, or the last when it is negative. */
export async function limitRatio(evaluation: Evaluation, input: Matrix, ratios: Float64Array): Promise<Matrix> {
  const { steps, present } = input;
  const kept = new Uint8Array(input.rows * steps);
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const place = placeOf(input.labels[row]!);
    for (let k = 0; k < steps; k++) {
      const at = row * steps + k;
      if (present[at] === 0) continue;
      const ratio = Math.max(-1, Math.min(1, ratios[k]!));
      if (ratio === 0) continue;
      if (ratio > 0 ? place < ratio : place >= 1 + ratio) kept[at] = 1;
    }
  }
  return keepRows(input, kept);
}

const encoder = new TextEncoder();

/** Where in [0, 1] a label set falls: Prometheus' hash, so that both choose the same series. */
function placeOf(labels: LabelPairs): number {
  const parts: number[] = [];
  for (const text of labels) {
    const bytes = encoder.encode(text);
    if (bytes.length < 255) parts.push(bytes.length);
    else parts.push(255, bytes.length & 255, (bytes.length >> 8) & 255, (bytes.length >> 16) & 255);
    parts.push(...bytes);
  }
  return Number(xxhash64(Uint8Array.from(parts))) / 2 ** 64;
}
