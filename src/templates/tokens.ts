/** The words of the expression language of templates. */

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

export interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'part' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)"|\$(?<part>index|last|\d+)|(?<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)|(?<sign>\?\?|&&|\|\||==|!=|<=|>=|=~|!~|[-+*/%<>!()[\],]))/y;

/** @throws ExpressionError */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const start = TOKEN.lastIndex;
    const at = start + source.slice(start).search(/\S/);
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) throw new ExpressionError(`\`${source}\`: cannot read \`${source.slice(at).trim().slice(0, 10)}\``);
    const quoted = groups.single ?? groups.double;
    if (groups.number !== undefined) tokens.push({ kind: 'number', text: groups.number, at });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: unescapeText(quoted), at });
    else if (groups.part !== undefined) tokens.push({ kind: 'part', text: groups.part, at });
    else if (groups.name !== undefined) tokens.push({ kind: 'name', text: groups.name, at });
    else tokens.push({ kind: 'sign', text: groups.sign!, at });
  }
  tokens.push({ kind: 'end', text: 'end', at: source.length });
  return tokens;
}

/** Only the quote itself needs a backslash; others stay, for regular expressions. */
function unescapeText(text: string): string {
  return text.replace(/\\(['"])/g, '$1');
}

/** How tightly operators bind. */
export const BINDING: Readonly<Record<string, number>> = {
  '??': 1,
  '||': 2,
  '&&': 3,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '=~': 4,
  '!~': 4,
  in: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};
