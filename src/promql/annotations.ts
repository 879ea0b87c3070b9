/** Warnings and infos of a query, each once, with the place in the query that they are about. */
import { lineColumn, type PositionRange } from './position.ts';

export class Annotations {
  readonly #text: string;
  readonly #warnings = new Set<string>();
  readonly #infos = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  warn(message: string, position: PositionRange): void {
    this.#warnings.add(`PromQL warning: ${message} (${lineColumn(this.#text, position.start)})`);
  }

  info(message: string, position: PositionRange): void {
    this.#infos.add(`PromQL info: ${message} (${lineColumn(this.#text, position.start)})`);
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  get infos(): readonly string[] {
    return [...this.#infos];
  }
}
