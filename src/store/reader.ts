/**
 * The reading half of the store thread: PromQL, series, labels and metadata, with a place in the line, a deadline and a
 * signal for every query.
 */
import { AssertionFailure } from '../lib/assert.ts';
import type { Logger } from '../lib/logger.ts';
import { finishWithRests } from '../lib/parts.ts';
import { LimitError } from '../model/limit-error.ts';
import { formatQuery } from '../promql/format.ts';
import { parseSelectors } from '../promql/parse.ts';
import type { AnswerManners } from '../promql/prometheus-json.ts';
import { PromqlError } from '../promql/promql-error.ts';
import { evaluateInstant, evaluateRange } from '../promql/query.ts';
import type { Engine } from '../tsdb/engine.ts';
import type { Reading } from './messages.ts';
import { prometheusError } from './prometheus-error.ts';
import { dataAnswer, listAnswer, metadataAnswer, queryAnswer, seriesAnswer } from './prometheus-json.ts';
import { QueryGate } from './query-gate.ts';
import { READ_LIMIT_SETTINGS, type ReadLimits } from './settings.ts';
import type { PrometheusAnswer } from './store.ts';

export interface ReaderOptions {
  readonly engine: Engine;
  readonly limits: ReadLimits;
  readonly pause: () => Promise<void>;
  readonly monotonicMs: () => number;
  readonly logger: Logger;
}

/** Longest run without giving way. */
const SLICE_MS = 4;

type Evaluation = Extract<Reading, { what: 'query' | 'query_range' }>;
type Selection = Extract<Reading, { matchers: readonly string[] }>;

export class Reader {
  readonly gate: QueryGate;
  readonly #engine: Engine;
  readonly #limits: ReadLimits;
  readonly #pause: () => Promise<void>;
  readonly #monotonicMs: () => number;
  readonly #logger: Logger;

  constructor({ engine, limits, pause, monotonicMs, logger }: ReaderOptions) {
    this.#engine = engine;
    this.#limits = limits;
    this.#pause = pause;
    this.#monotonicMs = monotonicMs;
    this.#logger = logger;
    this.gate = new QueryGate(limits.concurrentQueries, limits.waitingQueries);
  }

  /** Never rejects but for broken invariants, after which the thread must not go on. */
  async read(reading: Reading, signal: AbortSignal): Promise<PrometheusAnswer> {
    try {
      switch (reading.what) {
        case 'query':
        case 'query_range':
          return await this.#evaluate(reading, signal);
        case 'metadata':
          return metadataAnswer(this.#engine.metadata(reading.tenants), reading.metric, reading.limit);
        case 'format_query':
          return dataAnswer(formatQuery(reading.query));
        default:
          return await this.#select(reading, signal);
      }
    } catch (error) {
      return this.#errorAnswer(error, reading);
    }
  }

  async #evaluate(reading: Evaluation, signal: AbortSignal): Promise<PrometheusAnswer> {
    const beganMs = this.#monotonicMs();
    const entry = await this.gate.enter(reading.timeoutMs, signal);
    if (entry.kind === 'full') {
      const limit = `${this.#limits.waitingQueries} queries are waiting already (setting ${READ_LIMIT_SETTINGS.waitingQueries})`;
      return prometheusError('unavailable', limit);
    }
    if (entry.kind === 'timeout') return prometheusError('timeout', 'query timed out in query queue');
    if (entry.kind === 'canceled') return prometheusError('canceled', 'query was canceled in query queue');
    try {
      const { tenants, query, lookbackMs, timeoutMs } = reading;
      const leftMs = timeoutMs - (this.#monotonicMs() - beganMs);
      const common = {
        source: this.#engine,
        tenants,
        query,
        signal,
        pause: this.#pause,
        limits: {
          maxSamples: this.#limits.querySamples,
          samplesSetting: READ_LIMIT_SETTINGS.querySamples,
          timeoutMs: leftMs,
        },
        ...(lookbackMs !== undefined && { lookbackMs }),
      };
      const result =
        reading.what === 'query'
          ? await evaluateInstant({ ...common, timeMs: reading.timeMs })
          : await evaluateRange({ ...common, startMs: reading.startMs, endMs: reading.endMs, stepMs: reading.stepMs });
      return await queryAnswer(result, reading.limit, this.#manners(beganMs + timeoutMs, signal));
    } finally {
      entry.leave();
    }
  }

  /** Long work gives way to others and ends with its query. */
  #manners(deadlineMs: number, signal: AbortSignal): AnswerManners {
    let sliceEndMs = this.#monotonicMs() + SLICE_MS;
    return {
      maxBytes: this.#limits.answerBytes,
      sizeSetting: READ_LIMIT_SETTINGS.answerBytes,
      due: () => this.#monotonicMs() >= sliceEndMs,
      rest: async () => {
        await this.#pause();
        if (signal.aborted) throw new PromqlError('canceled', 'query was canceled');
        if (this.#monotonicMs() > deadlineMs) {
          throw new PromqlError('timeout', 'query timed out');
        }
        sliceEndMs = this.#monotonicMs() + SLICE_MS;
      },
    };
  }

  async #select(reading: Selection, signal: AbortSignal): Promise<PrometheusAnswer> {
    const { tenants, matchers, limit, startMs, endMs, timeoutMs } = reading;
    const manners = this.#manners(this.#monotonicMs() + timeoutMs, signal);
    const request = {
      tenants,
      selectors: parseSelectors(matchers),
      fromMs: startMs ?? Number.MIN_SAFE_INTEGER,
      toMs: endMs ?? Number.MAX_SAFE_INTEGER,
      // One more than is shown tells whether there is more.
      limit: limit > 0 ? limit + 1 : 0,
    };
    if (reading.what === 'series') {
      const series = await finishWithRests(this.#engine.seriesIdentities(request), manners);
      return seriesAnswer(series, limit, manners);
    }
    const list =
      reading.what === 'label_names'
        ? this.#engine.labelNames(request)
        : this.#engine.labelValues(reading.name, request);
    return listAnswer(await finishWithRests(list, manners), limit, manners);
  }

  #errorAnswer(error: unknown, reading: Reading): PrometheusAnswer {
    if (error instanceof PromqlError) {
      if (error.kind === 'bad_data') {
        const parameter = 'matchers' in reading ? 'match[]' : 'query';
        return prometheusError('bad_data', `invalid parameter "${parameter}": ${error.message}`);
      }
      return prometheusError(error.kind === 'limit' ? 'execution' : error.kind, error.message);
    }
    if (error instanceof LimitError) return prometheusError('execution', error.message);
    if (error instanceof AssertionFailure) throw error;
    this.#logger.error({ err: error, what: reading.what }, 'a query failed');
    return prometheusError('internal', 'the query failed by an internal error; the log has its story');
  }
}
