/**
 * Keeps the store thread running: starts it, waits until it has replayed its log, and starts it again with a growing
 * pause when it ended by itself. Only `stop` ends it for good.
 */
import type { Worker } from 'node:worker_threads';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { StoreAnswer } from './messages.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** A thread that ran this long was healthy: the next pause is the first one again. */
const HEALTHY_MS = 60_000;

export type ThreadState = 'starting' | 'ready' | 'pausing' | 'stopped';

export interface SupervisorOptions {
  readonly startWorker: () => Worker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onMessage: (answer: StoreAnswer) => void;
  readonly onReady: (worker: Worker) => void;
  /** The thread ended; requests in flight will not be answered. */
  readonly onEnd: (reason: Error) => void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  #worker: Worker | undefined;
  #state: ThreadState = 'starting';
  #restarts = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #startedAtMs = 0;
  #lastError: Error | undefined;
  #cancelPause: (() => void) | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): ThreadState {
    return this.#state;
  }

  /** The thread, once it is ready. */
  get worker(): Worker | undefined {
    return this.#state === 'ready' ? this.#worker : undefined;
  }

  /** How often the thread had to be started again. */
  get restarts(): number {
    return this.#restarts;
  }

  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** Starts the thread; resolves when it is ready, rejects with the reason when it ends before that. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#run(resolve, reject));
  }

  /** Ends the thread; `leave` asks it to close and resolves when it has. */
  async stop(leave: (worker: Worker) => Promise<void>): Promise<void> {
    const worker = this.#worker;
    const wasReady = this.#state === 'ready';
    this.#cancelPause?.();
    try {
      if (worker && wasReady) await leave(worker);
    } finally {
      this.#state = 'stopped';
      await worker?.terminate();
    }
  }

  #run(onFirstReady?: () => void, onFirstEnd?: (reason: Error) => void): void {
    const { clock, logger } = this.#options;
    const worker = this.#options.startWorker();
    this.#worker = worker;
    this.#state = 'starting';
    this.#startedAtMs = clock.monotonicMs();
    let isFirst = onFirstEnd !== undefined;
    let error: Error | undefined;
    worker.on('message', (answer: StoreAnswer) => {
      if (answer.kind !== 'ready') {
        this.#options.onMessage(answer);
        return;
      }
      isFirst = false;
      this.#state = 'ready';
      this.#options.onReady(worker);
      onFirstReady?.();
    });
    worker.on('error', (thrown: Error) => {
      error = thrown;
    });
    worker.on('exit', (code) => {
      if (this.#state === 'stopped') return;
      const reason = error ?? new Error(`the store thread ended with code ${code}`);
      this.#lastError = reason;
      this.#worker = undefined;
      this.#options.onEnd(reason);
      if (isFirst) {
        this.#state = 'stopped';
        onFirstEnd?.(reason);
        return;
      }
      if (clock.monotonicMs() - this.#startedAtMs >= HEALTHY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      logger.error({ err: reason, pause_ms: this.#pauseMs }, 'the store thread ended and is started again');
      this.#restarts++;
      this.#state = 'pausing';
      this.#cancelPause = clock.after(this.#pauseMs, () => this.#run());
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    });
  }
}
