/**
 * Echo requests that wait for their answer. Numbers are given out in order, so those that wait lie within a window, kept
 * as a ring of slots; an answer brings the low 16 bits of the number, its sequence.
 */

export interface WaitingEcho {
  /** Written by the window. */
  number: number;
}

const FIRST_SLOTS = 256;
/** As many as there are sequences. */
const MOST_SLOTS = 0x10000;

export class EchoWindow<T extends WaitingEcho> {
  #slots = new Array<T | undefined>(FIRST_SLOTS).fill(undefined);
  #size = 0;
  /** Only numbers from here on may wait. */
  #oldest: number;
  #next: number;

  /** @param first number of the first request */
  constructor(first: number) {
    this.#oldest = first;
    this.#next = first;
  }

  get size(): number {
    return this.#size;
  }

  /** Gives an echo the next number; false when the oldest still waits whose sequence would come again. */
  add(echo: T): boolean {
    if (this.#next - this.#oldest === this.#slots.length && !this.#grow()) return false;
    echo.number = this.#next++;
    this.#slots[echo.number % this.#slots.length] = echo;
    this.#size++;
    return true;
  }

  /** The one that waits for an answer with this sequence. */
  find(sequence: number): T | undefined {
    const number = this.#oldest + ((sequence - this.#oldest) & 0xffff);
    return number < this.#next ? this.#slots[number % this.#slots.length] : undefined;
  }

  remove({ number }: T): void {
    const slots = this.#slots;
    if (number < this.#oldest || slots[number % slots.length] === undefined) return;
    slots[number % slots.length] = undefined;
    this.#size--;
    while (this.#oldest < this.#next && slots[this.#oldest % slots.length] === undefined) this.#oldest++;
  }

  /** Oldest first; they may be removed meanwhile. */
  *[Symbol.iterator](): Generator<T> {
    for (let number = this.#oldest; number < this.#next; number++) {
      const echo = this.#slots[number % this.#slots.length];
      if (echo !== undefined) yield echo;
    }
  }

  #grow(): boolean {
    const before = this.#slots;
    if (before.length === MOST_SLOTS) return false;
    const slots = new Array<T | undefined>(before.length * 2).fill(undefined);
    for (let number = this.#oldest; number < this.#next; number++) {
      slots[number % slots.length] = before[number % before.length];
    }
    this.#slots = slots;
    return true;
  }
}
