/** `histogram_quantile`, `histogram_quantiles` and `histogram_fraction` on classic histograms (`le` labels). */
import { finishWithRests } from '../../lib/parts.ts';
import type { LabelPairs } from '../../model/series.ts';
import type { Evaluation } from '../evaluation.ts';
import { dropLabels, labelsKey, labelValue, METRIC_NAME, withLabel } from '../labels.ts';
import { type Grid, Matrix } from '../matrix.ts';
import { mergeSameLabels } from '../merge.ts';
import { formatFixed, formatShort } from '../number.ts';
import type { CallPlan, Plan } from '../plan.ts';
import type { PositionRange } from '../position.ts';
import { quote } from '../quote.ts';
import { Buckets } from './buckets.ts';

const BOUND_LABEL: ReadonlySet<string> = new Set(['le']);
const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)$/i;

/** Series that are the buckets of one histogram, by ascending bound. */
interface Histogram {
  readonly labels: LabelPairs;
  readonly buckets: { readonly row: number; readonly bound: number }[];
}

function parseBound(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

async function histogramsOf(evaluation: Evaluation, input: Matrix, position: PositionRange): Promise<Histogram[]> {
  const known = new Map<string, Histogram>();
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const own = input.labels[row]!;
    const text = labelValue(own, 'le');
    const bound = parseBound(text);
    if (bound === undefined) {
      const name = labelValue(own, METRIC_NAME);
      const problem = `bucket label "le" is missing or has a malformed value of ${quote(text)}`;
      evaluation.annotations.warn(name === '' ? problem : `${problem} for metric name ${quote(name)}`, position);
      continue;
    }
    const labels = dropLabels(own, BOUND_LABEL);
    const key = labelsKey(labels);
    let histogram = known.get(key);
    if (!histogram) {
      histogram = { labels, buckets: [] };
      known.set(key, histogram);
    }
    histogram.buckets.push({ row, bound });
  }
  for (const { buckets } of known.values()) buckets.sort((a, b) => a.bound - b.bound);
  return [...known.values()];
}

/** Loads a histogram's counts at one step; false where it has none. */
function load(buckets: Buckets, histogram: Histogram, input: Matrix, step: number): boolean {
  buckets.size = 0;
  for (const { row, bound } of histogram.buckets) {
    const at = row * input.steps + step;
    if (input.present[at] === 1) buckets.add(bound, input.values[at]!);
  }
  return buckets.size > 0;
}

/** Computes a value for every histogram and step that has buckets. */
async function compute(
  evaluation: Evaluation,
  input: Matrix,
  histograms: readonly Histogram[],
  out: Matrix,
  labelsOf: (labels: LabelPairs) => LabelPairs,
  value: (buckets: Buckets, step: number, histogram: Histogram) => number,
): Promise<void> {
  const buckets = new Buckets(histograms.reduce((most, each) => Math.max(most, each.buckets.length), 1));
  for (const histogram of histograms) {
    if (evaluation.due()) await evaluation.rest();
    const base = out.reserve();
    for (let k = 0; k < input.steps; k++) {
      if (!load(buckets, histogram, input, k)) continue;
      out.values[base + k] = value(buckets, k, histogram);
      out.present[base + k] = 1;
    }
    out.commit(labelsOf(histogram.labels), true);
  }
}

function checkQuantiles(evaluation: Evaluation, quantiles: Float64Array, position: PositionRange): void {
  for (const q of quantiles) {
    if (q >= 0 && q <= 1) continue;
    evaluation.annotations.warn(`quantile value should be between 0 and 1, got ${formatShort(q)}`, position);
  }
}

export async function histogramFraction(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const { evaluator } = evaluation;
  const [first, second, vector] = plan.args as [Plan, Plan, Plan];
  const lower = await evaluator.scalar(first, grid);
  const upper = await evaluator.scalar(second, grid);
  const input = await evaluator.vector(vector, grid);
  const histograms = await histogramsOf(evaluation, input, vector.position);
  const out = new Matrix(grid.count, histograms.length);
  const value = (buckets: Buckets, k: number) => buckets.fraction(lower[k]!, upper[k]!);
  await compute(evaluation, input, histograms, out, (labels) => labels, value);
  return out;
}

export async function histogramQuantile(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const { evaluator } = evaluation;
  const [first, vector] = plan.args as [Plan, Plan];
  const quantiles = await evaluator.scalar(first, grid);
  checkQuantiles(evaluation, quantiles, first.position);
  const input = await evaluator.vector(vector, grid);
  const histograms = await histogramsOf(evaluation, input, vector.position);
  const out = new Matrix(grid.count, histograms.length);
  const fixes = new Fixes(evaluation, grid, vector.position);
  await compute(evaluation, input, histograms, out, (labels) => labels, fixes.quantile(quantiles));
  fixes.report();
  return out;
}

