/**
 * Room for the newest rows: pages of 32 rows in slabs, a free list for each row size. Pages of a row group are chained.
 *
 * A row is `time, presence bits, value of column 0, 1, …` in slots of 8 bytes. Rows of one column have no presence bits.
 * A page holds them column by column (32 times, 32 of the second slot, …): who reads or encodes one column touches little
 * else. Values are moved as two 32-bit halves only: a NaN's payload must survive, and a float64 move may not keep it.
 */
import { grownInt32 } from './growing.ts';

export const PAGE_ROWS = 32;
const SLAB_SLOTS = 1 << 15;
/** A page number is the slab's number and the page's place in it. */
const PLACE_BITS = 10;
const PLACE_MASK = (1 << PLACE_BITS) - 1;

/** Slots that presence bits take in rows of this many slots: one bit a column. */
export function maskSlots(stride: number): number {
  return stride === 2 ? 0 : Math.ceil((stride - 1) / 65);
}

/** Slots of a row with `width` columns, rounded up a little so that new columns often fit and sizes are few. */
export function strideFor(width: number): number {
  if (width <= 1) return 2;
  const needed = 1 + Math.ceil(width / 64) + width;
  if (needed <= 8) return needed;
  const step = 1 << (29 - Math.clz32(needed));
  return Math.ceil(needed / step) * step;
}

interface Slab {
  readonly stride: number;
  readonly times: Float64Array;
  readonly words: Int32Array;
}

export class RowPages {
  readonly #slabs: Slab[] = [];
  #next = new Int32Array(1024);
  readonly #free = new Map<number, number[]>();
  #bytesInUse = 0;
  #bytesReserved = 0;

  get bytesInUse(): number {
    return this.#bytesInUse;
  }

  get bytesReserved(): number {
    return this.#bytesReserved;
  }

  /** A page for rows of `stride` slots; its rows hold old data. */
  take(stride: number): number {
    let free = this.#free.get(stride);
    if (!free) {
      free = [];
      this.#free.set(stride, free);
    }
    if (free.length === 0) this.#addSlab(stride, free);
    const page = free.pop()!;
    this.#bytesInUse += stride * PAGE_ROWS * 8;
    this.#next[page] = -1;
    return page;
  }

  /** Gives back a chain of pages. */
  release(page: number): void {
    while (page >= 0) {
      const stride = this.#slabs[page >> PLACE_BITS]!.stride;
      const next = this.#next[page]!;
      this.#free.get(stride)!.push(page);
      this.#bytesInUse -= stride * PAGE_ROWS * 8;
      page = next;
    }
  }

  link(page: number, next: number): void {
    this.#next[page] = next;
  }

  next(page: number): number {
    return this.#next[page]!;
  }

  /** Slots of the slab that holds the page: slot `s` of row `r` is at `begin(page, stride) + s * PAGE_ROWS + r`. */
  times(page: number): Float64Array {
    return this.#slabs[page >> PLACE_BITS]!.times;
  }

  /** The same slots as 32-bit words, two a slot. */
  words(page: number): Int32Array {
    return this.#slabs[page >> PLACE_BITS]!.words;
  }

  begin(page: number, stride: number): number {
    return (page & PLACE_MASK) * PAGE_ROWS * stride;
  }

  #addSlab(stride: number, free: number[]): void {
    const pageSlots = stride * PAGE_ROWS;
    const pages = Math.max(1, Math.min(PLACE_MASK + 1, Math.floor(SLAB_SLOTS / pageSlots)));
    const times = new Float64Array(pages * pageSlots);
    const slab = this.#slabs.length;
    this.#slabs.push({ stride, times, words: new Int32Array(times.buffer) });
    this.#bytesReserved += times.byteLength;
    const first = slab << PLACE_BITS;
    this.#next = grownInt32(this.#next, first + pages - 1);
    for (let i = pages - 1; i >= 0; i--) free.push(first + i);
  }
}
