/** A label matcher made ready: a test of values, remembered by symbol, and what is known about it beforehand. */
import { compileRe2, literalAlternatives, literalPrefix } from '../lib/re2.ts';
import type { Matcher } from '../model/series.ts';
import type { Symbols } from './symbols.ts';

export class CompiledMatcher {
  readonly name: string;
  /** Symbol of the name, -1 when no identity has it. */
  readonly nameSymbol: number;
  readonly #test: (value: string) => boolean;
  readonly #symbols: Symbols;
  readonly #known = new Map<number, boolean>();
  /** The only values that match, or undefined when they cannot be listed. */
  readonly values: readonly string[] | undefined;
  readonly matchesEmpty: boolean;

  /** @throws Re2Error */
  constructor(matcher: Matcher, symbols: Symbols) {
    this.name = matcher.name;
    this.nameSymbol = symbols.find(matcher.name);
    this.#symbols = symbols;
    const { op, value } = matcher;
    const positive = op === '=' ? [value] : op === '=~' ? literalAlternatives(value) : undefined;
    this.values = positive && [...new Set(positive)];
    this.#test = testOf(op, value);
    this.matchesEmpty = this.#test('');
  }

  matches(value: string): boolean {
    return this.#test(value);
  }

  /** Whether the text of a symbol matches; each symbol is tested once. */
  matchesSymbol(symbol: number): boolean {
    let known = this.#known.get(symbol);
    if (known === undefined) {
      known = this.#test(this.#symbols.text(symbol));
      this.#known.set(symbol, known);
    }
    return known;
  }
}

function testOf(op: Matcher['op'], value: string): (text: string) => boolean {
  if (op === '=') return (text) => text === value;
  if (op === '!=') return (text) => text !== value;
  const positive = patternTest(value);
  return op === '=~' ? positive : (text) => !positive(text);
}

function patternTest(pattern: string): (text: string) => boolean {
  const literals = literalAlternatives(pattern);
  if (literals) {
    if (literals.length === 1) return (text) => text === literals[0];
    const set = new Set(literals);
    return (text) => set.has(text);
  }
  if (pattern === '.*') return () => true;
  if (pattern === '.+') return (text) => text !== '';
  const regexp = compileRe2(pattern);
  const prefix = literalPrefix(pattern);
  if (prefix === '') return (text) => regexp.test(text);
  if (pattern === `${prefix}.*`) return (text) => text.startsWith(prefix);
  return (text) => text.startsWith(prefix) && regexp.test(text);
}
