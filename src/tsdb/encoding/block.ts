/**
 * A block: a run of rows of one row group, its timestamps and its columns, in bytes. See FORMAT.md, "Block".
 *
 * The headers come first, under one checksum, then the payloads, each with its own: so that reading one column of ten
 * touches and checks that column alone. In segments the times may stand outside, because many row groups share them.
 *
 * Encoding writes into the caller's array and allocates nothing that lasts. Decoding fills the caller's arrays.
 */
import { readUint32, writeUint32 } from '../../lib/bytes.ts';
import { crc32c } from '../../lib/crc32c.ts';
import { type Cursor, readVarint, VarintError, writeVarint } from '../../lib/varint.ts';
import { MAX_BLOCK_ROWS } from './block-limits.ts';
import { MAX_COLUMN_HEADER_BYTES, newColumnHeader, readColumnHeader, skipColumnHeader } from './column-header.ts';
import { readColumnValues } from './column-reader.ts';
import { type ColumnEnds, maxColumnPayloadBytes, writeColumn } from './column-writer.ts';
import { EncodingError } from './encoding-error.ts';
import {
  MAX_TIME_HEADER_BYTES,
  maxTimePayloadBytes,
  newTimeHeader,
  readTimeHeader,
  readTimes,
  TIME_CODEC,
  writeTimes,
} from './timestamps.ts';

const CHECKSUM_BYTES = 4;

/**
 * Rows to encode. Move values that may be NaN between arrays as bits (`TypedArray.set`, or a Uint32Array view): V8 sets
 * the quiet bit of a signalling NaN that passes through a JavaScript number, and the stale marker is one. Whoever tests
 * for the marker must take 0x7ff00000 and 0x7ff80000 with the low word 2 alike.
 *
 * `present[c]` is null when column c has no holes, else one byte a row: 1 present, 0 hole. */
export interface RowRun {
  /** 1 … MAX_BLOCK_ROWS. */
  readonly count: number;
  /** Whole milliseconds, ascending, no repeats. */
  readonly times: Float64Array;
  readonly columns: readonly Float64Array[];
  readonly present: readonly (Uint8Array | null)[];
}

export { EncodingError, MAX_BLOCK_ROWS };

/** Room that `encodeBlock` may need at most. */
export function maxBlockBytes(rows: number, columns: number): number {
  const header = 8 + MAX_TIME_HEADER_BYTES + columns * MAX_COLUMN_HEADER_BYTES + CHECKSUM_BYTES;
  return header + maxTimePayloadBytes(rows) + CHECKSUM_BYTES + columns * (maxColumnPayloadBytes(rows) + CHECKSUM_BYTES);
}

const ends: ColumnEnds = { header: 0, payload: 0 };

/**
 * Encodes rows into `target` from `offset`, where `maxBlockBytes` must be free; returns the length. With `times`
 * 'outside' the block leaves them to its container.
 */
export function encodeBlock(
  run: RowRun,
  target: Uint8Array,
  offset: number,
  times: 'inside' | 'outside' = 'inside',
): number {
  const { count, columns, present } = run;
  const payloads = offset + 8 + MAX_TIME_HEADER_BYTES + columns.length * MAX_COLUMN_HEADER_BYTES + CHECKSUM_BYTES;
  ends.header = writeVarint(target, writeVarint(target, offset, count), columns.length);
  ends.payload = payloads;
  if (times === 'inside') {
    writeTimes(run.times, count, target, ends);
    seal(target, payloads);
  } else target[ends.header++] = TIME_CODEC.outside;
  for (let c = 0; c < columns.length; c++) {
    const from = ends.payload;
    writeColumn(columns[c]!, present[c] ?? null, count, target, ends);
    seal(target, from);
  }
  const headerEnd = writeUint32(target, ends.header, crc32c(target, offset, ends.header));
  target.copyWithin(headerEnd, payloads, ends.payload);
  return headerEnd - offset + ends.payload - payloads;
}

/** Puts a checksum behind the payload that began at `from`, if there is one. */
function seal(target: Uint8Array, from: number): void {
  if (ends.payload > from) ends.payload = writeUint32(target, ends.payload, crc32c(target, from, ends.payload));
}

const cursor: Cursor = { bytes: new Uint8Array(0), at: 0, end: 0 };
const timeHeader = newTimeHeader();
const columnHeader = newColumnHeader();
/** Of the block that `begin` opened. */
let rows = 0;
let columnCount = 0;

/** Opens the block at `offset`: reads rows, columns and the time header. */
function begin(bytes: Uint8Array, offset: number, end: number): void {
  cursor.bytes = bytes;
  cursor.at = offset;
  cursor.end = end;
  rows = readVarint(cursor);
  columnCount = readVarint(cursor);
  if (rows < 1 || rows > MAX_BLOCK_ROWS) throw new EncodingError(`a block of ${rows} rows`);
  readTimeHeader(cursor, rows, timeHeader);
}

function payloadSize(bytes: number): number {
  return bytes > 0 ? bytes + CHECKSUM_BYTES : 0;
}

