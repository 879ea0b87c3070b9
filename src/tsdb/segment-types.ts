/**
 * What goes into and comes out of segment files; shared by the writer, the reader, the tiers and the rest of the engine.
 */

import type { TierMs } from '../model/series.ts';
import type { TenantId } from '../model/tenant.ts';
import type { RowRun } from './encoding/block.ts';
import type { TierParts } from './encoding/tier-parts.ts';

/** Identity and columns of a row group, as stored in a segment. */
export interface SegmentGroup {
  readonly tenant: TenantId;
  readonly measurement: string;
  /** Name, value, name, value, …; sorted by name. */
  readonly tags: readonly string[];
  /** Column number → field name. */
  readonly fields: readonly string[];
}

/** Aggregates of one field over the buckets of a run. */
export type TierColumn = TierParts;

/** Aggregates of a row group: a bucket a row, a field a column. Starts are multiples of the tier's width, ascending. */
export interface TierRun {
  readonly count: number;
  readonly starts: Float64Array;
  readonly columns: readonly TierColumn[];
}

export interface SegmentSummary {
  readonly path: string;
  readonly tierMs: TierMs;
  readonly sizeBytes: number;
  /** Time of the oldest row; of tiers the start of the oldest bucket. */
  readonly minMs: number;
  /** Time of the newest row; of tiers the start of the newest bucket. */
  readonly maxMs: number;
  readonly rows: number;
  /** Values present: raw samples, or buckets of series in a tier. */
  readonly samples: number;
  readonly groups: number;
}

/**
 * Writes one segment to a temporary name beside `path`; nothing is seen under `path` before `finish`.
 * `SegmentWriter.create(disk, path, { tierMs })` makes one.
 */
export interface SegmentSink {
  /** Begins the next row group. Groups that are read together should be neighbours; then they are read at one go. */
  addRowGroup(group: SegmentGroup): void;
  /**
   * Rows of the current group, any number, ascending and after those already added; cut into blocks as the writer
   * likes, but never joined: give many at a time. Raw only.
   */
  addRows(run: RowRun): void;
  /** Buckets of the current group, ascending and after those already added. Tiers only. */
  addTierRun(run: TierRun): void;
  /** Bytes written so far and still to come for what was added, not less than will be: for the ring's book-keeping. */
  readonly sizeBytes: number;
  /** Writes the index, fsyncs, renames, fsyncs the folder. Nothing may be added meanwhile. */
  finish(): Promise<SegmentSummary>;
  /** Removes the temporary file, also after `finish` has failed. */
  abort(): void;
}

/**
 * An open segment. Blocks are numbered through the file; those of group g are `firstBlock[g] … firstBlock[g + 1] - 1`,
 * ascending in time. `SegmentReader.open(disk, path)` makes one.
 */
export interface SegmentSource {
  readonly path: string;
  readonly tierMs: TierMs;
  readonly sizeBytes: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly rows: number;
  readonly samples: number;
  readonly groupCount: number;
  readonly blockCount: number;
  readonly firstBlock: Uint32Array;
  /** Number of the block's times: blocks of different row groups with the same number have the same times. */
  blockTimes(block: number): number;
  blockMinMs(block: number): number;
  blockMaxMs(block: number): number;
  blockRows(block: number): number;
  /** Identities, decoded from the file's index anew at each call and not kept; equal strings are shared. */
  groups(): IterableIterator<SegmentGroup>;
  /**
   * Reads the times of a block (of a tier: starts of the buckets). The array must not be changed, may be longer than
   * the rows, and is valid until the next call. @throws SegmentDamage
   */
  readTimes(block: number): Float64Array;
  /**
   * Reads one column. Returns how many values are present: 0 for none, the block's rows for no holes (then `present`
   * is not written). @throws SegmentDamage
   */
  readColumn(block: number, column: number, values: Float64Array, present: Uint8Array): number;
  /**
   * Reads one field of a tier block into arrays of at least the block's rows; false if it is absent. Buckets without
   * samples have `samples` 0 and undefined other parts. @throws SegmentDamage
   */
  readTierColumn(block: number, column: number, into: TierColumn): boolean;
  close(): void;
}

/** A segment file is not what was written. */
export class SegmentDamage extends Error {
  override readonly name = 'SegmentDamage';
  readonly path: string;
  readonly offset: number;
  readonly what: string;

  constructor(path: string, offset: number, what: string, options?: ErrorOptions) {
    super(`${path}: damaged at byte ${offset}: ${what}`, options);
    this.path = path;
    this.offset = offset;
    this.what = what;
  }
}

/** A store that a newer version of the product wrote. */
export class UnsupportedFormat extends Error {
  override readonly name = 'UnsupportedFormat';
  readonly path: string;

  constructor(path: string, version: number, known: number) {
    super(`${path} has format version ${version}, this version of telltale knows ${known}: use the newer version`);
    this.path = path;
  }
}
