/**
 * Splits a query into tokens and reports what no grammar can explain well: unterminated strings, unbalanced brackets,
 * stray characters. The grammar itself is the official one; see `syntax.ts`.
 */
import { parseDuration, parseNumber } from './number.ts';
import { parseError } from './position.ts';
import { quote } from './quote.ts';
import { AGGREGATORS, KEYWORDS, TIME_WORDS, type Token, type TokenType, WORD_OPERATORS } from './token.ts';

const SPACE = /[ \t\n\r]+|#[^\n]*/y;
const WORD = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const LABEL = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMERIC = /(?:0[xX]_?[0-9a-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?[\d_]+)?)(?![A-Za-z0-9_.])/y;
const DURATION = /(?:\d+(?:ms|[smhdwy]))+(?![A-Za-z0-9_])/y;
const BAD_NUMBER = /[0-9A-Za-z_.]+/y;
const OPERATOR = /==|!=|<=|>=|<\/|>\/|[-+*/%^<>@]/y;
const MATCH_OPERATOR = /=~|!~|!=|=/y;

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly #text: string;
  #offset = 0;
  #parentheses = 0;
  #inBraces = false;
  #inBrackets = false;
  #colons = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Token[] {
    for (;;) {
      const space = matchAt(SPACE, this.#text, this.#offset);
      if (space !== undefined) this.#offset += space.length;
      else if (this.#offset < this.#text.length) this.#next();
      else break;
    }
    if (this.#inBraces) throw this.#error('unexpected end of input inside braces');
    if (this.#inBrackets) throw this.#error('unexpected end of input in duration expression');
    if (this.#parentheses > 0) throw this.#error('unclosed left parenthesis');
    this.#push('end', '');
    return this.tokens;
  }

  #push(type: TokenType, text: string): Token {
    const token = { type, text, start: this.#offset, end: this.#offset + text.length };
    this.tokens.push(token);
    this.#offset = token.end;
    return token;
  }

  #error(message: string) {
    return parseError(this.#text, this.#offset, message);
  }

  #char(offset = this.#offset): string {
    const code = this.#text.codePointAt(offset);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #next(): void {
    const char = this.#char();
    if (char === '"' || char === "'" || char === '`') {
      if (this.#inBrackets) throw this.#error(`unexpected character in duration expression: ${quoteChar(char)}`);
      this.#string(char);
    } else if (this.#inBraces) this.#braces(char);
    else if (/[0-9]/.test(char) || (char === '.' && /[0-9]/.test(this.#char(this.#offset + 1)))) this.#number();
    else if (this.#inBrackets) this.#brackets(char);
    else this.#statement(char);
  }

  #string(mark: string): void {
    let end = this.#offset + 1;
    for (; end < this.#text.length && this.#text[end] !== mark; end++) {
      if (mark === '`') continue;
      if (this.#text[end] === '\n') break;
      if (this.#text[end] === '\\') end++;
    }
    if (this.#text[end] !== mark) {
      throw this.#error(mark === '`' ? 'unterminated raw string' : 'unterminated quoted string');
    }
    this.#push('string', this.#text.slice(this.#offset, end + 1));
  }

  #number(): void {
    const duration = matchAt(DURATION, this.#text, this.#offset);
    if (duration !== undefined) {
      if (parseDuration(duration) === undefined) throw this.#error(`not a valid duration string: ${quote(duration)}`);
      this.#push('duration', duration);
      return;
    }
    const number = matchAt(NUMERIC, this.#text, this.#offset);
    if (number === undefined || /__|_$|_[.eE]|[.eE]_/.test(number) || parseNumber(number) === undefined) {
      const bad = matchAt(BAD_NUMBER, this.#text, this.#offset) ?? '';
      throw this.#error(`bad number or duration syntax: ${quote(bad)}`);
    }
    if (Math.abs(parseNumber(number)!) === Number.POSITIVE_INFINITY) {
      throw this.#error(`error parsing number: strconv.ParseFloat: parsing ${quote(number)}: value out of range`);
    }
    this.#push('number', number);
  }

  #braces(char: string): Token {
    const label = matchAt(LABEL, this.#text, this.#offset);
    if (label !== undefined) return this.#push('identifier', label);
    if (char === ',') return this.#push('punctuation', ',');
    if (char === '{') throw this.#error(`unexpected left brace ${quoteChar(char)}`);
    if (char === '}') {
      this.#inBraces = false;
      return this.#push('punctuation', '}');
    }
    const operator = matchAt(MATCH_OPERATOR, this.#text, this.#offset);
    if (operator !== undefined) return this.#push(operator === '=' ? 'punctuation' : 'operator', operator);
    if (char === '!') {
      const after = this.#char(this.#offset + 1);
      throw this.#error(`unexpected character after '!' inside braces: ${quoteChar(after)}`);
    }
    throw this.#error(`unexpected character inside braces: ${quoteChar(char)}`);
  }

  #brackets(char: string): Token {
    if (char === ']') {
      this.#inBrackets = false;
      return this.#push('punctuation', ']');
    }
    if (char === ':') {
      const last = this.tokens.at(-1);
      if (last?.text === '[') throw this.#error('unexpected colon before duration in duration expression');
      if (this.#colons++ > 0) throw this.#error('unexpected repeated colon in duration expression');
      return this.#push('punctuation', ':');
    }
    if (char === '(' || char === ')' || char === ',') return this.#punctuation(char);
    const word = matchAt(LABEL, this.#text, this.#offset);
    if (word !== undefined && TIME_WORDS.has(word.toLowerCase())) return this.#push('identifier', word);
    if (/[-+*/%^]/.test(char)) return this.#push('operator', char);
    if (char === '[') throw this.#error(`unexpected left bracket ${quoteChar(char)}`);
    throw this.#error(`unexpected character in duration expression: ${quoteChar(char)}`);
  }

  #punctuation(char: string): Token {
    if (char === '(') this.#parentheses++;
    if (char === ')' && this.#parentheses-- === 0) throw this.#error(`unexpected right parenthesis ${quoteChar(char)}`);
    return this.#push('punctuation', char);
  }

  #statement(char: string): Token {
    const word = matchAt(WORD, this.#text, this.#offset);
    if (word !== undefined) return this.#push(this.#wordType(word), word);
    if (char === '(' || char === ')' || char === ',') return this.#punctuation(char);
    if (char === '{') {
      this.#inBraces = true;
      return this.#push('punctuation', '{');
    }
    if (char === '[') {
      this.#inBrackets = true;
      this.#colons = 0;
      return this.#push('punctuation', '[');
    }
    if (char === ']') throw this.#error(`unexpected right bracket ${quoteChar(char)}`);
    const operator = matchAt(OPERATOR, this.#text, this.#offset);
    if (operator !== undefined) return this.#push('operator', operator);
    if (char === '=' || char === '!') {
      const after = this.#char(this.#offset + 1);
      if (char === '=' && after !== '~') return this.#push('punctuation', '=');
      throw this.#error(`unexpected character after '${char}': ${quoteChar(after)}`);
    }
    throw this.#error(`unexpected character: ${quoteChar(char)}`);
  }

  #wordType(word: string): TokenType {
    const lower = word.toLowerCase();
    if (lower === 'inf' || lower === 'nan') return 'number';
    if (WORD_OPERATORS.has(lower)) return 'operator';
    if (AGGREGATORS.has(lower)) return 'aggregator';
    if (KEYWORDS.has(lower)) {
      const isFill = lower.startsWith('fill');
      return !isFill || /^\s*\(/.test(this.#text.slice(this.#offset + word.length)) ? 'keyword' : 'identifier';
    }
    return word.includes(':') ? 'metric identifier' : 'identifier';
  }
}

function quoteChar(char: string): string {
  if (char === '"') return `'"'`;
  if (char === "'") return `'\\''`;
  return char === '' ? "'\\ufffd'" : `'${quote(char).slice(1, -1)}'`;
}

/** The tokens of a query, the last one of type `end`. @throws PromqlError of kind `bad_data` */
export function tokenize(text: string): Token[] {
  return new Lexer(text).run();
}