/** Malformed numbers are malformed blocks. */
function damage(cause: unknown): EncodingError {
  if (cause instanceof EncodingError) return cause;
  if (cause instanceof VarintError || cause instanceof RangeError) return new EncodingError(cause.message, { cause });
  throw cause;
}

function checkPayload(bytes: Uint8Array, from: number, size: number, end: number, what: string): void {
  if (size === 0) return;
  if (from + size + CHECKSUM_BYTES > end) throw new EncodingError(`${what} is cut off`);
  if (crc32c(bytes, from, from + size) !== readUint32(bytes, from + size)) {
    throw new EncodingError(`the checksum of ${what} is wrong`);
  }
}

const wanted = newColumnHeader();
/** Of the block that `readHeaders` read: where its payloads begin, and where that of the wanted column does. */
let payloadsAt = 0;
let wantedAt = 0;

/** Opens the block at `offset` and reads all its headers; that of `column` is kept in `wanted`. */
function readHeaders(bytes: Uint8Array, offset: number, end: number, column: number): void {
  begin(bytes, offset, end);
  let before = payloadSize(timeHeader.payloadBytes);
  for (let c = 0; c < columnCount; c++) {
    if (c === column) readColumnHeader(cursor, rows, wanted);
    else {
      const bytes = skipColumnHeader(cursor, rows);
      if (c < column) before += payloadSize(bytes);
    }
  }
  payloadsAt = cursor.at + CHECKSUM_BYTES;
  wantedAt = payloadsAt + before;
}

function takeTimes(bytes: Uint8Array, times: Float64Array): void {
  if (timeHeader.codec === TIME_CODEC.outside) throw new EncodingError('a block without times');
  if (times.length < rows)
    throw new EncodingError(`a block of ${rows} rows where at most ${times.length} were announced`);
  readTimes(bytes, payloadsAt, rows, timeHeader, times);
}

/** Decodes the timestamps into `times`; returns the number of rows. @throws EncodingError */
export function decodeTimes(bytes: Uint8Array, offset: number, times: Float64Array): number {
  try {
    readHeaders(bytes, offset, bytes.length, -1);
    takeTimes(bytes, times);
    return rows;
  } catch (error) {
    throw damage(error);
  }
}

/**
 * Decodes column `column` into `values[0, rows)`. Returns how many values are present: 0 for none (also for a column
 * the block does not know), `rows` for no holes; otherwise `present[0, rows)` is written and values at holes are
 * undefined. Checksums are compared when `end`, the index behind the block, is given. @throws EncodingError
 */
export function decodeColumn(
  bytes: Uint8Array,
  offset: number,
  column: number,
  values: Float64Array,
  present: Uint8Array,
  end?: number,
): number {
  try {
    readHeaders(bytes, offset, end ?? bytes.length, column);
    if (end !== undefined) checkPayload(bytes, offset, payloadsAt - CHECKSUM_BYTES - offset, end, 'a block header');
    if (column >= columnCount) return 0;
    if (end !== undefined) checkPayload(bytes, wantedAt, wanted.payloadBytes, end, `column ${column}`);
    return takeColumn(bytes, values, present);
  } catch (error) {
    throw damage(error);
  }
}

/** `decodeColumn` without checksums; unless it returns 0, the times are decoded into `times` as well. @throws EncodingError */
export function decodeSamples(
  bytes: Uint8Array,
  offset: number,
  column: number,
  times: Float64Array,
  values: Float64Array,
  present: Uint8Array,
): number {
  try {
    readHeaders(bytes, offset, bytes.length, column);
    if (column >= columnCount || wanted.present === 0) return 0;
    takeTimes(bytes, times);
    return takeColumn(bytes, values, present);
  } catch (error) {
    throw damage(error);
  }
}

function takeColumn(bytes: Uint8Array, values: Float64Array, present: Uint8Array): number {
  if (values.length < rows || present.length < rows)
    throw new EncodingError(`a block of ${rows} rows, more than announced`);
  return readColumnValues(bytes, wantedAt, rows, wanted, values, present);
}

/** Compares every checksum of the block in `bytes[offset, end)`, and its length. @throws EncodingError */
export function verifyBlock(bytes: Uint8Array, offset: number, end: number): void {
  try {
    begin(bytes, offset, end);
    const sizes = [timeHeader.payloadBytes];
    for (let c = 0; c < columnCount; c++) {
      readColumnHeader(cursor, rows, columnHeader);
      sizes.push(columnHeader.payloadBytes);
    }
    checkPayload(bytes, offset, cursor.at - offset, end, 'a block header');
    let at = cursor.at + CHECKSUM_BYTES;
    sizes.forEach((size, index) => {
      checkPayload(bytes, at, size, end, index === 0 ? 'the times' : `column ${index - 1}`);
      at += payloadSize(size);
    });
    if (at !== end) throw new EncodingError('a block shorter than its place');
  } catch (error) {
    throw damage(error);
  }
}
