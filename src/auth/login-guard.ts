/**
 * Slows down guessing of passwords. Failures are counted for a name from one address, for an address, and for a name
 * from anywhere, with growing patience: a neighbour who mistypes locks out himself, not the person whose name he used.
 * In memory: a restart forgets, which an attacker cannot cause.
 */
import type { Clock } from '../lib/clock.ts';

interface Entry {
  failures: number;
  lockedUntilMs: number;
  lastMs: number;
}

/** Failures allowed before the first lock. */
const ALLOWED = { pair: 5, address: 20, name: 50 } as const;
const FIRST_LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Failures are forgotten after this long without another. */
const MEMORY_MS = 60 * 60_000;
const MAX_ENTRIES = 10_000;

export class LoginGuard {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until this name may be tried from this address; 0: now. */
  waitMs(username: string, address: string): number {
    const now = this.#clock.monotonicMs();
    const locks = keysOf(username, address).map(([, key]) => (this.#entries.get(key)?.lockedUntilMs ?? 0) - now);
    return Math.max(0, ...locks);
  }

  failed(username: string, address: string): void {
    const now = this.#clock.monotonicMs();
    for (const [scope, key] of keysOf(username, address)) {
      const before = this.#entries.get(key);
      const failures = before && now - before.lastMs < MEMORY_MS ? before.failures + 1 : 1;
      const beyond = failures - ALLOWED[scope];
      const lockMs = beyond < 0 ? 0 : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** beyond);
      this.#entries.delete(key);
      this.#entries.set(key, { failures, lockedUntilMs: lockMs > 0 ? now + lockMs : 0, lastMs: now });
    }
    while (this.#entries.size > MAX_ENTRIES) {
      const [oldest] = this.#entries.keys();
      if (oldest === undefined) break;
      this.#entries.delete(oldest);
    }
  }

  /** A right password clears the name at this address, and takes back the attempt that `failed` counted elsewhere. */
  succeeded(username: string, address: string): void {
    for (const [scope, key] of keysOf(username, address)) {
      const entry = this.#entries.get(key);
      if (scope === 'pair' || !entry || entry.failures <= 1) this.#entries.delete(key);
      else this.#entries.set(key, { ...entry, failures: entry.failures - 1, lockedUntilMs: 0 });
    }
  }
}

function keysOf(username: string, address: string): [scope: keyof typeof ALLOWED, key: string][] {
  const name = username.toLowerCase();
  return [
    ['pair', `pair\0${name}\0${address}`],
    ['address', `address\0${address}`],
    ['name', `name\0${name}`],
  ];
}
