/**
 * The header of a column in a block: which codec, and what it needs to know. Headers stand together at the beginning of
 * the block, so that a column can be found without touching the others.
 */
import { viewOf } from '../../lib/bytes.ts';
import { type Cursor, readSigned, readVarint, skipVarint } from '../../lib/varint.ts';
import { MAX_EXPONENT, POWERS } from './decimal.ts';
import { EncodingError } from './encoding-error.ts';
import { type IntegerPlan, type Mode, newIntegerPlan, readIntegerHeader, skipIntegerHeader } from './integers.ts';
import type { PresenceForm } from './presence.ts';

/** Low four bits of a column's first byte. `level`, `delta` and `delta2` are `integers + mode`. */
export const CODEC = {
  absent: 0,
  zero: 1,
  constantInteger: 2,
  constantDecimal: 3,
  constantFloat: 4,
  raw: 5,
  xor: 6,
  integers: 8,
} as const;

/** High four bits. */
export const COLUMN_FLAG = { holes: 0x10, scaled: 0x20, patched: 0x40, excepted: 0x80 } as const;

/** Most bytes of a column header: kind, presence 2 × 3, scale 1 + 8 + 8, integers 1 + 8 + 8 + 8 + 3 + 4, floats 3 + 4. */
export const MAX_COLUMN_HEADER_BYTES = 64;

export interface ColumnHeader {
  codec: number;
  /** Rows with a value. */
  present: number;
  presenceForm: PresenceForm;
  /** 0 when the column has no holes. */
  presenceBytes: number;
  /** value = (x × divisor + remainder) / 10^exponent */
  exponent: number;
  divisor: number;
  remainder: number;
  plan: IntegerPlan;
  exceptions: number;
  exceptionBytes: number;
  /** Bits of a constant float, or its number otherwise. */
  constant: number;
  constantLow: number;
  constantHigh: number;
  /** Bytes of the payload without checksum. */
  payloadBytes: number;
}

export const newColumnHeader = (): ColumnHeader => ({
  codec: CODEC.absent,
  present: 0,
  presenceForm: 0,
  presenceBytes: 0,
  exponent: 0,
  divisor: 1,
  remainder: 0,
  plan: newIntegerPlan(),
  exceptions: 0,
  exceptionBytes: 0,
  constant: 0,
  constantLow: 0,
  constantHigh: 0,
  payloadBytes: 0,
});

/** Reads the next column header of a block with `rows` rows. @throws EncodingError, VarintError */
export function readColumnHeader(cursor: Cursor, rows: number, into: ColumnHeader): void {
  if (cursor.at >= cursor.end) throw new EncodingError('the column headers are cut off');
  const kind = cursor.bytes[cursor.at++]!;
  const codec = kind & 15;
  into.codec = codec;
  into.present = codec === CODEC.absent ? 0 : rows;
  into.presenceBytes = 0;
  if (kind & COLUMN_FLAG.holes) {
    into.present = readVarint(cursor);
    const form = readVarint(cursor);
    into.presenceForm = (form % 2) as PresenceForm;
    into.presenceBytes = Math.floor(form / 2);
    if (into.present >= rows || into.present === 0) throw new EncodingError('a column with a wrong count of values');
  }
  into.payloadBytes = into.presenceBytes;
  into.exceptions = 0;
  into.exceptionBytes = 0;
  switch (codec) {
    case CODEC.absent:
    case CODEC.zero:
      into.constant = 0;
      return;
    case CODEC.constantInteger:
      into.constant = readSigned(cursor);
      return;
    case CODEC.constantDecimal: {
      const exponent = readExponent(cursor);
      into.constant = readSigned(cursor) / POWERS[exponent]!;
      return;
    }
    case CODEC.constantFloat: {
      if (cursor.at + 8 > cursor.end) throw new EncodingError('a constant is cut off');
      const view = viewOf(cursor.bytes);
      into.constantLow = view.getUint32(cursor.bytes.byteOffset + cursor.at, true);
      into.constantHigh = view.getUint32(cursor.bytes.byteOffset + cursor.at + 4, true);
      cursor.at += 8;
      return;
    }
    case CODEC.raw:
      into.payloadBytes += into.present * 8;
      return;
    case CODEC.xor:
      into.payloadBytes += readVarint(cursor);
      return;
    case CODEC.integers:
    case CODEC.integers + 1:
    case CODEC.integers + 2:
      readScaled(cursor, kind, into);
      return;
    default:
      throw new EncodingError(`an unknown column codec ${codec}`);
  }
}

function readExponent(cursor: Cursor): number {
  const exponent = readVarint(cursor);
  if (exponent > MAX_EXPONENT) throw new EncodingError(`a decimal exponent of ${exponent}`);
  return exponent;
}

function readScaled(cursor: Cursor, kind: number, into: ColumnHeader): void {
  into.exponent = 0;
  into.divisor = 1;
  into.remainder = 0;
  if (kind & COLUMN_FLAG.scaled) {
    into.exponent = readExponent(cursor);
    into.divisor = readVarint(cursor);
    if (into.divisor > 1) into.remainder = readSigned(cursor);
  }
  const mode = (into.codec - CODEC.integers) as Mode;
  into.payloadBytes += readIntegerHeader(cursor, mode, (kind & COLUMN_FLAG.patched) !== 0, into.present, into.plan);
  if (kind & COLUMN_FLAG.excepted) {
    into.exceptions = readVarint(cursor);
    into.exceptionBytes = readVarint(cursor);
    into.payloadBytes += into.exceptionBytes;
  }
}

/**
 * Passes over the header of a column that is not wanted; returns the bytes of its payload without checksum. What the
 * numbers are is not looked at: most of a block's header is passed over. @throws EncodingError, VarintError
 */
export function skipColumnHeader(cursor: Cursor, rows: number): number {
  if (cursor.at >= cursor.end) throw new EncodingError('the column headers are cut off');
  const kind = cursor.bytes[cursor.at++]!;
  const codec = kind & 15;
  let present = rows;
  let payloadBytes = 0;
  if (kind & COLUMN_FLAG.holes) {
    present = readVarint(cursor);
    payloadBytes = Math.floor(readVarint(cursor) / 2);
  }
  switch (codec) {
    case CODEC.absent:
    case CODEC.zero:
      return payloadBytes;
    case CODEC.constantInteger:
      skipVarint(cursor);
      return payloadBytes;
    case CODEC.constantDecimal:
      skipVarint(cursor);
      skipVarint(cursor);
      return payloadBytes;
    case CODEC.constantFloat:
      cursor.at += 8;
      return payloadBytes;
    case CODEC.raw:
      return payloadBytes + present * 8;
    case CODEC.xor:
      return payloadBytes + readVarint(cursor);
    case CODEC.integers:
    case CODEC.integers + 1:
    case CODEC.integers + 2:
      break;
    default:
      throw new EncodingError(`an unknown column codec ${codec}`);
  }
  if (kind & COLUMN_FLAG.scaled) {
    skipVarint(cursor);
    if (readVarint(cursor) > 1) skipVarint(cursor);
  }
  const isPatched = (kind & COLUMN_FLAG.patched) !== 0;
  payloadBytes += skipIntegerHeader(cursor, (codec - CODEC.integers) as Mode, isPatched, present);
  if (!(kind & COLUMN_FLAG.excepted)) return payloadBytes;
  skipVarint(cursor);
  return payloadBytes + readVarint(cursor);
}
