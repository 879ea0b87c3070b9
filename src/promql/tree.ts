/** Small readers of the official grammar's syntax tree. */
import type { SyntaxNode } from '@lezer/common';
import { parseDuration, parseNumber } from './number.ts';
import type { PromqlError } from './promql-error.ts';

/** Gives the query text under a node, and errors with a place in it. */
export interface QueryText {
  source(node: SyntaxNode): string;
  error(offset: number, message: string): PromqlError;
}

/** Children of a node, in order. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const out: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) out.push(child);
  return out;
}

/** Seconds of a duration or value of a number; the lexer has checked that it is one of them. */
export function parseLiteral(source: string): number {
  const value = parseNumber(source);
  if (value !== undefined) return value;
  const sign = source[0] === '-' ? -1 : 1;
  return (sign * parseDuration(source.replace(/^[+-]/, ''))!) / 1000;
}
