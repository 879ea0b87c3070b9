/** Operators of the expression language, and what expressions become. */
import type { Value } from './functions.ts';
import { isTrue, toNumber, toText } from './value.ts';

/** What an expression sees of one row. `slots` is laid out by whoever resolves names. */
export interface RowContext {
  readonly index: string;
  /** `index` as numbers. */
  readonly parts: readonly number[];
  slot(slot: number): Value;
  /** Stable `ifname` of an ifIndex. */
  ifname(ifIndex: number): string | undefined;
}

export type Evaluate = (context: RowContext) => Value;

/** Numbers if one of them is a number, else texts. */
export function equal(a: Value, b: Value): Value {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === 'number' || typeof b === 'number') {
    const left = toNumber(a);
    const right = toNumber(b);
    return left === undefined || right === undefined ? 0 : Number(left === right);
  }
  return Number(toText(a) === toText(b));
}

function arithmetic(left: Evaluate, right: Evaluate, run: (a: number, b: number) => number): Evaluate {
  return (row) => {
    const a = toNumber(left(row));
    if (a === undefined) return undefined;
    const b = toNumber(right(row));
    if (b === undefined) return undefined;
    const value = run(a, b);
    return Number.isFinite(value) ? value : undefined;
  };
}

/** Two operands become one. */
export function combine(sign: string, left: Evaluate, right: Evaluate): Evaluate {
  switch (sign) {
    case '??':
      return (row) => left(row) ?? right(row);
    case '||':
      return (row) => (isTrue(left(row)) || isTrue(right(row)) ? 1 : 0);
    case '&&':
      return (row) => (isTrue(left(row)) && isTrue(right(row)) ? 1 : 0);
    case '==':
      return (row) => equal(left(row), right(row));
    case '!=':
      return (row) => {
        const same = equal(left(row), right(row));
        return same === undefined ? undefined : 1 - (same as number);
      };
    case '<':
      return arithmetic(left, right, (a, b) => Number(a < b));
    case '<=':
      return arithmetic(left, right, (a, b) => Number(a <= b));
    case '>':
      return arithmetic(left, right, (a, b) => Number(a > b));
    case '>=':
      return arithmetic(left, right, (a, b) => Number(a >= b));
    case '+':
      return arithmetic(left, right, (a, b) => a + b);
    case '-':
      return arithmetic(left, right, (a, b) => a - b);
    case '*':
      return arithmetic(left, right, (a, b) => a * b);
    case '/':
      return arithmetic(left, right, (a, b) => a / b);
    default:
      return arithmetic(left, right, (a, b) => a % b);
  }
}
