/**
 * Lets so many queries run at the same time and makes the others wait in order. Waiting counts towards a query's time,
 * and a query whose client is gone leaves the line.
 */

export type Entry =
  | { readonly kind: 'entered'; readonly leave: () => void }
  | { readonly kind: 'full' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'canceled' };

interface Waiting {
  readonly enter: () => void;
}

export class QueryGate {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  #running = 0;
  readonly #waiting: Waiting[] = [];

  constructor(runningMax: number, waitingMax: number) {
    this.#runningMax = runningMax;
    this.#waitingMax = waitingMax;
  }

  get runningCount(): number {
    return this.#running;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  enter(timeoutMs: number, signal: AbortSignal): Entry | Promise<Entry> {
    if (signal.aborted) return { kind: 'canceled' };
    if (this.#running < this.#runningMax) return this.#enter();
    if (this.#waiting.length >= this.#waitingMax) return { kind: 'full' };
    return new Promise((resolve) => {
      const settle = (entry: Entry) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve(entry);
      };
      const waiting: Waiting = { enter: () => settle(this.#enter()) };
      const onAbort = () => settle({ kind: 'canceled' });
      const timer = setTimeout(() => settle({ kind: 'timeout' }), timeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #enter(): Entry {
    this.#running++;
    let isInside = true;
    const leave = () => {
      if (!isInside) return;
      isInside = false;
      this.#running--;
      this.#waiting[0]?.enter();
    };
    return { kind: 'entered', leave };
  }
}
