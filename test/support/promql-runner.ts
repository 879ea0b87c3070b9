/** Runs scripts in Prometheus' test language against a series source. */
import { compileRe2 } from '../../src/lib/re2.ts';
import type { SeriesSource } from '../../src/model/series.ts';
import type { Expr } from '../../src/promql/ast.ts';
import { formatLabels, labelsKey, labelValue } from '../../src/promql/labels.ts';
import { compileMatcher } from '../../src/promql/matcher.ts';
import { parseQuery } from '../../src/promql/parse.ts';
import { print } from '../../src/promql/print.ts';
import { evaluateInstant, evaluateRange, type QueryResult } from '../../src/promql/query.ts';
import { type Command, type Evaluation, type Load, parseScript, type TextRule } from './promql-script.ts';

/** A store that scripts can be run against. */
export interface ScriptTarget {
  readonly source: SeriesSource;
  clear(): void;
  /** Adds samples; `undefined` is a stale marker. */
  add(labels: readonly string[], samples: readonly (readonly [number, number | undefined])[]): void;
}

export interface ScriptOutcome {
  passed: number;
  skipped: number;
  readonly failures: string[];
}

const LIMITS = { maxSamples: 50_000_000, timeoutMs: 100_000 };
const TOLERANCE = 1e-6;
const MIN_NORMAL = 2.2250738585072014e-308;

/** Runs all commands of a script. Cases that touch a native histogram are skipped. */
export async function runScript(source: string, target: ScriptTarget): Promise<ScriptOutcome> {
  const outcome: ScriptOutcome = { passed: 0, skipped: 0, failures: [] };
  /** Labels of loaded series that hold native histograms. */
  let histograms: (readonly string[])[] = [];
  target.clear();
  for (const command of parseScript(source)) {
    if (command.kind === 'clear') {
      target.clear();
      histograms = [];
    } else if (command.kind === 'load') histograms.push(...load(command, target));
    else if (command.kind === 'broken') outcome.failures.push(`line ${command.line}: ${command.problem}`);
    else if (isAboutHistograms(command, histograms)) outcome.skipped++;
    else {
      try {
        await evaluate(command, target);
        outcome.passed++;
      } catch (error) {
        outcome.failures.push(`line ${command.line}: ${command.query}\n    ${(error as Error).message}`);
      }
    }
  }
  return outcome;
}

/** Loads what is not a histogram; returns the labels of what is. */
function load(command: Load, target: ScriptTarget): (readonly string[])[] {
  const histograms: (readonly string[])[] = [];
  for (const { labels, points } of command.series) {
    const samples: (readonly [number, number | undefined])[] = [];
    points.forEach((point, i) => {
      if (typeof point === 'number') samples.push([i * command.gapMs, point]);
      if (point === 'stale') samples.push([i * command.gapMs, undefined]);
    });
    if (points.includes('histogram')) histograms.push(labels);
    if (command.withNhcb) {
      const name = labelValue(labels, '__name__');
      const base = name.replace(/_(bucket|sum|count)$/, '');
      if (base !== name) histograms.push(labels.map((text, i) => (labels[i - 1] === '__name__' ? base : text)));
    }
    if (samples.length > 0) target.add(labels, samples);
  }
  return histograms;
}

function isAboutHistograms(command: Evaluation, histograms: readonly (readonly string[])[]): boolean {
  if (command.expected.series.some(({ points }) => points.includes('histogram'))) return true;
  if (histograms.length === 0) return false;
  let expr: Expr;
  try {
    expr = parseQuery(command.query);
  } catch {
    // It is reported, or expected to fail, when it is evaluated.
    return false;
  }
  return selectors(expr).some((matchers) =>
    histograms.some((labels) => matchers.every(([name, matches]) => matches(labelValue(labels, name)))),
  );
}

type Predicates = (readonly [name: string, matches: (value: string) => boolean])[];

function selectors(expr: Expr): Predicates[] {
  switch (expr.kind) {
    case 'vector': {
      const named = expr.matchers.map((matcher) => [matcher.name, compileMatcher(matcher)] as const);
      // With histograms as floats around, a `le` matcher cannot tell them apart.
      return [named.filter(([name]) => name !== 'le')];
    }
    case 'matrix':
      return selectors(expr.selector);
    case 'paren':
    case 'unary':
    case 'subquery':
      return selectors(expr.expr);
    case 'binary':
      return [...selectors(expr.left), ...selectors(expr.right)];
    case 'aggregate':
      return [...selectors(expr.expr), ...(expr.param ? selectors(expr.param) : [])];
    case 'call':
      return expr.args.flatMap(selectors);
    default:
      return [];
  }
}

