/** The polls of one device, one after another: never two at once, however many monitors it has. */

export interface QueuedPoll {
  readonly id: string;
  /** Must not reject. */
  run(): Promise<void>;
}

export class DeviceQueue {
  /** Only while polls wait: an array that is filled and emptied in every poll of every device costs more than the rest. */
  #waiting: QueuedPoll[] | undefined;
  #running: QueuedPoll | undefined;

  /** Whether this poll is waiting or running. */
  has(id: string): boolean {
    return this.#running?.id === id || (this.#waiting?.some((poll) => poll.id === id) ?? false);
  }

  /** @param first before those that wait, as for a person who asked */
  add(poll: QueuedPoll, first = false): void {
    if (!this.#running) {
      this.#run(poll);
      return;
    }
    this.#waiting ??= [];
    if (first) this.#waiting.unshift(poll);
    else this.#waiting.push(poll);
  }

  #run(poll: QueuedPoll): void {
    this.#running = poll;
    void poll.run().then(this.#onDone);
  }

  readonly #onDone = () => {
    const next = this.#waiting?.shift();
    if (this.#waiting?.length === 0) this.#waiting = undefined;
    this.#running = undefined;
    if (next) this.#run(next);
  };
}
