/**
 * Whole numbers of a fixed width, 0 … 48 bits, packed without gaps, least significant bit first.
 *
 * Reading is one unaligned 32-bit load a number up to 25 bits and two (24 low bits, then the rest) above; so readers
 * touch up to 3 bytes behind the packed bits. Whoever lays out packed bits leaves `PACKING_SLACK_BYTES` readable there;
 * in blocks that is the checksum which follows every payload.
 */
import { viewOf } from '../../lib/bytes.ts';

export const MAX_PACKED_WIDTH = 48;
export const PACKING_SLACK_BYTES = 3;

/** Widest number that one load yields at any bit offset within a byte. */
const ONE_LOAD_BITS = 25;
const LOW_BITS = 24;
const LOW_SIZE = 2 ** LOW_BITS;

/** Bits that a whole number 0 … 2^53 takes. */
export function bitWidth(value: number): number {
  return value < 4294967296 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / 4294967296);
}

/** Bytes that `count` numbers of `width` bits take. */
export function packedSize(count: number, width: number): number {
  return Math.ceil((count * width) / 8);
}

/**
 * Packs `values[start, start + count) - base`; each must be 0 … 2^width - 1, else 0 is stored in its place (whoever
 * calls patches those). Returns the index behind the last byte.
 */
export function pack(
  values: Float64Array,
  start: number,
  count: number,
  base: number,
  width: number,
  target: Uint8Array,
  offset: number,
): number {
  if (width === 0) return offset;
  return width <= 32
    ? packNarrow(values, start, count, base, width, target, offset)
    : packWide(values, start, count, base, width, target, offset);
}

function packNarrow(
  values: Float64Array,
  start: number,
  count: number,
  base: number,
  width: number,
  target: Uint8Array,
  offset: number,
): number {
  const view = viewOf(target);
  const limit = 2 ** width;
  const shift = target.byteOffset;
  let at = shift + offset;
  let word = 0;
  let filled = 0;
  for (let i = start, end = start + count; i < end; i++) {
    const difference = values[i]! - base;
    const value = difference >= 0 && difference < limit ? difference >>> 0 : 0;
    word |= value << filled;
    filled += width;
    if (filled >= 32) {
      view.setUint32(at, word, true);
      at += 4;
      filled -= 32;
      word = filled === 0 ? 0 : value >>> (width - filled);
    }
  }
  for (; filled > 0; filled -= 8, word >>>= 8) view.setUint8(at++, word);
  return at - shift;
}

function packWide(
  values: Float64Array,
  start: number,
  count: number,
  base: number,
  width: number,
  target: Uint8Array,
  offset: number,
): number {
  const limit = 2 ** width;
  const highWidth = width - LOW_BITS;
  let at = offset;
  let word = 0;
  let filled = 0;
  for (let i = start, end = start + count; i < end; i++) {
    const difference = values[i]! - base;
    const value = difference >= 0 && difference < limit ? difference : 0;
    const high = Math.floor(value / LOW_SIZE);
    word |= (value - high * LOW_SIZE) << filled;
    for (filled += LOW_BITS; filled >= 8; filled -= 8, word >>>= 8) target[at++] = word;
    word |= high << filled;
    for (filled += highWidth; filled >= 8; filled -= 8, word >>>= 8) target[at++] = word;
  }
  if (filled > 0) target[at++] = word;
  return at;
}

/** `values[start, end)` = packed numbers `start - skip …` + base; `skip` is the index of the first packed number. */
export function unpack(
  bytes: Uint8Array,
  offset: number,
  skip: number,
  width: number,
  base: number,
  values: Float64Array,
  start: number,
  end: number,
): void {
  if (width === 0) {
    values.fill(base, start, end);
    return;
  }
  const view = viewOf(bytes);
  const from = bytes.byteOffset + offset;
  let bit = (start - skip) * width;
  if (width <= ONE_LOAD_BITS) {
    const mask = 2 ** width - 1;
    for (let i = start; i < end; i++, bit += width) {
      values[i] = base + ((view.getUint32(from + (bit >>> 3), true) >>> (bit & 7)) & mask);
    }
    return;
  }
  const mask = 2 ** (width - LOW_BITS) - 1;
  for (let i = start; i < end; i++, bit += width) {
    const at = from + (bit >>> 3);
    const low = (view.getUint32(at, true) >>> (bit & 7)) & 0xffffff;
    const high = (view.getUint32(at + 3, true) >>> (bit & 7)) & mask;
    values[i] = base + low + high * LOW_SIZE;
  }
}

/** `values[0, count)` = packed numbers + base + step × index. */
export function unpackLine(
  bytes: Uint8Array,
  offset: number,
  width: number,
  base: number,
  step: number,
  values: Float64Array,
  count: number,
): void {
  if (width === 0 || width > ONE_LOAD_BITS) {
    unpack(bytes, offset, 0, width, base, values, 0, count);
    for (let i = 0; i < count; i++) values[i] = values[i]! + step * i;
    return;
  }
  const view = viewOf(bytes);
  const from = bytes.byteOffset + offset;
  const mask = 2 ** width - 1;
  let line = base;
  for (let i = 0, bit = 0; i < count; i++, bit += width, line += step) {
    values[i] = line + ((view.getUint32(from + (bit >>> 3), true) >>> (bit & 7)) & mask);
  }
}

/** Like `unpack`, but each packed number (plus base) is added to the running total `sum`, which is returned. */
export function unpackSums(
  bytes: Uint8Array,
  offset: number,
  skip: number,
  width: number,
  base: number,
  sum: number,
  values: Float64Array,
  start: number,
  end: number,
): number {
  if (width === 0) {
    for (let i = start; i < end; i++) {
      sum += base;
      values[i] = sum;
    }
    return sum;
  }
  const view = viewOf(bytes);
  const from = bytes.byteOffset + offset;
  let bit = (start - skip) * width;
  if (width <= ONE_LOAD_BITS) {
    const mask = 2 ** width - 1;
    for (let i = start; i < end; i++, bit += width) {
      sum += base + ((view.getUint32(from + (bit >>> 3), true) >>> (bit & 7)) & mask);
      values[i] = sum;
    }
    return sum;
  }
  const mask = 2 ** (width - LOW_BITS) - 1;
  for (let i = start; i < end; i++, bit += width) {
    const at = from + (bit >>> 3);
    const low = (view.getUint32(at, true) >>> (bit & 7)) & 0xffffff;
    const high = (view.getUint32(at + 3, true) >>> (bit & 7)) & mask;
    sum += base + low + high * LOW_SIZE;
    values[i] = sum;
  }
  return sum;
}
