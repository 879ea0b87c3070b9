/**
 * Arithmetic and comparison between vectors with label matching. Rows are matched once; errors about ambiguous matches
 * are raised for the steps at which they really occur, as Prometheus does.
 */

import type { LabelPairs } from '../../model/series.ts';
import type { VectorMatching } from '../ast.ts';
import type { Evaluation } from '../evaluation.ts';
import {
  dropLabels,
  dropName,
  formatLabels,
  keepLabels,
  labelsKey,
  labelValue,
  METRIC_NAME,
  withLabel,
} from '../labels.ts';
import { hasSamples, Matrix } from '../matrix.ts';
import type { BinaryPlan } from '../plan.ts';
import { PromqlError } from '../promql-error.ts';
import { type Arithmetic, arithmeticOf, type Comparison, comparisonOf } from './operators.ts';
import { type Signatures, signatures } from './signatures.ts';

const AMBIGUOUS_MANY = 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)';
const AMBIGUOUS_GROUP = 'multiple matches for labels: grouping labels must ensure unique matches';
const SAME_LABELS = 'vector cannot contain metrics with the same labelset';

export async function vectorOperation(
  evaluation: Evaluation,
  plan: BinaryPlan,
  left: Matrix,
  right: Matrix,
): Promise<Matrix> {
  const isSwapped = plan.matching.card === 'one-to-many';
  const many = isSwapped ? right : left;
  const one = isSwapped ? left : right;
  const matched = await signatures(evaluation, plan.matching, many, one);
  return new VectorOperation(evaluation, plan, many, one, matched).run();
}

class VectorOperation {
  readonly #evaluation: Evaluation;
  readonly #plan: BinaryPlan;
  readonly #matching: VectorMatching;
  /** The side with possibly many series a match, and the one with at most one. */
  readonly #many: Matrix;
  readonly #one: Matrix;
  readonly #isSwapped: boolean;
  readonly #manySignatures: Int32Array;
  readonly #oneSignatures: Int32Array;
  readonly #signatureCount: number;
  readonly #steps: number;
  readonly #comparison: Comparison | undefined;
  readonly #arithmetic: Arithmetic;
  readonly #out: Matrix;
  /** Result row by its labels. */
  readonly #rows = new Map<string, number>();
  /** Cells of the result that a match was found for, even if a comparison then dropped it; signature + 1. */
  #claims: Int32Array;
  /** Cells by signature and step that were matched; kept only where something asks for it. */
  readonly #matched: Uint8Array;

  constructor(evaluation: Evaluation, plan: BinaryPlan, many: Matrix, one: Matrix, matched: Signatures) {
    this.#evaluation = evaluation;
    this.#plan = plan;
    this.#matching = plan.matching;
    this.#comparison = comparisonOf(plan.op);
    this.#arithmetic = arithmeticOf(plan.op);
    this.#isSwapped = plan.matching.card === 'one-to-many';
    this.#many = many;
    this.#one = one;
    this.#manySignatures = matched.left;
    this.#oneSignatures = matched.right;
    this.#signatureCount = matched.count;
    this.#steps = many.steps;
    this.#out = new Matrix(this.#steps, this.#many.rows);
    this.#claims = new Int32Array(this.#out.values.length);
    this.#matched = new Uint8Array(matched.count * this.#steps);
  }

