/**
 * Tells work that it is to end. An AbortSignal costs as much as a ping does, so it is made only for who asks for one;
 * `aborted` can be looked at for nothing.
 */
export class Cancellation {
  #reason: Error | undefined;
  #controller: AbortController | undefined;

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** @param reason what those see who wait with the signal */
  abort(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
