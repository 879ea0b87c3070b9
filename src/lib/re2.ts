/**
 * Regular expressions in RE2's syntax (what Prometheus users write) on JavaScript's engine: translated, anchored at
 * both ends, dot matches newlines, as Prometheus does. V8 is told to fall back to its linear-time engine when a pattern
 * backtracks too long, so that a hostile pattern cannot hold a thread.
 */
import v8 from 'node:v8';

v8.setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** A pattern that RE2 would refuse, or that we cannot express. */
export class Re2Error extends Error {
  override readonly name = 'Re2Error';
}

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
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
const SYNTAX = new Set('^$\\.*+?()[]{}|/-');

/** Compiles an RE2 pattern, anchored at both ends. @throws Re2Error */
export function compileRe2(pattern: string): RegExp {
  return compile(`^(?:${translate(pattern)})$`, pattern);
}

function compile(source: string, pattern: string): RegExp {
  try {
    return new RegExp(source, 'su');
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error);
    throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: ${reason}`, { cause: error });
  }
}

/**
 * If the pattern is a plain alternation of literal texts (`a|b|c`, `Gi1/0/1`), those texts, else undefined.
 * Most matchers of dashboards are of this kind and need no regular expression at all.
 */
export function literalAlternatives(pattern: string): string[] | undefined {
  const texts = [''];
  for (let i = 0; i < pattern.length; i++) {
    let c = pattern[i]!;
    if (c === '|') {
      texts.push('');
      continue;
    }
    if (c === '\\') {
      c = pattern[++i] ?? '';
      if (c === '' || /[0-9A-Za-z]/.test(c)) return undefined;
    } else if ('^$.*+?()[]{}'.includes(c)) {
      return undefined;
    }
    texts[texts.length - 1] += c;
  }
  return texts;
}

/** The literal text that every match begins with (may be empty). */
export function literalPrefix(pattern: string): string {
  let prefix = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if ('^$.*+?()[]{}|\\'.includes(c)) {
      // An alternative, or a quantifier that takes the last character back.
      if (pattern.includes('|')) return '';
      return '*?{'.includes(c) ? prefix.slice(0, -1) : prefix;
    }
    prefix += c;
  }
  return prefix;
}

function translate(pattern: string): string {
  let out = '';
  /** How many extra groups to close at the end of each open group. */
  const opened = [0];
  for (let i = 0; i < pattern.length; ) {
    const c = pattern[i]!;
    if (c === '\\') {
      const [text, next] = escape(pattern, i, false);
      out += text;
      i = next;
    } else if (c === '[') {
      const [text, next] = charClass(pattern, i);
      out += text;
      i = next;
    } else if (c === '(') {
      const flags = /^\(\?([imsU-]*)(:|\))/.exec(pattern.slice(i));
      if (flags && (flags[1] !== '' || flags[2] === ')')) {
        if (flags[1]!.includes('U'))
          throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: flag U is not supported`);
        out += `(?${flags[1]}:`;
        if (flags[2] === ')') opened[opened.length - 1]!++;
        else opened.push(0);
        i += flags[0].length;
      } else {
        opened.push(0);
        out += '(';
        i++;
        if (pattern.startsWith('?P<', i)) {
          out += '?<';
          i += 3;
        }
      }
    } else if (c === ')') {
      if (opened.length === 1) throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: unexpected )`);
      out += ')'.repeat(1 + opened.pop()!);
      i++;
    } else if (c === '{') {
      // RE2 takes a brace that is no repetition literally.
      const repeat = /^\{\d+(,\d*)?\}/.exec(pattern.slice(i));
      out += repeat ? repeat[0] : '\\{';
      i += repeat ? repeat[0].length : 1;
    } else {
      out += c === '}' || c === ']' ? `\\${c}` : c;
      i++;
    }
  }
  return out + ')'.repeat(opened[0]!);
}

function escape(pattern: string, at: number, inClass: boolean): [string, number] {
  const c = pattern[at + 1];
  if (c === undefined) throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: trailing backslash`);
  const after = at + 2;
  if (c === 'Q' && !inClass) {
    const end = pattern.indexOf('\\E', after);
    const text = pattern.slice(after, end < 0 ? undefined : end);
    return [text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&'), end < 0 ? pattern.length : end + 2];
  }
  if (c === 'A') return ['(?<![^])', after];
  if (c === 'z') return ['(?![^])', after];
  if (c === 'a') return ['\\x07', after];
  if (c === 'x') {
    const hex = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(pattern.slice(after));
    if (!hex) throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: invalid \\x escape`);
    return [`\\u{${hex[1] ?? hex[2]}}`, after + hex[0].length];
  }
  if (c === 'p' || c === 'P') {
    const name = /^(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/.exec(pattern.slice(after));
    if (!name) throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: invalid \\${c} class`);
    const property = name[2] ?? name[3]!;
    const negated = (c === 'P') !== (name[1] === '^');
    const isScript = property.length > 2;
    return [`\\${negated ? 'P' : 'p'}{${isScript ? `Script=${property}` : property}}`, after + name[0].length];
  }
  if (/[0-7]/.test(c)) {
    const octal = /^[0-7]{1,3}/.exec(pattern.slice(at + 1))![0];
    if (c !== '0' && octal.length < 2) {
      throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: back references are not supported`);
    }
    return [`\\u{${Number.parseInt(octal, 8).toString(16)}}`, at + 1 + octal.length];
  }
  if (/[dDsSwWtnrfv]/.test(c)) return [`\\${c}`, after];
  if (/[bB]/.test(c) && !inClass) return [`\\${c}`, after];
  if (/[0-9A-Za-z]/.test(c)) {
    throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: unknown escape \\${c}`);
  }
  return [SYNTAX.has(c) ? `\\${c}` : c, after];
}

function charClass(pattern: string, at: number): [string, number] {
  let i = at + 1;
  let out = '[';
  if (pattern[i] === '^') {
    out += '^';
    i++;
  }
  for (let isFirst = true; ; isFirst = false) {
    const c = pattern[i];
    if (c === undefined) throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: missing ]`);
    if (c === ']' && !isFirst) return [`${out}]`, i + 1];
    if (c === '[' && pattern[i + 1] === ':') {
      const named = /^\[:(\^?)([a-z]+):\]/.exec(pattern.slice(i));
      const set = named && POSIX[named[2]!];
      if (!named || !set || named[1] === '^') {
        throw new Re2Error(`bad regular expression ${JSON.stringify(pattern)}: invalid character class`);
      }
      out += set;
      i += named[0].length;
    } else if (c === '\\') {
      const [text, next] = escape(pattern, i, true);
      out += text;
      i = next;
    } else {
      out += c === '[' || c === ']' ? `\\${c}` : c;
      i++;
    }
  }
}
