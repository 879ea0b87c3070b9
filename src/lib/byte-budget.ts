/**
 * Credits for bytes in flight: senders wait, first come first served, instead of filling memory. One that is larger than
 * the whole budget passes when nothing else is in flight.
 */
export type ReleaseBytes = () => void;

interface Waiting {
  readonly bytes: number;
  readonly grant: (release: ReleaseBytes) => void;
}

export class ByteBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;
  readonly #waiting: Waiting[] = [];

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Takes the bytes if nobody waits and they fit, else undefined. */
  tryTake(bytes: number): ReleaseBytes | undefined {
    return this.#waiting.length === 0 && this.#fits(bytes) ? this.#take(bytes) : undefined;
  }

  /** Resolves once the bytes are taken. Rejects with the signal's reason when aborted while waiting. */
  take(bytes: number, signal?: AbortSignal): Promise<ReleaseBytes> {
    const release = this.tryTake(bytes);
    if (release) return Promise.resolve(release);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal?.reason);
        this.#grantWaiting();
      };
      const waiting: Waiting = {
        bytes,
        grant(taken) {
          signal?.removeEventListener('abort', onAbort);
          resolve(taken);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#limitBytes;
  }

  #take(bytes: number): ReleaseBytes {
    this.#usedBytes += bytes;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#usedBytes -= bytes;
      this.#grantWaiting();
    };
  }

  #grantWaiting(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.grant(this.#take(next.bytes));
    }
  }
}
