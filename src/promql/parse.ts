/** From text to abstract syntax: tokens ▸ official grammar ▸ builder ▸ type rules. */
import type { Matcher } from '../model/series.ts';
import type { Expr } from './ast.ts';
import { Builder } from './build.ts';
import { check } from './check.ts';
import { tokenize } from './lexer.ts';
import { parseError } from './position.ts';
import { parseSyntax } from './syntax.ts';

/** Parses and checks a query. @throws PromqlError of kind `bad_data`: `1:5: parse error: …` */
export function parseQuery(text: string): Expr {
  const tokens = tokenize(text);
  const expr = new Builder(text, tokens).expression(parseSyntax(text, tokens));
  check(text, expr);
  return expr;
}

/** Parses `match[]` parameters: each an instant vector selector. @throws PromqlError of kind `bad_data` */
export function parseSelectors(texts: readonly string[]): Matcher[][] {
  return texts.map((text) => {
    const expr = parseQuery(text);
    if (expr.kind !== 'vector' || expr.offset || expr.at || expr.edges) {
      throw parseError(text, 0, 'expected a series selector such as up{job="node"}');
    }
    return [...expr.matchers];
  });
}