async function evaluate(command: Evaluation, target: ScriptTarget): Promise<void> {
  const common = { source: target.source, tenants: [1], query: command.query, limits: LIMITS };
  const { expected, startMs, endMs, stepMs } = command;
  let result: QueryResult;
  try {
    result = command.isRange
      ? await evaluateRange({ ...common, startMs, endMs, stepMs })
      : await evaluateInstant({ ...common, timeMs: endMs });
  } catch (error) {
    const { message } = error as Error;
    if (expected.fail.length === 0) throw new Error(`failed: ${message}`, { cause: error });
    for (const rule of expected.fail) {
      if (!fits(rule, message)) throw new Error(`expected failure ${rule.text}, got ${message}`, { cause: error });
    }
    return;
  }
  if (expected.fail.length > 0) throw new Error('expected a failure, got none');
  checkAnnotations('warning', expected.warn, expected.noWarn, result.warnings);
  checkAnnotations('info', expected.info, expected.noInfo, result.infos);
  compare(command, result);
  if (!command.isRange) await compareAtOtherTimes(command, common);
  const isPlain = !command.isRange && !command.isRangeVector && expected.string === undefined && !expected.isOrdered;
  if (isPlain) await compareInRange(command, common);
}

const OWN_TIMES = /\b(start|end|range|step)\(\)/;
/** Functions whose result depends on the time of evaluation even when their arguments do not. */
const SEES_TIME = /\b(days_in_month|day_of_\w+|hour|minute|month|year|predict_linear|time|timestamp)\b/;

