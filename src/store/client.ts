/**
 * The store as main sees it: an embedded engine in a thread of its own, behind the interface of `store.ts`. Labels,
 * intervals and field declarations are kept here as well and told to every new thread.
 */
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { ByteBudget } from '../lib/byte-budget.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { startThread } from '../lib/thread.ts';
import type { FieldMetadata } from '../model/field.ts';
import type { TenantId } from '../model/tenant.ts';
import type { DirectPortMessage } from './append-port.ts';
import { DeclarationJournal } from './declaration-journal.ts';
import type { Change, Reading, StoreAnswer, StoreRequest, StoreThreadData } from './messages.ts';
import { PendingRequests, StoreUnavailableError } from './pending.ts';
import { prometheusError } from './prometheus-error.ts';
import type { StoreSettings } from './settings.ts';
import type {
  AppendAnswer,
  AppendRequest,
  JoinedLabels,
  PrometheusAnswer,
  QueryRequest,
  RangeRequest,
  SelectorRequest,
  Store,
  StoreHealth,
} from './store.ts';
import { Supervisor } from './supervisor.ts';

const IN_FLIGHT_BYTES = 64 << 20;
const RETRY_AFTER_S = 5;
/** The thread speaks at least this often; silence is a problem. */
const SILENCE_MS = 30_000;

export interface StoreOptions {
  readonly settings: StoreSettings;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly startWorker?: (data: StoreThreadData) => Worker;
}

