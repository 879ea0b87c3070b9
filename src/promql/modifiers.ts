/** What brackets, `offset`, `@`, `anchored` and `smoothed` do to the expression before them, and where they may not stand. */
import type { At, DurationExpr, Edges, Expr, MatrixSelector, Subquery, VectorSelector } from './ast.ts';
import { literalSeconds } from './build-duration.ts';
import type { QueryText } from './tree.ts';

type ErrorSource = Pick<QueryText, 'error'>;
type Modified = VectorSelector | MatrixSelector | Subquery;
type Change = { offset: DurationExpr } | { at: At } | { edges: Edges };

function change(expr: Modified, fields: Change, end: number): Modified {
  const position = { start: expr.position.start, end };
  if (expr.kind === 'matrix') return { ...expr, selector: { ...expr.selector, ...fields }, position };
  return { ...expr, ...fields, position };
}

function selected(source: ErrorSource, expr: Expr, modifier: string): Modified {
  if (expr.kind === 'vector' || expr.kind === 'matrix' || expr.kind === 'subquery') return expr;
  const places = 'an instant vector selector or range vector selector or a subquery';
  throw source.error(expr.position.start, `${modifier} modifier must be preceded by ${places}`);
}

function owner(expr: Modified): VectorSelector | Subquery {
  return expr.kind === 'matrix' ? expr.selector : expr;
}

export function offset(source: ErrorSource, expr: Expr, duration: DurationExpr, end: number): Expr {
  const target = selected(source, expr, 'offset');
  const earlier = owner(target).offset;
  if (earlier && literalSeconds(earlier) !== 0) {
    throw source.error(expr.position.start, 'offset may not be set multiple times');
  }
  return change(target, { offset: duration }, end);
}

/** `when` is a number of seconds or `start()` / `end()`. */
export function at(source: ErrorSource, expr: Expr, when: number | At, end: number): Expr {
  if (typeof when === 'number' && !(Math.abs(when) < 2 ** 63)) {
    const shown = Number.isFinite(when) ? when.toFixed(6) : Number.isNaN(when) ? 'NaN' : when > 0 ? '+Inf' : '-Inf';
    throw source.error(expr.position.start, `timestamp out of bounds for @ modifier: ${shown}`);
  }
  const target = selected(source, expr, '@');
  if (owner(target).at) throw source.error(expr.position.start, '@ <timestamp> may not be set multiple times');
  const value: At = typeof when === 'number' ? { kind: 'time', timeMs: Math.round(when * 1000) } : when;
  return change(target, { at: value }, end);
}

export function edges(source: ErrorSource, expr: Expr, value: Edges, end: number): Expr {
  if (expr.kind === 'subquery') {
    throw source.error(expr.position.start, `${value} modifier is not supported for subqueries`);
  }
  if (expr.kind !== 'vector' && expr.kind !== 'matrix') {
    throw source.error(expr.position.start, `${value} modifier not implemented`);
  }
  const earlier = (expr.kind === 'matrix' ? expr.selector : expr).edges;
  if (earlier && earlier !== value) {
    throw source.error(expr.position.start, 'anchored and smoothed modifiers cannot be used together');
  }
  return change(expr, { edges: value }, end);
}

export function range(source: ErrorSource, expr: Expr, duration: DurationExpr, bracket: number, end: number): Expr {
  if (expr.kind !== 'vector') throw source.error(bracket, 'ranges only allowed for vector selectors');
  if (expr.offset) throw source.error(bracket, 'no offset modifiers allowed before range');
  if (expr.at) throw source.error(bracket, 'no @ modifiers allowed before range');
  return { kind: 'matrix', selector: expr, range: duration, position: { start: expr.position.start, end } };
}

export function subquery(expr: Expr, length: DurationExpr, step: DurationExpr | undefined, end: number): Expr {
  const position = { start: expr.position.start, end };
  return { kind: 'subquery', expr, range: length, ...(step && { step }), position };
}
