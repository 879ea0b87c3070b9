/**
 * The little language of templates: arithmetic, comparison, choice and a fixed set of functions over the values of one
 * table row. Parsed once a template, run as closures. An unknown value (`undefined`) makes whatever is computed from
 * it unknown; `??` gives an alternative. Truth is 1 and 0. There are no loops, no assignments, no other access.
 */
import { FUNCTIONS } from './functions.ts';
import { combine, type Evaluate, equal } from './operators.ts';
import { Pattern, PatternError } from './pattern.ts';
import { BINDING, ExpressionError, type Token, tokenize } from './tokens.ts';
import { isTrue, toNumber, toText } from './value.ts';

/** Where names lead. Each returns undefined for an unknown name. */
export interface Names {
  slot(name: string): number | undefined;
  map(name: string): ReadonlyMap<string, string | number> | undefined;
  /** For messages: what could have been meant. */
  readonly known: readonly string[];
}

class Parser {
  readonly #source: string;
  readonly #names: Names;
  readonly #tokens: Token[];
  #position = 0;
  /** Slots that the expression reads. */
  readonly slots = new Set<number>();

  constructor(source: string, names: Names) {
    this.#source = source;
    this.#names = names;
    this.#tokens = tokenize(source);
  }

  parse(): Evaluate {
    const value = this.#binary(1);
    if (this.#peek().kind !== 'end') this.#fail(`unexpected \`${this.#peek().text}\``);
    return value;
  }

  #peek(): Token {
    return this.#tokens[this.#position]!;
  }

