/**
 * One column of a block: chooses the cheapest codec for its values and reads it back. A column has a header, kept with
 * the headers of the block's other columns, and a payload of which many have none (constants, straight lines).
 */
import { viewOf } from '../../lib/bytes.ts';
import { type Cursor, readSigned, readVarint, writeSigned, writeVarint } from '../../lib/varint.ts';
import { MAX_BLOCK_ROWS } from './block-limits.ts';
import { commonDivisor, exponentOf, MAX_EXPONENT, POWERS, type Scaling, scale } from './decimal.ts';
import { EncodingError } from './encoding-error.ts';
import {
  type IntegerPlan,
  type Mode,
  newIntegerPlan,
  planIntegers,
  readIntegerHeader,
  readIntegers,
  writeIntegerHeader,
  writeIntegers,
} from './integers.ts';
import { choosePresence, type PresenceForm, readPresence, writePresence } from './presence.ts';
import { maxXorBytes, readXor, writeXor } from './xor.ts';

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
const HOLES = 0x10;
const SCALED = 0x20;
const PATCHED = 0x40;
const EXCEPTED = 0x80;

/** Most bytes of a column header: kind, presence 2 × 3, scale 1 + 8 + 8, integers 1 + 8 + 8 + 8 + 3 + 4, floats 3 + 4. */
export const MAX_COLUMN_HEADER_BYTES = 64;

/** Most bytes of a column's payload. */
export function maxColumnPayloadBytes(rows: number): number {
  return maxXorBytes(rows) + ((rows + 7) >>> 3) + rows * 12 + 16;
}

/** Bits a value above which true-float coding is tried beside decimal scaling. */
const DENSE_BITS = 40;

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

// Scratch of this thread; nothing in it outlives a call.
const dense = new Float64Array(MAX_BLOCK_ROWS);
const denseBits = new Uint32Array(dense.buffer);
const scaled = new Float64Array(MAX_BLOCK_ROWS);
const scratch = new Float64Array(MAX_BLOCK_ROWS);
const exceptionRows = new Uint16Array(MAX_BLOCK_ROWS);
const trial = new Uint8Array(maxXorBytes(MAX_BLOCK_ROWS));
const scaling: Scaling = { exponent: 0, unit: 1, exceptions: 0 };
const plan = newIntegerPlan();

/** Where `writeColumn` stopped. */
export interface ColumnEnds {
  header: number;
  payload: number;
}

/** Writes a column's header at `ends.header` and its payload at `ends.payload` of `target`, and moves both behind. */
export function writeColumn(
  values: Float64Array,
  present: Uint8Array | null,
  rows: number,
  target: Uint8Array,
  ends: ColumnEnds,
): void {
  let count = rows;
  if (present !== null) {
    count = gather(values, present, rows);
    if (count < rows) values = dense;
  }
  const kindAt = ends.header++;
  if (count === 0) {
    target[kindAt] = CODEC.absent;
    return;
  }
  let flags = 0;
  if (count < rows) {
    flags = HOLES;
    const form = choosePresence(present!, rows);
    const end = writePresence(present!, rows, form, target, ends.payload);
    ends.header = writeVarint(target, ends.header, count);
    ends.header = writeVarint(target, ends.header, (end - ends.payload) * 2 + form);
    ends.payload = end;
  }
  target[kindAt] =
    flags |
    (isConstant(values, count)
      ? writeConstant(values[0]!, values, target, ends)
      : writeVarying(values, count, target, ends));
}

/** Moves the values that are present to `dense`; returns how many. As bits: see `RowRun`. */
function gather(values: Float64Array, present: Uint8Array, rows: number): number {
  const from = new Uint32Array(values.buffer, values.byteOffset, rows * 2);
  let to = 0;
  for (let i = 0; i < rows; i++) {
    if (present[i] !== 1) continue;
    denseBits[to++] = from[2 * i]!;
    denseBits[to++] = from[2 * i + 1]!;
  }
  return to / 2;
}

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

/** Whether all values have the bits of the first. */
function isConstant(values: Float64Array, count: number): boolean {
  const first = values[0]!;
  if (first < 0 || first > 0) {
    for (let i = 1; i < count; i++) if (values[i] !== first) return false;
    return true;
  }
  const bits = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  for (let i = 2; i < 2 * count; i += 2) if (bits[i] !== bits[0] || bits[i + 1] !== bits[1]) return false;
  return true;
}

