/**
 * The narrow door to the metric engine. Nothing outside `store/` may know what stands behind it: the embedded engine
 * in its own thread today, a VictoriaMetrics cluster later.
 */
import type { MessagePort } from 'node:worker_threads';
import type { FieldMetadata } from '../model/field.ts';
import type { TenantId } from '../model/tenant.ts';

export type IngestFormat = 'influx' | 'ndjson' | 'remote_write';
export type ContentEncoding = 'identity' | 'gzip' | 'zstd' | 'deflate' | 'snappy';
export type TimePrecision = 'ns' | 'us' | 'ms' | 's';

export interface AppendRequest {
  readonly tenant: TenantId;
  readonly format: IngestFormat;
  readonly encoding: ContentEncoding;
  /** Of line-protocol timestamps. Default ns. */
  readonly precision?: TimePrecision;
  /** The body. Its buffer is transferred to the store and must not be used afterwards. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Called with the body's buffer when the store is done with it, so that it can be used again. Large ones only. */
  readonly recycle?: (buffer: ArrayBuffer) => void;
  /** Wait for the group fsync before answering (components, which delete their copy). */
  readonly durable?: boolean;
}

export interface Refusal {
  /** 1-based line (record, series) of the body. */
  readonly line: number;
  readonly reason: string;
}

export type AppendAnswer =
  | {
      readonly kind: 'done';
      readonly acceptedRows: number;
      readonly acceptedSamples: number;
      readonly refusedRows: number;
      /** The first few refusals. */
      readonly refusals: readonly Refusal[];
      /** Strings are accepted, counted and not stored. */
      readonly skippedStrings: number;
    }
  /** The whole body could not be read (corrupt gzip, too large when unpacked, …). Nothing was stored. */
  | { readonly kind: 'bad_body'; readonly reason: string }
  /** Disk full or the store is starting again: nothing was acknowledged, send the whole body again later. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterS: number };

export interface QueryRequest {
  readonly tenants: readonly TenantId[];
  readonly query: string;
  readonly timeMs: number;
  readonly timeoutMs?: number;
  readonly lookbackMs?: number;
  /** Series of the answer at most; 0 or absent: all. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface RangeRequest {
  readonly tenants: readonly TenantId[];
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly timeoutMs?: number;
  readonly lookbackMs?: number;
  /** Series of the answer at most; 0 or absent: all. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface SelectorRequest {
  readonly tenants: readonly TenantId[];
  /** Series selectors (`match[]`); empty means all. */
  readonly matchers: readonly string[];
  readonly startMs?: number;
  readonly endMs?: number;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** A complete body of the Prometheus HTTP API (success or error) with its HTTP status. */
export interface PrometheusAnswer {
  readonly status: 200 | 400 | 422 | 503 | 500;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Labels joined at read to every row group of the tenant whose tags include all of `match`. */
export interface JoinedLabels {
  readonly tenant: TenantId;
  /** `{device_id: '12'}` or `{device_id: '12', ifname: 'Gi1/0/1'}`. */
  readonly match: Readonly<Record<string, string>>;
  /** Empty values and an empty record remove. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface StoreHealth {
  readonly status: 'ok' | 'degraded' | 'down';
  /** Plain sentences: damaged segments set aside, disk full, restarts, … */
  readonly problems: readonly string[];
}

export interface Store {
  append(request: AppendRequest): Promise<AppendAnswer>;
  query(request: QueryRequest): Promise<PrometheusAnswer>;
  queryRange(request: RangeRequest): Promise<PrometheusAnswer>;
  series(request: SelectorRequest): Promise<PrometheusAnswer>;
  labelNames(request: SelectorRequest): Promise<PrometheusAnswer>;
  labelValues(name: string, request: SelectorRequest): Promise<PrometheusAnswer>;
  /** Of at most `limit` metrics, if that is not negative. */
  metadata(tenants: readonly TenantId[], metric?: string, limit?: number): Promise<PrometheusAnswer>;
  formatQuery(query: string): Promise<PrometheusAnswer>;
  /** Makes the matching row groups invisible at once, durably. Selectors as in PromQL; resolves to their number. */
  deleteRowGroups(tenant: TenantId, selectors: readonly string[]): Promise<number>;
  /** Writes stale markers: a monitor was switched off or removed. */
  endSeries(tenant: TenantId, selectors: readonly string[], atMs: number): Promise<void>;
  /** Kinds, units and help of fields; `intervalMs` by monitor comes with `declareInterval`. */
  declareFields(fields: readonly FieldMetadata[]): Promise<void>;
  /** Expected interval of the row groups of a monitor. */
  declareInterval(tenant: TenantId, monitorId: string, intervalMs: number): Promise<void>;
  /** Replaces the joined labels of each `match` given. */
  joinLabels(labels: readonly JoinedLabels[]): Promise<void>;
  health(): StoreHealth;
  /** Figures of the engine in Prometheus exposition format, to be part of `/metrics`. */
  metrics(): Promise<string>;
  /** A port on which another thread (collect) appends directly. See `store/append-port.ts`. */
  appendPort(): MessagePort;
  /** Flushes, seals and closes. What is not sealed within the time stays in the log, which the next start replays. */
  close(limitMs?: number): Promise<void>;
}
