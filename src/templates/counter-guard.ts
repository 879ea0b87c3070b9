/**
 * Keeps counter glitches out. A counter that starts again from zero, or a 32-bit one that wraps, is fine: PromQL's
 * rate() counts on from the small value. But some agents step a counter back a little now and then, and rate() would
 * take the whole value for new traffic. Such a value is left out, unless it stays.
 */
const TOLERATED = 3;

/** One for all rows of a table: a device has some dozens, a collector thousands of devices. */
export class CounterGuard {
  readonly #counters: number;
  readonly #last: Float64Array;
  readonly #held: Uint8Array;

  constructor(rows: number, counters: number) {
    this.#counters = counters;
    this.#last = new Float64Array(rows * counters).fill(-1);
    this.#held = new Uint8Array(rows * counters);
  }

  /** Takes over what another guard knows of one of its rows. */
  take(row: number, from: CounterGuard, fromRow: number): void {
    const at = row * this.#counters;
    const begin = fromRow * this.#counters;
    this.#last.set(from.#last.subarray(begin, begin + this.#counters), at);
    this.#held.set(from.#held.subarray(begin, begin + this.#counters), at);
  }

  /** Whether the value of a row's counter may be stored. */
  accept(row: number, counter: number, value: number): boolean {
    const i = row * this.#counters + counter;
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