function writeConstant(value: number, values: Float64Array, target: Uint8Array, ends: ColumnEnds): number {
  if (value === 0 && 1 / value > 0) return CODEC.zero;
  const exponent = value === 0 ? -1 : exponentOf(value);
  if (exponent === 0) {
    ends.header = writeSigned(target, ends.header, value);
    return CODEC.constantInteger;
  }
  if (exponent > 0) {
    target[ends.header++] = exponent;
    ends.header = writeSigned(target, ends.header, Math.round(value * POWERS[exponent]!));
    return CODEC.constantDecimal;
  }
  target.set(new Uint8Array(values.buffer, values.byteOffset, 8), ends.header);
  ends.header += 8;
  return CODEC.constantFloat;
}

/** Writes values that are not all equal; returns codec and flags. */
function writeVarying(values: Float64Array, count: number, target: Uint8Array, ends: ColumnEnds): number {
  scale(values, count, scaled, exceptionRows, scaling);
  if (scaling.exceptions === count) return writeFloats(values, count, target, ends);
  let divisor = 1;
  let remainder = 0;
  let bits = planIntegers(scaled, count, plan);
  if (plan.width > 3) {
    divisor = commonDivisor(scaled, count);
    if (divisor > 1) {
      remainder = scaled[0]! % divisor;
      for (let i = 0; i < count; i++) scaled[i] = (scaled[i]! - remainder) / divisor;
      bits = planIntegers(scaled, count, plan);
    }
  }
  bits += scaling.exceptions * 72;
  if (bits > count * DENSE_BITS) {
    const xorBytes = writeXor(values, count, trial, 0);
    if (xorBytes * 8 < bits) return writeFloats(values, count, target, ends);
  }
  ends.payload = writeIntegers(scaled, count, plan, scratch, target, ends.payload);
  let kind = CODEC.integers + plan.mode;
  const multiple = divisor * scaling.unit;
  if (scaling.exponent > 0 || multiple > 1) {
    kind |= SCALED;
    target[ends.header++] = scaling.exponent;
    ends.header = writeVarint(target, ends.header, multiple);
    if (multiple > 1) ends.header = writeSigned(target, ends.header, remainder * scaling.unit);
  }
  if (plan.patches > 0) kind |= PATCHED;
  ends.header = writeIntegerHeader(plan, target, ends.header);
  if (scaling.exceptions > 0) {
    kind |= EXCEPTED;
    const from = ends.payload;
    ends.payload = writeExceptions(values, scaling.exceptions, target, from);
    ends.header = writeVarint(target, ends.header, scaling.exceptions);
    ends.header = writeVarint(target, ends.header, ends.payload - from);
  }
  return kind;
}

/** Values that decimal scaling cannot express: rows between them, then eight bytes each. */
function writeExceptions(values: Float64Array, count: number, target: Uint8Array, at: number): number {
  const bytes = new Uint8Array(values.buffer, values.byteOffset);
  let before = -1;
  for (let k = 0; k < count; k++) {
    const row = exceptionRows[k]!;
    at = writeVarint(target, at, row - before - 1);
    for (let b = 0; b < 8; b++) target[at++] = bytes[row * 8 + b]!;
    before = row;
  }
  return at;
}

function writeFloats(values: Float64Array, count: number, target: Uint8Array, ends: ColumnEnds): number {
  const end = writeXor(values, count, target, ends.payload);
  if (end - ends.payload < count * 8) {
    ends.header = writeVarint(target, ends.header, end - ends.payload);
    ends.payload = end;
    return CODEC.xor;
  }
  target.set(new Uint8Array(values.buffer, values.byteOffset, count * 8), ends.payload);
  ends.payload += count * 8;
  return CODEC.raw;
}

/** Reads the next column header of a block with `rows` rows. @throws EncodingError, VarintError */
export function readColumnHeader(cursor: Cursor, rows: number, into: ColumnHeader): void {
  if (cursor.at >= cursor.end) throw new EncodingError('the column headers are cut off');
  const kind = cursor.bytes[cursor.at++]!;
  const codec = kind & 15;
  into.codec = codec;
  into.present = codec === CODEC.absent ? 0 : rows;
  into.presenceBytes = 0;
  if (kind & HOLES) {
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
  if (kind & SCALED) {
    into.exponent = readExponent(cursor);
    into.divisor = readVarint(cursor);
    if (into.divisor > 1) into.remainder = readSigned(cursor);
  }
  const mode = (into.codec - CODEC.integers) as Mode;
  into.payloadBytes += readIntegerHeader(cursor, mode, (kind & PATCHED) !== 0, into.present, into.plan);
  if (kind & EXCEPTED) {
    into.exceptions = readVarint(cursor);
    into.exceptionBytes = readVarint(cursor);
    into.payloadBytes += into.exceptionBytes;
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
