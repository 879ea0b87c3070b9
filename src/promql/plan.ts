/**
 * From abstract syntax to what the evaluator runs: durations become milliseconds, `@ start()` and the functions of the
 * query's own times become numbers, parentheses go, and each node knows whether it gives the same at every step.
 */
import type { Matcher } from '../model/series.ts';
import type {
  Aggregate,
  AggregateOp,
  At,
  BinaryOp,
  DurationExpr,
  Edges,
  Expr,
  ValueType,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { typeOf } from './check.ts';
import { formatDuration } from './number.ts';
import { type PositionRange, parseError } from './position.ts';
import { PromqlError } from './promql-error.ts';

/** Step of a subquery that names none. */
const DEFAULT_SUBQUERY_STEP_MS = 60_000;

interface Common {
  readonly position: PositionRange;
  readonly type: ValueType;
  /** The value is the same at every step. */
  readonly invariant: boolean;
}

export interface ConstantPlan extends Common {
  readonly kind: 'constant';
  readonly value: number;
}
export interface TextPlan extends Common {
  readonly kind: 'text';
  readonly value: string;
}
export interface SelectorPlan extends Common {
  readonly kind: 'selector';
  readonly name: string;
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
  /** Time given with `@`. */
  readonly atMs?: number;
  readonly edges?: Edges;
}
export interface RangePlan extends Common {
  readonly kind: 'range';
  readonly selector: SelectorPlan;
  readonly rangeMs: number;
}
export interface SubqueryPlan extends Common {
  readonly kind: 'subquery';
  readonly expr: Plan;
  readonly rangeMs: number;
  readonly stepMs: number;
  readonly offsetMs: number;
  readonly atMs?: number;
}
export interface CallPlan extends Common {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Plan[];
}
export interface AggregatePlan extends Common {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  readonly expr: Plan;
  readonly param?: Plan;
  /** Sorted. */
  readonly grouping: readonly string[];
  readonly without: boolean;
}
export interface BinaryPlan extends Common {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Plan;
  readonly right: Plan;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}
export interface NegatePlan extends Common {
  readonly kind: 'negate';
  readonly expr: Plan;
}
export type Plan =
  | ConstantPlan
  | TextPlan
  | SelectorPlan
  | RangePlan
  | SubqueryPlan
  | CallPlan
  | AggregatePlan
  | BinaryPlan
  | NegatePlan;

/** Start, end and step of the query that a plan is made for. An instant query has step 0. */
export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Functions that see the time of evaluation even when their arguments do not. */
const SEES_TIME: ReadonlySet<string> = new Set([
  'time',
  'predict_linear',
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
]);

/** Plans a checked query. @throws PromqlError when a computed duration is none */
export function plan(text: string, expr: Expr, times: QueryTimes): Plan {
  return new Planner(text, times).plan(expr);
}

class Planner {
  readonly #text: string;
  readonly #times: QueryTimes;

  constructor(text: string, times: QueryTimes) {
    this.#text = text;
    this.#times = times;
  }

  plan(expr: Expr): Plan {
    const { position } = expr;
    switch (expr.kind) {
      case 'paren':
        return this.plan(expr.expr);
      case 'number':
        return { kind: 'constant', value: expr.value, position, type: 'scalar', invariant: true };
      case 'string':
        return { kind: 'text', value: expr.value, position, type: 'string', invariant: true };
      case 'vector':
        return this.#selector(expr);
      case 'matrix': {
        const selector = this.#selector(expr.selector);
        const rangeMs = this.#duration(expr.range, false);
        return { kind: 'range', selector, rangeMs, position, type: 'matrix', invariant: selector.invariant };
      }
      case 'subquery': {
        const stepMs = expr.step ? this.#duration(expr.step, false) : DEFAULT_SUBQUERY_STEP_MS;
        const common = { position, type: 'matrix', invariant: expr.at !== undefined } as const;
        const rangeMs = this.#duration(expr.range, false);
        return { kind: 'subquery', expr: this.plan(expr.expr), rangeMs, stepMs, ...this.#shift(expr), ...common };
      }
      case 'call':
        return this.#call(expr.name, expr.args, position, typeOf(expr));
      case 'aggregate':
        return this.#aggregate(expr);
      case 'binary': {
        const left = this.plan(expr.left);
        const right = this.plan(expr.right);
        const { op, returnBool, matching } = expr;
        const common = { position, type: typeOf(expr), invariant: left.invariant && right.invariant };
        return { kind: 'binary', op, left, right, returnBool, matching, ...common };
      }
      case 'unary': {
        const inner = this.plan(expr.expr);
        if (expr.op === '+') return inner;
        return { kind: 'negate', expr: inner, position, type: inner.type, invariant: inner.invariant };
      }
    }
  }

  #call(name: string, expressions: readonly Expr[], position: PositionRange, type: ValueType): Plan {
    const own = this.#ownTime(name);
    if (own !== undefined) return { kind: 'constant', value: own, position, type: 'scalar', invariant: true };
    const args = expressions.map((arg) => this.plan(arg));
    let invariant = !SEES_TIME.has(name) && args.every((arg) => arg.invariant);
    // The time of a sample is fixed by `@`; of anything computed it is the time of evaluation.
    if (name === 'timestamp' && args[0]!.kind !== 'selector') invariant = false;
    return { kind: 'call', name, args, position, type, invariant };
  }

  /** Seconds of `start()`, `end()`, `range()` and `step()`. */
  #ownTime(name: string): number | undefined {
    const { startMs, endMs, stepMs } = this.#times;
    switch (name) {
      case 'start':
        return startMs / 1000;
      case 'end':
        return endMs / 1000;
      case 'range':
        return (endMs - startMs) / 1000;
      case 'step':
        return stepMs / 1000;
      default:
        return undefined;
    }
  }

  #aggregate(expr: Aggregate): AggregatePlan {
    const { op, without, position } = expr;
    const inner = this.plan(expr.expr);
    const param = expr.param && this.plan(expr.param);
    const grouping = [...new Set(expr.grouping)].sort();
    const invariant = inner.invariant && (param?.invariant ?? true);
    const common = { position, type: 'vector', invariant } as const;
    return { kind: 'aggregate', op, expr: inner, ...(param && { param }), grouping, without, ...common };
  }

  #selector(expr: VectorSelector): SelectorPlan {
    const { name, matchers, position, edges } = expr;
    const shift = this.#shift(expr);
    const common = { position, type: 'vector', invariant: shift.atMs !== undefined } as const;
    return { kind: 'selector', name, matchers, ...(edges && { edges }), ...shift, ...common };
  }

  #shift(expr: { readonly offset?: DurationExpr; readonly at?: At }): { offsetMs: number; atMs?: number } {
    const offsetMs = expr.offset ? this.#duration(expr.offset, true) : 0;
    const { at } = expr;
    if (!at) return { offsetMs };
    const atMs = at.kind === 'time' ? at.timeMs : at.kind === 'start' ? this.#times.startMs : this.#times.endMs;
    return { offsetMs, atMs };
  }

  #duration(expr: DurationExpr, mayBeNegative: boolean): number {
    const seconds = this.#seconds(expr);
    const fail = (message: string): never => {
      throw new PromqlError('execution', `${expr.position.start}:${expr.position.end}: ${message}`);
    };
    if (!Number.isFinite(seconds)) fail('duration is NaN or infinite');
    if (seconds <= 0 && !mayBeNegative) fail('duration must be greater than 0');
    if (Math.abs(seconds) > 2 ** 63 / 1e9) fail('duration is out of range');
    const ms = expr.kind === 'literal' ? Math.round(seconds * 1000) : Math.trunc(seconds * 1000);
    if (ms === 0 && !mayBeNegative)
      throw parseError(this.#text, expr.position.start, `duration is less than ${formatDuration(1)}`);
    return ms;
  }

  #seconds(expr: DurationExpr): number {
    switch (expr.kind) {
      case 'literal':
        return expr.seconds;
      case 'step':
        return this.#times.stepMs / 1000;
      case 'range':
        return (this.#times.endMs - this.#times.startMs) / 1000;
      case 'group':
        return this.#seconds(expr.inner);
      case 'sign': {
        const seconds = this.#seconds(expr.operand);
        return expr.op === '-' ? -seconds : seconds;
      }
      case 'arithmetic':
        return this.#arithmetic(expr);
    }
  }

  #arithmetic(expr: Extract<DurationExpr, { kind: 'arithmetic' }>): number {
    const left = this.#seconds(expr.left);
    const right = this.#seconds(expr.right);
    if ((expr.op === '/' || expr.op === '%') && right === 0) {
      const what = expr.op === '/' ? 'division' : 'modulo';
      throw new PromqlError('execution', `${expr.position.start}:${expr.position.end}: ${what} by zero`);
    }
    switch (expr.op) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '*':
        return left * right;
      case '/':
        return left / right;
      case '%':
        return left % right;
      case '^':
        return left ** right;
      case 'min_of':
        return Math.min(left, right);
      case 'max_of':
        return Math.max(left, right);
    }
  }
}
