/**
 * Adaptive time-out of one device, after Jacobson and Karels (RFC 6298): smoothed round-trip time plus four times its
 * deviation. Answers to repeated requests are not measured, because it is unknown which request they answer.
 */
const FIRST_TIMEOUT_MS = 1000;
const MIN_TIMEOUT_MS = 400;
const MAX_TIMEOUT_MS = 3000;
/** Big walks take an agent longer than the small requests that were measured. */
const MARGIN = 2;

export class RttEstimator {
  #smoothedMs = -1;
  #deviationMs = 0;

  measured(rttMs: number): void {
    if (this.#smoothedMs < 0) {
      this.#smoothedMs = rttMs;
      this.#deviationMs = rttMs / 2;
      return;
    }
    this.#deviationMs += (Math.abs(this.#smoothedMs - rttMs) - this.#deviationMs) / 4;
    this.#smoothedMs += (rttMs - this.#smoothedMs) / 8;
  }

  /** How long to wait for the answer to try number `attempt` (0 is the first); doubles with each. */
  timeoutMs(attempt: number): number {
    const base =
      this.#smoothedMs < 0
        ? FIRST_TIMEOUT_MS
        : Math.max(MIN_TIMEOUT_MS, MARGIN * (this.#smoothedMs + 4 * this.#deviationMs));
    const backedOff = Math.min(MAX_TIMEOUT_MS, base) * 2 ** attempt;
    // Coarse steps keep the number of distinct timer lists in Node small.
    return Math.ceil(Math.min(MAX_TIMEOUT_MS * 2, backedOff) / 50) * 50;
  }

  /** After a time-out the device may have become slower than we believe. */
  timedOut(): void {
    if (this.#smoothedMs >= 0) this.#deviationMs = Math.min(MAX_TIMEOUT_MS / 4, this.#deviationMs * 1.5 + 10);
  }

  /** Smoothed round-trip time, -1 while unknown. */
  get smoothedMs(): number {
    return this.#smoothedMs;
  }
}
