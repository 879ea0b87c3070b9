/**
 * Variable-length integers: seven bits a byte, least significant first, the high bit says that more follow (LEB128).
 *
 * Unsigned: 0 … 2^53. Signed: the sign is bit 0 of the first byte, which holds six bits of the magnitude; ±2^53.
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

/** Bytes that an unsigned `value` takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (; value >= 128; size++) value = Math.floor(value / 128);
  return size;
}

/** Writes a whole number 0 … 2^53; returns the index after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  for (; value > 0x7fffffff; value = Math.floor(value / 128)) bytes[at++] = (value % 128) | 128;
  for (; value >= 128; value >>>= 7) bytes[at++] = (value & 127) | 128;
  bytes[at++] = value;
  return at;
}

/** @throws VarintError */
export function readVarint(cursor: Cursor): number {
  // Most are one byte: this part is small enough to be inlined.
  const { at } = cursor;
  if (at < cursor.end) {
    const byte = cursor.bytes[at]!;
    if (byte < 128) {
      cursor.at = at + 1;
      return byte;
    }
  }
  return readLongVarint(cursor);
}

function readLongVarint(cursor: Cursor): number {
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

/** Writes a whole number -2^53 … 2^53; returns the index after it. */
export function writeSigned(bytes: Uint8Array, at: number, value: number): number {
  const negative = value < 0 ? 1 : 0;
  const magnitude = negative ? -value : value;
  if (magnitude < 64) {
    bytes[at] = magnitude * 2 + negative;
    return at + 1;
  }
  bytes[at] = (magnitude % 64) * 2 + negative + 128;
  return writeVarint(bytes, at + 1, Math.floor(magnitude / 64));
}

/** @throws VarintError */
export function readSigned(cursor: Cursor): number {
  if (cursor.at >= cursor.end) throw new VarintError(`a number is cut off at byte ${cursor.at}`);
  const byte = cursor.bytes[cursor.at++]!;
  let magnitude = (byte & 127) >>> 1;
  if (byte >= 128) magnitude += readVarint(cursor) * 64;
  return byte & 1 ? -magnitude : magnitude;
}

/** Passes over a number of either kind. @throws VarintError */
export function skipVarint(cursor: Cursor): void {
  const { bytes, end } = cursor;
  let { at } = cursor;
  while (at < end && bytes[at]! >= 128) at++;
  if (at >= end) throw new VarintError(`a number is cut off at byte ${cursor.at}`);
  cursor.at = at + 1;
}
