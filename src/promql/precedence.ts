/**
 * Arranges operands, operators and modifiers by precedence. The tree of the official grammar (made for editors) binds
 * `offset`, `@` and brackets looser than arithmetic; Prometheus binds them tightest. So the builder flattens an expression
 * to the items in the order in which they were written, and this module puts them together again.
 */
import type { Binary, BinaryOp, Expr, VectorMatching } from './ast.ts';

export interface BinaryModifiers {
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

export type Item =
  | { readonly kind: 'operand'; readonly expr: Expr }
  | { readonly kind: 'sign'; readonly op: '+' | '-'; readonly start: number }
  | { readonly kind: 'modifier'; readonly apply: (expr: Expr) => Expr }
  | { readonly kind: 'operator'; readonly op: BinaryOp; readonly modifiers: BinaryModifiers };

const LEVELS: Readonly<Record<BinaryOp, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '</': 3,
  '>/': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};
const POWER = 6;

/** The expression that the items stand for. They come from a valid syntax tree, so operands are where they must be. */
export function arrange(items: readonly Item[]): Expr {
  let next = 0;

  function operand(): Expr {
    const item = items[next++]!;
    if (item.kind === 'sign') return negate(item.op, item.start, expression(POWER));
    if (item.kind !== 'operand') throw new TypeError(`unexpected ${item.kind} where an operand must be`);
    let expr = item.expr;
    for (let after = items[next]; after?.kind === 'modifier'; after = items[++next]) expr = after.apply(expr);
    return expr;
  }

  function expression(level: number): Expr {
    let left = operand();
    for (;;) {
      const item = items[next];
      if (item?.kind !== 'operator' || LEVELS[item.op] < level) return left;
      next++;
      // `^` is right-associative, all others left.
      const right = expression(item.op === '^' ? POWER : LEVELS[item.op] + 1);
      left = join(item.op, item.modifiers, left, right);
    }
  }

  return expression(0);
}

function join(op: BinaryOp, modifiers: BinaryModifiers, left: Expr, right: Expr): Binary {
  return {
    kind: 'binary',
    op,
    left,
    right,
    ...modifiers,
    position: { start: left.position.start, end: right.position.end },
  };
}

function negate(op: '+' | '-', start: number, expr: Expr): Expr {
  const position = { start, end: expr.position.end };
  if (expr.kind === 'number') return { ...expr, value: op === '-' ? -expr.value : expr.value, position };
  return { kind: 'unary', op, expr, position };
}
