/**
 * Puts the rows of a frame of the log into the head: of a frame just written, whose numbers are the engine's own, and of
 * frames of a log that is replayed, whose numbers mean what that file defined.
 */
import type { FileNumbers } from './file-numbers.ts';
import type { Head } from './head.ts';
import { FRAME_HEADER_WORDS, OTHER, RECORD } from './wal-format.ts';

export class FrameReader {
  readonly #head: Head;
  /** A row with its columns in our order. */
  #mapped = new Int32Array(256);
  rows = 0;

  constructor(head: Head) {
    this.#head = head;
  }

  /** Applies a frame. `numbers` when it comes from a file. */
  apply(words: Int32Array, length: number, numbers?: FileNumbers): void {
    const floats = new Float64Array(words.buffer, words.byteOffset, length >> 1);
    let baseMs = floats[1]!;
    let at = FRAME_HEADER_WORDS;
    while (at < length) {
      const word = words[at]!;
      const kind = word & 7;
      const number = word >>> 3;
      if (kind <= RECORD.sparse || kind === RECORD.wideDelta) {
        const timeMs = baseMs + words[at + 1]!;
        if (numbers) at = this.#replayed(kind, number, timeMs, words, at + 2, numbers);
        else at = this.#row(kind, number, timeMs, words, at + 2);
      } else if (kind === RECORD.other && number === OTHER.base) {
        at = (at + 2) & ~1;
        baseMs = floats[at >> 1]!;
        at += 2;
      } else if (kind === RECORD.other) {
        if (numbers) this.#adopt(numbers, words[at + 1]!, numbers.columns(words[at + 1]!, words[at + 2]!));
        at += 3;
      } else if (kind === RECORD.symbol) {
        const bytes = words[at + 1]!;
        numbers?.symbol(number, words, at + 2, bytes);
        at += 2 + ((bytes + 3) >> 2);
      } else if (kind === RECORD.schema) {
        numbers?.schema(number, words[at + 1]!, words[at + 2]!);
        at += 3;
      } else {
        if (numbers) this.#adopt(numbers, number, numbers.group(number, words, at + 1));
        at += 5 + 2 * words[at + 4]!;
      }
    }
  }

  #adopt(numbers: FileNumbers, number: number, width: number): void {
    const group = numbers.groupOf(number);
    if (group >= 0) this.#head.open.widen(group, width);
  }

  #replayed(kind: number, number: number, timeMs: number, words: Int32Array, at: number, numbers: FileNumbers): number {
    const group = numbers.groupOf(number);
    const map = numbers.mapOf(number);
    if (group >= 0 && !map) return this.#row(kind, group, timeMs, words, at);
    const end = endOfRow(kind, words, at);
    if (group >= 0 && map) {
      const own = this.#inOurOrder(kind, words, at, map);
      const isDelta = kind === RECORD.delta || kind === RECORD.wideDelta;
      this.#row(isDelta ? RECORD.wideDelta : RECORD.sparse, group, timeMs, own, 0);
    }
    return end;
  }

  #row(kind: number, group: number, timeMs: number, words: Int32Array, at: number): number {
    const { open } = this.#head;
    const { last } = open;
    const isPiece = last.continues(group, timeMs);
    let end = 0;
    if (kind === RECORD.delta) {
      end = last.takeDelta(group, timeMs, words, at, 1);
    } else if (kind === RECORD.wideDelta) {
      end = last.takeDelta(group, timeMs, words, at + 1, words[at]!);
    } else if (kind === RECORD.full) {
      const count = words[at]!;
      last.take(group, timeMs, words, 0, 0, at + 1, count);
      end = at + 1 + 2 * count;
    } else {
      const maskWords = words[at]!;
      const count = words[at + 1 + maskWords]!;
      last.take(group, timeMs, words, at + 1, maskWords, at + 2 + maskWords, count);
      end = at + 2 + maskWords + 2 * count;
    }
    if (!isPiece && open.isFull(group)) this.#head.seal(group);
    open.addLast(group, isPiece);
    this.rows++;
    return end;
  }

  /** The row as a sparse or wide delta record behind its time, columns renumbered by `map`. */
  #inOurOrder(kind: number, words: Int32Array, at: number, map: Int32Array): Int32Array {
    const isDelta = kind === RECORD.delta || kind === RECORD.wideDelta;
    let maskWords = kind === RECORD.delta ? 1 : kind === RECORD.full ? 0 : words[at]!;
    const maskAt = kind === RECORD.delta ? at : at + 1;
    let from = kind === RECORD.full ? at + 1 : maskAt + maskWords + (kind === RECORD.sparse ? 1 : 0);
    const places: [column: number, from: number][] = [];
    for (let i = 0; i < map.length; i++) {
      const isIn =
        kind === RECORD.full ? i < words[at]! : i >> 5 < maskWords && words[maskAt + (i >> 5)]! & (1 << (i & 31));
      if (!isIn) continue;
      places.push([map[i]!, from]);
      from += 2;
    }
    places.sort((a, b) => a[0] - b[0]);
    maskWords = ((places.at(-1)?.[0] ?? 0) >> 5) + 1;
    const length = 2 + maskWords + 2 * places.length;
    if (length > this.#mapped.length) this.#mapped = new Int32Array(length * 2);
    const own = this.#mapped;
    own.fill(0, 0, length);
    own[0] = maskWords;
    let to = 1 + maskWords;
    if (!isDelta) own[to++] = places.length;
    for (const [column, value] of places) {
      own[1 + (column >> 5)]! |= 1 << (column & 31);
      own[to++] = words[value]!;
      own[to++] = words[value + 1]!;
    }
    return own;
  }
}

/** Index behind a row record whose part behind the time begins at `at`. */
function endOfRow(kind: number, words: Int32Array, at: number): number {
  if (kind === RECORD.full) return at + 1 + 2 * words[at]!;
  if (kind === RECORD.sparse) return at + 2 + words[at]! + 2 * words[at + 1 + words[at]!]!;
  const maskWords = kind === RECORD.delta ? 1 : words[at]!;
  const maskAt = kind === RECORD.delta ? at : at + 1;
  let end = maskAt + maskWords;
  for (let w = maskAt; w < maskAt + maskWords; w++) for (let mask = words[w]!; mask !== 0; mask &= mask - 1) end += 2;
  return end;
}
