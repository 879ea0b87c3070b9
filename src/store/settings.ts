/** What the store thread is started with: plain values, for they cross to another thread. */
import type { IngestLimits } from '../ingest/limits.ts';
import type { EngineLimits } from '../tsdb/limits.ts';

export interface ReadLimits {
  /** Time that one query may take, waiting included. */
  readonly queryTimeMs: number;
  /** Samples that one query may read. */
  readonly querySamples: number;
  /** Bytes of the answer of one query. */
  readonly answerBytes: number;
  /** Queries evaluated at the same time; more wait. */
  readonly concurrentQueries: number;
  /** Queries that may wait; more are refused. */
  readonly waitingQueries: number;
}

export const DEFAULT_READ_LIMITS: ReadLimits = {
  queryTimeMs: 60_000,
  querySamples: 50_000_000,
  answerBytes: 128 << 20,
  concurrentQueries: 4,
  waitingQueries: 256,
};

/** The setting that changes each limit. */
export const READ_LIMIT_SETTINGS: Readonly<Record<keyof ReadLimits, string>> = {
  queryTimeMs: 'max_query_time',
  querySamples: 'max_query_samples',
  answerBytes: 'max_answer_size',
  concurrentQueries: 'max_concurrent_queries',
  waitingQueries: 'max_waiting_queries',
};

export interface StoreSettings {
  /** `tsdb/` of the data folder. */
  readonly folder: string;
  /** Ceiling of everything in the folder. */
  readonly diskBudgetBytes: number;
  readonly fsync: 'group' | 'always';
  readonly engineLimits: EngineLimits;
  readonly ingestLimits: IngestLimits;
  readonly readLimits: ReadLimits;
}
