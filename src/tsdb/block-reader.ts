/** Decodes columns of blocks, of segments and of the head alike, through the cache. */

import type { DecodedCache, DecodedColumn } from './decoded-cache.ts';
import { decodeColumn, decodeTimes, MAX_BLOCK_ROWS } from './encoding/block.ts';
import type { MemoryBlocks } from './memory-blocks.ts';
import type { SegmentSource } from './segment-types.ts';

const EMPTY: DecodedColumn = { count: 0, times: new Float64Array(0), values: new Float64Array(0), ownsTimes: false };

export class BlockReader {
  readonly #cache: DecodedCache;
  readonly #times = new Float64Array(MAX_BLOCK_ROWS);
  readonly #values = new Float64Array(MAX_BLOCK_ROWS);
  readonly #halves = new Int32Array(this.#values.buffer);
  readonly #present = new Uint8Array(MAX_BLOCK_ROWS);

  constructor(cache: DecodedCache) {
    this.#cache = cache;
  }

  /** Present values of a column of a block in memory. */
  memory(blocks: MemoryBlocks, block: number, column: number): DecodedColumn {
    const known = this.#cache.column(blocks, block, column);
    if (known) return known;
    const bytes = blocks.bytes(block);
    const offset = blocks.offset(block);
    const rows = blocks.rows(block);
    const count = decodeColumn(bytes, offset, column, this.#values, this.#present);
    let times = this.#cache.times(blocks, block);
    if (!times) {
      decodeTimes(bytes, offset, this.#times);
      times = this.#times.slice(0, rows);
      this.#cache.addTimes(blocks, block, times);
    }
    return this.#keep(blocks, block, column, rows, count, times);
  }

  /** Present values of a column of a block in a segment. @throws SegmentDamage */
  segment(segment: SegmentSource, block: number, column: number): DecodedColumn {
    const known = this.#cache.column(segment, block, column);
    if (known) return known;
    const rows = segment.blockRows(block);
    const count = segment.readColumn(block, column, this.#values, this.#present);
    const number = segment.blockTimes(block);
    let times = this.#cache.times(segment, number);
    if (!times) {
      times = segment.readTimes(block).slice(0, rows);
      this.#cache.addTimes(segment, number, times);
    }
    return this.#keep(segment, block, column, rows, count, times);
  }

  #keep(owner: object, block: number, column: number, rows: number, count: number, times: Float64Array): DecodedColumn {
    let decoded = EMPTY;
    if (count === rows) {
      decoded = { count, times, values: this.#values.slice(0, rows), ownsTimes: false };
    } else if (count > 0) {
      const ownTimes = new Float64Array(count);
      const values = new Float64Array(count);
      const halves = new Int32Array(values.buffer);
      let n = 0;
      for (let i = 0; i < rows; i++) {
        if (this.#present[i] !== 1) continue;
        ownTimes[n] = times[i]!;
        halves[2 * n] = this.#halves[2 * i]!;
        halves[2 * n + 1] = this.#halves[2 * i + 1]!;
        n++;
      }
      decoded = { count, times: ownTimes, values, ownsTimes: true };
    }
    this.#cache.addColumn(owner, block, column, decoded);
    return decoded;
  }
}
