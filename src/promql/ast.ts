/** The abstract syntax of a query, after parsing and before planning. Immutable; offsets are those of the query text. */
import type { Matcher } from '../model/series.ts';
import type { PositionRange } from './position.ts';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** A duration in brackets or after `offset`: a literal or arithmetic on literals, `step()` and `range()`. */
export type DurationExpr =
  | {
      readonly kind: 'literal';
      readonly seconds: number;
      readonly isDuration: boolean;
      readonly position: PositionRange;
    }
  | { readonly kind: 'step' | 'range'; readonly position: PositionRange }
  | { readonly kind: 'sign'; readonly op: '+' | '-'; readonly operand: DurationExpr; readonly position: PositionRange }
  | { readonly kind: 'group'; readonly inner: DurationExpr; readonly position: PositionRange }
  | {
      readonly kind: 'arithmetic';
      readonly op: '+' | '-' | '*' | '/' | '%' | '^' | 'min_of' | 'max_of';
      readonly left: DurationExpr;
      readonly right: DurationExpr;
      readonly position: PositionRange;
    };

/** What `@` refers to. */
export type At = { readonly kind: 'time'; readonly timeMs: number } | { readonly kind: 'start' | 'end' };

interface Node {
  readonly position: PositionRange;
}

export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly value: number;
  /** Written as a duration (`5m`), whose value is seconds. */
  readonly isDuration: boolean;
}

export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}

/** How samples at the edges of a range are treated. */
export type Edges = 'anchored' | 'smoothed';

export interface VectorSelector extends Node {
  readonly kind: 'vector';
  /** The name before the braces or quoted inside them; '' when there is none. */
  readonly name: string;
  /** All matchers, the one for the name included. */
  readonly matchers: readonly Matcher[];
  readonly offset?: DurationExpr;
  readonly at?: At;
  readonly edges?: Edges;
  /** `info()`'s second argument may select everything. */
  readonly mayBeEmpty?: boolean;
}

export interface MatrixSelector extends Node {
  readonly kind: 'matrix';
  readonly selector: VectorSelector;
  readonly range: DurationExpr;
}

export interface Subquery extends Node {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: DurationExpr;
  readonly step?: DurationExpr;
  readonly offset?: DurationExpr;
  readonly at?: At;
}

export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export type AggregateOp =
  | 'avg'
  | 'bottomk'
  | 'count'
  | 'count_values'
  | 'group'
  | 'limit_ratio'
  | 'limitk'
  | 'max'
  | 'min'
  | 'quantile'
  | 'stddev'
  | 'stdvar'
  | 'sum'
  | 'topk';

export interface Aggregate extends Node {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  readonly expr: Expr;
  readonly param?: Expr;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type SetOp = 'and' | 'or' | 'unless';
/** Cuts buckets off native histograms. */
export type TrimOp = '</' | '>/';
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp | TrimOp;

export interface VectorMatching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels copied from the one side. */
  readonly include: readonly string[];
  /** Values for series that are missing on the left or right side. */
  readonly fillLeft?: number;
  readonly fillRight?: number;
}

export interface Binary extends Node {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export interface Paren extends Node {
  readonly kind: 'paren';
  readonly expr: Expr;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

export function isComparison(op: BinaryOp): op is ComparisonOp {
  return COMPARISONS.has(op);
}

export function isSetOperator(op: BinaryOp): op is SetOp {
  return SET_OPERATORS.has(op);
}
