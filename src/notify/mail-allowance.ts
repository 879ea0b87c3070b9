/** How many mails a channel may send just now: a few at once, then one a minute. */
import type { Clock } from '../lib/clock.ts';

const MOST = 5;
const REFILL_MS = 60_000;

export class MailAllowance {
  readonly #clock: Clock;
  readonly #left = new Map<number, { mails: number; atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Mails that may go now, and how long until one may. */
  of(channelId: number): { readonly mails: number; readonly waitMs: number } {
    const nowMs = this.#clock.monotonicMs();
    const entry = this.#left.get(channelId) ?? { mails: MOST, atMs: nowMs };
    const mails = Math.min(MOST, entry.mails + (nowMs - entry.atMs) / REFILL_MS);
    this.#left.set(channelId, { mails, atMs: nowMs });
    return { mails: Math.floor(mails), waitMs: mails >= 1 ? 0 : Math.ceil((1 - mails) * REFILL_MS) };
  }

  take(channelId: number): void {
    const entry = this.#left.get(channelId);
    if (entry) entry.mails -= 1;
  }
}
