/**
 * Regular expressions in RE2's syntax (what Prometheus users write) on JavaScript's engine: translated, anchored at
 * both ends, dot matches newlines, as Prometheus does. No pattern can hold a thread: V8 is told to go on with its
 * linear-time engine when one backtracks long, and the few that this engine does not take are refused unless simple.
 */
import v8 from 'node:v8';
import { Re2Error } from './re2-error.ts';
import { translate } from './re2-translate.ts';

v8.setFlagsFromString('--enable-experimental-regexp-engine');
v8.setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** With more open repetitions than this in a row, backtracking is no longer bounded by a small power of the length. */
const MAX_STARS = 2;

/** Compiles an RE2 pattern, anchored at both ends. @throws Re2Error */
export function compileRe2(pattern: string): RegExp {
  const { source, needsUnicode, stars, isNested } = translate(pattern);
  const anchored = `^(?:${source})$`;
  const isHeavy = isNested || stars > MAX_STARS;
  // Backtracking is faster on what is simple. What is not goes straight to the linear engine: the backtracks that V8
  // allows before it changes over would take a millisecond a value.
  if (!needsUnicode && isLinear(anchored)) return compile(anchored, isHeavy ? 'l' : '', pattern);
  if (isHeavy) {
    throw new Re2Error(`too complex to be matched in bounded time: \`${pattern}\``);
  }
  return compile(anchored, needsUnicode ? 'u' : '', pattern);
}

/** Whether V8's linear-time engine takes it. */
function isLinear(source: string): boolean {
  try {
    new RegExp(source, 'l');
    return true;
  } catch {
    return false;
  }
}

function compile(source: string, flags: string, pattern: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error);
    throw new Re2Error(`${reason}: \`${pattern}\``, { cause: error });
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
