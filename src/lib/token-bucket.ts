/** Rate limits by key: each key may do `limit` things a window, refilled evenly. Keys that were idle for a window cost nothing. */
import type { Clock } from './clock.ts';

interface Bucket {
  tokens: number;
  atMs: number;
}

export interface TokenBucketsOptions {
  readonly limit: number;
  readonly windowMs: number;
  readonly clock: Clock;
}

export class TokenBuckets {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();
  #sweptMs = 0;

  constructor(options: TokenBucketsOptions) {
    this.#limit = options.limit;
    this.#windowMs = options.windowMs;
    this.#clock = options.clock;
  }

  /** Takes one token. Returns 0, or after how many milliseconds there will be one. */
  take(key: string): number {
    const now = this.#clock.monotonicMs();
    this.#sweep(now);
    const perMs = this.#limit / this.#windowMs;
    const bucket = this.#buckets.get(key) ?? { tokens: this.#limit, atMs: now };
    bucket.tokens = Math.min(this.#limit, bucket.tokens + (now - bucket.atMs) * perMs);
    bucket.atMs = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perMs;
    bucket.tokens -= 1;
    return 0;
  }

  #sweep(now: number): void {
    if (now - this.#sweptMs < this.#windowMs) return;
    this.#sweptMs = now;
    for (const [key, bucket] of this.#buckets) {
      if (now - bucket.atMs >= this.#windowMs) this.#buckets.delete(key);
    }
  }
}
