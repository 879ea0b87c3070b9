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
}

/** Copies rows whose times ascend. */
export function gatherInOrder(chunk: Chunk, run: RunBuffer): void {
  const { pages, rows, stride, width } = chunk;
  const valuesAt = 2 + 2 * maskSlots(stride);
  let left = rows;
  let n = 0;
  let hasHoles = false;
  for (let page = chunk.first; left > 0; page = pages.next(page), left -= PAGE_ROWS) {
    const inPage = Math.min(left, PAGE_ROWS);
    const slots = pages.times(page);
    const words = pages.words(page);
    const first = pages.slot(page, 0, stride);
    for (let r = 0; r < inPage; r++) run.times[n + r] = slots[first + r * stride]!;
    for (let c = 0; c < width; c++) {
      const halves = run.halves[c]!;
      for (let r = 0, at = 2 * first + valuesAt + 2 * c, to = 2 * n; r < inPage; r++, at += 2 * stride, to += 2) {
        halves[to] = words[at]!;
        halves[to + 1] = words[at + 1]!;
      }
    }
    for (let r = 0; r < inPage && valuesAt > 2; r++) {
      const mask = 2 * (first + r * stride) + 2;
      hasHoles ||= !isFull(words, mask, width);
      if (hasHoles) noteHoles(words, mask, n + r, width, run);
    }
    n += inPage;
  }
  run.count = n;
}

/** Copies rows in order of time; of repetitions the later row wins, field by field. */
export function gatherSorted(chunk: Chunk, run: RunBuffer): void {
  const { pages, rows, stride, width } = chunk;
  const maskWords = 2 * maskSlots(stride);
  const valuesAt = 2 + maskWords;
  const places: { words: Int32Array; at: number; timeMs: number }[] = [];
  for (let page = chunk.first, left = rows; left > 0; page = pages.next(page), left -= PAGE_ROWS) {
    for (let r = 0; r < Math.min(left, PAGE_ROWS); r++) {
      const slot = pages.slot(page, r, stride);
      places.push({ words: pages.words(page), at: 2 * slot, timeMs: pages.times(page)[slot]! });
    }
  }
  // The sort is stable: of rows with the same time the later one comes later, and wins.
  places.sort((a, b) => a.timeMs - b.timeMs);
  const merged = new Int32Array(maskWords);
  let n = 0;
  for (let i = 0; i < rows; n++) {
    const { timeMs } = places[i]!;
    run.times[n] = timeMs;
    merged.fill(0);
    for (; i < rows && places[i]!.timeMs === timeMs; i++) {
      const { words, at } = places[i]!;
      for (let w = 0; w < maskWords; w++) merged[w]! |= words[at + 2 + w]!;
      for (let c = 0; c < width; c++) {
        if (maskWords > 0 && !(words[at + 2 + (c >> 5)]! & (1 << (c & 31)))) continue;
        run.halves[c]![2 * n] = words[at + valuesAt + 2 * c]!;
        run.halves[c]![2 * n + 1] = words[at + valuesAt + 2 * c + 1]!;
      }
    }
    if (maskWords > 0) noteHoles(merged, 0, n, width, run);
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