/** With `@` on every selector, the result of an instant query must not depend on when it is evaluated. */
async function compareAtOtherTimes(
  command: Evaluation,
  common: Omit<Parameters<typeof evaluateInstant>[0], 'timeMs'>,
): Promise<void> {
  if (SEES_TIME.test(command.query) || OWN_TIMES.test(command.query)) return;
  const timeMs = command.endMs;
  const query = print(fixTime(parseQuery(command.query), timeMs));
  const times = timeMs === 0 ? [-1000, 1000] : [-10 * timeMs, 0, Math.floor(timeMs / 5), 10 * timeMs];
  for (const other of times) {
    try {
      const { value } = await evaluateInstant({ ...common, query, timeMs: other });
      compare(command, { value: value.kind === 'vector' ? { ...value, timeMs } : value, warnings: [], infos: [] });
    } catch (error) {
      throw new Error(`with @ (${query}) at ${other / 1000}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function fixTime(expr: Expr, timeMs: number): Expr {
  const at = { kind: 'time', timeMs } as const;
  switch (expr.kind) {
    case 'vector':
      return expr.at ? expr : { ...expr, at };
    case 'matrix':
      return expr.selector.at ? expr : { ...expr, selector: { ...expr.selector, at } };
    case 'subquery':
      return expr.at ? expr : { ...expr, at };
    case 'paren':
    case 'unary':
      return { ...expr, expr: fixTime(expr.expr, timeMs) };
    case 'aggregate':
      return { ...expr, expr: fixTime(expr.expr, timeMs), ...(expr.param && { param: fixTime(expr.param, timeMs) }) };
    case 'binary':
      return { ...expr, left: fixTime(expr.left, timeMs), right: fixTime(expr.right, timeMs) };
    case 'call':
      // The label selectors of info() take no time.
      return {
        ...expr,
        args: expr.args.map((arg, i) => (expr.name === 'info' && i === 1 ? arg : fixTime(arg, timeMs))),
      };
    default:
      return expr;
  }
}

/** An instant query must give the same as the middle step of a range query around its time. */
async function compareInRange(
  command: Evaluation,
  common: Omit<Parameters<typeof evaluateRange>[0], 'startMs' | 'endMs' | 'stepMs'>,
): Promise<void> {
  if (OWN_TIMES.test(command.query)) return;
  const timeMs = command.endMs;
  const result = await evaluateRange({ ...common, startMs: timeMs - 60_000, endMs: timeMs + 60_000, stepMs: 60_000 });
  if (result.value.kind !== 'matrix') throw new Error(`got ${result.value.kind} in a range query`);
  const { matrix } = result.value;
  const values = new Map<string, number>();
  for (let row = 0; row < matrix.rows; row++) {
    if (matrix.present[row * 3 + 1] === 1) values.set(labelsKey(matrix.labels[row]!), matrix.values[row * 3 + 1]!);
  }
  const { scalar, series } = command.expected;
  const wanted = scalar === undefined ? series : [{ labels: [], points: [scalar] }];
  for (const { labels, points } of wanted) {
    const value = values.get(labelsKey(labels));
    if (value === undefined || !almostEqual(value, points[0] as number)) {
      throw new Error(`in a range query: expected ${formatLabels(labels)} ${points[0]}, got ${value}`);
    }
  }
  if (values.size > wanted.length)
    throw new Error(`in a range query: ${values.size} series, expected ${wanted.length}`);
}

function fits(rule: TextRule, message: string): boolean {
  if (rule.kind === 'any') return true;
  if (rule.kind === 'msg') return rule.text === message;
  return compileRe2(`.*(?:${rule.text}).*`).test(message);
}

function checkAnnotations(
  what: string,
  rules: readonly TextRule[],
  mustBeNone: boolean,
  found: readonly string[],
): void {
  if (mustBeNone && found.length > 0) throw new Error(`unexpected ${what}: ${found.join('; ')}`);
  if (rules.length === 0) return;
  for (const rule of rules) {
    if (!found.some((text) => fits(rule, text))) {
      throw new Error(`expected ${what} ${rule.text}, got ${found.join('; ') || 'none'}`);
    }
  }
  const extra = found.find((text) => !rules.some((rule) => fits(rule, text)));
  if (extra) throw new Error(`unexpected ${what}: ${extra}`);
}

/** Samples of one series of a result, by time. */
interface Found {
  readonly labels: readonly string[];
  readonly samples: readonly (readonly [number, number])[];
}

function samplesOf({ value }: QueryResult): Found[] {
  switch (value.kind) {
    case 'vector':
    case 'matrix': {
      const { matrix } = value;
      const grid = value.kind === 'matrix' ? value.grid : { startMs: value.timeMs, stepMs: 0 };
      const order = value.kind === 'matrix' ? [...value.order] : matrix.labels.map((_, row) => row);
      return order.map((row) => ({
        labels: matrix.labels[row]!,
        samples: Array.from({ length: matrix.steps }, (_, k) => k)
          .filter((k) => matrix.present[row * matrix.steps + k] === 1)
          .map((k) => [grid.startMs + k * grid.stepMs, matrix.values[row * matrix.steps + k]!] as const),
      }));
    }
    case 'series':
      return value.series.map(({ labels, times, values }) => ({
        labels,
        samples: [...times].map((time, i) => [time, values[i]!] as const),
      }));
    default:
      return [];
  }
}

function compare(command: Evaluation, result: QueryResult): void {
  const { expected } = command;
  const { value } = result;
  if (value.kind === 'string') {
    if (value.value !== (expected.string ?? '')) throw new Error(`expected "${expected.string}", got "${value.value}"`);
    return;
  }
  if (value.kind === 'scalar') {
    if (expected.scalar === undefined) throw new Error(`expected a vector, got the scalar ${value.value}`);
    if (!almostEqual(value.value, expected.scalar)) throw new Error(`expected ${expected.scalar}, got ${value.value}`);
    return;
  }
  if (expected.scalar !== undefined) throw new Error(`expected the scalar ${expected.scalar}, got a ${value.kind}`);
  const found = samplesOf(result);
  const byLabels = new Map(found.map((series) => [labelsKey(series.labels), series]));
  if (byLabels.size !== found.length) throw new Error('the result has two series with the same labels');
  expected.series.forEach(({ labels, points }, position) => {
    const series = byLabels.get(labelsKey(labels));
    const shown = formatLabels(labels);
    if (!series)
      throw new Error(`expected ${shown}, which is not in ${found.map((f) => formatLabels(f.labels)).join(' ')}`);
    if (expected.isOrdered && found[position] !== series)
      throw new Error(`${shown} is not at position ${position + 1}`);
    const wanted: (readonly [number, number])[] = [];
    points.forEach((point, i) => {
      if (typeof point === 'number') wanted.push([command.startMs + i * command.stepMs, point]);
    });
    const isSame =
      wanted.length === series.samples.length &&
      wanted.every(([time, number], i) => {
        const [at, actual] = series.samples[i]!;
        return at === time && almostEqual(actual, number);
      });
    if (!isSame) {
      const show = (samples: readonly (readonly [number, number])[]) =>
        samples.map(([time, number]) => `${number}@${time / 1000}`).join(' ');
      throw new Error(`${shown}: expected ${show(wanted)}, got ${show(series.samples)}`);
    }
  });
  if (found.length > expected.series.length) {
    const wanted = new Set(expected.series.map(({ labels }) => labelsKey(labels)));
    const extra = found.find(({ labels }) => !wanted.has(labelsKey(labels)));
    throw new Error(`unexpected ${formatLabels(extra?.labels ?? [])}`);
  }
}

function almostEqual(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < MIN_NORMAL) return difference < TOLERANCE * MIN_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE;
}

export type { Command };
