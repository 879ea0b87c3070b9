/**
 * The store thread's side of `messages.ts`: takes requests from main and from attached ports, has them done, answers.
 */
import type { MessagePort } from 'node:worker_threads';
import { isPooled } from '../lib/buffer-pool.ts';
import type { Logger } from '../lib/logger.ts';
import { parseSelectors } from '../promql/parse.ts';
import type { Engine } from '../tsdb/engine.ts';
import type { Appender } from './appender.ts';
import type { AppendMessage, Change, StoreAnswer, StoreRequest } from './messages.ts';
import type { Reader } from './reader.ts';
import type { AppendAnswer } from './store.ts';
import { storeMetrics } from './store-metrics.ts';

/** Where answers go: main's port or an attached one. */
export type Answerer = Pick<MessagePort, 'postMessage'>;

export interface HostOptions {
  readonly engine: Engine;
  readonly appender: Appender;
  readonly reader: Reader;
  readonly logger: Logger;
  /** A broken invariant: the thread must end. */
  readonly onBroken: (error: unknown) => void;
}

export class StoreHost {
  readonly #options: HostOptions;
  /** Readings under way, by number; only main sends them. */
  readonly #readings = new Map<number, AbortController>();
  readonly #ports = new Set<MessagePort>();
  readonly #appends = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** Takes one request of main. */
  receive(request: StoreRequest, main: Answerer): void {
    switch (request.kind) {
      case 'append':
        this.#append(request, main);
        return;
      case 'read':
        this.#own(this.#read(request, main));
        return;
      case 'cancel':
        this.#readings.get(request.id)?.abort();
        return;
      case 'change':
        this.#answerSafely(request.id, main, () => ({
          kind: 'changed',
          id: request.id,
          count: this.#change(request.change),
        }));
        return;
      case 'metrics':
        this.#answerSafely(request.id, main, () => ({
          kind: 'metrics',
          id: request.id,
          text: storeMetrics(this.#options),
        }));
        return;
      case 'attach':
        this.#attach(request.port);
        return;
      case 'close':
        this.#own(this.#close(request.id, request.limitMs, main));
    }
  }

  /** A port on which another thread appends; it ends with the thread on its other side. */
  #attach(port: MessagePort): void {
    this.#ports.add(port);
    port.on('message', (request: AppendMessage) => this.#append(request, port));
    port.on('close', () => this.#ports.delete(port));
  }

  #append(request: AppendMessage, to: Answerer): void {
    const reply = (answer: AppendAnswer) => {
      const { buffer } = request.body;
      if (!isPooled(buffer.byteLength))
        to.postMessage({ kind: 'appended', id: request.id, answer } satisfies StoreAnswer);
      else to.postMessage({ kind: 'appended', id: request.id, answer, buffer } satisfies StoreAnswer, [buffer]);
    };
    if (this.#isClosing) {
      reply({ kind: 'unavailable', reason: 'the store is closing', retryAfterS: 10 });
      return;
    }
    const work = this.#options.appender.append(request).then(reply);
    this.#appends.add(work);
    this.#own(work.finally(() => this.#appends.delete(work)));
  }

  async #read({ id, reading }: Extract<StoreRequest, { kind: 'read' }>, to: Answerer): Promise<void> {
    const abort = new AbortController();
    this.#readings.set(id, abort);
    try {
      const answer = await this.#options.reader.read(reading, abort.signal);
      to.postMessage({ kind: 'read', id, answer } satisfies StoreAnswer, [answer.body.buffer]);
    } finally {
      this.#readings.delete(id);
    }
  }

  /** Does one change; returns the number of row groups it concerned. */
  #change(change: Change): number {
    const { engine } = this.#options;
    switch (change.what) {
      case 'delete_row_groups':
        return engine.deleteRowGroups(change.tenant, parseSelectors(change.selectors));
      case 'end_series':
        return engine.endSeries(change.tenant, parseSelectors(change.selectors), change.atMs);
      case 'declare_fields':
        engine.declareFields(change.fields);
        return 0;
      case 'declare_interval':
        engine.declareInterval(change.tenant, change.monitorId, change.intervalMs);
        return 0;
      case 'join_labels':
        engine.joinLabels(change.labels);
        return 0;
    }
  }

  async #close(id: number, limitMs: number, main: Answerer): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    for (const reading of this.#readings.values()) reading.abort();
    await Promise.allSettled(this.#appends);
    for (const port of this.#ports) port.close();
    await this.#options.engine.close(limitMs);
    main.postMessage({ kind: 'closed', id } satisfies StoreAnswer);
  }

  #answerSafely(id: number, to: Answerer, work: () => StoreAnswer): void {
    let answer: StoreAnswer;
    try {
      answer = work();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'a request to the store failed');
      answer = { kind: 'failed', id, message: (error as Error).message };
    }
    to.postMessage(answer);
  }

  #own(work: Promise<void>): void {
    work.catch(this.#options.onBroken);
  }
}
