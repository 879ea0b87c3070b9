/**
 * Encoded blocks that wait in memory for their segment. All blocks between two flushes are one generation and are
 * dropped together once their segment is published.
 */
import { encodeBlock, maxBlockBytes, type RowRun } from './encoding/block.ts';
import { grownFloat64, grownInt32 } from './growing.ts';

const SLAB_BYTES = 1 << 20;
let scratch = new Uint8Array(1 << 16);

export class MemoryBlocks {
  readonly #slabs: Uint8Array[] = [];
  #slabEnd = SLAB_BYTES;
  #count = 0;
  #sizeBytes = 0;
  /** Newest block of each row group + 1. */
  #latest = new Int32Array(0);
  #previous = new Int32Array(256);
  #slab = new Int32Array(256);
  #offset = new Int32Array(256);
  #length = new Int32Array(256);
  #rows = new Int32Array(256);
  #minMs = new Float64Array(256);
  #maxMs = new Float64Array(256);

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Encodes rows as the newest block of a row group. */
  add(group: number, run: RowRun): void {
    const most = maxBlockBytes(run.count, run.columns.length);
    if (most > scratch.length) scratch = new Uint8Array(most * 2);
    const length = encodeBlock(run, scratch, 0);
    this.#append(group, scratch, 0, length, run.count, run.times[0]!, run.times[run.count - 1]!);
  }

  /** Appends a copy of another generation's block. */
  copy(group: number, from: MemoryBlocks, block: number): void {
    const length = from.#length[block]!;
    this.#append(
      group,
      from.bytes(block),
      from.offset(block),
      length,
      from.rows(block),
      from.minMs(block),
      from.maxMs(block),
    );
  }

  /** Blocks of a row group, oldest arrival first. */
  blocksOf(group: number): number[] {
    const blocks: number[] = [];
    for (let block = this.latest(group); block >= 0; block = this.previous(block)) blocks.push(block);
    return blocks.reverse();
  }

  /** Newest block of a row group, or -1. */
  latest(group: number): number {
    return group < this.#latest.length ? this.#latest[group]! - 1 : -1;
  }

  /** The block before this one in the same row group, or -1. */
  previous(block: number): number {
    return this.#previous[block]! - 1;
  }

  /** Forgets the blocks of a row group that was deleted. */
  forget(group: number): void {
    if (group < this.#latest.length) this.#latest[group] = 0;
  }

  rows(block: number): number {
    return this.#rows[block]!;
  }

  minMs(block: number): number {
    return this.#minMs[block]!;
  }

  maxMs(block: number): number {
    return this.#maxMs[block]!;
  }

  bytes(block: number): Uint8Array {
    return this.#slabs[this.#slab[block]!]!;
  }

  offset(block: number): number {
    return this.#offset[block]!;
  }

  #append(
    group: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    rows: number,
    minMs: number,
    maxMs: number,
  ): void {
    const block = this.#count++;
    this.#grow(group, block);
    this.#place(block, bytes, offset, length);
    this.#length[block] = length;
    this.#rows[block] = rows;
    this.#minMs[block] = minMs;
    this.#maxMs[block] = maxMs;
    this.#previous[block] = this.#latest[group]!;
    this.#latest[group] = block + 1;
    this.#sizeBytes += length;
  }

  #grow(group: number, block: number): void {
    this.#latest = grownInt32(this.#latest, group);
    if (block < this.#previous.length) return;
    this.#previous = grownInt32(this.#previous, block);
    this.#slab = grownInt32(this.#slab, block);
    this.#offset = grownInt32(this.#offset, block);
    this.#length = grownInt32(this.#length, block);
    this.#rows = grownInt32(this.#rows, block);
    this.#minMs = grownFloat64(this.#minMs, block);
    this.#maxMs = grownFloat64(this.#maxMs, block);
  }

  #place(block: number, bytes: Uint8Array, offset: number, length: number): void {
    if (this.#slabEnd + length > SLAB_BYTES || this.#slabs.length === 0) {
      this.#slabs.push(new Uint8Array(Math.max(SLAB_BYTES, length)));
      this.#slabEnd = 0;
    }
    const slab = this.#slabs.length - 1;
    this.#slabs[slab]!.set(bytes.subarray(offset, offset + length), this.#slabEnd);
    this.#slab[block] = slab;
    this.#offset[block] = this.#slabEnd;
    this.#slabEnd += length;
  }
}
