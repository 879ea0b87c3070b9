/** Reads scripts in Prometheus' test language: a list of commands to load data, clear it and evaluate queries. */
import { parseDuration, parseNumber } from '../../src/promql/number.ts';
import { unquote } from '../../src/promql/quote.ts';
import { parseSeriesDescription, type SeriesDescription } from './promql-series.ts';

/** What an annotation or error must look like. */
export interface TextRule {
  readonly kind: 'any' | 'msg' | 'regex';
  readonly text: string;
}

export interface Expectations {
  readonly fail: TextRule[];
  readonly warn: TextRule[];
  readonly info: TextRule[];
  noWarn: boolean;
  noInfo: boolean;
  isOrdered: boolean;
  string?: string;
  scalar?: number;
  series: SeriesDescription[];
}

export interface Evaluation {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly isRange: boolean;
  /** Of an instant query `startMs` and `endMs` are its time. */
  startMs: number;
  endMs: number;
  stepMs: number;
  /** An instant query whose result is a range vector with samples from `startMs` on. */
  isRangeVector: boolean;
  readonly expected: Expectations;
}

export interface Load {
  readonly kind: 'load';
  readonly gapMs: number;
  readonly withNhcb: boolean;
  readonly series: readonly SeriesDescription[];
}

/** A command that cannot be read: it fails by itself, the others are run. */
export interface Broken {
  readonly kind: 'broken';
  readonly line: number;
  readonly problem: string;
}

export type Command = Load | Evaluation | Broken | { readonly kind: 'clear' };

const LOAD = /^load(?:_(with_nhcb))?\s+(.+?)$/i;
const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/i;
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/i;
const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/;
const EXPECT_RANGE = /^expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/;

function duration(text: string): number {
  const trimmed = text.trim();
  const ms = trimmed === '0' ? 0 : parseDuration(trimmed);
  if (ms === undefined) throw new SyntaxError(`bad duration ${text}`);
  return ms;
}

/** Commands of a script, in order. */
export function parseScript(source: string): Command[] {
  const lines = source.split('\n').map((line) => {
    const trimmed = line.trim();
    return trimmed.startsWith('#') ? '' : trimmed;
  });
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i]!;
    const start = i++;
    if (line === '') continue;
    const body: string[] = [];
    const isClear = /^clear\b/i.test(line);
    while (!isClear && i < lines.length && lines[i] !== '') body.push(lines[i++]!);
    try {
      if (isClear) commands.push({ kind: 'clear' });
      else if (/^load/i.test(line)) commands.push(parseLoad(line, body));
      else if (/^eval/i.test(line)) {
        const { evaluation, used } = parseEval(line, body, start + 1);
        commands.push(evaluation);
        // A scalar result ends its command; what follows is the next one.
        i -= body.length - used;
      } else throw new SyntaxError(`unknown command ${line}`);
    } catch (error) {
      commands.push({ kind: 'broken', line: start + 1, problem: (error as Error).message });
    }
  }
  return commands;
}

function parseLoad(line: string, body: readonly string[]): Load {
  const match = LOAD.exec(line);
  if (!match) throw new SyntaxError('bad load command');
  return {
    kind: 'load',
    gapMs: duration(match[2]!),
    withNhcb: match[1] !== undefined,
    // Start times of samples (`metric@st …`) are not stored.
    series: body.filter((item) => !/^\S+@st\s/.test(item)).map(parseSeriesDescription),
  };
}

function parseEval(line: string, body: readonly string[], number: number): { evaluation: Evaluation; used: number } {
  const instant = INSTANT.exec(line);
  const range = instant ? null : RANGE.exec(line);
  if (!instant && !range) throw new SyntaxError('bad eval command');
  const expected: Expectations = {
    fail: [],
    warn: [],
    info: [],
    noWarn: false,
    noInfo: false,
    isOrdered: false,
    series: [],
  };
  const old = (instant ?? range)![1]?.toLowerCase();
  const any: TextRule = { kind: 'any', text: '' };
  if (old === 'fail') expected.fail.push(any);
  if (old === 'warn') expected.warn.push(any);
  if (old === 'info') expected.info.push(any);
  if (old === 'ordered') expected.isOrdered = true;
  const startMs = duration((instant ? instant[2] : range![2]) ?? '0');
  const evaluation: Evaluation = {
    kind: 'eval',
    line: number,
    query: instant ? instant[3]! : range![5]!,
    isRange: range !== null,
    startMs,
    endMs: range ? duration(range[3]!) : startMs,
    stepMs: range ? duration(range[4]!) : 0,
    isRangeVector: false,
    expected,
  };
  let used = 0;
  for (const item of body) {
    used++;
    if (!readExpectation(evaluation, item)) break;
  }
  return { evaluation, used };
}

/** Takes one line after an `eval`; false when it is the last that belongs to it. */
function readExpectation(evaluation: Evaluation, line: string): boolean {
  const { expected } = evaluation;
  const oldFailure = /^expected_fail_(message|regexp)\s+(.*)$/.exec(line);
  if (oldFailure) {
    expected.fail.push({ kind: oldFailure[1] === 'message' ? 'msg' : 'regex', text: oldFailure[2]!.trim() });
    return false;
  }
  const times = EXPECT_RANGE.exec(line);
  if (times) {
    evaluation.startMs = duration(times[1]!);
    evaluation.endMs = duration(times[2]!);
    evaluation.stepMs = duration(times[3]!);
    evaluation.isRangeVector = true;
    return true;
  }
  if (/^expect string\b/.test(line)) {
    const value = unquote(line.slice('expect string'.length).trim());
    if (value === undefined) throw new SyntaxError(`bad string in ${line}`);
    expected.string = value;
    return true;
  }
  if (/^expect(\s|$)/.test(line)) {
    readExpectLine(expected, line);
    return true;
  }
  const scalar = parseNumber(line);
  if (scalar !== undefined) {
    expected.scalar = scalar;
    return false;
  }
  expected.series.push(parseSeriesDescription(line));
  return true;
}

function readExpectLine(expected: Expectations, line: string): void {
  const match = EXPECT.exec(line);
  if (!match) throw new SyntaxError(`bad expect line: ${line}`);
  const rule: TextRule = { kind: (match[2] as 'msg' | 'regex' | undefined) ?? 'any', text: match[3]?.trim() ?? '' };
  switch (match[1]) {
    case 'ordered':
      expected.isOrdered = true;
      return;
    case 'no_warn':
      expected.noWarn = true;
      return;
    case 'no_info':
      expected.noInfo = true;
      return;
    default:
      expected[match[1] as 'fail' | 'warn' | 'info'].push(rule);
  }
}
