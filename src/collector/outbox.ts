/** Observations on their way out, a few times a second, after the rows of the same polls. */
import type { Clock } from '../lib/clock.ts';
import { atTickAfter } from '../lib/tick.ts';
import type { Observation } from '../model/observation.ts';

const AFTER_MS = 150;
const MAX_BATCH = 2000;

export type Emit = (observations: readonly Observation[]) => void;

export class Outbox {
  readonly #emit: Emit;
  readonly #clock: Clock;
  readonly #beforeEmit: () => void;
  #waiting: Observation[] = [];
  #cancel: (() => void) | undefined;

  /** @param beforeEmit sends the rows that were polled with the observations */
  constructor(emit: Emit, clock: Clock, beforeEmit: () => void) {
    this.#emit = emit;
    this.#clock = clock;
    this.#beforeEmit = beforeEmit;
  }

  add(observations: readonly Observation[]): void {
    this.#waiting.push(...observations);
    if (this.#waiting.length >= MAX_BATCH) this.flush();
    else this.#cancel ??= atTickAfter(this.#clock, AFTER_MS, () => this.flush());
  }

  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#waiting.length === 0) return;
    this.#beforeEmit();
    const batch = this.#waiting;
    this.#waiting = [];
    this.#emit(batch);
  }
}
