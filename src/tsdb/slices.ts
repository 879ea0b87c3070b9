/** Cuts long work into slices, so that the thread hears appends and queries in between. */
export interface SliceOptions {
  /** Monotonic milliseconds. */
  readonly monotonicMs: () => number;
  /** Lets the thread do other things. */
  readonly pause: () => Promise<void>;
  readonly sliceMs: number;
}

/** Thrown inside a job that has to end early. */
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';
}

export class Slices {
  readonly #options: SliceOptions;
  readonly #signal: AbortSignal;
  #endMs: number;

  constructor(options: SliceOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#endMs = options.monotonicMs() + options.sliceMs;
  }

  /** Whether it is time to `pause`. */
  get isOver(): boolean {
    return this.#options.monotonicMs() >= this.#endMs;
  }

  /** Waits for the next slice. @throws JobCancelled */
  async pause(): Promise<void> {
    await this.#options.pause();
    if (this.#signal.aborted) throw new JobCancelled('the engine closes: there was no time to end the job');
    this.#endMs = this.#options.monotonicMs() + this.#options.sliceMs;
  }
}
