/** The notation of series and their points in Prometheus' test language: `metric{a="b"} 1 2+3x2 _ stale {{…}}`. */
import { parseNumber } from '../../src/promql/number.ts';
import { unquote } from '../../src/promql/quote.ts';

/** A point: a number, a stale marker, nothing, or a native histogram (which is not looked into). */
export type Point = number | 'stale' | 'omitted' | 'histogram';

export interface SeriesDescription {
  readonly labels: readonly string[];
  readonly points: readonly Point[];
}

const PAIR =
  /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))\s*(?:=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))?\s*(,|\})/y;

function text(literal: string): string {
  const value = unquote(literal);
  if (value === undefined) throw new SyntaxError(`bad string ${literal}`);
  return value;
}

/** Reads one line of `load` or of an expected result. */
export function parseSeriesDescription(line: string): SeriesDescription {
  const name = /^[A-Za-z_:][A-Za-z0-9_:]*/.exec(line)?.[0] ?? '';
  const labels = new Map<string, string>();
  if (name !== '') labels.set('__name__', name);
  let at = name.length;
  while (/\s/.test(line[at] ?? '')) at++;
  if (line[at] === '{' && line[at + 1] !== '{') {
    at++;
    const empty = /\s*\}/y;
    empty.lastIndex = at;
    if (empty.test(line)) at = empty.lastIndex;
    else {
      for (let closed = false; !closed; ) {
        PAIR.lastIndex = at;
        const match = PAIR.exec(line);
        if (!match) throw new SyntaxError(`bad labels in ${line}`);
        const key = match[1] ?? text(match[2]!);
        if (match[3] === undefined) labels.set('__name__', key);
        else if (text(match[3]) !== '') labels.set(key, text(match[3]));
        at = PAIR.lastIndex;
        empty.lastIndex = at;
        closed = match[4] === '}' || empty.test(line);
        if (match[4] === ',' && closed) at = empty.lastIndex;
      }
    }
  }
  return { labels: [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).flat(), points: parsePoints(line.slice(at)) };
}

const POINT = /\s*(\{\{.*?\}\}|_|stale|[+-]?(?:inf|nan)\b|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/iy;
const STEP = /([+-])(\{\{.*?\}\}|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)x(\d+)/iy;
const TIMES = /x(\d+)/y;

function parsePoints(source: string): Point[] {
  const points: Point[] = [];
  for (let at = 0; source.slice(at).trim() !== ''; ) {
    POINT.lastIndex = at;
    const match = POINT.exec(source);
    if (!match) throw new SyntaxError(`bad points: ${source.slice(at)}`);
    at = POINT.lastIndex;
    const word = match[1]!;
    const isNumber = !word.startsWith('{{') && word !== '_' && word.toLowerCase() !== 'stale';
    const first: Point = isNumber
      ? parseNumber(word)!
      : word === '_'
        ? 'omitted'
        : word.startsWith('{{')
          ? 'histogram'
          : 'stale';
    STEP.lastIndex = at;
    TIMES.lastIndex = at;
    const step = STEP.exec(source);
    const times = step ? undefined : TIMES.exec(source);
    if (step) {
      at = STEP.lastIndex;
      const delta = Number(step[2]) * (step[1] === '-' ? -1 : 1);
      let value = first;
      for (let i = 0; i <= Number(step[3]); i++) {
        points.push(value);
        if (typeof value === 'number') value += delta;
      }
    } else if (times) {
      at = TIMES.lastIndex;
      const count = Number(times[1]) + (first === 'omitted' ? 0 : 1);
      for (let i = 0; i < count; i++) points.push(first);
    } else points.push(first);
  }
  return points;
}
