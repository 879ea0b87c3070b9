/** Requests on their way to the store thread, by number, until their answer comes or the thread dies. */
import type { StoreAnswer } from './messages.ts';

type AnswerOf<K extends StoreAnswer['kind']> = Extract<StoreAnswer, { kind: K }>;

interface Waiting {
  readonly settle: (answer: StoreAnswer) => void;
  readonly abandon: (reason: Error) => void;
}

/** The store thread cannot do it now: it is starting again, or it is closed. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The store thread refused or failed a request. */
export class StoreRequestError extends Error {
  override readonly name = 'StoreRequestError';
}

export class PendingRequests {
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();

  get count(): number {
    return this.#waiting.size;
  }

  /**
   * Gives a request its number, sends it, and resolves to its answer.
   * Rejects with StoreRequestError when the thread could not do it, StoreUnavailableError when the thread ended.
   */
  send<K extends StoreAnswer['kind']>(kind: K, post: (id: number) => void): Promise<AnswerOf<K>> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        settle(answer) {
          if (answer.kind === kind) resolve(answer as AnswerOf<K>);
          else
            reject(
              new StoreRequestError(answer.kind === 'failed' ? answer.message : `unexpected answer ${answer.kind}`),
            );
        },
        abandon: reject,
      });
      try {
        post(id);
      } catch (error) {
        this.#waiting.delete(id);
        reject(error);
      }
    });
  }

  settle(id: number, answer: StoreAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.settle(answer);
  }

  abandonAll(reason: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { abandon } of waiting) abandon(reason);
  }
}
