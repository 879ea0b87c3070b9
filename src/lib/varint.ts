/**
 * Variable-length integers, least significant seven bits first (LEB128), for whole numbers up to 2^53 - 1.
 * Signed numbers are folded (0, -1, 1, -2, … → 0, 1, 2, 3, …) and reach ±(2^52 - 1).
 *
 * Readers share one cursor object instead of returning pairs: no allocation a number.
 */

/** Most bytes that one number takes. */
export const MAX_VARINT_BYTES = 8;

/** A place in bytes; every read moves `at`. */
export interface Cursor {
  bytes: Uint8Array;
  at: number;
  /** First index that must not be read. */
  end: number;
}

/** The bytes end inside a number, or the number is longer than ours can be. */
export class VarintError extends Error {
  override readonly name = 'VarintError';
}

export function cursorOver(bytes: Uint8Array, at = 0, end: number = bytes.length): Cursor {
  return { bytes, at, end };
}

/** Bytes that `value` takes. */
export function varintSize(value: number): number {
  let size = 1;
  while (value >= 128) {
    value = Math.floor(value / 128);
    size++;
  }
  return size;
}

/** Writes a whole number 0 … 2^53 - 1; returns the index after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  while (value > 0x7fffffff) {
    bytes[at++] = (value % 128) | 128;
    value = Math.floor(value / 128);
  }
  while (value >= 128) {
    bytes[at++] = (value & 127) | 128;
    value >>>= 7;
  }
  bytes[at++] = value;
  return at;
}

/** @throws VarintError */
export function readVarint(cursor: Cursor): number {
  const { bytes, end } = cursor;
  let at = cursor.at;
  let value = 0;
  let scale = 1;
  for (let n = 0; n < MAX_VARINT_BYTES; n++) {
    if (at >= end) throw new VarintError(`a number is cut off at byte ${at}`);
    const byte = bytes[at++]!;
    value += (byte & 127) * scale;
    if (byte < 128) {
      cursor.at = at;
      return value;
    }
    scale *= 128;
  }
  throw new VarintError(`a number at byte ${cursor.at} is too long`);
}

/** Folds a whole number of either sign into one that is not negative. */
export function foldSign(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unfoldSign(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

export function writeSigned(bytes: Uint8Array, at: number, value: number): number {
  return writeVarint(bytes, at, foldSign(value));
}

/** @throws VarintError */
export function readSigned(cursor: Cursor): number {
  return unfoldSign(readVarint(cursor));
}
