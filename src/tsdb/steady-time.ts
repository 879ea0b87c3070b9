/**
 * The wall clock, but slow to believe that it jumped ahead: nothing is thrown away as too old because a clock was wrong
 * for a day. A jump is believed once it has lasted `DOUBT_MS`.
 */
import type { Clock } from '../lib/clock.ts';

const DOUBT_MS = 26 * 3_600_000;
/** Differences up to this are the clock being set right, not a jump. */
const SLACK_MS = 600_000;

export class SteadyTime {
  readonly #clock: Clock;
  /** Wall clock less monotonic clock, as far as believed. */
  #offsetMs: number;
  #doubtSinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = clock.nowMs() - clock.monotonicMs();
  }

  /** Never later than the wall clock. */
  nowMs(): number {
    const monotonicMs = this.#clock.monotonicMs();
    const wallMs = this.#clock.nowMs();
    const offsetMs = wallMs - monotonicMs;
    if (offsetMs - this.#offsetMs <= SLACK_MS) {
      this.#doubtSinceMs = undefined;
      if (this.#offsetMs - offsetMs <= SLACK_MS) this.#offsetMs = offsetMs;
    } else {
      this.#doubtSinceMs ??= monotonicMs;
      if (monotonicMs - this.#doubtSinceMs >= DOUBT_MS) this.#offsetMs = offsetMs;
    }
    return Math.min(wallMs, monotonicMs + this.#offsetMs);
  }
}
