/**
 * A block: a run of rows of one row group, its timestamps and its columns, in bytes.
 */
import { viewOf } from '../../lib/bytes.ts';

/** Most rows of one block. */
export const MAX_BLOCK_ROWS = 8192;

/** Rows to encode. `present[c]` is null when column c has no holes, else one byte a row: 1 present, 0 hole. */
export interface RowRun {
  readonly count: number;
  /** Whole milliseconds, ascending, no repeats. */
  readonly times: Float64Array;
  readonly columns: readonly Float64Array[];
  readonly present: readonly (Uint8Array | null)[];
}

export interface BlockHeader {
  rows: number;
  columns: number;
  minMs: number;
  maxMs: number;
  sizeBytes: number;
}

/** Bytes that are not a block. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

/** Room that `encodeBlock` may need at most. */
export function maxBlockBytes(rows: number, columns: number): number {
  return 64 + rows * 10 + columns * (64 + rows * 10);
}

/** Encodes rows into `target` from `offset`, where `maxBlockBytes` must be free; returns the length. */
export function encodeBlock(run: RowRun, target: Uint8Array, offset: number): number {
  const { count, columns } = run;
  const view = viewOf(target);
  const start = target.byteOffset + offset;
  let at = start + 8;
  for (let i = 0; i < count; i++, at += 8) view.setFloat64(at, run.times[i]!, true);
  for (let c = 0; c < columns.length; c++) {
    const present = run.present[c];
    view.setUint8(at++, present ? 1 : 0);
    if (present) for (let i = 0; i < count; i++) view.setUint8(at++, present[i]!);
    const values = columns[c]!;
    for (let i = 0; i < count; i++, at += 8) view.setFloat64(at, values[i]!, true);
  }
  view.setUint16(start, count, true);
  view.setUint16(start + 2, columns.length, true);
  view.setUint32(start + 4, at - start, true);
  return at - start;
}

/** Reads the header of the block at `offset`. @throws EncodingError */
export function readBlockHeader(bytes: Uint8Array, offset: number, into: BlockHeader): void {
  const view = viewOf(bytes);
  const start = bytes.byteOffset + offset;
  into.rows = view.getUint16(start, true);
  into.columns = view.getUint16(start + 2, true);
  into.sizeBytes = view.getUint32(start + 4, true);
  into.minMs = view.getFloat64(start + 8, true);
  into.maxMs = view.getFloat64(start + 8 + (into.rows - 1) * 8, true);
}

/** Decodes the timestamps into `times`; returns the number of rows. @throws EncodingError */
export function decodeTimes(bytes: Uint8Array, offset: number, times: Float64Array): number {
  const view = viewOf(bytes);
  const start = bytes.byteOffset + offset;
  const rows = view.getUint16(start, true);
  for (let i = 0; i < rows; i++) times[i] = view.getFloat64(start + 8 + i * 8, true);
  return rows;
}

/**
 * Decodes column `column` into `values[0, rows)`. Returns how many values are present: 0 for none (also for a column
 * the block does not know), `rows` for no holes; otherwise `present[0, rows)` is written and values at holes are
 * undefined. @throws EncodingError
 */
export function decodeColumn(
  bytes: Uint8Array,
  offset: number,
  column: number,
  values: Float64Array,
  present: Uint8Array,
): number {
  const view = viewOf(bytes);
  const start = bytes.byteOffset + offset;
  const rows = view.getUint16(start, true);
  if (column >= view.getUint16(start + 2, true)) return 0;
  let at = start + 8 + rows * 8;
  for (let c = 0; ; c++) {
    const holes = view.getUint8(at++) === 1;
    const presentAt = at;
    if (holes) at += rows;
    if (c < column) {
      at += rows * 8;
      continue;
    }
    let count = rows;
    if (holes) {
      count = 0;
      for (let i = 0; i < rows; i++) {
        const bit = view.getUint8(presentAt + i);
        present[i] = bit;
        count += bit;
      }
    }
    for (let i = 0; i < rows; i++) values[i] = view.getFloat64(at + i * 8, true);
    return count;
  }
}