  #take(): Token {
    return this.#tokens[this.#position++]!;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return token.kind !== 'text' && token.text === text;
  }

  #expect(text: string): void {
    if (!this.#is(text)) this.#fail(`\`${text}\` expected, not \`${this.#peek().text}\``);
    this.#position++;
  }

  #fail(message: string): never {
    throw new ExpressionError(`\`${this.#source.trim()}\`, character ${this.#peek().at + 1}: ${message}`);
  }

  #binary(least: number): Evaluate {
    let left = this.#unary();
    for (;;) {
      const token = this.#peek();
      const binding = token.kind === 'sign' || token.text === 'in' ? BINDING[token.text] : undefined;
      if (binding === undefined || binding < least || token.kind === 'text') return left;
      this.#take();
      if (token.text === 'in') left = this.#membership(left);
      else if (token.text === '=~' || token.text === '!~') left = this.#pattern(left, token.text === '=~');
      else left = combine(token.text, left, this.#binary(binding + 1));
    }
  }

  #membership(left: Evaluate): Evaluate {
    this.#expect('(');
    const members = this.#list(')');
    return (row) => {
      const value = left(row);
      if (value === undefined) return undefined;
      return members.some((member) => equal(value, member(row)) === 1) ? 1 : 0;
    };
  }

  #pattern(left: Evaluate, wanted: boolean): Evaluate {
    const token = this.#take();
    if (token.kind !== 'text') this.#fail('a quoted regular expression expected');
    const pattern = this.#compile(token.text);
    return (row) => {
      const text = toText(left(row));
      return text === undefined ? undefined : Number(pattern.test(text) === wanted);
    };
  }

  #compile(source: string): Pattern {
    try {
      return new Pattern(source);
    } catch (cause) {
      if (!(cause instanceof PatternError)) throw cause;
      throw new ExpressionError(`\`${this.#source.trim()}\`: ${cause.message}`);
    }
  }

  #unary(): Evaluate {
    if (this.#is('-')) {
      this.#take();
      const value = this.#unary();
      return (row) => {
        const number = toNumber(value(row));
        return number === undefined ? undefined : -number;
      };
    }
    if (this.#is('!')) {
      this.#take();
      const value = this.#unary();
      return (row) => (isTrue(value(row)) ? 0 : 1);
    }
    return this.#primary();
  }

  #primary(): Evaluate {
    const token = this.#take();
    if (token.kind === 'number') {
      const number = Number(token.text);
      return () => number;
    }
    if (token.kind === 'text') return () => token.text;
    if (token.kind === 'part') return this.#part(token.text);
    if (token.kind === 'name') return this.#name(token.text);
    if (token.text === '(') {
      const value = this.#binary(1);
      this.#expect(')');
      return value;
    }
    this.#position--;
    return this.#fail(token.kind === 'end' ? 'a value is missing at the end' : `unexpected \`${token.text}\``);
  }

  #part(name: string): Evaluate {
    if (name === 'index') return (row) => row.index;
    if (name === 'last') return (row) => row.parts.at(-1);
    const position = Number(name) - 1;
    if (position < 0) this.#fail('index parts count from $1');
    return (row) => row.parts[position];
  }

  #name(name: string): Evaluate {
    if (this.#is('(')) return this.#call(name);
    if (this.#is('[')) return this.#lookUp(name);
    const slot = this.#names.slot(name);
    if (slot === undefined) {
      this.#position--;
      this.#fail(`\`${name}\` is not known here; known: ${this.#names.known.join(', ') || 'nothing'}`);
    }
    this.slots.add(slot);
    return (row) => row.slot(slot);
  }

  #lookUp(name: string): Evaluate {
    const map = this.#names.map(name);
    if (!map) this.#fail(`there is no map \`${name}\`; add it under \`maps:\``);
    this.#take();
    const key = this.#binary(1);
    this.#expect(']');
    return (row) => {
      const text = toText(key(row));
      return text === undefined ? undefined : (map.get(text) ?? map.get('*'));
    };
  }

  #call(name: string): Evaluate {
    this.#take();
    const texts: (string | undefined)[] = [];
    const rest = this.#list(')', texts);
    if (name === 'ifname') {
      const index = rest[0];
      if (!index || rest.length > 1) this.#fail('`ifname` takes one ifIndex');
      return (row) => {
        const ifIndex = toNumber(index(row));
        return ifIndex === undefined ? undefined : row.ifname(ifIndex);
      };
    }
    if (name === 'if') {
      const [condition, yes, no] = rest;
      if (!condition || !yes || !no || rest.length > 3) this.#fail('`if` takes a condition and two values');
      return (row) => (isTrue(condition(row)) ? yes(row) : no(row));
    }
    const definition = FUNCTIONS[name];
    if (!definition)
      this.#fail(`there is no function \`${name}\`; there are: if, ifname, ${Object.keys(FUNCTIONS).join(', ')}`);
    if (rest.length < definition.least || rest.length > definition.most) {
      this.#fail(`\`${name}\` takes ${definition.usage}`);
    }
    if (definition.pattern !== undefined) {
      const { match } = definition;
      const source = texts[definition.pattern];
      if (source === undefined) this.#fail(`\`${name}\` needs a quoted regular expression`);
      const pattern = this.#compile(source);
      return (row) =>
        match(
          pattern,
          rest.map((argument) => argument(row)),
        );
    }
    const { run } = definition;
    return (row) =>
      run(
        rest.map((argument) => argument(row)),
        row.parts,
      );
  }

  /** @param texts gets the text of each member that is nothing but a quoted text */
  #list(end: string, texts: (string | undefined)[] = []): Evaluate[] {
    const values: Evaluate[] = [];
    if (this.#is(end)) {
      this.#take();
      return values;
    }
    for (;;) {
      const first = this.#peek();
      const position = this.#position;
      values.push(this.#binary(1));
      texts.push(first.kind === 'text' && this.#position === position + 1 ? first.text : undefined);
      if (this.#is(end)) break;
      this.#expect(',');
    }
    this.#take();
    return values;
  }
}

export interface Compiled {
  readonly evaluate: Evaluate;
  /** Slots that it reads. */
  readonly slots: ReadonlySet<number>;
}

/** @throws ExpressionError with the place and what was expected */
export function compileExpression(source: string, names: Names): Compiled {
  const parser = new Parser(source, names);
  return { evaluate: parser.parse(), slots: parser.slots };
}

/** Text with expressions in braces: `Fan {$1}`. Unknown as soon as one of them is, and when nothing is left. */
export function compileText(source: string, names: Names): Compiled {
  const slots = new Set<number>();
  const pieces: (string | Evaluate)[] = [];
  let rest = source;
  while (rest !== '') {
    const open = rest.indexOf('{');
    if (open < 0) break;
    const close = closingBrace(rest, open);
    if (close < 0) throw new ExpressionError(`\`${source}\`: the brace \`{\` is never closed`);
    if (open > 0) pieces.push(rest.slice(0, open));
    const compiled = compileExpression(rest.slice(open + 1, close), names);
    for (const slot of compiled.slots) slots.add(slot);
    pieces.push(compiled.evaluate);
    rest = rest.slice(close + 1);
  }
  if (rest !== '') pieces.push(rest);
  for (const piece of pieces) {
    const bare = typeof piece === 'string' && /\$(?:\d|last\b|index\b)/.exec(piece)?.[0];
    if (bare)
      throw new ExpressionError(`\`${source}\`: ${bare} outside braces is no number of the index; write {${bare}}`);
  }
  const evaluate: Evaluate = (row) => {
    let text = '';
    for (const piece of pieces) {
      const part = typeof piece === 'string' ? piece : toText(piece(row));
      if (part === undefined) return undefined;
      text += part;
    }
    text = text.trim();
    return text === '' ? undefined : text;
  };
  return { evaluate, slots };
}

/** Braces inside quotes (regular expressions) do not count. */
function closingBrace(text: string, open: number): number {
  let quote = '';
  for (let i = open + 1; i < text.length; i++) {
    const sign = text[i]!;
    if (sign === '\\') i++;
    else if (quote !== '') {
      if (sign === quote) quote = '';
    } else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === '}') return i;
  }
  return -1;
}
