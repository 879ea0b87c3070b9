/** Durations in brackets and after `offset`, literal or computed. */
import type { SyntaxNode } from '@lezer/common';
import type { DurationExpr } from './ast.ts';
import { parseNumber } from './number.ts';
import { children, parseLiteral, type QueryText } from './tree.ts';

/** Prometheus keeps durations in int64 nanoseconds. */
const MAX_SECONDS = 2 ** 63 / 1e9;

type Arithmetic = Extract<DurationExpr, { kind: 'arithmetic' }>['op'];

/** Builds the duration under `node`. A range that is a literal must be positive. */
export function buildDuration(text: QueryText, node: SyntaxNode, use: 'range' | 'offset'): DurationExpr {
  const duration = build(text, node);
  if (use === 'range') {
    const seconds = literalSeconds(duration);
    if (seconds !== undefined && !(seconds > 0)) {
      throw text.error(duration.position.start, 'duration must be greater than 0');
    }
  }
  return duration;
}

function build(text: QueryText, node: SyntaxNode): DurationExpr {
  const position = { start: node.from, end: node.to };
  const parts = children(node);
  switch (node.name) {
    case 'NumberDurationLiteralInDurationContext':
    case 'NumberDurationLiteral': {
      const source = text.source(node);
      const seconds = parseLiteral(source);
      if (!(Math.abs(seconds) < MAX_SECONDS)) throw text.error(node.from, 'duration out of range');
      return { kind: 'literal', seconds, isDuration: parseNumber(source) === undefined, position };
    }
    case 'DurationStep':
      return { kind: 'step', position };
    case 'DurationRange':
      return { kind: 'range', position };
  }
  const [first, second, third] = parts;
  if (!first) throw text.error(node.from, 'expected number literal or duration expression');
  if (first.name === 'UnaryOp') {
    return { kind: 'sign', op: text.source(first) as '+' | '-', operand: build(text, second!), position };
  }
  if (first.name === 'DurationMinOf' || first.name === 'DurationMaxOf') {
    const op = first.name === 'DurationMinOf' ? 'min_of' : 'max_of';
    return { kind: 'arithmetic', op, left: build(text, second!), right: build(text, third!), position };
  }
  if (second && third) {
    const op = text.source(second) as Arithmetic;
    const right = build(text, third);
    if ((op === '/' || op === '%') && right.kind === 'literal' && right.seconds === 0) {
      throw text.error(second.from, op === '/' ? 'division by zero' : 'modulo by zero');
    }
    return { kind: 'arithmetic', op, left: build(text, first), right, position };
  }
  const inner = build(text, first);
  return text.source(node).startsWith('(') ? { kind: 'group', inner, position } : inner;
}

/** Value of a literal, signed or not; undefined when the duration depends on the query's step or range. */
export function literalSeconds(duration: DurationExpr): number | undefined {
  if (duration.kind === 'literal') return duration.seconds;
  if (duration.kind !== 'sign') return undefined;
  const seconds = literalSeconds(duration.operand);
  return seconds === undefined ? undefined : duration.op === '-' ? -seconds : seconds;
}
