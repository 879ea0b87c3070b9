/** The polls of one device, one after another: never two at once, however many monitors it has. */

export interface QueuedPoll {
  readonly id: string;
  /** Must not reject. */
  run(): Promise<void>;
}

export class DeviceQueue {
  readonly #waiting: QueuedPoll[] = [];
  #running: QueuedPoll | undefined;

  /** Whether this poll is waiting or running. */
  has(id: string): boolean {
    return this.#running?.id === id || this.#waiting.some((poll) => poll.id === id);
  }

  /** @param first before those that wait, as for a person who asked */
  add(poll: QueuedPoll, first = false): void {
    if (first) this.#waiting.unshift(poll);
    else this.#waiting.push(poll);
    this.#next();
  }

  #next(): void {
    if (this.#running) return;
    const poll = this.#waiting.shift();
    if (!poll) return;
    this.#running = poll;
    void poll.run().finally(() => {
      this.#running = undefined;
      this.#next();
    });
  }
}
