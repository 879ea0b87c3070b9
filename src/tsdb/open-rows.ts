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

const UNSORTED = 1;
/** The first chunk of a row group gets a limit of its own, so that neighbours are not sealed all at once. */
const STAGGERED = 2;
const MIN_ROWS = 8;
/** How many rows a late one may pass to get to its place. */
const MAX_PASSED = 16;
const ROW_MASK = PAGE_ROWS - 1;

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
  #chunk = new Float64Array(512);
  #chunks = 0;
  /** Newest and oldest time of the chunk. */
  #newestMs = new Float64Array(512);
  #oldestMs = new Float64Array(512);
  #totalRows = 0;
  #activeRowBytes = 0;
  /** Where the row stands that `#newRow` or `#findNewest` settled on: its page and first word. */
  #toPage = 0;
  #toWord = 0;

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
    const to = this.#toWord;
    const row = this.pages.words(this.#toPage);
    const { words } = last;
    const from = last.at(group);
    const length = last.length(group);
    for (let i = 0; i < length; i++) row[to + 2 + i] = words[from + i]!;
  }

  /** Gathers all open rows of a row group: ascending, repetitions merged. */
  gather(group: number, run: RunBuffer): void {
    const rows = this.#rows[group]!;
    const width = this.#width[group]!;
    run.reset(rows, width);
    if (rows === 0) return;
    const chunk = { pages: this.pages, first: this.#first[group]!, rows, stride: this.#stride[group]!, width };
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

  /**
   * Copies the present values of one column, of the rows from `fromRow` to before `endRow` in order of arrival, behind
   * `count` in the arrays, which must have room. Returns the new count.
   */
  readColumn(
    group: number,
    column: number,
    fromRow: number,
    endRow: number,
    times: Float64Array,
    halves: Int32Array,
    count: number,
  ): number {
    if (column >= this.#width[group]!) return count;
    const stride = this.#stride[group]!;
    const toMask = 2 + (column >> 5);
    const bit = 1 << (column & 31);
    const hasMask = stride > 2;
    const toValue = this.#valuesAt(group) + 2 * column;
    let page = this.#pageOf(group, fromRow);
    let row = fromRow;
    while (row < endRow) {
      const slots = this.pages.times(page);
      const words = this.pages.words(page);
      const first = row & ROW_MASK;
      const end = Math.min(PAGE_ROWS, first + endRow - row);
      let slot = this.pages.slot(page, first, stride);
      for (let r = first; r < end; r++, slot += stride) {
        if (hasMask && !(words[2 * slot + toMask]! & bit)) continue;
        times[count] = slots[slot]!;
        halves[2 * count] = words[2 * slot + toValue]!;
        halves[2 * count + 1] = words[2 * slot + toValue + 1]!;
        count++;
      }
      row += end - first;
      page = this.pages.next(page);
    }
    return count;
  }

  /** A number of its own for each chunk that ever was. */
  chunk(group: number): number {
    return this.#chunk[group]!;
  }

  isSorted(group: number): boolean {
    return !(this.#flags[group]! & UNSORTED);
  }

  /** The row of this time among the newest ones: the last, unless it came late. */
  #findNewest(group: number, timeMs: number): void {
    const stride = this.#stride[group]!;
    let at = this.#rows[group]! - 1;
    let page = this.#lastPage[group]!;
    let slot = this.pages.slot(page, at & ROW_MASK, stride);
    if (this.pages.times(page)[slot] !== timeMs) {
      // What was read of the rows before the last one is no longer true.
      this.#chunk[group] = ++this.#chunks;
      while (at > 0 && this.pages.times(page)[slot] !== timeMs) {
        at--;
        if ((at & ROW_MASK) === ROW_MASK) page = this.#pageOf(group, at);
        slot = this.pages.slot(page, at & ROW_MASK, stride);
      }
    }
    this.#toPage = page;
    this.#toWord = 2 * slot;
  }

  #pageOf(group: number, row: number): number {
    let page = this.#first[group]!;
    for (let skip = row; skip >= PAGE_ROWS; skip -= PAGE_ROWS) page = this.pages.next(page);
    return page;
  }

  /** Words from the begin of a row to its values. */
  #valuesAt(group: number): number {
    return 2 + 2 * maskSlots(this.#stride[group]!);
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
    let slot = this.pages.slot(this.#toPage, rows & ROW_MASK, stride);
    if (rows > 0) {
      if (timeMs > this.#newestMs[group]!) this.#newestMs[group] = timeMs;
      else slot = this.#makeRoom(group, timeMs, rows, slot);
      if (timeMs < this.#oldestMs[group]!) this.#oldestMs[group] = timeMs;
    }
    this.pages.times(this.#toPage)[slot] = timeMs;
    this.#toWord = 2 * slot;
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
      const from = this.pages.slot(fromPage, (at - 1) & ROW_MASK, stride);
      const before = this.pages.times(fromPage)[from]!;
      if (before <= timeMs || row - at === MAX_PASSED) {
        if (before >= timeMs) this.#flags[group]! |= UNSORTED;
        break;
      }
      const words = this.pages.words(fromPage);
      const to = this.pages.words(page);
      for (let w = 0; w < 2 * stride; w++) to[2 * slot + w] = words[2 * from + w]!;
      page = fromPage;
      slot = from;
    }
    // What was read of the rows before the last one is no longer true.
    this.#chunk[group] = ++this.#chunks;
    this.#toPage = page;
    return slot;
  }

  #begin(group: number, timeMs: number): void {
    const page = this.pages.take(this.#stride[group]!);
    this.#first[group] = page;
    this.#lastPage[group] = page;
    this.#activeRowBytes += this.#stride[group]! * 8;
    this.#chunk[group] = ++this.#chunks;
    this.#newestMs[group] = timeMs;
    this.#oldestMs[group] = timeMs;
    const half = this.#chunkRows >> 1;
    const isFirst = !(this.#flags[group]! & STAGGERED);
    this.#limit[group] = isFirst ? half + ((Math.imul(group, 0x9e3779b1) >>> 8) % half) + 1 : this.#chunkRows;
    this.#flags[group] = STAGGERED;
  }

  #restride(group: number, old: number, stride: number): void {
    const oldValues = 2 + 2 * maskSlots(old);
    const newValues = 2 + 2 * maskSlots(stride);
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
      const a = 2 * this.pages.slot(from, row, old);
      const b = 2 * this.pages.slot(page, row, stride);
      target.fill(0, b + 2, b + newValues);
      for (let i = 0; i < 2; i++) target[b + i] = source[a + i]!;
      if (oldValues > 2) for (let i = 2; i < oldValues; i++) target[b + i] = source[a + i]!;
      else target[b + 2] = 1;
      for (let i = oldValues; i < 2 * old; i++) target[b + newValues + i - oldValues] = source[a + i]!;
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
    this.#chunk = grownFloat64(this.#chunk, group);
    this.#flags = grownUint8(this.#flags, group);
    this.#newestMs = grownFloat64(this.#newestMs, group);
    this.#oldestMs = grownFloat64(this.#oldestMs, group);
  }
}
