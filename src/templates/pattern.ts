/**
 * Regular expressions of templates: JavaScript's, case does not matter. Templates come from users and the texts from
 * devices, so no pattern may hold the thread: repetitions within repetitions are refused and texts are cut.
 */

/** Longer texts are looked at only so far. */
const MAX_TEXT = 2048;

export class PatternError extends Error {
  override readonly name = 'PatternError';
}

export class Pattern {
  readonly #regex: RegExp;

  /** @throws PatternError */
  constructor(source: string) {
    try {
      this.#regex = new RegExp(source, 'gi');
    } catch (cause) {
      throw new PatternError((cause as Error).message, { cause });
    }
    if (hasNestedRepetition(source)) {
      throw new PatternError(`/${source}/ repeats what is itself repeated, which can take forever; write it flat`);
    }
  }

  test(text: string): boolean {
    this.#regex.lastIndex = 0;
    return this.#regex.test(text.slice(0, MAX_TEXT));
  }

  /** The first group that took part, else the whole of what was found. */
  capture(text: string): string | undefined {
    this.#regex.lastIndex = 0;
    const found = this.#regex.exec(text.slice(0, MAX_TEXT));
    if (!found) return undefined;
    return found.length > 1 ? found.slice(1).find((part) => part !== undefined) : found[0];
  }

  replace(text: string, replacement: string): string {
    return text.slice(0, MAX_TEXT).replace(this.#regex, replacement);
  }
}

/** Whether a group that holds an unbounded repetition is repeated without bound itself. */
function hasNestedRepetition(source: string): boolean {
  const open: boolean[] = [];
  let closed = false;
  for (let i = 0; i < source.length; i++) {
    const sign = source[i]!;
    const isUnbounded = sign === '*' || sign === '+' || (sign === '{' && /^\{\d*,\}/.test(source.slice(i)));
    if (isUnbounded) {
      if (closed) return true;
      if (open.length > 0) open[open.length - 1] = true;
    }
    closed = false;
    if (sign === '\\') i++;
    else if (sign === '[') i = endOfClass(source, i);
    else if (sign === '(') open.push(false);
    else if (sign === ')') {
      closed = open.pop() ?? false;
      // What an inner group repeats, the outer one holds.
      if (closed && open.length > 0) open[open.length - 1] = true;
    }
  }
  return false;
}

function endOfClass(source: string, start: number): number {
  for (let i = start + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === ']') return i;
  }
  return source.length;
}
