/** Type rules of the language, with Prometheus' messages. */
import { type Binary, type Call, type Expr, isComparison, isSetOperator, type ValueType } from './ast.ts';
import { compileMatcher } from './matcher.ts';
import { type PositionRange, parseError } from './position.ts';
import { quote } from './quote.ts';
import { signatureOf } from './signatures.ts';

const DOCUMENTED: Readonly<Record<ValueType, string>> = {
  vector: 'instant vector',
  matrix: 'range vector',
  scalar: 'scalar',
  string: 'string',
};
/** A deeper query would overflow the stack of the evaluator. */
const MAX_DEPTH = 400;

/** The type of an expression's value. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vector':
    case 'aggregate':
      return 'vector';
    case 'matrix':
    case 'subquery':
      return 'matrix';
    case 'call':
      return signatureOf(expr.name)!.returns;
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector';
    case 'unary':
    case 'paren':
      return typeOf(expr.expr);
  }
}

/** Checks types and label matching clauses. @throws PromqlError of kind `bad_data` for the first thing wrong */
export function check(text: string, expr: Expr): void {
  new Checker(text).visit(expr, 0);
}

class Checker {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  #fail(position: PositionRange, message: string): never {
    throw parseError(this.#text, position.start, message);
  }

  #expect(expr: Expr, wanted: ValueType, context: string, depth: number): void {
    const type = this.visit(expr, depth);
    if (type !== wanted) {
      this.#fail(expr.position, `expected type ${DOCUMENTED[wanted]} in ${context}, got ${DOCUMENTED[type]}`);
    }
  }

  visit(expr: Expr, depth: number): ValueType {
    if (depth > MAX_DEPTH) this.#fail(expr.position, `expression is nested deeper than ${MAX_DEPTH} levels`);
    switch (expr.kind) {
      case 'number':
        return 'scalar';
      case 'string':
        return 'string';
      case 'paren':
        return this.visit(expr.expr, depth + 1);
      case 'unary': {
        const type = this.visit(expr.expr, depth + 1);
        if (type !== 'scalar' && type !== 'vector') {
          const got = `got ${quote(DOCUMENTED[type])}`;
          this.#fail(
            expr.position,
            `unary expression only allowed on expressions of type scalar or instant vector, ${got}`,
          );
        }
        return type;
      }
      case 'aggregate':
        this.#expect(expr.expr, 'vector', 'aggregation expression', depth + 1);
        if (expr.param) {
          const wanted = expr.op === 'count_values' ? 'string' : 'scalar';
          this.#expect(expr.param, wanted, 'aggregation parameter', depth + 1);
        }
        return 'vector';
      case 'binary':
        return this.#binary(expr, depth);
      case 'call':
        return this.#call(expr, depth);
      case 'subquery': {
        const type = this.visit(expr.expr, depth + 1);
        if (type !== 'vector') {
          this.#fail(expr.position, `subquery is only allowed on instant vector, got ${type} instead`);
        }
        return 'matrix';
      }
      case 'matrix':
        this.visit(expr.selector, depth + 1);
        return 'matrix';
      case 'vector':
        if (expr.name === '' && !expr.mayBeEmpty && expr.matchers.every((matcher) => compileMatcher(matcher)(''))) {
          this.#fail(expr.position, 'vector selector must contain at least one non-empty matcher');
        }
        return 'vector';
    }
  }

  #binary(expr: Binary, depth: number): ValueType {
    const left = this.visit(expr.left, depth + 1);
    const right = this.visit(expr.right, depth + 1);
    const { op, matching } = expr;
    const place = this.#operatorPlace(expr);
    if (expr.returnBool && !isComparison(op)) {
      this.#fail(place, 'bool modifier can only be used on comparison operators');
    }
    if (isComparison(op) && !expr.returnBool && left === 'scalar' && right === 'scalar') {
      this.#fail(place, 'comparisons between scalars must use BOOL modifier');
    }
    const both = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
    if (both !== undefined) {
      this.#fail(place, `label ${quote(both)} must not occur in ON and GROUP clause at once`);
    }
    const contents = 'binary expression must contain only scalar and instant vector types';
    if (left !== 'scalar' && left !== 'vector') this.#fail(expr.left.position, contents);
    if (right !== 'scalar' && right !== 'vector') this.#fail(expr.right.position, contents);
    const fills = matching.fillLeft !== undefined || matching.fillRight !== undefined;
    if (left !== 'vector' || right !== 'vector') {
      if (matching.labels.length > 0) {
        this.#fail(expr.position, 'vector matching only allowed between instant vectors');
      }
      if (fills) this.#fail(expr.position, 'filling in missing series only allowed between instant vectors');
      if (isSetOperator(op)) {
        this.#fail(expr.position, `set operator ${quote(op)} not allowed in binary scalar expression`);
      }
    } else if (isSetOperator(op)) {
      if (matching.card !== 'one-to-one') this.#fail(expr.position, `no grouping allowed for ${quote(op)} operation`);
      if (fills) this.#fail(expr.position, 'filling in missing series not allowed for set operators');
    }
    return left === 'scalar' && right === 'scalar' ? 'scalar' : 'vector';
  }

  #operatorPlace(expr: Binary): PositionRange {
    let start = expr.left.position.end;
    while (/\s/.test(this.#text[start] ?? '')) start++;
    return { start, end: expr.right.position.start };
  }

  #call(expr: Call, depth: number): ValueType {
    const { args, returns, variadic } = signatureOf(expr.name)!;
    const given = expr.args.length;
    const name = quote(expr.name);
    const least = variadic === 0 ? args.length : args.length - 1;
    if (variadic === 0 && given !== least) {
      this.#fail(expr.position, `expected ${least} argument(s) in call to ${name}, got ${given}`);
    }
    if (given < least)
      this.#fail(expr.position, `expected at least ${least} argument(s) in call to ${name}, got ${given}`);
    if (variadic > 0 && given > least + variadic) {
      this.#fail(expr.position, `expected at most ${least + variadic} argument(s) in call to ${name}, got ${given}`);
    }
    expr.args.forEach((arg, i) => {
      const wanted = args[Math.min(i, args.length - 1)]!;
      if (expr.name === 'info' && i === 1) this.#infoSelector(arg, depth);
      else this.#expect(arg, wanted, `call to function ${name}`, depth + 1);
    });
    return returns;
  }

  /** The second argument of `info` selects by labels only, and may select everything. */
  #infoSelector(arg: Expr, depth: number): void {
    if (arg.kind !== 'vector') {
      this.#expect(arg, 'vector', 'call to function "info"', depth + 1);
      this.#fail(arg.position, 'expected label selectors only');
    }
    if (arg.name !== '') this.#fail(arg.position, 'expected label selectors only, got vector selector instead');
    this.visit({ ...arg, mayBeEmpty: true }, depth + 1);
  }
}
