/**
 * What main (or collect) and the store thread say to each other. Every request has a number that its answer repeats;
 * buffers are transferred, never shared. One type for requests, one for answers: nothing else passes.
 */
import type { MessagePort } from 'node:worker_threads';
import type { FieldMetadata } from '../model/field.ts';
import type { TenantId } from '../model/tenant.ts';
import type { StoreSettings } from './settings.ts';
import type {
  AppendAnswer,
  ContentEncoding,
  IngestFormat,
  JoinedLabels,
  PrometheusAnswer,
  TimePrecision,
} from './store.ts';

/** Given to the thread at its start. */
export interface StoreThreadData {
  readonly settings: StoreSettings;
}

export interface AppendMessage {
  readonly kind: 'append';
  readonly id: number;
  readonly tenant: TenantId;
  readonly format: IngestFormat;
  readonly encoding: ContentEncoding;
  readonly precision: TimePrecision;
  readonly durable: boolean;
  readonly body: Uint8Array<ArrayBuffer>;
}

interface ReadLimits {
  readonly tenants: readonly TenantId[];
  readonly timeoutMs: number;
}

interface EvaluateLimits extends ReadLimits {
  readonly query: string;
  readonly lookbackMs: number | undefined;
  /** Series of the answer at most; 0: all. */
  readonly limit: number;
}

interface SelectLimits extends ReadLimits {
  readonly matchers: readonly string[];
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  /** Items of the answer at most; 0: all. */
  readonly limit: number;
}

/** What is read: the Prometheus HTTP API, one kind an endpoint. */
export type Reading =
  | (EvaluateLimits & { readonly what: 'query'; readonly timeMs: number })
  | (EvaluateLimits & {
      readonly what: 'query_range';
      readonly startMs: number;
      readonly endMs: number;
      readonly stepMs: number;
    })
  | (SelectLimits & { readonly what: 'series' })
  | (SelectLimits & { readonly what: 'label_names' })
  | (SelectLimits & { readonly what: 'label_values'; readonly name: string })
  | {
      readonly what: 'metadata';
      readonly tenants: readonly TenantId[];
      readonly metric: string | undefined;
      readonly limit: number;
    }
  | { readonly what: 'format_query'; readonly query: string };

/** Changes of the store other than rows. */
export type Change =
  | { readonly what: 'delete_row_groups'; readonly tenant: TenantId; readonly selectors: readonly string[] }
  | {
      readonly what: 'end_series';
      readonly tenant: TenantId;
      readonly selectors: readonly string[];
      readonly atMs: number;
    }
  | { readonly what: 'declare_fields'; readonly fields: readonly FieldMetadata[] }
  | {
      readonly what: 'declare_interval';
      readonly tenant: TenantId;
      readonly monitorId: string;
      readonly intervalMs: number;
    }
  | { readonly what: 'join_labels'; readonly labels: readonly JoinedLabels[] };

export type StoreRequest =
  | AppendMessage
  | { readonly kind: 'read'; readonly id: number; readonly reading: Reading }
  /** The sender no longer wants the answer of a reading; it is answered nevertheless. */
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'change'; readonly id: number; readonly change: Change }
  | { readonly kind: 'metrics'; readonly id: number }
  /** A port on which another thread sends `AppendMessage`s. */
  | { readonly kind: 'attach'; readonly port: MessagePort }
  /** `limitMs`: what is not in segments by then stays in the log. */
  | { readonly kind: 'close'; readonly id: number; readonly limitMs: number };

export type StoreAnswer =
  | { readonly kind: 'ready' }
  /** `buffer` is the body's, given back to be used again. */
  | { readonly kind: 'appended'; readonly id: number; readonly answer: AppendAnswer; readonly buffer?: ArrayBuffer }
  | { readonly kind: 'read'; readonly id: number; readonly answer: PrometheusAnswer }
  /** The number of row groups that were deleted; 0 for other changes. */
  | { readonly kind: 'changed'; readonly id: number; readonly count: number }
  | { readonly kind: 'metrics'; readonly id: number; readonly text: string }
  | { readonly kind: 'closed'; readonly id: number }
  /** The request could not be done; `message` is for the log. */
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  /** Everything that is wrong now, in plain sentences. */
  | { readonly kind: 'problems'; readonly problems: readonly string[] }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    };
