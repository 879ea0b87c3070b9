/**
 * Strings that occur in identities (measurements, label names and values, field names), each kept once and known by a
 * small number. Numbers are local to the process and never written to segments.
 */

export class Symbols {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  constructor() {
    // Number 0 is the empty string: "no value" and the field of a Prometheus metric.
    this.of('');
  }

  /** The number of a string, made if new. */
  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.length;
    // A slice of a request body would keep the whole body alive; a flat copy does not.
    const own = Buffer.from(text, 'utf16le').toString('utf16le');
    this.#texts.push(own);
    this.#numbers.set(own, number);
    return number;
  }

  /** The number of a string, or -1 when it never occurred. */
  find(text: string): number {
    return this.#numbers.get(text) ?? -1;
  }

  text(number: number): string {
    return this.#texts[number]!;
  }

  get count(): number {
    return this.#texts.length;
  }
}
