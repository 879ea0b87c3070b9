/**
 * The newest rows of each row group, not yet encoded. Rows stand in the order of time: one that comes a little late
 * (two senders at once) is put where it belongs. One that comes later than that stays in the order of arrival, and a
 * flag says so. A row with the same time as the last one is merged into it at once, other
 * repetitions when the rows are gathered: later rows win, field by field.
 */
import { grownFloat64, grownInt32, grownUint8 } from './growing.ts';
import { LastRows } from './last-rows.ts';
import { gatherInOrder, gatherSorted } from './open-gather.ts';
import { maskSlots, PAGE_ROWS, RowPages, strideFor } from './row-pages.ts';
import type { RunBuffer } from './run-buffer.ts';
import type { Samples } from './sample-buffer.ts';

const UNSORTED = 1;
/** The first chunk of a row group gets a limit of its own, so that neighbours are not sealed all at once. */
const STAGGERED = 2;
/** Some row of the chunk lacks a column. Without this the presence bits need not be looked at. */
const HOLES = 4;
const MIN_ROWS = 8;
/** How many rows a late one may pass to get to its place. */
const MAX_PASSED = 16;
const ROW_MASK = PAGE_ROWS - 1;
/** Of a float64's high word; NaNs and infinities have all of these bits. */
const EXPONENT = 0x7ff00000;

export class OpenRows {
  readonly pages = new RowPages();
  readonly last = new LastRows();
  /** Rows after which a chunk is sealed; follows memory. */
  #chunkRows = 256;
  #limitBytes = Number.POSITIVE_INFINITY;
  #first = new Int32Array(512);
  #lastPage = new Int32Array(512);
  #rows = new Int32Array(512);
  #limit = new Int32Array(512);
  #stride = new Int32Array(512);
  #width = new Int32Array(512);
  #flags = new Uint8Array(512);
  /** Newest and oldest time of the chunk. */
  #newestMs = new Float64Array(512);
  #oldestMs = new Float64Array(512);
  /** No row since this was last set is older; those that were cleared since count as well. */
  earliestMs = Number.POSITIVE_INFINITY;
  #totalRows = 0;
  #activeRowBytes = 0;
  /** Where the row stands that `#newRow` or `#findNewest` settled on: its page and the slot of its time. */
  #toPage = 0;
  #toSlot = 0;

  set chunkRows(rows: number) {
    this.#chunkRows = Math.max(MIN_ROWS, rows);
  }

  get chunkRows(): number {
    return this.#chunkRows;
  }

  /**
   * Memory for open rows. Chunks that began when there were fewer row groups may be too long by now: above this, the
   * row group that is written next is sealed when its chunk is at least half of what chunks are to be.
   */
  set limitBytes(bytes: number) {
    this.#limitBytes = bytes;
  }

  get totalRows(): number {
    return this.#totalRows;
  }

  /** Bytes that one more row of every row group with open rows would take. */
  get activeRowBytes(): number {
    return this.#activeRowBytes;
  }

  rows(group: number): number {
    return group < this.#rows.length ? this.#rows[group]! : 0;
  }

  width(group: number): number {
    return this.#width[group]!;
  }

  oldestMs(group: number): number {
    return this.#oldestMs[group]!;
  }

  newestMs(group: number): number {
    return this.#newestMs[group]!;
  }

  /** Rows after which the chunk is full. */
  limit(group: number): number {
    return this.#limit[group]!;
  }

