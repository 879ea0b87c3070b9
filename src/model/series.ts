/**
 * What the PromQL evaluator needs from an engine. `tsdb/` implements it; `promql/` knows nothing else of storage.
 *
 * Buffers: arrays returned by `read` and `readTier` belong to the source and are valid until the next call.
 */
import type { Parts } from '../lib/parts.ts';
import type { FieldKind } from './field.ts';
import type { TenantId } from './tenant.ts';

export type MatcherOp = '=' | '!=' | '=~' | '!~';

/** A label matcher. Regular expressions are anchored at both ends, as in Prometheus. */
export interface Matcher {
  readonly name: string;
  readonly op: MatcherOp;
  readonly value: string;
}

/** Label pairs, flattened (`name, value, name, value, …`), sorted by name, `__name__` included, no empty values. */
export type LabelPairs = readonly string[];

export interface SeriesHandle {
  readonly labels: LabelPairs;
  /** Declared interval between rows in milliseconds; 0 when unknown. Look-back is max(5 min, 2.5 × it). */
  readonly intervalMs: number;
  readonly kind: FieldKind;
}

/** Samples in ascending time. `bits` views the bytes of `values`: a stale marker has low word 2 and high word 0x7ff00000. */
export interface SampleBuffer {
  readonly count: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly bits: Uint32Array;
  /** Whether any value may be a NaN; only then it has stale markers. */
  readonly hasNaN: boolean;
}

/** Aggregates of one tier, a bucket an index, ascending. A bucket covers (start, start + tierMs], as windows do. */
export interface TierBuffer {
  readonly count: number;
  readonly starts: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  /** Number of raw samples in the bucket. */
  readonly samples: Float64Array;
  readonly last: Float64Array;
  /** Reset-corrected growth since the previous bucket's last sample (since the first sample where there is none). */
  readonly increase: Float64Array;
}

export const TIERS_MS = [0, 300_000, 3_600_000] as const;
/** 0 is raw. */
export type TierMs = (typeof TIERS_MS)[number];

export interface TierSpan {
  readonly tierMs: TierMs;
  /** Inclusive; of buckets it is the start that counts. Raw samples behind a tier begin after it. */
  readonly fromMs: number;
  /** Exclusive, but for the last span, which ends inclusive. */
  readonly toMs: number;
}

export interface SelectRequest {
  readonly tenants: readonly TenantId[];
  readonly matchers: readonly Matcher[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface SeriesSource {
  /** Series with (possibly) samples in the closed range; joined labels applied. @throws LimitError */
  select(request: SelectRequest): Parts<readonly SeriesHandle[]>;
  /** Raw samples in the closed range [fromMs, toMs]. */
  read(series: SeriesHandle, fromMs: number, toMs: number): SampleBuffer;
  /** Buckets that overlap the closed range. */
  readTier(series: SeriesHandle, tierMs: TierMs, fromMs: number, toMs: number): TierBuffer;
  /** Which tier serves which part of the range for a step (0 for an instant), oldest first, without gaps. */
  tiers(fromMs: number, toMs: number, stepMs: number): readonly TierSpan[];
}
