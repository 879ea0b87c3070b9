/**
 * Slows down guessing of passwords, without handing strangers a way to lock people out.
 *
 * Attempts of strangers are counted for the name at the address, for the address (an IPv6 network of 64 bits counts as
 * one), and for the name from everywhere, with growing patience. The last is what stops a guesser with many addresses,
 * and by itself it would let anybody lock out the administrator. So two kinds of attempts are counted apart and are held
 * up by nothing that others do: those of a browser in which this name has logged in before (`known-browsers.ts`; OWASP
 * calls it device cookies), and those made at the machine itself. Behind a proxy, where all come from one address, the
 * first is what keeps people in.
 *
 * In memory: a restart forgets, which an attacker cannot cause.
 */
import { isIPv6 } from 'node:net';
import type { Clock } from '../lib/clock.ts';

export interface Attempt {
  readonly username: string;
  readonly address: string;
  /** Made at the machine itself, through no proxy. */
  readonly isLocal?: boolean;
  /** Who it is, as far as it is known without the password: counted for itself. */
  readonly known?: string | undefined;
}

export interface Lock {
  /** Until the next attempt is taken. */
  readonly waitMs: number;
  /** What others did may be the reason: whoever is known or at the machine is not held up by it. */
  readonly isShared: boolean;
}

interface Entry {
  failures: number;
  lockedUntilMs: number;
  lastMs: number;
}

/** Failures allowed before the first lock. */
const ALLOWED = { own: 5, pair: 5, address: 20, name: 200 } as const;
type Scope = keyof typeof ALLOWED;
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

  /** What holds this attempt up; undefined: nothing. */
  lock(attempt: Attempt): Lock | undefined {
    const now = this.#clock.monotonicMs();
    let longest: Lock | undefined;
    for (const [scope, key] of keysOf(attempt)) {
      const waitMs = (this.#entries.get(key)?.lockedUntilMs ?? 0) - now;
      if (waitMs > (longest?.waitMs ?? 0)) longest = { waitMs, isShared: scope !== 'own' };
    }
    return longest;
  }

  failed(attempt: Attempt): void {
    const now = this.#clock.monotonicMs();
    for (const [scope, key] of keysOf(attempt)) {
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

  /** A right password clears the name where it was given, and takes back the attempt that `failed` counted elsewhere. */
  succeeded(attempt: Attempt): void {
    for (const [scope, key] of keysOf(attempt)) {
      const entry = this.#entries.get(key);
      if (scope === 'own' || scope === 'pair' || !entry || entry.failures <= 1) this.#entries.delete(key);
      else this.#entries.set(key, { ...entry, failures: entry.failures - 1, lockedUntilMs: 0 });
    }
  }
}

function keysOf({ username, address, isLocal, known }: Attempt): [scope: Scope, key: string][] {
  const name = username.toLowerCase();
  if (known !== undefined) return [['own', `known\0${name}\0${known}`]];
  if (isLocal) return [['own', `local\0${name}`]];
  const network = networkOf(address);
  return [
    ['pair', `pair\0${name}\0${network}`],
    ['address', `address\0${network}`],
    ['name', `name\0${name}`],
  ];
}

/** Whoever has an IPv6 address has 2^64 of them: their first four groups stand for all. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = '', right] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const head = groups(left);
  const tail = groups(right ?? '');
  const zeros = right === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
