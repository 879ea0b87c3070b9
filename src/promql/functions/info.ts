/** `info()`: adds labels of info metrics (`target_info` by default) with the same `instance` and `job`. */
import type { LabelPairs, Matcher } from '../../model/series.ts';
import type { Evaluation } from '../evaluation.ts';
import { instant } from '../instant.ts';
import { formatLabels, labelsKey, labelValue, METRIC_NAME, withLabel } from '../labels.ts';
import { compileMatcher } from '../matcher.ts';
import { type Grid, Matrix } from '../matrix.ts';
import type { CallPlan, Plan, SelectorPlan } from '../plan.ts';
import { PromqlError } from '../promql-error.ts';

const IDENTIFYING = ['instance', 'job'] as const;

/** Matchers for the name of info metrics: target_info, or `.+_info` when names are only excluded. */
function nameMatchers(given: readonly Matcher[]): readonly Matcher[] {
  if (given.some(({ op }) => op === '=' || op === '=~')) return given;
  if (given.length > 0) return [{ name: METRIC_NAME, op: '=~', value: '.+_info' }, ...given];
  return [{ name: METRIC_NAME, op: '=', value: 'target_info' }];
}

/** Time and offset of the first selector in a plan: at them the info metrics are looked up. */
function timeOf(plan: Plan): { offsetMs: number; atMs?: number } | undefined {
  switch (plan.kind) {
    case 'selector':
      return { offsetMs: plan.offsetMs, ...(plan.atMs !== undefined && { atMs: plan.atMs }) };
    case 'range':
      return timeOf(plan.selector);
    case 'subquery': {
      const inner = timeOf(plan.expr);
      if (!inner || inner.atMs !== undefined) return inner;
      return { offsetMs: inner.offsetMs + plan.offsetMs, ...(plan.atMs !== undefined && { atMs: plan.atMs }) };
    }
    case 'call':
      return firstOf(plan.args);
    case 'aggregate':
      return firstOf(plan.param ? [plan.param, plan.expr] : [plan.expr]);
    case 'binary':
      return firstOf([plan.left, plan.right]);
    case 'negate':
      return timeOf(plan.expr);
    default:
      return undefined;
  }
}

function firstOf(plans: readonly Plan[]): { offsetMs: number; atMs?: number } | undefined {
  for (const plan of plans) {
    const time = timeOf(plan);
    if (time) return time;
  }
  return undefined;
}

/** Info metrics and identifying labels in one text. */
function signature(name: string, labels: LabelPairs): string {
  return [name, ...IDENTIFYING.map((label) => labelValue(labels, label))].join('\u0000');
}

export async function info(evaluation: Evaluation, plan: CallPlan, grid: Grid): Promise<Matrix> {
  const base = await evaluation.evaluator.vector(plan.args[0]!, grid);
  const given = plan.args[1]?.kind === 'selector' ? plan.args[1].matchers : [];
  const named = nameMatchers(given.filter(({ name }) => name === METRIC_NAME));
  const data = given.filter(({ name }) => name !== METRIC_NAME);
  const isInfoName = named.map(compileMatcher);
  const isInfo = base.labels.map((labels) => isInfoName.every((matches) => matches(labelValue(labels, METRIC_NAME))));
  const values = IDENTIFYING.map((label) => new Set(base.labels.map((labels) => labelValue(labels, label))));
  const isKnown = base.labels.some(
    (labels, row) => !isInfo[row] && IDENTIFYING.some((name) => labelValue(labels, name) !== ''),
  );
  const infos = isKnown
    ? await infoSeries(evaluation, plan, grid, [...named, ...data], values)
    : new Matrix(grid.count, 0);
  return new Join(evaluation, base, infos, isInfo, data).run();
}

/** Times of the samples of info series that can match. */
async function infoSeries(
  evaluation: Evaluation,
  plan: CallPlan,
  grid: Grid,
  matchers: readonly Matcher[],
  values: readonly ReadonlySet<string>[],
): Promise<Matrix> {
  const { position } = plan;
  const time = timeOf(plan.args[0]!) ?? { offsetMs: 0 };
  const selector: SelectorPlan = {
    kind: 'selector',
    name: '',
    matchers,
    ...time,
    position,
    type: 'vector',
    invariant: time.atMs !== undefined,
  };
  const found = new Matrix(grid.count, 0);
  await instant(evaluation, selector, grid, 'time', found);
  const out = new Matrix(grid.count, found.rows);
  for (let row = 0; row < found.rows; row++) {
    const labels = found.labels[row]!;
    const isWanted = IDENTIFYING.every((label, i) => {
      const value = labelValue(labels, label);
      return value === '' || values[i]!.has(value);
    });
    if (!isWanted) continue;
    const base = out.reserve();
    const from = row * grid.count;
    out.values.set(found.values.subarray(from, from + grid.count), base);
    out.present.set(found.present.subarray(from, from + grid.count), base);
    out.commit(labels, false);
  }
  return out;
}

