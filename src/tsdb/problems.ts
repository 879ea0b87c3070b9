/** What is wrong at the moment, by cause: a cause that is mended takes its sentence with it. */
export class Problems {
  readonly #byCause = new Map<string, string>();

  /** Notes a problem; a later one of the same cause replaces it. Returns whether the sentence is new. */
  set(cause: string, text: string): boolean {
    const isNew = this.#byCause.get(cause) !== text;
    this.#byCause.set(cause, text);
    return isNew;
  }

  clear(cause: string): void {
    this.#byCause.delete(cause);
  }

  get all(): readonly string[] {
    return [...this.#byCause.values()];
  }
}