export async function histogramQuantiles(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const { evaluator } = evaluation;
  const [vector, name, ...wanted] = plan.args as [Plan, Plan, ...Plan[]];
  const label = name.kind === 'text' ? name.value : '';
  const columns: Float64Array[] = [];
  for (const each of wanted) {
    const quantiles = await evaluator.scalar(each, grid);
    checkQuantiles(evaluation, quantiles, each.position);
    columns.push(quantiles);
  }
  const input = await evaluator.vector(vector, grid);
  const histograms = await histogramsOf(evaluation, input, vector.position);
  const out = new Matrix(grid.count, histograms.length * wanted.length);
  const fixes = new Fixes(evaluation, grid, vector.position);
  for (const quantiles of columns) {
    // A quantile that changes from step to step makes a series for each of its values.
    for (const q of new Set(quantiles)) {
      const labelsOf = (labels: LabelPairs) => withLabel(labels, label, formatQuantile(q));
      const ofThis = await onlyAt(evaluation, input, quantiles, q);
      await compute(evaluation, ofThis, histograms, out, labelsOf, fixes.quantile(quantiles));
    }
  }
  fixes.report();
  // The label may have told histograms apart before it was replaced.
  return finishWithRests(mergeSameLabels(out), evaluation);
}

/** The input at the steps where the quantile is `q`. */
async function onlyAt(evaluation: Evaluation, input: Matrix, quantiles: Float64Array, q: number): Promise<Matrix> {
  if (quantiles.every((value) => Object.is(value, q))) return input;
  const out = new Matrix(input.steps, input.rows);
  for (let row = 0; row < input.rows; row++) {
    if (evaluation.due()) await evaluation.rest();
    const base = out.reserve();
    for (let k = 0; k < input.steps; k++) {
      out.values[base + k] = input.values[base + k]!;
      out.present[base + k] = Object.is(quantiles[k], q) ? input.present[base + k]! : 0;
    }
    // Rows keep their numbers, empty or not.
    out.labels.push(input.labels[row]!);
    out.dropsName.push(input.dropsName[row]!);
    out.rows++;
  }
  return out;
}

/** As OpenMetrics writes the value of a `quantile` label. */
function formatQuantile(q: number): string {
  const text = formatShort(q);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Gathers what had to be corrected in decreasing buckets, for one remark a metric. */
class Fixes {
  readonly #evaluation: Evaluation;
  readonly #grid: Grid;
  readonly #position: PositionRange;
  readonly #byName = new Map<
    string,
    { first: number; last: number; from: number; to: number; most: number; count: number }
  >();

  constructor(evaluation: Evaluation, grid: Grid, position: PositionRange) {
    this.#evaluation = evaluation;
    this.#grid = grid;
    this.#position = position;
  }

  quantile(quantiles: Float64Array): (buckets: Buckets, step: number, histogram: Histogram) => number {
    return (buckets, step, histogram) => {
      const value = buckets.quantile(quantiles[step]!);
      if (buckets.wasFixed) this.#note(buckets, step, labelValue(histogram.labels, METRIC_NAME));
      return value;
    };
  }

  #note(buckets: Buckets, step: number, name: string): void {
    const { fixedFrom, fixedTo, largestFix } = buckets;
    const known = this.#byName.get(name);
    if (!known) {
      const first = { first: step, last: step, from: fixedFrom, to: fixedTo, most: largestFix, count: 1 };
      this.#byName.set(name, first);
      return;
    }
    known.first = Math.min(known.first, step);
    known.last = Math.max(known.last, step);
    known.from = Math.min(known.from, fixedFrom);
    known.to = Math.max(known.to, fixedTo);
    known.most = Math.max(known.most, largestFix);
    known.count++;
  }

  #time(step: number): string {
    const seconds = Math.floor((this.#grid.startMs + step * this.#grid.stepMs) / 1000);
    return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  }

  report(): void {
    for (const [name, fix] of this.#byName) {
      const docs = 'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile';
      const about = name === '' ? '' : ` for metric name ${quote(name)}`;
      const where = `from buckets ${formatShort(fix.from)} to ${formatShort(fix.to)}`;
      const size = `with a max diff of ${formatFixed(fix.most, 2)}`;
      const times = `over ${fix.count} samples from ${this.#time(fix.first)} to ${this.#time(fix.last)}`;
      const message = `input to histogram_quantile needed to be fixed for monotonicity (see ${docs})${about}, ${where}, ${size}, ${times}`;
      this.#evaluation.annotations.info(message, this.#position);
    }
  }
}

/** `histogram_count` and its like see native histograms only; of classic ones there is nothing to tell. */
export async function nativeOnly(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  await evaluation.evaluator.vector(plan.args[0]!, grid);
  return new Matrix(grid.count, 0);
}
