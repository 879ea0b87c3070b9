/**
 * Keeps counter glitches out. A counter that starts again from zero, or a 32-bit one that wraps, is fine: PromQL's
 * rate() counts on from the small value. But some agents step a counter back a little now and then, and rate() would
 * take the whole value for new traffic. Such a value is left out, unless it stays.
 */
const TOLERATED = 3;

export class CounterGuard {
  readonly #last: Float64Array;
  readonly #held: Uint8Array;

  constructor(counters: number) {
    this.#last = new Float64Array(counters).fill(-1);
    this.#held = new Uint8Array(counters);
  }

  /** Whether the value of counter `i` may be stored. */
  accept(i: number, value: number): boolean {
    const last = this.#last[i]!;
    if (value < last && value > last / 2 && this.#held[i]! < TOLERATED) {
      this.#held[i]!++;
      return false;
    }
    this.#held[i] = 0;
    this.#last[i] = value;
    return true;
  }

  /** The agent has started anew: every counter may. */
  reset(): void {
    this.#last.fill(-1);
    this.#held.fill(0);
  }
}
