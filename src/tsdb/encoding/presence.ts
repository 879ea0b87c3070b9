/**
 * Which rows of a column hold a value, one byte a row in memory (1 present, 0 hole); in bytes either a bitmap (row i is
 * bit i & 7 of byte i >> 3) or the lengths of runs, present rows first, alternating, the last run left out.
 */
import { type Cursor, readVarint, varintSize, writeVarint } from '../../lib/varint.ts';
import { EncodingError } from './encoding-error.ts';

export const PRESENCE = { bitmap: 0, runs: 1 } as const;
export type PresenceForm = (typeof PRESENCE)[keyof typeof PRESENCE];

/** The cheaper form for these rows. */
export function choosePresence(present: Uint8Array, rows: number): PresenceForm {
  const bitmapBytes = (rows + 7) >>> 3;
  let runBytes = 0;
  let state = 1;
  let start = 0;
  for (let i = 0; i < rows; i++) {
    if (present[i] === state) continue;
    runBytes += varintSize(i - start);
    if (runBytes >= bitmapBytes) return PRESENCE.bitmap;
    start = i;
    state ^= 1;
  }
  return PRESENCE.runs;
}

/** Returns the index behind the last byte. */
export function writePresence(
  present: Uint8Array,
  rows: number,
  form: PresenceForm,
  target: Uint8Array,
  at: number,
): number {
  if (form === PRESENCE.bitmap) {
    const end = at + ((rows + 7) >>> 3);
    target.fill(0, at, end);
    for (let i = 0; i < rows; i++) target[at + (i >>> 3)]! |= present[i]! << (i & 7);
    return end;
  }
  let state = 1;
  let start = 0;
  for (let i = 0; i < rows; i++) {
    if (present[i] === state) continue;
    at = writeVarint(target, at, i - start);
    start = i;
    state ^= 1;
  }
  return at;
}

/** Fills `present[0, rows)`; returns how many are present. @throws EncodingError, VarintError */
export function readPresence(cursor: Cursor, rows: number, form: PresenceForm, present: Uint8Array): number {
  if (form === PRESENCE.bitmap) {
    if (cursor.end - cursor.at !== (rows + 7) >>> 3) throw new EncodingError('a presence bitmap of the wrong length');
    let count = 0;
    for (let i = 0; i < rows; i++) {
      const bit = (cursor.bytes[cursor.at + (i >>> 3)]! >>> (i & 7)) & 1;
      present[i] = bit;
      count += bit;
    }
    return count;
  }
  let state = 1;
  let row = 0;
  let count = 0;
  while (row < rows) {
    const end = cursor.at < cursor.end ? row + readVarint(cursor) : rows;
    if (end > rows) throw new EncodingError('a presence run beyond the last row');
    present.fill(state, row, end);
    if (state === 1) count += end - row;
    state ^= 1;
    row = end;
  }
  return count;
}
