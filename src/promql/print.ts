/** Writes abstract syntax as a query on one line, in the form that Prometheus prints. */
import type {
  Aggregate,
  At,
  Binary,
  DurationExpr,
  Edges,
  Expr,
  MatrixSelector,
  Subquery,
  VectorSelector,
} from './ast.ts';
import { METRIC_NAME } from './labels.ts';
import { formatDuration, formatFloat } from './number.ts';
import { quote } from './quote.ts';

const PLAIN_LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The query that the expression stands for. */
export function print(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.isDuration ? formatDuration(expr.value * 1000) : formatFloat(expr.value);
    case 'string':
      return quote(expr.value);
    case 'vector':
      return printVector(expr) + printAt(expr.at) + printEdges(expr.edges) + printOffset(expr.offset);
    case 'matrix':
      return printMatrix(expr);
    case 'subquery':
      return print(expr.expr) + printSubqueryTimes(expr);
    case 'call':
      return `${expr.name}(${expr.args.map(print).join(', ')})`;
    case 'aggregate':
      return `${printOperator(expr)}(${expr.param ? `${print(expr.param)}, ` : ''}${print(expr.expr)})`;
    case 'binary':
      return `${print(expr.left)} ${expr.op}${printMatching(expr)} ${print(expr.right)}`;
    case 'unary':
      return expr.op + print(expr.expr).replace(/^\+/, '');
    case 'paren':
      return `(${print(expr.expr)})`;
  }
}

/** An aggregation without its arguments: `sum by (host) `. */
export function printOperator({ op, grouping, without }: Aggregate): string {
  if (!without && grouping.length === 0) return op;
  return `${op} ${without ? 'without' : 'by'} (${printLabels(grouping)}) `;
}

/** What stands between a binary operator and its right side. */
export function printMatching({ returnBool, matching }: Binary): string {
  const { on, card, labels, include, fillLeft, fillRight } = matching;
  let out = returnBool ? ' bool' : '';
  const isGrouped = card === 'many-to-one' || card === 'one-to-many';
  if (on || labels.length > 0 || isGrouped) out += ` ${on ? 'on' : 'ignoring'} (${printLabels(labels)})`;
  if (isGrouped) out += ` group_${card === 'many-to-one' ? 'left' : 'right'} (${printLabels(include)})`;
  if (fillLeft !== undefined && fillLeft === fillRight) return `${out} fill (${formatFloat(fillLeft)})`;
  if (fillLeft !== undefined) out += ` fill_left (${formatFloat(fillLeft)})`;
  if (fillRight !== undefined) out += ` fill_right (${formatFloat(fillRight)})`;
  return out;
}

/** `[5m:1m] @ start() offset 1m`. */
export function printSubqueryTimes({ range, step, at, offset }: Subquery): string {
  return `[${printDuration(range)}:${step ? printDuration(step) : ''}]${printAt(at)}${printOffset(offset)}`;
}

function printLabels(labels: readonly string[]): string {
  return labels.map((label) => (PLAIN_LABEL.test(label) ? label : quote(label))).join(', ');
}

function printVector({ name, matchers }: VectorSelector): string {
  const isPlain = /^[A-Za-z_:][A-Za-z0-9_:]*$/.test(name);
  const shown: string[] = [];
  for (const { name: label, op, value } of matchers) {
    const isName = label === METRIC_NAME && op === '=' && value === name && name !== '';
    if (isName) {
      if (!isPlain) shown.push(quote(name));
    } else shown.push(`${PLAIN_LABEL.test(label) ? label : quote(label)}${op}${quote(value)}`);
  }
  const braces = shown.length > 0 ? `{${shown.sort().join(',')}}` : '';
  return isPlain ? name + braces : braces || '{}';
}

function printMatrix({ selector, range }: MatrixSelector): string {
  const modifiers = printEdges(selector.edges) + printAt(selector.at) + printOffset(selector.offset);
  return `${printVector(selector)}[${printDuration(range)}]${modifiers}`;
}

function printAt(at: At | undefined): string {
  if (!at) return '';
  return at.kind === 'time' ? ` @ ${(at.timeMs / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
}

function printEdges(edges: Edges | undefined): string {
  return edges ? ` ${edges}` : '';
}

function printOffset(offset: DurationExpr | undefined): string {
  return offset ? ` offset ${printDuration(offset)}` : '';
}

function printDuration(expr: DurationExpr): string {
  switch (expr.kind) {
    case 'literal':
      return formatDuration(expr.seconds * 1000);
    case 'step':
    case 'range':
      return `${expr.kind}()`;
    case 'group':
      return `(${printDuration(expr.inner)})`;
    case 'sign':
      return (expr.op === '-' ? '-' : '') + printDuration(expr.operand);
    case 'arithmetic': {
      const [left, right] = [printDuration(expr.left), printDuration(expr.right)];
      const isCall = expr.op === 'min_of' || expr.op === 'max_of';
      return isCall ? `${expr.op}(${left}, ${right})` : `${left} ${expr.op} ${right}`;
    }
  }
}
