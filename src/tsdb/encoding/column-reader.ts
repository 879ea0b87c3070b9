/** Reads the values of one column of a block. */
import { type Cursor, readVarint } from '../../lib/varint.ts';
import { CODEC, type ColumnHeader } from './column-header.ts';
import { POWERS } from './decimal.ts';
import { EncodingError } from './encoding-error.ts';
import { readIntegers } from './integers.ts';
import { readPresence } from './presence.ts';
import { readXor } from './xor.ts';

/** Moves `count` values from the front to the rows that are present; from the end, so that none is overwritten. */
function scatter(values: Float64Array, present: Uint8Array, rows: number, count: number): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, rows * 2);
  for (let row = rows - 1, k = count - 1; k >= 0; row--) {
    if (present[row] !== 1) continue;
    bits[2 * row] = bits[2 * k]!;
    bits[2 * row + 1] = bits[2 * k + 1]!;
    k--;
  }
}

const payloadCursor: Cursor = { bytes: new Uint8Array(0), at: 0, end: 0 };

/**
 * Decodes a column whose payload begins at `offset`. Returns how many values are present; with holes they stand at
 * their rows and `present` is filled. @throws EncodingError, VarintError
 */
export function readColumnValues(
  bytes: Uint8Array,
  offset: number,
  rows: number,
  header: ColumnHeader,
  values: Float64Array,
  present: Uint8Array,
): number {
  const count = header.present;
  if (count === 0) return 0;
  const end = offset + header.payloadBytes;
  if (end > bytes.length) throw new EncodingError('a column payload is cut off');
  let at = offset;
  if (header.presenceBytes > 0) {
    payloadCursor.bytes = bytes;
    payloadCursor.at = at;
    at += header.presenceBytes;
    payloadCursor.end = at;
    const found = readPresence(payloadCursor, rows, header.presenceForm, present);
    if (found !== count) throw new EncodingError('a column with a wrong count of values');
  }
  readDense(bytes, at, end, count, header, values);
  if (count < rows) scatter(values, present, rows, count);
  return count;
}

function readDense(
  bytes: Uint8Array,
  at: number,
  end: number,
  count: number,
  header: ColumnHeader,
  values: Float64Array,
): void {
  switch (header.codec) {
    case CODEC.zero:
    case CODEC.constantInteger:
    case CODEC.constantDecimal:
      values.fill(header.constant, 0, count);
      return;
    case CODEC.constantFloat: {
      const bits = new Uint32Array(values.buffer, values.byteOffset, count * 2);
      for (let i = 0; i < count; i++) {
        bits[2 * i] = header.constantLow;
        bits[2 * i + 1] = header.constantHigh;
      }
      return;
    }
    case CODEC.raw:
      new Uint8Array(values.buffer, values.byteOffset, count * 8).set(bytes.subarray(at, at + count * 8));
      return;
    case CODEC.xor:
      readXor(bytes, at, end, count, values);
      return;
    default:
      readIntegers(bytes, at, count, header.plan, values);
      unscale(values, count, header);
      if (header.exceptions > 0) readExceptions(bytes, end - header.exceptionBytes, end, count, header, values);
  }
}

function unscale(values: Float64Array, count: number, header: ColumnHeader): void {
  const { divisor, remainder, exponent } = header;
  if (divisor > 1) for (let i = 0; i < count; i++) values[i] = values[i]! * divisor + remainder;
  if (exponent > 0) {
    const power = POWERS[exponent]!;
    for (let i = 0; i < count; i++) values[i] = values[i]! / power;
  }
}

function readExceptions(
  bytes: Uint8Array,
  from: number,
  end: number,
  count: number,
  header: ColumnHeader,
  values: Float64Array,
): void {
  const target = new Uint8Array(values.buffer, values.byteOffset, count * 8);
  payloadCursor.bytes = bytes;
  payloadCursor.at = from;
  payloadCursor.end = end;
  let next = 0;
  for (let k = 0; k < header.exceptions; k++) {
    const row = next + readVarint(payloadCursor);
    if (row >= count || payloadCursor.at + 8 > end) throw new EncodingError('an exception beyond the last row');
    for (let b = 0; b < 8; b++) target[row * 8 + b] = bytes[payloadCursor.at++]!;
    next = row + 1;
  }
}
