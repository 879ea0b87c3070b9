/**
 * Translates RE2 patterns into JavaScript source that V8's linear-time engine takes: no flags inside, no counted
 * repetition (those are written out), no escapes that need the `u` flag unless nothing else will do.
 */
import { casesOf, charSource, lengthAt, readClass, readEscape } from './re2-class.ts';
import { Re2Error } from './re2-error.ts';

/** Longest source that a pattern may become when its repetitions are written out. */
const MAX_SOURCE = 20_000;
const MAX_REPEAT = 1000;
const MAX_DEPTH = 200;
/** `\\Q…\\E`; other escapes too, so that an escaped backslash before a Q is passed over. */
const QUOTED = /\\Q(.*?)(?:\\E|$)|\\./gs;

export interface Translation {
  readonly source: string;
  /** Only the `u` flag can express it. */
  readonly needsUnicode: boolean;
  /** Repetitions without an end, and whether one is within another: what makes backtracking long. */
  readonly stars: number;
  readonly isNested: boolean;
}

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

interface Atom {
  readonly source: string;
  readonly captures: boolean;
  readonly repeats: boolean;
}

/** JavaScript source of a pattern. A dot matches newlines, as in Prometheus. @throws Re2Error */
export function translate(pattern: string): Translation {
  return new Translator(pattern).run();
}

class Translator {
  readonly #pattern: string;
  #at = 0;
  #depth = 0;
  #needsUnicode = false;
  #stars = 0;
  #isNested = false;

  constructor(pattern: string) {
    this.#pattern = pattern.replace(QUOTED, (found, text?: string) => text?.replace(/[^0-9A-Za-z]/gu, '\\$&') ?? found);
  }

