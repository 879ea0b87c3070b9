/**
 * What is in memory: open rows, and the blocks that they were sealed into. A flush takes all that there is when it
 * begins (`beginFlush`) row group by row group, while new rows come into the next generation of blocks.
 */
import type { GroupTable } from './group-table.ts';
import { MemoryBlocks } from './memory-blocks.ts';
import { OpenRows } from './open-rows.ts';
import { RunBuffer } from './run-buffer.ts';
import type { TimeBounds } from './time-bounds.ts';

/** Memory for open rows: what a small installation may fill; larger ones get more with each series. */
const OPEN_BYTES = 32 * 2 ** 20;
const OPEN_BYTES_PER_SERIES = 256;
/** Chunks are somewhat over half full on average, because their ends are spread. */
const CHUNK_FILL = 0.6;
const MIN_CHUNK_ROWS = 16;
const MAX_CHUNK_ROWS = 512;

export class Head {
  readonly open = new OpenRows();
  readonly #groups: GroupTable;
  readonly #bounds: TimeBounds;
  readonly #run = new RunBuffer();
  #current = new MemoryBlocks();
  #flushing: MemoryBlocks | undefined;
  /** Oldest row of the flush that is under way. */
  #flushingEarliestMs = Number.POSITIVE_INFINITY;
  /** Row groups below this have been taken by the flush that is under way. */
  #taken = 0;
  /** Row groups from here on did not exist when the flush began. */
  #takes = 0;

  constructor(groups: GroupTable, bounds: TimeBounds) {
    this.#groups = groups;
    this.#bounds = bounds;
  }

  get current(): MemoryBlocks {
    return this.#current;
  }

  /** Blocks that a flush is writing to segments. */
  get flushing(): MemoryBlocks | undefined {
    return this.#flushing;
  }

  figures(): { openRows: number; openBytes: number; blockBytes: number } {
    const blockBytes = this.#current.sizeBytes + (this.#flushing?.sizeBytes ?? 0);
    return { openRows: this.open.totalRows, openBytes: this.open.pages.bytesReserved, blockBytes };
  }

  get isEmpty(): boolean {
    return this.open.totalRows === 0 && this.#current.count === 0 && !this.#flushing;
  }

  /** Whether a row group has rows here. */
  has(group: number): boolean {
    return this.open.rows(group) > 0 || this.#current.latest(group) >= 0 || (this.#flushing?.latest(group) ?? -1) >= 0;
  }

  /** Whether a row group has open rows in a range. */
  overlaps(group: number, fromMs: number, toMs: number): boolean {
    const { open } = this;
    return open.rows(group) > 0 && open.oldestMs(group) <= toMs && open.newestMs(group) >= fromMs;
  }

  /** No row here is older. */
  get earliestMs(): number {
    return Math.min(this.open.earliestMs, this.#flushingEarliestMs);
  }

  /** Time of the newest open row of a row group. */
  newestMs(group: number): number {
    return this.open.rows(group) > 0 ? this.open.newestMs(group) : Number.NEGATIVE_INFINITY;
  }

  /** Lets chunks grow as far as the memory for open rows allows. */
  fitMemory(): void {
    const bytes = Math.max(OPEN_BYTES, OPEN_BYTES_PER_SERIES * this.#groups.seriesCount);
    this.open.limitBytes = bytes;
    const rowBytes = this.open.activeRowBytes;
    const rows = rowBytes > 0 ? Math.floor(bytes / rowBytes / CHUNK_FILL) : MAX_CHUNK_ROWS;
    this.open.chunkRows = Math.min(MAX_CHUNK_ROWS, Math.max(MIN_CHUNK_ROWS, rows));
  }

  /** Encodes the open rows of a row group as a block. */
  seal(group: number): void {
    if (this.open.rows(group) === 0) return;
    this.#bounds.widen(group, this.open.oldestMs(group), this.open.newestMs(group));
    this.open.gather(group, this.#run);
    this.open.clear(group);
    const isAwaited = this.#flushing !== undefined && group >= this.#taken && group < this.#takes;
    (isAwaited ? this.#flushing! : this.#current).add(group, this.#run);
  }

  /** Begins a flush: everything that is here now belongs to it. */
  beginFlush(): void {
    this.#flushing = this.#current;
    this.#current = new MemoryBlocks();
    this.#flushingEarliestMs = this.open.earliestMs;
    this.open.earliestMs = Number.POSITIVE_INFINITY;
    this.#taken = 0;
    this.#takes = this.#groups.capacity;
  }

  get flushEnd(): number {
    return this.#takes;
  }

  /** The flush takes this row group now; its blocks are complete. Row groups are taken in ascending order. */
  take(group: number): void {
    this.seal(group);
    this.#taken = group + 1;
  }

  /** The segments of the flush are published: drops its blocks. */
  endFlush(): void {
    this.#flushing = undefined;
    this.#flushingEarliestMs = Number.POSITIVE_INFINITY;
  }

  /** The flush failed: its blocks are kept for the next one. */
  cancelFlush(): void {
    const kept = this.#flushing!;
    for (let group = 0; group < this.#groups.capacity; group++) {
      for (const block of this.#current.blocksOf(group)) kept.copy(group, this.#current, block);
    }
    this.#current = kept;
    this.#flushing = undefined;
    this.open.earliestMs = this.earliestMs;
    this.#flushingEarliestMs = Number.POSITIVE_INFINITY;
  }

  /** Forgets everything of a row group. */
  forget(group: number): void {
    this.open.forget(group);
    this.#current.forget(group);
    this.#flushing?.forget(group);
  }
}