  async run(): Promise<Matrix> {
    const { fillLeft, fillRight } = this.#matching;
    const ones = this.#onesBySignature();
    const manySteps = this.#presentSteps(this.#many);
    const oneSteps = this.#presentSteps(this.#one);
    const hasFill = fillLeft !== undefined || fillRight !== undefined;
    this.#refuseDuplicates(ones, hasFill ? undefined : manySteps);
    const alone = this.#rowsPerSignature();
    for (let row = 0; row < this.#many.rows; row++) {
      if (this.#evaluation.due()) await this.#evaluation.rest();
      const signature = this.#manySignatures[row]!;
      const matches = ones[signature] ?? [];
      if (matches.length === 1 && alone[signature] === 1 && !hasFill) this.#pairAlone(row, matches[0]!);
      else for (const one of matches) this.#pair(row, one, signature);
      if (fillRight !== undefined) this.#fillOne(row, signature, fillRight, ones[signature] ?? []);
    }
    if (fillLeft !== undefined) {
      for (let row = 0; row < this.#one.rows; row++) {
        if (this.#evaluation.due()) await this.#evaluation.rest();
        this.#fillMany(row, this.#oneSignatures[row]!, fillLeft, oneSteps);
      }
    }
    return this.#withoutEmptyRows();
  }

  #onesBySignature(): (number[] | undefined)[] {
    const rows: (number[] | undefined)[] = new Array(this.#signatureCount).fill(undefined);
    for (let row = 0; row < this.#one.rows; row++) {
      const signature = this.#oneSignatures[row]!;
      const known = rows[signature];
      if (known) known.push(row);
      else rows[signature] = [row];
    }
    return rows;
  }

  #rowsPerSignature(): Uint32Array {
    const counts = new Uint32Array(this.#signatureCount);
    for (const signature of this.#manySignatures) counts[signature]!++;
    return counts;
  }

  #presentSteps(matrix: Matrix): Uint8Array {
    const out = new Uint8Array(this.#steps);
    for (let at = 0; at < matrix.rows * this.#steps; at++) if (matrix.present[at] === 1) out[at % this.#steps] = 1;
    return out;
  }

  /** At every step at most one series of the one side may carry a signature. Steps without many side do not count. */
  #refuseDuplicates(ones: readonly (number[] | undefined)[], manySteps: Uint8Array | undefined): void {
    for (const rows of ones) {
      if (!rows || rows.length < 2) continue;
      for (let k = 0; k < this.#steps; k++) {
        if (manySteps && manySteps[k] === 0) continue;
        const present = rows.filter((row) => this.#one.present[row * this.#steps + k] === 1);
        if (present.length > 1) this.#refuseDuplicate(present[0]!, present[1]!);
      }
    }
  }

  #refuseDuplicate(first: number, second: number): never {
    const group = formatLabels(this.#matchLabels(this.#one.labels[second]!));
    const series = [first, second].map((row) => formatLabels(this.#one.labels[row]!)).sort();
    const side = this.#isSwapped ? 'left' : 'right';
    throw new PromqlError(
      'execution',
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${series.join(', ')}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }

  #matchLabels(labels: LabelPairs): LabelPairs {
    const { on, labels: names } = this.#matching;
    return on ? keepLabels(labels, new Set(names)) : dropLabels(labels, new Set([METRIC_NAME, ...names]));
  }

  #resultLabels(many: LabelPairs, one: LabelPairs): LabelPairs {
    const { card, on, labels: names, include } = this.#matching;
    let labels = this.#comparison ? many : dropName(many);
    if (card === 'one-to-one') labels = on ? keepLabels(labels, new Set(names)) : dropLabels(labels, new Set(names));
    for (const name of include) labels = withLabel(labels, name, labelValue(one, name));
    return labels;
  }

  #resultRow(many: LabelPairs, one: LabelPairs): number {
    const labels = this.#resultLabels(many, one);
    const key = labelsKey(labels);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#out.rows;
      const base = this.#out.reserve();
      if (this.#claims.length < this.#out.values.length) {
        const larger = new Int32Array(this.#out.values.length);
        larger.set(this.#claims);
        this.#claims = larger;
      }
      // Rows that stay empty are removed at the end.
      this.#out.present[base] = 1;
      this.#out.commit(labels, this.#plan.returnBool);
      this.#out.present[base] = 0;
      this.#rows.set(key, row);
    }
    return row;
  }

  /** A pair whose labels nothing else matches: there is nothing to be ambiguous, if its result's labels are new. */
  #pairAlone(manyRow: number, oneRow: number): void {
    const many = this.#many;
    const one = this.#one;
    const steps = this.#steps;
    const rows = this.#out.rows;
    const row = this.#resultRow(many.labels[manyRow]!, one.labels[oneRow]!);
    if (row < rows) {
      this.#pair(manyRow, oneRow, this.#manySignatures[manyRow]!);
      return;
    }
    const { values, present } = this.#out;
    const left = this.#isSwapped ? one : many;
    const right = this.#isSwapped ? many : one;
    const leftBase = (this.#isSwapped ? oneRow : manyRow) * steps;
    const rightBase = (this.#isSwapped ? manyRow : oneRow) * steps;
    const base = row * steps;
    const claim = this.#manySignatures[manyRow]! + 1;
    const comparison = this.#comparison;
    const arithmetic = this.#arithmetic;
    const { returnBool } = this.#plan;
    for (let k = 0; k < steps; k++) {
      if (left.present[leftBase + k] === 0 || right.present[rightBase + k] === 0) continue;
      this.#claims[base + k] = claim;
      const a = left.values[leftBase + k]!;
      const b = right.values[rightBase + k]!;
      if (comparison) {
        const holds = comparison(a, b);
        if (!holds && !returnBool) continue;
        values[base + k] = returnBool ? (holds ? 1 : 0) : a;
      } else values[base + k] = arithmetic(a, b);
      present[base + k] = 1;
    }
  }

  #pair(manyRow: number, oneRow: number, signature: number): void {
    const many = this.#many;
    const one = this.#one;
    const steps = this.#steps;
    let base = -1;
    for (let k = 0; k < steps; k++) {
      if (many.present[manyRow * steps + k] === 0 || one.present[oneRow * steps + k] === 0) continue;
      if (base < 0) base = this.#resultRow(many.labels[manyRow]!, one.labels[oneRow]!) * steps;
      this.#set(base, k, signature, many.values[manyRow * steps + k]!, one.values[oneRow * steps + k]!);
    }
  }

  /** Where the many side has a sample and the one side has none. */
  #fillOne(manyRow: number, signature: number, fill: number, ones: readonly number[]): void {
    const steps = this.#steps;
    let base = -1;
    for (let k = 0; k < steps; k++) {
      if (this.#many.present[manyRow * steps + k] === 0) continue;
      if (ones.some((row) => this.#one.present[row * steps + k] === 1)) continue;
      const labels = this.#many.labels[manyRow]!;
      if (base < 0) base = this.#resultRow(labels, this.#matchLabels(labels)) * steps;
      this.#set(base, k, signature, this.#many.values[manyRow * steps + k]!, fill);
    }
  }

  /** Where the one side has a sample that nothing of the many side has matched. */
  #fillMany(oneRow: number, signature: number, fill: number, oneSteps: Uint8Array): void {
    const steps = this.#steps;
    let base = -1;
    for (let k = 0; k < steps; k++) {
      if (oneSteps[k] === 0 || this.#one.present[oneRow * steps + k] === 0) continue;
      if (this.#matched[signature * steps + k] === 1) continue;
      const labels = this.#one.labels[oneRow]!;
      if (base < 0) base = this.#resultRow(this.#matchLabels(labels), labels) * steps;
      this.#set(base, k, signature, fill, this.#one.values[oneRow * steps + k]!);
    }
  }

  #set(base: number, step: number, signature: number, many: number, one: number): void {
    const at = base + step;
    const match = signature * this.#steps + step;
    if (this.#matching.card === 'one-to-one' && this.#matched[match] === 1) {
      throw new PromqlError('execution', AMBIGUOUS_MANY);
    }
    const claim = this.#claims[at]!;
    if (claim !== 0) {
      if (claim === signature + 1) throw new PromqlError('execution', AMBIGUOUS_GROUP);
      if (this.#out.present[at] === 1) throw new PromqlError('execution', SAME_LABELS);
    }
    this.#claims[at] = signature + 1;
    this.#matched[match] = 1;
    const left = this.#isSwapped ? one : many;
    const right = this.#isSwapped ? many : one;
    const { returnBool } = this.#plan;
    if (this.#comparison) {
      const holds = this.#comparison(left, right);
      if (!holds && !returnBool) return;
      this.#out.values[at] = returnBool ? (holds ? 1 : 0) : left;
    } else this.#out.values[at] = this.#arithmetic(left, right);
    this.#out.present[at] = 1;
  }

  #withoutEmptyRows(): Matrix {
    const { steps, present, rows } = this.#out;
    const out = new Matrix(steps, rows);
    let isFull = true;
    for (let row = 0; row < rows; row++) {
      if (!hasSamples(present, row * steps, steps)) isFull = false;
      else {
        const base = out.reserve();
        out.values.set(this.#out.values.subarray(row * steps, (row + 1) * steps), base);
        out.present.set(present.subarray(row * steps, (row + 1) * steps), base);
        out.commit(this.#out.labels[row]!, this.#out.dropsName[row]!);
      }
    }
    return isFull ? this.#out : out;
  }
}
