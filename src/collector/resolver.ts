/** DNS names to addresses, remembered for a minute; the last good answer outlives a name server that is down. */
import { lookup } from 'node:dns/promises';
import type { Clock } from '../lib/clock.ts';
import type { ResolvedAddress } from '../probes/probe.ts';

/** What no DNS name looks like. */
const LITERAL = /^[\d.]+$|:/;
const FRESH_MS = 60_000;
const MAX_NAMES = 50_000;

interface Known {
  readonly address: string;
  readonly atMs: number;
}

export class NameResolver {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #running = new Map<string, Promise<ResolvedAddress>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** At once where nobody need be asked. Never rejects. */
  resolve(name: string): Promise<ResolvedAddress> | ResolvedAddress {
    if (LITERAL.test(name)) return { kind: 'address', address: name };
    const known = this.#known.get(name);
    if (known && this.#clock.monotonicMs() - known.atMs < FRESH_MS) {
      return { kind: 'address', address: known.address };
    }
    let running = this.#running.get(name);
    if (!running) {
      running = this.#look(name, known).finally(() => this.#running.delete(name));
      this.#running.set(name, running);
    }
    return running;
  }

  async #look(name: string, known: Known | undefined): Promise<ResolvedAddress> {
    try {
      const { address } = await lookup(name);
      if (this.#known.size >= MAX_NAMES) this.#known.clear();
      this.#known.set(name, { address, atMs: this.#clock.monotonicMs() });
      return { kind: 'address', address };
    } catch (error) {
      if (known) return { kind: 'address', address: known.address };
      const { code } = error as NodeJS.ErrnoException;
      const why = code === 'ENOTFOUND' ? 'no name server knows it' : `the name server did not answer (${code})`;
      return {
        kind: 'failure',
        code: 'name_unknown',
        message: `The name ${name} has no address: ${why}. Check the name, or use an address.`,
      };
    }
  }
}
