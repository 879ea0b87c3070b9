/**
 * True floats: each value XORed with the one before, as in Facebook's Gorilla (VLDB 2015, section 4.1.2), written
 * least significant bit first:
 *   0                              same bits as before
 *   1 0 <bits>                     the meaningful bits lie within the window of the last 1 1
 *   1 1 <6: low zeros> <6: length - 1> <bits>   a new window
 * The first value is stored whole (64 bits).
 */
import { viewOf } from '../../lib/bytes.ts';
import { EncodingError } from './encoding-error.ts';

/** Most bytes that `count` values take. */
export function maxXorBytes(count: number): number {
  return 8 + Math.ceil((count * (2 + 12 + 64)) / 8) + 8;
}

let target: Uint8Array;
let at = 0;
let word = 0;
let filled = 0;

/** Appends `width` bits, 0 … 24. */
function put(value: number, width: number): void {
  word |= value << filled;
  for (filled += width; filled >= 8; filled -= 8, word >>>= 8) target[at++] = word;
}

/** Appends bits `low … low + length - 1` of a 64-bit number. */
function putSlice(high: number, lowWord: number, low: number, length: number): void {
  for (let from = low, end = low + length; from < end; from += 16) {
    const width = Math.min(16, end - from);
    const piece = from >= 32 ? high >>> (from - 32) : from === 0 ? lowWord : (lowWord >>> from) | (high << (32 - from));
    put(piece & ((1 << width) - 1), width);
  }
}

/** Writes `values[0, count)`, count ≥ 1; returns the index behind the last byte. */
export function writeXor(values: Float64Array, count: number, into: Uint8Array, offset: number): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  target = into;
  at = offset;
  word = 0;
  filled = 0;
  let lowBefore = bits[0]!;
  let highBefore = bits[1]!;
  putSlice(highBefore, lowBefore, 0, 64);
  let windowLow = 0;
  let windowEnd = 0;
  for (let i = 1; i < count; i++) {
    const low = bits[2 * i]! ^ lowBefore;
    const high = bits[2 * i + 1]! ^ highBefore;
    lowBefore = bits[2 * i]!;
    highBefore = bits[2 * i + 1]!;
    if (low === 0 && high === 0) {
      put(0, 1);
      continue;
    }
    const zeros = low === 0 ? 63 - Math.clz32(high & -high) : 31 - Math.clz32(low & -low);
    const end = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high);
    // A window much wider than needed costs more than a new one.
    if (zeros >= windowLow && end <= windowEnd && windowEnd - windowLow < end - zeros + 12) {
      put(1, 2);
      putSlice(high, low, windowLow, windowEnd - windowLow);
    } else {
      windowLow = zeros;
      windowEnd = end;
      put(3 | (zeros << 2) | ((end - zeros - 1) << 8), 14);
      putSlice(high, low, zeros, end - zeros);
    }
  }
  if (filled > 0) target[at++] = word;
  return at;
}

/**
 * Reads `count` values from `bytes[offset, end)`; the three bytes behind `end` must be readable.
 * @throws EncodingError when the bits end too early
 */
export function readXor(bytes: Uint8Array, offset: number, end: number, count: number, values: Float64Array): void {
  const view = viewOf(bytes);
  const from = bytes.byteOffset + offset;
  const limit = (end - offset) * 8;
  const bits = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  if (limit < 64) throw new EncodingError('a float column is cut off');
  let lowWord = view.getUint32(from, true);
  let highWord = view.getUint32(from + 4, true);
  bits[0] = lowWord;
  bits[1] = highWord;
  let bit = 64;
  let windowLow = 0;
  let length = 0;
  for (let i = 1; i < count; i++) {
    if (bit >= limit) throw new EncodingError('a float column is cut off');
    const control = view.getUint32(from + (bit >>> 3), true) >>> (bit & 7);
    if ((control & 1) === 0) bit++;
    else {
      if ((control & 2) === 0) bit += 2;
      else {
        windowLow = (control >>> 2) & 63;
        length = ((control >>> 8) & 63) + 1;
        bit += 14;
        if (windowLow + length > 64) throw new EncodingError('a float column has a window beyond 64 bits');
      }
      if (bit + length > limit) throw new EncodingError('a float column is cut off');
      for (let done = 0; done < length; done += 24) {
        const width = Math.min(24, length - done);
        const piece = (view.getUint32(from + (bit >>> 3), true) >>> (bit & 7)) & ((1 << width) - 1);
        bit += width;
        const place = windowLow + done;
        if (place >= 32) highWord ^= piece << (place - 32);
        else {
          lowWord ^= piece << place;
          if (place > 8) highWord ^= piece >>> (32 - place);
        }
      }
    }
    bits[2 * i] = lowWord;
    bits[2 * i + 1] = highWord;
  }
}
