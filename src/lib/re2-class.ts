/** Escapes and character classes of RE2, as JavaScript source that is valid with and without the `u` flag. */
import { Re2Error } from './re2-error.ts';

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
/** Sets of the Perl classes; RE2's are ASCII, and its `\s` has no vertical tab. */
const PERL: Readonly<Record<string, string>> = {
  d: '0-9',
  D: '\\x00-\\/:-\\uffff',
  s: '\\t\\n\\f\\r ',
  S: '\\x00-\\x08\\x0b\\x0e-\\x1f!-\\uffff',
  w: '0-9A-Za-z_',
  W: '\\x00-\\/:-@\\[-\\^`{-\\uffff',
};
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const LETTER_CASE = 32;

/** A part of a pattern: JavaScript source, where it ends, and whether only the `u` flag can express it. */
export interface Piece {
  readonly source: string;
  readonly end: number;
  readonly needsUnicode: boolean;
}

/** What an escape stands for: one character, a set of them, or a property. */
export type Escape =
  | { readonly kind: 'char'; readonly code: number; readonly end: number }
  | { readonly kind: 'set'; readonly set: string; readonly end: number }
  | { readonly kind: 'property'; readonly source: string; readonly end: number };

/** Reads the escape at `at` (a backslash), or undefined when it is not one of a character or set. @throws Re2Error */
export function readEscape(pattern: string, at: number): Escape | undefined {
  const c = pattern[at + 1];
  const after = at + 2;
  if (c === undefined) throw new Re2Error('trailing backslash at end of expression');
  if (PERL[c] !== undefined) return { kind: 'set', set: PERL[c], end: after };
  if (CONTROL[c] !== undefined) return { kind: 'char', code: CONTROL[c], end: after };
  if (c === 'x') {
    const hex = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(pattern.slice(after));
    const code = hex ? Number.parseInt(hex[1] ?? hex[2]!, 16) : Number.NaN;
    if (!hex || code > 0x10ffff) throw new Re2Error(`invalid escape sequence: \`${pattern.slice(at, after)}\``);
    return { kind: 'char', code, end: after + hex[0].length };
  }
  if (c === 'p' || c === 'P') {
    const name = /^(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/.exec(pattern.slice(after));
    if (!name) throw new Re2Error(`invalid character class range: \`${pattern.slice(at, after)}\``);
    const property = name[2] ?? name[3]!;
    const isNegated = (c === 'P') !== (name[1] === '^');
    const full = property.length > 2 ? `Script=${property}` : property;
    return { kind: 'property', source: `\\${isNegated ? 'P' : 'p'}{${full}}`, end: after + name[0].length };
  }
  if (/[0-7]/.test(c)) {
    const octal = /^[0-7]{1,3}/.exec(pattern.slice(at + 1))![0];
    if (c !== '0' && octal.length < 2) throw new Re2Error(`invalid escape sequence: \`\\${c}\``);
    return { kind: 'char', code: Number.parseInt(octal, 8), end: at + 1 + octal.length };
  }
  if (/[0-9A-Za-z]/.test(c)) return undefined;
  return { kind: 'char', code: pattern.codePointAt(at + 1)!, end: at + 1 + lengthAt(pattern, at + 1) };
}

/** Code units of the character at `at`. */
export function lengthAt(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}

/** Source of one character. */
export function charSource(code: number): string {
  if (code > 0xffff) return `(?:${String.fromCodePoint(code)})`;
  const char = String.fromCharCode(code);
  if (/[0-9A-Za-z_ ]/.test(char)) return char;
  if (/[\^$\\.*+?()[\]{}|/]/.test(char)) return `\\${char}`;
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The other cases of a character, itself included. */
export function casesOf(code: number): number[] {
  const char = String.fromCodePoint(code);
  const all = [char, char.toLowerCase(), char.toUpperCase()].filter((each) => each.length === char.length);
  return [...new Set(all.map((each) => each.codePointAt(0)!))];
}

/** Source of a character within a class. */
function classChar(code: number): string {
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Reads the class that begins at `at` (an opening bracket). @throws Re2Error */
export function readClass(pattern: string, at: number, ignoreCase: boolean): Piece {
  let i = at + 1;
  let set = '';
  let needsUnicode = false;
  const isNegated = pattern[i] === '^';
  if (isNegated) i++;
  const add = (from: number, to: number) => {
    if (to < from) throw new Re2Error('invalid character class range');
    if (to > 0xffff) needsUnicode = true;
    set += from === to ? classChar(from) : `${classChar(from)}-${classChar(to)}`;
    if (ignoreCase) set += otherCases(from, to);
    if (ignoreCase && to > 127 && from !== to) needsUnicode = true;
  };
  for (let isFirst = true; ; isFirst = false) {
    const c = pattern[i];
    if (c === undefined) throw new Re2Error(`missing closing ]: \`${pattern.slice(at)}\``);
    if (c === ']' && !isFirst) break;
    const named = c === '[' ? /^\[:(\^?)([a-z]+):\]/.exec(pattern.slice(i)) : null;
    if (named) {
      const known = POSIX[named[2]!];
      if (!known || named[1] === '^') throw new Re2Error(`invalid character class range: \`${named[0]}\``);
      set += ignoreCase && /lower|upper/.test(named[2]!) ? 'A-Za-z' : known;
      i += named[0].length;
      continue;
    }
    const first = readClassChar(pattern, i);
    i = first.end;
    if (first.kind !== 'char') {
      if (first.kind === 'property') needsUnicode = true;
      set += first.kind === 'set' ? first.set : first.source;
      continue;
    }
    if (pattern[i] !== '-' || pattern[i + 1] === ']' || pattern[i + 1] === undefined) add(first.code, first.code);
    else {
      const last = readClassChar(pattern, i + 1);
      if (last.kind !== 'char') throw new Re2Error('invalid character class range');
      add(first.code, last.code);
      i = last.end;
    }
  }
  return { source: `[${isNegated ? '^' : ''}${set}]`, end: i + 1, needsUnicode };
}

function readClassChar(pattern: string, at: number): Escape {
  if (pattern[at] !== '\\') {
    return { kind: 'char', code: pattern.codePointAt(at)!, end: at + lengthAt(pattern, at) };
  }
  const found = readEscape(pattern, at);
  if (!found) throw new Re2Error(`invalid escape sequence: \`${pattern.slice(at, at + 2)}\``);
  return found;
}

/** The ASCII letters of a range in their other case; a single character of any script in all its cases. */
function otherCases(from: number, to: number): string {
  if (from === to) return casesOf(from).map(classChar).join('');
  let out = '';
  for (const [first, last, shift] of [
    [65, 90, LETTER_CASE],
    [97, 122, -LETTER_CASE],
  ] as const) {
    const low = Math.max(from, first);
    const high = Math.min(to, last);
    if (low <= high) out += `${classChar(low + shift)}-${classChar(high + shift)}`;
  }
  return out;
}