  isFull(group: number): boolean {
    const rows = this.#rows[group]!;
    if (rows >= this.#limit[group]!) return true;
    return this.pages.bytesInUse > this.#limitBytes && 2 * rows >= this.#chunkRows;
  }

  /** Makes sure that rows of `width` columns fit. Open rows are moved when they do not. */
  widen(group: number, width: number): void {
    this.#grow(group);
    if (width <= this.#width[group]!) return;
    const old = this.#stride[group]!;
    const stride = strideFor(width);
    this.#width[group] = width;
    this.#flags[group]! |= HOLES;
    if (stride === old) return;
    this.#stride[group] = stride;
    this.last.widen(group, stride);
    if (this.#rows[group]! === 0) return;
    this.#activeRowBytes += (stride - old) * 8;
    this.#restride(group, old, stride);
  }

  /** Adds the last row of the row group, or, when it is another piece of the row before, puts it in that one's place. */
  addLast(group: number, isPiece: boolean): void {
    const { last } = this;
    const timeMs = last.timeMs(group);
    if (isPiece && this.#rows[group]! > 0) this.#findNewest(group, timeMs);
    else this.#newRow(group, timeMs);
    if (last.count(group) < this.#width[group]!) this.#flags[group]! |= HOLES;
    const page = this.pages.words(this.#toPage);
    const { words } = last;
    const from = last.at(group);
    const end = from + last.length(group);
    for (let i = from, to = 2 * (this.#toSlot + PAGE_ROWS); i < end; i += 2, to += 2 * PAGE_ROWS) {
      page[to] = words[i]!;
      page[to + 1] = words[i + 1]!;
    }
  }

  /** Gathers all open rows of a row group: ascending, repetitions merged. */
  gather(group: number, run: RunBuffer): void {
    const rows = this.#rows[group]!;
    const width = this.#width[group]!;
    run.reset(rows, width);
    if (rows === 0) return;
    const chunk = {
      pages: this.pages,
      first: this.#first[group]!,
      rows,
      stride: this.#stride[group]!,
      width,
      mayHaveHoles: this.#mayHaveHoles(group),
    };
    if (this.isSorted(group)) gatherInOrder(chunk, run);
    else gatherSorted(chunk, run);
  }

  /** Forgets the open rows of a row group. */
  clear(group: number): void {
    if (this.rows(group) === 0) return;
    this.pages.release(this.#first[group]!);
    this.#totalRows -= this.#rows[group]!;
    this.#activeRowBytes -= this.#stride[group]! * 8;
    this.#rows[group] = 0;
  }

  /** As `clear`, and forgets what it knows of a row group whose number will be used again. */
  forget(group: number): void {
    this.clear(group);
    if (group >= this.#rows.length) return;
    this.#width[group] = 0;
    this.#stride[group] = 0;
    this.#flags[group] = 0;
    this.last.forget(group);
  }

  /** Adds the present values of one column in a range, in order of arrival. */
  readColumn(group: number, column: number, fromMs: number, toMs: number, into: Samples): void {
    if (column >= this.#width[group]!) return;
    const rows = this.#rows[group]!;
    into.reserve(into.count + rows);
    const { times, bits } = into;
    const stride = this.#stride[group]!;
    const masks = maskSlots(stride);
    // In words, from the page's begin to this column's of row 0.
    const toMask = 2 * PAGE_ROWS * (1 + (column >> 6)) + ((column >> 5) & 1);
    const toValue = 2 * PAGE_ROWS * (1 + masks + column);
    const bit = 1 << (column & 31);
    const hasHoles = this.#mayHaveHoles(group);
    const isSorted = this.isSorted(group);
    let n = into.count;
    let hasNaN = false;
    for (let page = this.#first[group]!, left = rows; left > 0; page = this.pages.next(page), left -= PAGE_ROWS) {
      const slots = this.pages.times(page);
      const begin = this.pages.begin(page, stride);
      const inPage = Math.min(left, PAGE_ROWS);
      if (isSorted && slots[begin + inPage - 1]! < fromMs) continue;
      const words = this.pages.words(page);
      for (let r = 0, at = 2 * begin; r < inPage; r++, at += 2) {
        const timeMs = slots[begin + r]!;
        if (timeMs < fromMs || timeMs > toMs || (hasHoles && !(words[at + toMask]! & bit))) continue;
        const high = words[at + toValue + 1]!;
        if ((high & EXPONENT) === EXPONENT) hasNaN = true;
        times[n] = timeMs;
        bits[2 * n] = words[at + toValue]!;
        bits[2 * n + 1] = high;
        n++;
      }
    }
    into.count = n;
    if (hasNaN) into.hasNaN = true;
  }

  isSorted(group: number): boolean {
    return !(this.#flags[group]! & UNSORTED);
  }

  /** The row of this time among the newest ones: the last, unless it came late. */
  #findNewest(group: number, timeMs: number): void {
    const stride = this.#stride[group]!;
    let at = this.#rows[group]! - 1;
    let page = this.#lastPage[group]!;
    let slot = this.#timeSlot(page, at, stride);
    while (at > 0 && this.pages.times(page)[slot] !== timeMs) {
      at--;
      if ((at & ROW_MASK) === ROW_MASK) page = this.#pageOf(group, at);
      slot = this.#timeSlot(page, at, stride);
    }
    this.#toPage = page;
    this.#toSlot = slot;
  }

  #pageOf(group: number, row: number): number {
    let page = this.#first[group]!;
    for (let skip = row; skip >= PAGE_ROWS; skip -= PAGE_ROWS) page = this.pages.next(page);
    return page;
  }

  /** Rows of one column have no presence bits. */
  #mayHaveHoles(group: number): boolean {
    return this.#stride[group]! > 2 && (this.#flags[group]! & HOLES) !== 0;
  }

  /** Slot of the time of a row, which stands in this page; what else is of the row follows at steps of PAGE_ROWS. */
  #timeSlot(page: number, row: number, stride: number): number {
    return this.pages.begin(page, stride) + (row & ROW_MASK);
  }

  #newRow(group: number, timeMs: number): void {
    const rows = this.#rows[group]!;
    const stride = this.#stride[group]!;
    if (rows === 0) this.#begin(group, timeMs);
    else if ((rows & ROW_MASK) === 0) {
      const page = this.pages.take(stride);
      this.pages.link(this.#lastPage[group]!, page);
      this.#lastPage[group] = page;
    }
    this.#rows[group] = rows + 1;
    this.#totalRows++;
    this.#toPage = this.#lastPage[group]!;
    let slot = this.#timeSlot(this.#toPage, rows, stride);
    if (rows > 0) {
      if (timeMs > this.#newestMs[group]!) this.#newestMs[group] = timeMs;
      else slot = this.#makeRoom(group, timeMs, rows, slot);
      if (timeMs < this.#oldestMs[group]!) this.#noteOldest(group, timeMs);
    }
    this.pages.times(this.#toPage)[slot] = timeMs;
    this.#toSlot = slot;
  }

  /**
   * Moves newer rows up by one until the free row at the end (`row`, at `slot`) is where `timeMs` belongs. Sets `#toPage`
   * and returns the slot.
   */
  #makeRoom(group: number, timeMs: number, row: number, slot: number): number {
    if (this.#flags[group]! & UNSORTED) return slot;
    const stride = this.#stride[group]!;
    let page = this.#toPage;
    for (let at = row; at > 0; at--) {
      const fromPage = (at & ROW_MASK) === 0 ? this.#pageOf(group, at - 1) : page;
      const from = this.#timeSlot(fromPage, at - 1, stride);
      const before = this.pages.times(fromPage)[from]!;
      if (before <= timeMs || row - at === MAX_PASSED) {
        if (before >= timeMs) this.#flags[group]! |= UNSORTED;
        break;
      }
      const words = this.pages.words(fromPage);
      const to = this.pages.words(page);
      for (let w = 0; w < 2 * PAGE_ROWS * stride; w += 2 * PAGE_ROWS) {
        to[2 * slot + w] = words[2 * from + w]!;
        to[2 * slot + w + 1] = words[2 * from + w + 1]!;
      }
      page = fromPage;
      slot = from;
    }
    this.#toPage = page;
    return slot;
  }

  #begin(group: number, timeMs: number): void {
    const page = this.pages.take(this.#stride[group]!);
    this.#first[group] = page;
    this.#lastPage[group] = page;
    this.#activeRowBytes += this.#stride[group]! * 8;
    this.#newestMs[group] = timeMs;
    this.#noteOldest(group, timeMs);
    const half = this.#chunkRows >> 1;
    const isFirst = !(this.#flags[group]! & STAGGERED);
    this.#limit[group] = isFirst ? half + ((Math.imul(group, 0x9e3779b1) >>> 8) % half) + 1 : this.#chunkRows;
    this.#flags[group] = STAGGERED;
  }

  #noteOldest(group: number, timeMs: number): void {
    this.#oldestMs[group] = timeMs;
    if (timeMs < this.earliestMs) this.earliestMs = timeMs;
  }

  #restride(group: number, old: number, stride: number): void {
    const oldMasks = maskSlots(old);
    const addedMasks = maskSlots(stride) - oldMasks;
    const rows = this.#rows[group]!;
    const oldFirst = this.#first[group]!;
    let page = -1;
    for (let r = 0, from = oldFirst; r < rows; r++) {
      const row = r & (PAGE_ROWS - 1);
      if (row === 0) {
        const fresh = this.pages.take(stride);
        if (page < 0) this.#first[group] = fresh;
        else this.pages.link(page, fresh);
        page = fresh;
        if (r > 0) from = this.pages.next(from);
      }
      const source = this.pages.words(from);
      const target = this.pages.words(page);
      const a = 2 * (this.pages.begin(from, old) + row);
      const b = 2 * (this.pages.begin(page, stride) + row);
      const copy = (slot: number, to: number) => {
        target[b + 2 * PAGE_ROWS * to] = source[a + 2 * PAGE_ROWS * slot]!;
        target[b + 2 * PAGE_ROWS * to + 1] = source[a + 2 * PAGE_ROWS * slot + 1]!;
      };
      for (let slot = 0; slot <= oldMasks; slot++) copy(slot, slot);
      for (let slot = oldMasks + 1; slot <= oldMasks + addedMasks; slot++) {
        target[b + 2 * PAGE_ROWS * slot] = oldMasks === 0 && slot === 1 ? 1 : 0;
        target[b + 2 * PAGE_ROWS * slot + 1] = 0;
      }
      for (let slot = oldMasks + 1; slot < old; slot++) copy(slot, slot + addedMasks);
    }
    this.#lastPage[group] = page;
    this.pages.release(oldFirst);
  }

  #grow(group: number): void {
    if (group < this.#rows.length) return;
    this.#first = grownInt32(this.#first, group);
    this.#lastPage = grownInt32(this.#lastPage, group);
    this.#rows = grownInt32(this.#rows, group);
    this.#limit = grownInt32(this.#limit, group);
    this.#stride = grownInt32(this.#stride, group);
    this.#width = grownInt32(this.#width, group);
    this.#flags = grownUint8(this.#flags, group);
    this.#newestMs = grownFloat64(this.#newestMs, group);
    this.#oldestMs = grownFloat64(this.#oldestMs, group);
  }
}
