/**
 * The doorway of `@prometheus-io/lezer-promql`, the official grammar. It is given a masked copy of the query (same length,
 * literals and function names replaced by ones that it knows), so that functions and number forms newer than the
 * grammar pass; everything that the mask hides is read from our own tokens.
 */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { parseError } from './position.ts';
import { quote } from './quote.ts';
import { signatureOf } from './signatures.ts';
import { describe, TIME_WORDS, type Token } from './token.ts';

/** Tokens are a limit too: the tree of a longer query would be deeper than the stack. */
const MAX_TOKENS = 4000;
const MAX_LENGTH = 1 << 20;

/** The syntax tree of a tokenized query. @throws PromqlError of kind `bad_data` */
export function parseSyntax(text: string, tokens: readonly Token[]): SyntaxNode {
  if (tokens.length === 1) throw parseError(text, 0, 'no expression found in input');
  if (tokens.length > MAX_TOKENS || text.length > MAX_LENGTH) {
    throw parseError(text, 0, `query is longer than ${MAX_TOKENS} tokens or ${MAX_LENGTH} characters`);
  }
  const tree = parser.parse(mask(text, tokens));
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) throw syntaxError(text, tokens, cursor.node);
  } while (cursor.next());
  const unknown = tokens.find((token, i) => isCall(tokens, i) && signatureOf(token.text) === undefined);
  if (unknown) throw parseError(text, unknown.start, `unknown function with name ${quote(unknown.text)}`);
  const top = tree.topNode.firstChild;
  if (!top) throw parseError(text, 0, 'no expression found in input');
  return top;
}

/** Whether token `i` is the name of a called function. */
function isCall(tokens: readonly Token[], i: number): boolean {
  return tokens[i]!.type === 'identifier' && tokens[i + 1]?.text === '(' && !timeContexts(tokens).has(i);
}

const contexts = new WeakMap<readonly Token[], ReadonlySet<number>>();

/** Indexes of tokens inside brackets, or that belong to what follows `offset` or `@`: words there are durations. */
function timeContexts(tokens: readonly Token[]): ReadonlySet<number> {
  const known = contexts.get(tokens);
  if (known) return known;
  const inside = new Set<number>();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.text === '[' && token.type === 'punctuation') {
      while (i < tokens.length && tokens[i]!.text !== ']') inside.add(i++);
    } else if ((token.type === 'keyword' && token.text.toLowerCase() === 'offset') || token.text === '@') {
      let next = i + 1;
      while (tokens[next]?.text === '-' || tokens[next]?.text === '+') next++;
      if (TIME_WORDS.has(tokens[next]?.text.toLowerCase() ?? '') && tokens[next + 1]?.text === '(') inside.add(next++);
      if (tokens[next]?.text !== '(') continue;
      for (let depth = 0; next < tokens.length; next++) {
        if (tokens[next]!.text === '(') depth++;
        if (tokens[next]!.text === ')' && --depth === 0) break;
        inside.add(next);
      }
      i = next;
    }
  }
  contexts.set(tokens, inside);
  return inside;
}

function mask(text: string, tokens: readonly Token[]): string {
  let out = '';
  tokens.forEach((token, i) => {
    out += ' '.repeat(token.start - out.length) + maskToken(tokens, i);
  });
  return out.padEnd(text.length);
}

function maskToken(tokens: readonly Token[], i: number): string {
  const { type, text } = tokens[i]!;
  if (type === 'string') return `"${'_'.repeat(text.length - 2)}"`;
  if (type === 'duration' || (type === 'number' && /^[\d.]/.test(text))) return '1'.repeat(text.length);
  // Prometheus takes these words in any case, the grammar does not.
  if (TIME_WORDS.has(text.toLowerCase()) && timeContexts(tokens).has(i)) return text.toLowerCase();
  // A name of one character cannot hold the stand-in; it is reported as unknown by the error below.
  if (isCall(tokens, i) && text.length > 1) return 'ln'.padEnd(text.length);
  return text;
}

const LABEL_LIST_NODES = new Set(['LabelMatchers', 'UnquotedLabelMatcher', 'QuotedLabelMatcher', 'MatchOp']);

function syntaxError(text: string, tokens: readonly Token[], error: SyntaxNode) {
  const index = tokens.findIndex((token) => token.end > error.from || token.type === 'end');
  const token = tokens[index]!;
  if (token.text === ')' && tokens[index - 1]?.text === ',' && enclosing(error) === 'FunctionCallBody') {
    return parseError(text, tokens[index - 1]!.start, 'trailing commas not allowed in function call args');
  }
  const context = contextOf(tokens, index, error);
  const called = tokens[index - 1];
  if (context === '' && called?.text.length === 1 && isCall(tokens, index - 1)) {
    return parseError(text, called.start, `unknown function with name ${quote(called.text)}`);
  }
  return parseError(text, token.start, `unexpected ${describe(token)}${context}`);
}

function enclosing(error: SyntaxNode): string {
  return error.parent?.name ?? '';
}

/** ` in label matching, expected string` and the like. */
function contextOf(tokens: readonly Token[], index: number, error: SyntaxNode): string {
  const before = tokens[index - 1];
  const node = enclosing(error);
  if (LABEL_LIST_NODES.has(node)) {
    if (before?.text === '{' || before?.text === ',') return ' in label matching, expected identifier or "}"';
    if (before?.type === 'identifier') return ' in label matching, expected label matching operator';
    if (before?.text === '=' || before?.type === 'operator') return ' in label matching, expected string';
    return ' in label matching, expected "," or "}"';
  }
  if (before?.type === 'keyword') {
    const word = before.text.toLowerCase();
    if (word === 'offset') return ' in offset, expected number, duration, step(), or range()';
    if (word === 'by' || word === 'without' || word === 'on' || word === 'ignoring') {
      return ' in grouping opts, expected "("';
    }
  }
  if (node === 'GroupingLabels') {
    return before?.text === '(' || before?.text === ','
      ? ' in grouping opts, expected label'
      : ' in grouping opts, expected "," or ")"';
  }
  if (before?.text === '@') return ' in @, expected timestamp';
  if (before?.type === 'aggregator') return ' in aggregation';
  if (node === 'MatrixSelector' || node === 'SubqueryExpr' || node === 'DurationExpr') {
    if (before?.text === '[') return ' in subquery or range selector, expected number, duration, step(), or range()';
    if (before?.text === ':') return ' in subquery selector, expected number, duration, step(), range(), or "]"';
    return node === 'SubqueryExpr'
      ? ' in subquery selector, expected "]"'
      : ' in subquery or range, expected ":" or "]"';
  }
  return '';
}
