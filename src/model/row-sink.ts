/**
 * Where parsers put rows: implemented by the engine, used by `ingest/`. Made for no allocation per row: a raw key is
 * found by its bytes and hash, fields are small column numbers, values travel in one reused typed array.
 */
import type { TenantId } from './tenant.ts';

/** Why a row was refused; 0 is accepted. The sentence for users comes from `RowSink.explain`. */
export const ROW_REFUSAL = { none: 0, tooFarAhead: 1, tooOld: 2, limit: 3, conflict: 4, ended: 5 } as const;
export type RowRefusal = (typeof ROW_REFUSAL)[keyof typeof ROW_REFUSAL];

export interface RowSink {
  /**
   * The row group known under these raw key bytes (measurement and tags as they stood on the wire), else -1.
   * `hash` is any 32-bit hash of the bytes, always computed by the same function.
   */
  find(tenant: TenantId, bytes: Uint8Array, start: number, end: number, hash: number): number;
  /**
   * Finds or makes the row group of a measurement and tags (flattened name, value pairs in any order, unescaped) and
   * remembers the raw key as another name of it.
   * @throws LimitError with the limit and its setting; ConflictError for invalid or duplicate tags
   */
  intern(
    tenant: TenantId,
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    measurement: string,
    tags: readonly string[],
  ): number;
  /** Column number of a field in a row group, made if new. @throws LimitError, ConflictError (same PromQL series) */
  column(group: number, field: string): number;
  /** Adds one row: `count` values in `columns[0..count)`, `values[0..count)`. Columns may come in any order. */
  row(group: number, timeMs: number, columns: Uint16Array, values: Float64Array, count: number): RowRefusal;
  /** A sentence for the last refusal. */
  explain(refusal: RowRefusal): string;
  /** Puts all rows since the last commit into the WAL file. @throws DiskFullError, WalError: none of them is stored */
  commit(): void;
}
