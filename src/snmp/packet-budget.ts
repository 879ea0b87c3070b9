/**
 * How many request packets a device gets per second, whoever asks. A token bucket holding a tenth of a second's worth,
 * at least one packet: slow control equipment never sees two packets closer than its budget says.
 */
export class PacketBudget {
  readonly packetsPerSecond: number;
  readonly #capacity: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAtMs: number;

  constructor(packetsPerSecond: number, now: () => number) {
    this.packetsPerSecond = packetsPerSecond;
    this.#capacity = Math.max(1, packetsPerSecond / 10);
    this.#now = now;
    this.#tokens = this.#capacity;
    this.#filledAtMs = now();
  }

  /** Books one packet; returns how many milliseconds to wait before it may be sent (0: at once). */
  take(): number {
    const nowMs = this.#now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((nowMs - this.#filledAtMs) * this.packetsPerSecond) / 1000);
    this.#filledAtMs = nowMs;
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens * 1000) / this.packetsPerSecond;
  }
}