class Join {
  readonly #evaluation: Evaluation;
  readonly #base: Matrix;
  readonly #infos: Matrix;
  readonly #isInfo: readonly boolean[];
  readonly #data: readonly Matcher[];
  readonly #wanted: ReadonlySet<string>;
  readonly #names: readonly string[];
  readonly #out: Matrix;
  readonly #rows = new Map<string, number>();

  constructor(
    evaluation: Evaluation,
    base: Matrix,
    infos: Matrix,
    isInfo: readonly boolean[],
    data: readonly Matcher[],
  ) {
    this.#evaluation = evaluation;
    this.#base = base;
    this.#infos = infos;
    this.#isInfo = isInfo;
    this.#data = data;
    this.#wanted = new Set(data.map(({ name }) => name));
    this.#names = [...new Set(infos.labels.map((labels) => labelValue(labels, METRIC_NAME)))];
    this.#out = new Matrix(base.steps, base.rows);
  }

  async run(): Promise<Matrix> {
    const { steps, present, values } = this.#base;
    const bySignature = new Map<string, number[]>();
    this.#infos.labels.forEach((labels, row) => {
      const key = signature(labelValue(labels, METRIC_NAME), labels);
      bySignature.set(key, [...(bySignature.get(key) ?? []), row]);
    });
    const needsInfo = this.#data.some((matcher) => !compileMatcher(matcher)(''));
    for (let row = 0; row < this.#base.rows; row++) {
      if (this.#evaluation.due()) await this.#evaluation.rest();
      const labels = this.#base.labels[row]!;
      const candidates = this.#names.map((name) => bySignature.get(signature(name, labels)) ?? []);
      /** Labels by the info rows that they come from: few combinations a series. */
      const known = new Map<string, LabelPairs>();
      for (let k = 0; k < steps; k++) {
        const at = row * steps + k;
        if (present[at] === 0) continue;
        const chosen = this.#isInfo[row]
          ? []
          : candidates.map((rows) => this.#newest(rows, k)).filter((one) => one >= 0);
        if (!this.#isInfo[row] && chosen.length === 0 && needsInfo) continue;
        const key = chosen.join(',');
        let joined = known.get(key);
        if (!joined) {
          joined = this.#join(labels, chosen);
          known.set(key, joined);
        }
        this.#set(joined, this.#base.dropsName[row]!, k, values[at]!);
      }
    }
    return this.#out;
  }

  /** Of the info series with one signature the one with the newest sample at a step, or -1. */
  #newest(rows: readonly number[], step: number): number {
    const { steps, present, values, labels } = this.#infos;
    let best = -1;
    for (const row of rows) {
      if (present[row * steps + step] === 0) continue;
      const time = values[row * steps + step]!;
      const bestTime = best < 0 ? Number.NEGATIVE_INFINITY : values[best * steps + step]!;
      if (time === bestTime) {
        const existing = `existing ${formatLabels(labels[best]!)} @ ${bestTime * 1000}`;
        const found = `new ${formatLabels(labels[row]!)} @ ${time * 1000}`;
        throw new PromqlError('execution', `found duplicate series for info metric: ${existing}, ${found}`);
      }
      if (time > bestTime) best = row;
    }
    return best;
  }

  #join(base: LabelPairs, infoRows: readonly number[]): LabelPairs {
    const added = new Map<string, string>();
    for (const row of infoRows) {
      const labels = this.#infos.labels[row]!;
      for (let i = 0; i < labels.length; i += 2) {
        const name = labels[i]!;
        const value = labels[i + 1]!;
        if (name === METRIC_NAME || (this.#wanted.size > 0 && !this.#wanted.has(name))) continue;
        const earlier = added.get(name);
        if (earlier !== undefined && earlier !== value) {
          throw new PromqlError('execution', `conflicting label: ${name}`);
        }
        if (labelValue(base, name) === '') added.set(name, value);
      }
    }
    let joined = base;
    for (const [name, value] of added) joined = withLabel(joined, name, value);
    return joined;
  }

  #set(labels: LabelPairs, dropsName: boolean, step: number, value: number): void {
    const key = labelsKey(labels);
    const out = this.#out;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = out.rows;
      // The arrays are read after `reserve`, which may replace them.
      const base = out.reserve();
      out.present[base + step] = 1;
      out.commit(labels, dropsName);
      this.#rows.set(key, row);
    } else if (out.present[row * out.steps + step] === 1) {
      throw new PromqlError('execution', 'vector cannot contain metrics with the same labelset');
    }
    out.present[row * out.steps + step] = 1;
    out.values[row * out.steps + step] = value;
  }
}
