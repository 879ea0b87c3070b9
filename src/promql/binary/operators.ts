/** Arithmetic and comparison of two numbers. */
import type { ArithmeticOp, BinaryOp, ComparisonOp } from '../ast.ts';

export type Arithmetic = (left: number, right: number) => number;
export type Comparison = (left: number, right: number) => boolean;

const ARITHMETIC: Readonly<Record<ArithmeticOp, Arithmetic>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
};

const COMPARISONS: Readonly<Record<ComparisonOp, Comparison>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** IEEE's pow, in which 1 to any power is 1 and -1 to an infinite power too. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && (exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY)) return 1;
  return base ** exponent;
}

export function arithmeticOf(op: BinaryOp): Arithmetic {
  return ARITHMETIC[op as ArithmeticOp];
}

export function comparisonOf(op: BinaryOp): Comparison | undefined {
  return COMPARISONS[op as ComparisonOp];
}