  run(): Translation {
    const { source } = this.#alternation({ ignoreCase: false, dotAll: true, multiline: false });
    if (this.#at < this.#pattern.length) throw new Re2Error(`unexpected ): \`${this.#pattern}\``);
    return { source, needsUnicode: this.#needsUnicode, stars: this.#stars, isNested: this.#isNested };
  }

  /** Up to the end of the pattern or of the group. Flags set on the way hold to that end. */
  #alternation(flags: Flags): Atom {
    let source = '';
    let captures = false;
    let repeats = false;
    let last: Atom | undefined;
    const flush = () => {
      if (!last) return;
      source += last.source;
      captures ||= last.captures;
      repeats ||= last.repeats;
      last = undefined;
      if (source.length > MAX_SOURCE) throw new Re2Error('expression nests or repeats too much');
    };
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== ')') {
      const c = this.#pattern[this.#at]!;
      if (c === '|') {
        flush();
        source += '|';
        repeats = true;
        this.#at++;
        continue;
      }
      const repeat = this.#repeat();
      if (repeat) {
        if (!last) throw new Re2Error(`missing argument to repetition operator: \`${c}\``);
        last = this.#repeated(last, repeat);
        continue;
      }
      flush();
      const set = /^\(\?([imsU]*)(?:-([imsU]+))?\)/.exec(this.#pattern.slice(this.#at));
      if (set) {
        flags = withFlags(flags, set[1]!, set[2] ?? '');
        this.#at += set[0].length;
      } else last = this.#atom(flags);
    }
    flush();
    return { source, captures, repeats };
  }

  #repeat(): { readonly least: number; readonly most: number; readonly lazy: string } | undefined {
    const found = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})(\??)/.exec(this.#pattern.slice(this.#at, this.#at + 16));
    if (!found) return undefined;
    this.#at += found[0].length;
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(this.#pattern.slice(this.#at, this.#at + 16))) {
      throw new Re2Error(`invalid nested repetition operator: \`${found[0]}${this.#pattern[this.#at]}\``);
    }
    const sign = found[0][0]!;
    const lazy = found[4]!;
    if (sign !== '{') return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY, lazy };
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3]);
    const isBounded = least <= MAX_REPEAT && (most <= MAX_REPEAT || most === Number.POSITIVE_INFINITY);
    if (!isBounded || most < least) throw new Re2Error(`invalid repeat count: \`${found[0]}\``);
    return { least, most, lazy };
  }

  #repeated(atom: Atom, { least, most, lazy }: { least: number; most: number; lazy: string }): Atom {
    const { source, captures } = atom;
    if (most > 1 && atom.repeats) this.#isNested = true;
    if (most > 10) this.#stars++;
    const isPlain = /^(?:\\?.|\[[^\]]*\]|\\u[0-9a-f]{4})$/.test(source);
    const one = isPlain || source.startsWith('(') ? source : `(?:${source})`;
    const size = Math.max(least, Number.isFinite(most) ? most : least) * one.length;
    if (size > MAX_SOURCE) throw new Re2Error('expression nests or repeats too much');
    const all = { captures, repeats: true };
    if (most === Number.POSITIVE_INFINITY && least < 2)
      return { source: `${one}${least === 1 ? '+' : '*'}${lazy}`, ...all };
    if (least === 0 && most === 1) return { source: `${one}?${lazy}`, ...all };
    // A group that captures keeps its number only if it is written once.
    if (captures) return { source: `${one}{${least},${Number.isFinite(most) ? most : ''}}${lazy}`, ...all };
    if (most === Number.POSITIVE_INFINITY) return { source: `(?:${one.repeat(least)}${one}*${lazy})`, ...all };
    let optional = '';
    for (let i = least; i < most; i++) optional = `(?:${one}${optional})?${lazy}`;
    return { source: `(?:${one.repeat(least)}${optional})`, ...all };
  }

  #atom(flags: Flags): Atom {
    const pattern = this.#pattern;
    const c = pattern[this.#at]!;
    if (c === '(') return this.#group(flags);
    if (c === '[') {
      const piece = readClass(pattern, this.#at, flags.ignoreCase);
      this.#at = piece.end;
      this.#needsUnicode ||= piece.needsUnicode;
      return plain(piece.source);
    }
    if (c === '\\') return this.#escape(flags);
    if (c === '.') {
      this.#at++;
      return plain(flags.dotAll ? '[^]' : '[^\\n]');
    }
    if (c === '^' || c === '$') {
      this.#at++;
      if (!flags.multiline) return plain(c);
      return plain(c === '^' ? '(?<![^\\n])' : '(?![^\\n])');
    }
    const code = pattern.codePointAt(this.#at)!;
    this.#at += lengthAt(pattern, this.#at);
    return this.#char(code, flags);
  }

  #char(code: number, flags: Flags): Atom {
    const cases = flags.ignoreCase ? casesOf(code) : [code];
    return plain(cases.length === 1 ? charSource(code) : `(?:${cases.map(charSource).join('|')})`);
  }

  #escape(flags: Flags): Atom {
    const pattern = this.#pattern;
    const c = pattern[this.#at + 1];
    if (c === 'A' || c === 'z' || c === 'b' || c === 'B') {
      this.#at += 2;
      return plain(c === 'A' ? '^' : c === 'z' ? '$' : `\\${c}`);
    }
    const found = readEscape(pattern, this.#at);
    if (!found) throw new Re2Error(`invalid escape sequence: \`\\${c}\``);
    this.#at = found.end;
    if (found.kind === 'char') return this.#char(found.code, flags);
    if (found.kind === 'set') return plain(`[${found.set}]`);
    this.#needsUnicode = true;
    return plain(found.source);
  }

  #group(flags: Flags): Atom {
    const start = this.#at;
    if (++this.#depth > MAX_DEPTH) throw new Re2Error('expression nests too deeply');
    const head = /^\((?:\?(?:P?<([A-Za-z_][A-Za-z0-9_]*)>|([imsU]*)(?:-([imsU]+))?:))?/.exec(
      this.#pattern.slice(start),
    )!;
    if (head[0] === '(' && this.#pattern[start + 1] === '?') {
      throw new Re2Error(`invalid or unsupported Perl syntax: \`${this.#pattern.slice(start, start + 3)}\``);
    }
    this.#at += head[0].length;
    const captures = head[0] === '(' || head[1] !== undefined;
    const inner = this.#alternation(captures ? flags : withFlags(flags, head[2]!, head[3] ?? ''));
    if (this.#pattern[this.#at] !== ')') throw new Re2Error(`missing closing ): \`${this.#pattern}\``);
    this.#at++;
    this.#depth--;
    const open = head[1] !== undefined ? `(?<${head[1]}>` : captures ? '(' : '(?:';
    return { source: `${open}${inner.source})`, captures: captures || inner.captures, repeats: inner.repeats };
  }
}

function plain(source: string): Atom {
  return { source, captures: false, repeats: false };
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  if (/U/.test(on + off)) throw new Re2Error('flag U is not supported');
  const set = (letter: string, before: boolean) => (on.includes(letter) ? true : off.includes(letter) ? false : before);
  return {
    ignoreCase: set('i', flags.ignoreCase),
    dotAll: set('s', flags.dotAll),
    multiline: set('m', flags.multiline),
  };
}
