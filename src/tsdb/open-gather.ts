/** Copies a chunk of open rows into columns, ready to be encoded. */
import { maskSlots, PAGE_ROWS, type RowPages } from './row-pages.ts';
import type { RunBuffer } from './run-buffer.ts';

/** Rows in a chain of pages. */
export interface Chunk {
  readonly pages: RowPages;
  readonly first: number;
  readonly rows: number;
  readonly stride: number;
  readonly width: number;
  /** Whether presence bits are to be looked at. */
  readonly mayHaveHoles: boolean;
}

/** Copies rows whose times ascend. */
export function gatherInOrder(chunk: Chunk, run: RunBuffer): void {
  const { pages, rows, stride, width } = chunk;
  const masks = maskSlots(stride);
  let left = rows;
  let n = 0;
  let hasHoles = false;
  for (let page = chunk.first; left > 0; page = pages.next(page), left -= PAGE_ROWS) {
    const inPage = Math.min(left, PAGE_ROWS);
    const slots = pages.times(page);
    const words = pages.words(page);
    const begin = pages.begin(page, stride);
    for (let r = 0; r < inPage; r++) run.times[n + r] = slots[begin + r]!;
    for (let c = 0; c < width; c++) {
      const halves = run.halves[c]!;
      const from = 2 * (begin + (1 + masks + c) * PAGE_ROWS);
      for (let i = 0; i < 2 * inPage; i++) halves[2 * n + i] = words[from + i]!;
    }
    for (let r = 0; r < inPage && chunk.mayHaveHoles; r++) {
      const mask = maskOf(words, begin + r, masks);
      hasHoles ||= !isFull(mask, 0, width);
      if (hasHoles) noteHoles(mask, 0, n + r, width, run);
    }
    n += inPage;
  }
  run.count = n;
}

/** Presence words of the rows looked at last. */
let maskWords = new Int32Array(64);

/** The presence words of a row side by side; `slot` is that of its time. */
function maskOf(words: Int32Array, slot: number, masks: number): Int32Array {
  if (maskWords.length < 2 * masks) maskWords = new Int32Array(4 * masks);
  for (let m = 0; m < masks; m++) {
    const at = 2 * (slot + (1 + m) * PAGE_ROWS);
    maskWords[2 * m] = words[at]!;
    maskWords[2 * m + 1] = words[at + 1]!;
  }
  return maskWords;
}

/** Copies rows in order of time; of repetitions the later row wins, field by field. */
export function gatherSorted(chunk: Chunk, run: RunBuffer): void {
  const { pages, rows, stride, width } = chunk;
  const masks = maskSlots(stride);
  const places: { words: Int32Array; slot: number; timeMs: number }[] = [];
  for (let page = chunk.first, left = rows; left > 0; page = pages.next(page), left -= PAGE_ROWS) {
    for (let r = 0; r < Math.min(left, PAGE_ROWS); r++) {
      const slot = pages.begin(page, stride) + r;
      places.push({ words: pages.words(page), slot, timeMs: pages.times(page)[slot]! });
    }
  }
  // The sort is stable: of rows with the same time the later one comes later, and wins.
  places.sort((a, b) => a.timeMs - b.timeMs);
  const merged = new Int32Array(2 * masks);
  let n = 0;
  for (let i = 0; i < rows; n++) {
    const { timeMs } = places[i]!;
    run.times[n] = timeMs;
    merged.fill(0);
    for (; i < rows && places[i]!.timeMs === timeMs; i++) {
      const { words, slot } = places[i]!;
      const mask = maskOf(words, slot, masks);
      for (let w = 0; w < 2 * masks; w++) merged[w]! |= mask[w]!;
      for (let c = 0; c < width; c++) {
        if (masks > 0 && !(mask[c >> 5]! & (1 << (c & 31)))) continue;
        const at = 2 * (slot + (1 + masks + c) * PAGE_ROWS);
        run.halves[c]![2 * n] = words[at]!;
        run.halves[c]![2 * n + 1] = words[at + 1]!;
      }
    }
    if (masks > 0) noteHoles(merged, 0, n, width, run);
  }
  run.count = n;
}

/** Whether the presence bits at `words[at…]` are set for all columns. */
function isFull(words: Int32Array, at: number, width: number): boolean {
  for (let c = 0; c < width; c += 32) {
    if (words[at + (c >> 5)] !== (width - c >= 32 ? -1 : (1 << (width - c)) - 1)) return false;
  }
  return true;
}

/** Marks in the run which columns of row `n` are missing, by the presence bits at `words[at…]`. */
function noteHoles(words: Int32Array, at: number, n: number, width: number, run: RunBuffer): void {
  for (let c = 0; c < width; c++) {
    const isPresent = (words[at + (c >> 5)]! >>> (c & 31)) & 1;
    if (isPresent === 0) run.presence(c, n)[n] = 0;
    else {
      const present = run.present[c];
      if (present) present[n] = 1;
    }
  }
}
