/**
 * How much of what is sent to one device gets lost on the way: a share of the requests that were answered only when they
 * were repeated. A device that answers nothing at all is not a poor link and does not count.
 */
const WEIGHT = 1 / 16;
/** One repetition among some two dozen requests. */
const LOSSY_SHARE = 0.02;

export class LossEstimator {
  #share = 0;

  /** A request was answered at this try (0 is the first). */
  answered(attempt: number): void {
    this.#share += ((attempt > 0 ? 1 : 0) - this.#share) * WEIGHT;
  }

  get isLossy(): boolean {
    return this.#share > LOSSY_SHARE;
  }
}
