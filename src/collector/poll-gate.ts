/**
 * How many polls may be under way at once, so that those which began also end when there is more to do than this machine
 * can. A poll that waits for a slow device gives its place back after a second: slow devices delay nobody.
 */
import type { Clock } from '../lib/clock.ts';

const MAX_POLLS = 200;
const SLOW_MS = 1000;

/** Returned by `enter`; give it to `leave`. */
export interface GateTicket {
  readonly enteredMs: number;
}

export class PollGate {
  readonly #clock: Clock;
  /** In the order of entering. */
  readonly #inside = new Set<GateTicket>();
  #waiting: ((ticket: GateTicket) => void)[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter(): Promise<GateTicket> | GateTicket {
    this.#dropSlow();
    if (this.#inside.size < MAX_POLLS && this.#waiting.length === 0) return this.#admit();
    const ticket = new Promise<GateTicket>((resolve) => this.#waiting.push(resolve));
    this.#arm();
    return ticket;
  }

  leave(ticket: GateTicket): void {
    this.#inside.delete(ticket);
    this.#letIn();
  }

  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #admit(): GateTicket {
    const ticket = { enteredMs: this.#clock.monotonicMs() };
    this.#inside.add(ticket);
    return ticket;
  }

  #dropSlow(): void {
    const slowSinceMs = this.#clock.monotonicMs() - SLOW_MS;
    for (const ticket of this.#inside) {
      if (ticket.enteredMs > slowSinceMs) return;
      this.#inside.delete(ticket);
    }
  }

  #letIn(): void {
    if (this.#waiting.length === 0) return;
    const free = Math.min(this.#waiting.length, MAX_POLLS - this.#inside.size);
    if (free > 0) for (const resolve of this.#waiting.splice(0, free)) resolve(this.#admit());
    this.#arm();
  }

  /** Looks again when the oldest poll inside becomes slow. */
  #arm(): void {
    if (this.#cancelTimer || this.#waiting.length === 0) return;
    const [oldest] = this.#inside;
    const waitMs = oldest ? oldest.enteredMs + SLOW_MS - this.#clock.monotonicMs() : 0;
    this.#cancelTimer = this.#clock.after(Math.max(1, Math.ceil(waitMs)), () => {
      this.#cancelTimer = undefined;
      this.#dropSlow();
      this.#letIn();
    });
  }
}
