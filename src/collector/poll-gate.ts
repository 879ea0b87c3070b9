/**
 * How many polls may be under way at once, so that those which began also end when there is more to do than this machine
 * can. A poll that waits for a slow device gives its place back after a second: slow devices delay nobody.
 */
import type { Clock } from '../lib/clock.ts';

const MAX_POLLS = 200;
const SLOW_MS = 1000;
/** Tickets of the past that may lie before the oldest that counts. */
const MOST_PAST = 1024;

/** Returned by `enter`; give it to `leave`. */
export interface GateTicket {
  readonly enteredMs: number;
  /** Whether it takes a place. */
  isInside: boolean;
}

export class PollGate {
  readonly #clock: Clock;
  /** In the order of entering; before `#first` and among the others are some that are no longer inside. */
  #tickets: GateTicket[] = [];
  #first = 0;
  #inside = 0;
  #waiting: ((ticket: GateTicket) => void)[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter(): Promise<GateTicket> | GateTicket {
    const nowMs = this.#clock.monotonicMs();
    this.#dropSlow(nowMs);
    if (this.#inside < MAX_POLLS && this.#waiting.length === 0) return this.#admit(nowMs);
    const ticket = new Promise<GateTicket>((resolve) => this.#waiting.push(resolve));
    this.#arm();
    return ticket;
  }

  leave(ticket: GateTicket): void {
    this.#drop(ticket);
    this.#letIn();
  }

  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #admit(nowMs: number): GateTicket {
    const ticket = { enteredMs: nowMs, isInside: true };
    this.#tickets.push(ticket);
    this.#inside++;
    return ticket;
  }

  #drop(ticket: GateTicket): void {
    if (!ticket.isInside) return;
    ticket.isInside = false;
    this.#inside--;
  }

  #dropSlow(nowMs: number): void {
    const tickets = this.#tickets;
    for (; this.#first < tickets.length; this.#first++) {
      const ticket = tickets[this.#first]!;
      if (ticket.isInside && ticket.enteredMs > nowMs - SLOW_MS) break;
      this.#drop(ticket);
    }
    if (this.#first > MOST_PAST) {
      this.#tickets = tickets.slice(this.#first);
      this.#first = 0;
    }
  }

  #letIn(): void {
    if (this.#waiting.length === 0) return;
    const nowMs = this.#clock.monotonicMs();
    const free = Math.min(this.#waiting.length, MAX_POLLS - this.#inside);
    if (free > 0) for (const resolve of this.#waiting.splice(0, free)) resolve(this.#admit(nowMs));
    this.#arm();
  }

  /** Looks again when the oldest poll inside becomes slow. */
  #arm(): void {
    if (this.#cancelTimer || this.#waiting.length === 0) return;
    const nowMs = this.#clock.monotonicMs();
    this.#dropSlow(nowMs);
    const oldest = this.#tickets[this.#first];
    const waitMs = oldest ? oldest.enteredMs + SLOW_MS - nowMs : 0;
    this.#cancelTimer = this.#clock.after(Math.max(1, Math.ceil(waitMs)), () => {
      this.#cancelTimer = undefined;
      this.#dropSlow(this.#clock.monotonicMs());
      this.#letIn();
    });
  }
}
