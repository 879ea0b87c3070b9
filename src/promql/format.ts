/** Formats a query for reading: what is longer than a line is broken at its operators and brackets, and indented. */
import type { Expr } from './ast.ts';
import { parseQuery } from './parse.ts';
import { print, printMatching, printOperator, printSubqueryTimes } from './print.ts';

const MAX_LINE = 100;

/** The query in its canonical form. @throws PromqlError of kind `bad_data` */
export function formatQuery(text: string): string {
  return format(parseQuery(text), 0);
}

function indent(level: number): string {
  return '  '.repeat(level);
}

/** Text of an expression whose lines begin at `level`. */
function format(expr: Expr, level: number): string {
  const line = print(expr);
  const start = indent(level);
  if (expr.kind === 'unary') return `${start}${expr.op}${format(expr.expr, level).trim()}`;
  if (line.length <= MAX_LINE) return start + line;
  switch (expr.kind) {
    case 'aggregate': {
      const param = expr.param ? `${format(expr.param, level + 1)},\n` : '';
      return `${start}${printOperator(expr)}(\n${param}${format(expr.expr, level + 1)}\n${start})`;
    }
    case 'binary': {
      const operator = `${start}${expr.op}${printMatching(expr)}`;
      return `${format(expr.left, level + 1)}\n${operator}\n${format(expr.right, level + 1)}`;
    }
    case 'call': {
      const args = expr.args.map((arg) => format(arg, level + 1)).join(',\n');
      return `${start}${expr.name}(\n${args}\n${start})`;
    }
    case 'paren':
      return `${start}(\n${format(expr.expr, level + 1)}\n${start})`;
    case 'subquery':
      return format(expr.expr, level) + printSubqueryTimes(expr);
    default:
      return start + line;
  }
}
