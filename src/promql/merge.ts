/** Joins rows that have come to the same labels, which is an error where two of them have a sample at the same step. */
import type { Parts } from '../lib/parts.ts';
import { dropName, labelsKey, labelValue, METRIC_NAME } from './labels.ts';
import { Matrix } from './matrix.ts';
import { PromqlError } from './promql-error.ts';

/** Rows that are looked at in one part. */
const PART = 256;

/** A matrix in which no two rows have the same labels. @throws PromqlError when samples collide */
export function* mergeSameLabels(input: Matrix): Parts<Matrix> {
  const known = new Map<string, number>();
  for (let row = 0; row < input.rows; row++) {
    if (row % PART === 0) yield;
    known.set(labelsKey(input.labels[row]!), row);
  }
  if (known.size === input.rows) return input;
  known.clear();
  const { steps } = input;
  const out = new Matrix(steps, input.rows);
  for (let row = 0; row < input.rows; row++) {
    if (row % PART === 0) yield;
    const labels = input.labels[row]!;
    const key = labelsKey(labels);
    const same = known.get(key);
    const from = row * steps;
    if (same === undefined) {
      const base = out.reserve();
      out.values.set(input.values.subarray(from, from + steps), base);
      out.present.set(input.present.subarray(from, from + steps), base);
      known.set(key, out.rows);
      out.commit(labels, input.dropsName[row]!);
      continue;
    }
    for (let k = 0; k < steps; k++) {
      if (input.present[from + k] === 0) continue;
      const to = same * steps + k;
      if (out.present[to] === 1) {
        throw new PromqlError('execution', 'vector cannot contain metrics with the same labelset');
      }
      out.values[to] = input.values[from + k]!;
      out.present[to] = 1;
    }
  }
  return out;
}

/** Takes away the metric names that operations have marked, once the query is done. */
export function* dropMarkedNames(input: Matrix): Parts<Matrix> {
  let names: string | undefined;
  let mayCollide = false;
  let kept = 0;
  for (let row = 0; row < input.rows; row++) {
    if (row % PART === 0) yield;
    const labels = input.labels[row]!;
    if (!input.dropsName[row]!) {
      kept++;
      continue;
    }
    const name = labelValue(labels, METRIC_NAME);
    names ??= name;
    if (name !== names) mayCollide = true;
    input.labels[row] = dropName(labels);
    input.dropsName[row] = false;
  }
  // Rows were unique before, so without one and the same name they still are.
  return mayCollide || (kept > 0 && kept < input.rows) ? yield* mergeSameLabels(input) : input;
}
