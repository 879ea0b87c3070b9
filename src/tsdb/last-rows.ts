/**
 * The last row that arrived of each row group, side by side in memory: what a delta row of the log repeats. Rows come in
 * the same order again and again, so comparing with these touches memory in ascending order.
 *
 * A row is presence bits (none for rows of one column) and values, as in `RowPages` but without its time.
 */
import { grownFloat64, grownInt32, grownUint8 } from './growing.ts';
import { maskSlots } from './row-pages.ts';

export class LastRows {
  /** All rows. A row begins at `at(group)`. */
  words = new Int32Array(4096);
  #end = 0;
  /** Where rows of a length that are no longer used begin. */
  readonly #free = new Map<number, number[]>();
  #at = new Int32Array(512);
  /** Words of the row; 0: there is none yet. */
  #length = new Int32Array(512);
  /** Presence words of the row. */
  #maskWords = new Int32Array(512);
  #timeMs = new Float64Array(512);
  /** Values that are present; 0 when no row has arrived yet. */
  #count = new Int32Array(512);
  #isMerged = new Uint8Array(512);

  at(group: number): number {
    return this.#at[group]!;
  }

  timeMs(group: number): number {
    return this.#timeMs[group]!;
  }

  count(group: number): number {
    return this.#count[group]!;
  }

  length(group: number): number {
    return this.#length[group]!;
  }

  maskWords(group: number): number {
    return this.#maskWords[group]!;
  }

  /** Whether the row came in several pieces. */
  isMerged(group: number): boolean {
    return this.#isMerged[group] === 1;
  }

  /** Whether a row at this time is another piece of the last one. */
  continues(group: number, timeMs: number): boolean {
    return this.#timeMs[group] === timeMs && this.#count[group]! > 0;
  }

  /** Makes room for rows of `stride` slots; what is known of the last row stays. */
  widen(group: number, stride: number): void {
    this.#grow(group);
    const length = 2 * stride - 2;
    const old = this.#length[group]!;
    if (length === old) return;
    const maskWords = 2 * maskSlots(stride);
    const at = this.#take(length);
    const words = this.words;
    words.fill(0, at, at + length);
    if (old > 0) {
      const from = this.#at[group]!;
      const oldMask = this.#maskWords[group]!;
      for (let i = 0; i < oldMask; i++) words[at + i] = words[from + i]!;
      if (oldMask === 0 && maskWords > 0 && this.#count[group]! > 0) words[at] = 1;
      for (let i = oldMask; i < old; i++) words[at + maskWords + i - oldMask] = words[from + i]!;
      this.#release(from, old);
    }
    this.#at[group] = at;
    this.#length[group] = length;
    this.#maskWords[group] = maskWords;
  }

  /**
   * Takes a row of `count` values at `words[from…]`, in ascending order of columns; which, say `maskWords` words of
   * presence bits at `words[maskAt…]` (0: columns 0 … count - 1).
   */
  take(
    group: number,
    timeMs: number,
    words: Int32Array,
    maskAt: number,
    maskWords: number,
    from: number,
    count: number,
  ): void {
    const last = this.words;
    const at = this.#at[group]!;
    const base = at + this.#maskWords[group]!;
    const isPiece = this.continues(group, timeMs);
    this.#timeMs[group] = timeMs;
    this.#isMerged[group] = isPiece ? 1 : 0;
    if (base === at) {
      last[at] = words[from]!;
      last[at + 1] = words[from + 1]!;
      this.#count[group] = 1;
      return;
    }
    if (!isPiece) for (let i = at; i < base; i++) last[i] = 0;
    if (maskWords === 0) {
      for (let i = 0; i < 2 * count; i++) last[base + i] = words[from + i]!;
      for (let c = 0; c < count; c += 32) last[at + (c >> 5)]! |= count - c >= 32 ? -1 : (1 << (count - c)) - 1;
    } else {
      for (let w = 0; w < maskWords; w++) last[at + w]! |= words[maskAt + w]!;
      patch(last, base, words, maskAt, maskWords, from);
    }
    this.#count[group] = isPiece ? countBits(last, at, base) : count;
  }

  /** Takes a row that differs from the last one in the columns of a mask, whose values follow it. Returns the index behind. */
  takeDelta(group: number, timeMs: number, words: Int32Array, maskAt: number, maskWords: number): number {
    this.#timeMs[group] = timeMs;
    this.#isMerged[group] = 0;
    const base = this.#at[group]! + this.#maskWords[group]!;
    return patch(this.words, base, words, maskAt, maskWords, maskAt + maskWords);
  }

  /** Forgets the row of a row group. */
  forget(group: number): void {
    if (group >= this.#length.length || this.#length[group] === 0) return;
    this.#release(this.#at[group]!, this.#length[group]!);
    this.#length[group] = 0;
    this.#count[group] = 0;
  }

  #take(length: number): number {
    const free = this.#free.get(length)?.pop();
    if (free !== undefined) return free;
    const at = this.#end;
    this.#end += length;
    this.words = grownInt32(this.words, this.#end);
    return at;
  }

  #release(at: number, length: number): void {
    const free = this.#free.get(length);
    if (free) free.push(at);
    else this.#free.set(length, [at]);
  }

  #grow(group: number): void {
    if (group < this.#at.length) return;
    this.#at = grownInt32(this.#at, group);
    this.#length = grownInt32(this.#length, group);
    this.#maskWords = grownInt32(this.#maskWords, group);
    this.#timeMs = grownFloat64(this.#timeMs, group);
    this.#count = grownInt32(this.#count, group);
    this.#isMerged = grownUint8(this.#isMerged, group);
  }
}

/** Writes the values of a mask's columns to their places; returns the index behind the values. */
function patch(
  last: Int32Array,
  base: number,
  words: Int32Array,
  maskAt: number,
  maskWords: number,
  at: number,
): number {
  for (let w = 0; w < maskWords; w++) {
    let mask = words[maskAt + w]!;
    while (mask !== 0) {
      const place = base + 2 * (w * 32 + 31 - Math.clz32(mask & -mask));
      mask &= mask - 1;
      last[place] = words[at]!;
      last[place + 1] = words[at + 1]!;
      at += 2;
    }
  }
  return at;
}

function countBits(words: Int32Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) for (let w = words[i]!; w !== 0; w &= w - 1) count++;
  return count;
}