/** Starts the store thread; resolves when its log is replayed. Rejects when the folder cannot be opened. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const client = new StoreClient(options);
  await client.start();
  return client;
}

class StoreClient implements Store {
  readonly #settings: StoreSettings;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #supervisor: Supervisor;
  readonly #pending = new PendingRequests();
  readonly #credits = new ByteBudget(IN_FLIGHT_BYTES);
  readonly #journal = new DeclarationJournal();
  readonly #brokers = new Set<MessagePort>();
  #problems: readonly string[] = [];
  #heardAtMs = 0;
  #isClosed = false;

  constructor(options: StoreOptions) {
    this.#settings = options.settings;
    this.#logger = options.logger;
    this.#clock = options.clock ?? systemClock;
    const data: StoreThreadData = { settings: options.settings };
    const startWorker = options.startWorker ?? ((workerData) => startThread('store', { workerData }));
    this.#supervisor = new Supervisor({
      startWorker: () => startWorker(data),
      clock: this.#clock,
      logger: options.logger,
      onMessage: (answer) => this.#receive(answer),
      onReady: (worker) => this.#welcome(worker),
      onEnd: (reason) => {
        this.#problems = [];
        this.#pending.abandonAll(
          new StoreUnavailableError(`the store thread ended: ${reason.message}`, { cause: reason }),
        );
      },
    });
  }

  async start(): Promise<void> {
    await this.#supervisor.start();
  }

  async append(request: AppendRequest): Promise<AppendAnswer> {
    const { body, tenant, format, encoding, precision = 'ns', durable = false } = request;
    const release = this.#credits.tryTake(body.length) ?? (await this.#credits.take(body.length));
    try {
      const message = { kind: 'append', tenant, format, encoding, precision, durable, body } as const;
      const answer = await this.#pending.send('appended', (id) => this.#post({ ...message, id }, [body.buffer]));
      if (answer.buffer) request.recycle?.(answer.buffer);
      return answer.answer;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      return { kind: 'unavailable', reason: error.message, retryAfterS: RETRY_AFTER_S };
    } finally {
      release();
    }
  }

  query({ tenants, query, timeMs, timeoutMs, lookbackMs, limit = 0, signal }: QueryRequest): Promise<PrometheusAnswer> {
    const reading = { what: 'query', tenants, query, timeMs, lookbackMs, limit } as const;
    return this.#read({ ...reading, timeoutMs: this.#timeoutMs(timeoutMs) }, signal);
  }

  queryRange(request: RangeRequest): Promise<PrometheusAnswer> {
    const { tenants, query, startMs, endMs, stepMs, timeoutMs, lookbackMs, limit = 0, signal } = request;
    const reading = { what: 'query_range', tenants, query, startMs, endMs, stepMs, lookbackMs, limit } as const;
    return this.#read({ ...reading, timeoutMs: this.#timeoutMs(timeoutMs) }, signal);
  }

  series(request: SelectorRequest): Promise<PrometheusAnswer> {
    return this.#read({ what: 'series', ...this.#selection(request) }, request.signal);
  }

  labelNames(request: SelectorRequest): Promise<PrometheusAnswer> {
    return this.#read({ what: 'label_names', ...this.#selection(request) }, request.signal);
  }

  labelValues(name: string, request: SelectorRequest): Promise<PrometheusAnswer> {
    return this.#read({ what: 'label_values', name, ...this.#selection(request) }, request.signal);
  }

  metadata(tenants: readonly TenantId[], metric?: string, limit = -1): Promise<PrometheusAnswer> {
    return this.#read({ what: 'metadata', tenants, metric, limit });
  }

  formatQuery(query: string): Promise<PrometheusAnswer> {
    return this.#read({ what: 'format_query', query });
  }

  deleteRowGroups(tenant: TenantId, selectors: readonly string[]): Promise<number> {
    return this.#change({ what: 'delete_row_groups', tenant, selectors });
  }

  async endSeries(tenant: TenantId, selectors: readonly string[], atMs: number): Promise<void> {
    await this.#change({ what: 'end_series', tenant, selectors, atMs });
  }

  declareFields(fields: readonly FieldMetadata[]): Promise<void> {
    return this.#declare({ what: 'declare_fields', fields });
  }

  declareInterval(tenant: TenantId, monitorId: string, intervalMs: number): Promise<void> {
    return this.#declare({ what: 'declare_interval', tenant, monitorId, intervalMs });
  }

  joinLabels(labels: readonly JoinedLabels[]): Promise<void> {
    return this.#declare({ what: 'join_labels', labels });
  }

  health(): StoreHealth {
    const { state, restarts, lastError } = this.#supervisor;
    const problems = [...this.#problems];
    if (restarts > 0) {
      const times = restarts === 1 ? 'once' : `${restarts} times`;
      problems.push(`The store thread was started again ${times}; last reason: ${lastError?.message}`);
    }
    if (state !== 'ready') {
      return {
        status: 'down',
        problems: [...problems, state === 'stopped' ? 'The store is closed.' : 'The store is starting.'],
      };
    }
    if (this.#clock.monotonicMs() - this.#heardAtMs > SILENCE_MS) problems.push('The store thread does not answer.');
    return { status: problems.length > 0 ? 'degraded' : 'ok', problems };
  }

  async metrics(): Promise<string> {
    const own = [
      '# HELP telltale_store_restarts_total How often the store thread had to be started again.',
      '# TYPE telltale_store_restarts_total counter',
      `telltale_store_restarts_total ${this.#supervisor.restarts}`,
      '# HELP telltale_store_up Whether the store thread runs.',
      '# TYPE telltale_store_up gauge',
      `telltale_store_up ${this.#supervisor.worker ? 1 : 0}`,
      '# HELP telltale_store_append_bytes_in_flight Bytes of bodies on their way to the store thread.',
      '# TYPE telltale_store_append_bytes_in_flight gauge',
      `telltale_store_append_bytes_in_flight ${this.#credits.usedBytes}`,
      '',
    ].join('\n');
    try {
      const { text } = await this.#pending.send('metrics', (id) => this.#post({ kind: 'metrics', id }));
      return own + text;
    } catch (error) {
      if (error instanceof StoreUnavailableError) return own;
      throw error;
    }
  }

  appendPort(): MessagePort {
    const { port1: ours, port2: theirs } = new MessageChannel();
    this.#brokers.add(ours);
    ours.on('close', () => this.#brokers.delete(ours));
    ours.unref();
    const worker = this.#supervisor.worker;
    if (worker) this.#connect(worker, ours);
    return theirs;
  }

  async close(limitMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#supervisor.stop(async () => {
        await this.#pending.send('closed', (id) => this.#post({ kind: 'close', id, limitMs }));
      });
    } finally {
      for (const broker of this.#brokers) broker.close();
      this.#pending.abandonAll(new StoreUnavailableError('the store is closed'));
    }
  }

  #timeoutMs(wantedMs: number | undefined): number {
    const longestMs = this.#settings.readLimits.queryTimeMs;
    return wantedMs === undefined ? longestMs : Math.min(wantedMs, longestMs);
  }

  #selection({ tenants, matchers, startMs, endMs, limit = 0 }: SelectorRequest) {
    return { tenants, matchers, startMs, endMs, limit, timeoutMs: this.#timeoutMs(undefined) };
  }

  async #read(reading: Reading, signal?: AbortSignal): Promise<PrometheusAnswer> {
    if (signal?.aborted) return prometheusError('canceled', 'query was canceled');
    let cancel: (() => void) | undefined;
    try {
      const answer = this.#pending.send('read', (id) => {
        this.#post({ kind: 'read', id, reading });
        cancel = () => this.#supervisor.worker?.postMessage({ kind: 'cancel', id } satisfies StoreRequest);
      });
      if (cancel) signal?.addEventListener('abort', cancel, { once: true });
      return (await answer).answer;
    } catch (error) {
      if (error instanceof StoreUnavailableError) return prometheusError('unavailable', error.message);
      throw error;
    } finally {
      if (cancel) signal?.removeEventListener('abort', cancel);
    }
  }

  async #change(change: Change): Promise<number> {
    return (await this.#pending.send('changed', (id) => this.#post({ kind: 'change', id, change }))).count;
  }

  /** A declaration outlives the thread: when there is none now, the next one is told. */
  async #declare(change: Change): Promise<void> {
    this.#journal.add(change);
    try {
      await this.#change(change);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || this.#isClosed) throw error;
    }
  }

  /** @throws StoreUnavailableError */
  #post(message: StoreRequest, transfer: readonly ArrayBuffer[] = []): void {
    const worker = this.#supervisor.worker;
    if (!worker) {
      throw new StoreUnavailableError(this.#isClosed ? 'the store is closed' : 'the store is starting again');
    }
    worker.postMessage(message, transfer);
  }

  #welcome(worker: Worker): void {
    this.#heardAtMs = this.#clock.monotonicMs();
    for (const change of this.#journal.changes()) {
      this.#change(change).catch((error) =>
        this.#logger.error({ err: error }, 'a declaration could not be repeated to the store'),
      );
    }
    for (const broker of this.#brokers) this.#connect(worker, broker);
  }

  #connect(worker: Worker, broker: MessagePort): void {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ kind: 'attach', port: port1 } satisfies StoreRequest, [port1]);
    broker.postMessage({ kind: 'port', port: port2 } satisfies DirectPortMessage, [port2]);
  }

  #receive(answer: StoreAnswer): void {
    this.#heardAtMs = this.#clock.monotonicMs();
    if (answer.kind === 'problems') this.#problems = answer.problems;
    else if (answer.kind === 'log') this.#logger[answer.level](answer.fields, answer.message);
    else if (answer.kind !== 'ready') this.#pending.settle(answer.id, answer);
  }
}
