/** From the syntax tree (of masked text) and our tokens to the abstract syntax. Structure errors are found here. */
import type { SyntaxNode } from '@lezer/common';
import type { Matcher, MatcherOp } from '../model/series.ts';
import type {
  Aggregate,
  AggregateOp,
  BinaryOp,
  Call,
  DurationExpr,
  Expr,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { buildDuration } from './build-duration.ts';
import { compileMatcher } from './matcher.ts';
import { at, edges, offset, range, subquery } from './modifiers.ts';
import { parseNumber } from './number.ts';
import { type PositionRange, parseError } from './position.ts';
import { arrange, type BinaryModifiers, type Item } from './precedence.ts';
import { PromqlError } from './promql-error.ts';
import { isWellFormed, quote, unquote } from './quote.ts';
import type { Token } from './token.ts';
import { children, parseLiteral, type QueryText } from './tree.ts';

const MODIFIERS = new Set([
  'OffsetExpr',
  'StepInvariantExpr',
  'MatrixSelector',
  'SubqueryExpr',
  'AnchoredExpr',
  'SmoothedExpr',
]);

/** Builds one query; `text` is the query as it was written. */
export class Builder implements QueryText {
  readonly text: string;
  /** Names of called functions by offset: the tree has stand-ins for them. */
  readonly #names: ReadonlyMap<number, string>;

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.#names = new Map(tokens.map((token) => [token.start, token.text]));
  }

  expression(node: SyntaxNode): Expr {
    const items: Item[] = [];
    this.#flatten(node, items);
    return arrange(items);
  }

  source(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  error(offsetInText: number, message: string) {
    return parseError(this.text, offsetInText, message);
  }

  #flatten(node: SyntaxNode, items: Item[]): void {
    if (node.name === 'BinaryExpr') {
      const [left, operator, ...rest] = children(node) as [SyntaxNode, SyntaxNode, ...SyntaxNode[]];
      this.#flatten(left, items);
      const op = this.source(operator).toLowerCase() as BinaryOp;
      items.push({ kind: 'operator', op, modifiers: this.#binaryModifiers(rest.slice(0, -1)) });
      this.#flatten(rest.at(-1)!, items);
    } else if (node.name === 'UnaryExpr') {
      const [operator, expr] = children(node) as [SyntaxNode, SyntaxNode];
      items.push({ kind: 'sign', op: this.source(operator) as '+' | '-', start: operator.from });
      this.#flatten(expr, items);
    } else if (MODIFIERS.has(node.name)) {
      this.#flatten(node.firstChild!, items);
      items.push({ kind: 'modifier', apply: this.#modifier(node) });
    } else if (node.name === 'NumberDurationLiteral') this.#number(node, items);
    else items.push({ kind: 'operand', expr: this.#primary(node) });
  }

  #modifier(node: SyntaxNode): (expr: Expr) => Expr {
    const parts = children(node).slice(1);
    const end = node.to;
    switch (node.name) {
      case 'OffsetExpr': {
        const duration = buildDuration(this, parts.at(-1)!, 'offset');
        return (expr) => offset(this, expr, duration, end);
      }
      case 'StepInvariantExpr': {
        const when = parts.at(-1)!;
        if (when.name === 'AtModifierPreprocessors') {
          const kind = this.source(when).toLowerCase().startsWith('start') ? 'start' : 'end';
          return (expr) => at(this, expr, { kind }, end);
        }
        const seconds = this.#literal(when);
        return (expr) => at(this, expr, seconds, end);
      }
      case 'MatrixSelector': {
        const duration = buildDuration(this, parts[0]!, 'range');
        const bracket = this.text.lastIndexOf('[', parts[0]!.from);
        return (expr) => range(this, expr, duration, bracket, end);
      }
      case 'SubqueryExpr': {
        const [length, step] = parts.map((part) => buildDuration(this, part, 'range')) as [DurationExpr, DurationExpr?];
        return (expr) => subquery(expr, length, step, end);
      }
      default:
        return (expr) => edges(this, expr, node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed', end);
    }
  }

  #literal(node: SyntaxNode): number {
    const source = this.source(node).replace(/\s+/g, '');
    return parseLiteral(source);
  }

  #number(node: SyntaxNode, items: Item[]): void {
    const source = this.source(node);
    const sign = source[0] === '-' || source[0] === '+' ? source[0] : undefined;
    const literal = source.slice(sign ? 1 : 0).trim();
    if (sign) items.push({ kind: 'sign', op: sign, start: node.from });
    const start = sign ? node.from + source.indexOf(literal, 1) : node.from;
    const isDuration = parseNumber(literal) === undefined;
    const position = { start, end: start + literal.length };
    items.push({ kind: 'operand', expr: { kind: 'number', value: parseLiteral(literal), isDuration, position } });
  }

  #primary(node: SyntaxNode): Expr {
    const position = { start: node.from, end: node.to };
    switch (node.name) {
      case 'StringLiteral':
        return { kind: 'string', value: this.string(node), position };
      case 'ParenExpr':
        return { kind: 'paren', expr: this.expression(node.firstChild!), position };
      case 'VectorSelector':
        return this.#selector(node, position);
      case 'FunctionCall':
        return this.#call(node, position);
      case 'AggregateExpr':
        return this.#aggregate(node, position);
      default:
        throw this.error(node.from, `unexpected ${node.name}`);
    }
  }

  /** Value of a string literal. */
  string(node: SyntaxNode): string {
    const source = this.source(node);
    const value = unquote(source);
    if (value === undefined) throw this.error(node.from, `error unquoting string ${quote(source)}: invalid syntax`);
    return value;
  }

  #call(node: SyntaxNode, position: PositionRange): Call {
    const [name, body] = children(node) as [SyntaxNode, SyntaxNode];
    const args = children(body).map((arg) => this.expression(arg));
    return { kind: 'call', name: this.#names.get(name.from)!, args, position };
  }

  #aggregate(node: SyntaxNode, position: PositionRange): Aggregate {
    const parts = children(node);
    const op = this.source(parts[0]!).toLowerCase() as AggregateOp;
    const modifier = parts.find((part) => part.name === 'AggregateModifier');
    const args = children(parts.find((part) => part.name === 'FunctionCallBody')!).map((arg) => this.expression(arg));
    const wanted = TWO_ARGUMENTS.has(op) ? 2 : 1;
    if (args.length === 0) throw this.error(node.from, 'no arguments for aggregate expression provided');
    if (args.length !== wanted) {
      const counts = `expected ${wanted}, got ${args.length}`;
      throw this.error(node.from, `wrong number of arguments for aggregate expression provided, ${counts}`);
    }
    const [first, last] = [args[0]!, args.at(-1)!];
    const grouping = modifier ? this.#labels(modifier.lastChild!) : [];
    const without = modifier?.firstChild?.name === 'Without';
    return { kind: 'aggregate', op, expr: last, ...(wanted === 2 && { param: first }), grouping, without, position };
  }

  #labels(node: SyntaxNode): string[] {
    return children(node).map((label) => {
      const name = label.name === 'QuotedLabelName' ? this.string(label) : this.source(label);
      if (name === '' || !isWellFormed(name)) {
        throw this.error(label.from, `invalid label name for grouping: ${quote(name)}`);
      }
      return name;
    });
  }

  #binaryModifiers(nodes: readonly SyntaxNode[]): BinaryModifiers {
    let matching: VectorMatching = { card: 'one-to-one', on: false, labels: [], include: [] };
    for (const node of nodes) {
      if (node.name === 'MatchingModifierClause') {
        const parts = children(node);
        const side = parts.find((part) => part.name === 'GroupLeft' || part.name === 'GroupRight');
        const include = side ? parts[parts.indexOf(side) + 1] : undefined;
        matching = {
          ...matching,
          on: parts[0]!.name === 'On',
          labels: this.#labels(parts[1]!),
          card: side ? (side.name === 'GroupLeft' ? 'many-to-one' : 'one-to-many') : 'one-to-one',
          include: include ? this.#labels(include) : [],
        };
      } else if (node.name === 'FillModifier') {
        for (const clause of children(node)) {
          const value = this.#literal(clause.lastChild!);
          if (clause.name !== 'FillRightClause') matching = { ...matching, fillLeft: value };
          if (clause.name !== 'FillLeftClause') matching = { ...matching, fillRight: value };
        }
      }
    }
    return { returnBool: nodes.some((node) => node.name === 'BoolModifier'), matching };
  }

  #selector(node: SyntaxNode, position: PositionRange): VectorSelector {
    const identifier = node.getChild('Identifier');
    const list = node.getChild('LabelMatchers');
    const outer = identifier ? this.source(identifier) : '';
    let name = outer;
    const matchers: Matcher[] = [];
    for (const item of list ? children(list) : []) {
      if (item.name === 'QuotedLabelName') {
        const quoted = this.string(item);
        if (name !== '') {
          const names = `${quote(name)} or ${quote(quoted)}`;
          throw this.error(position.start, `metric name must not be set twice: ${names}`);
        }
        name = quoted;
        matchers.push({ name: '__name__', op: '=', value: quoted });
      } else matchers.push(this.#matcher(item));
    }
    const named = matchers.find((matcher) => matcher.name === '__name__');
    if (outer !== '') {
      if (named) {
        const names = `${quote(outer)} or ${quote(named.value)}`;
        throw this.error(position.start, `metric name must not be set twice: ${names}`);
      }
      matchers.push({ name: '__name__', op: '=', value: outer });
    }
    return { kind: 'vector', name, matchers, position };
  }

  #matcher(node: SyntaxNode): Matcher {
    const [label, op, value] = children(node) as [SyntaxNode, SyntaxNode, SyntaxNode];
    const name = label.name === 'QuotedLabelName' ? this.string(label) : this.source(label);
    const matcher = { name, op: this.source(op) as MatcherOp, value: this.string(value) };
    try {
      compileMatcher(matcher);
    } catch (error) {
      if (error instanceof PromqlError) throw this.error(node.from, error.message);
      throw error;
    }
    return matcher;
  }
}

const TWO_ARGUMENTS: ReadonlySet<AggregateOp> = new Set([
  'bottomk',
  'count_values',
  'limit_ratio',
  'limitk',
  'quantile',
  'topk',
]);
