/**
 * The timestamps of a block: whole milliseconds, ascending. Polls come at a fixed step with a little jitter, and some
 * are missed. So the usual form is a grid: time = first + step × slot + residual, slots ascending by one but for the
 * listed skips, residuals packed. Irregular times are coded as integers.
 */
import { type Cursor, readSigned, readVarint, writeSigned, writeVarint } from '../../lib/varint.ts';
import { bitWidth, MAX_PACKED_WIDTH, pack, packedSize, unpack, unpackLine } from './bit-packing.ts';
import { MAX_BLOCK_ROWS } from './block-limits.ts';
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

/** First byte. `outside`: the block has no times of its own. Patched integers are `integers + 4 + mode`. */
export const TIME_CODEC = { outside: 0, grid: 1, integers: 2 } as const;
const PATCHED = 4;

/** Most bytes of a time header: kind, first, duration, then three numbers, width and two counts. */
export const MAX_TIME_HEADER_BYTES = 56;

/** Most bytes of the payload. */
export function maxTimePayloadBytes(rows: number): number {
  return 16 + rows * 12;
}

export interface TimeHeader {
  codec: number;
  firstMs: number;
  lastMs: number;
  stepMs: number;
  /** Smallest residual. */
  base: number;
  width: number;
  skips: number;
  skipBytes: number;
  plan: IntegerPlan;
  payloadBytes: number;
}

export const newTimeHeader = (): TimeHeader => ({
  codec: TIME_CODEC.outside,
  firstMs: 0,
  lastMs: 0,
  stepMs: 0,
  base: 0,
  width: 0,
  skips: 0,
  skipBytes: 0,
  plan: newIntegerPlan(),
  payloadBytes: 0,
});

const residuals = new Float64Array(MAX_BLOCK_ROWS);
const scratch = new Float64Array(MAX_BLOCK_ROWS);
const plan = newIntegerPlan();
/** Rough cost of one skip. */
const SKIP_BITS = 20;

let gridStep = 0;
let gridSkips = 0;
let gridMin = 0;
let gridMax = 0;

/** Median of up to nine differences: what the rows were polled at, give or take the jitter. */
function typicalStep(times: Float64Array, count: number): number {
  const stride = Math.max(1, Math.floor((count - 1) / 9));
  const steps: number[] = [];
  for (let i = 1; i < count; i += stride) steps.push(times[i]! - times[i - 1]!);
  steps.sort((a, b) => a - b);
  return steps[steps.length >>> 1]!;
}

/** Slots from row i - 1 to row i. */
function slotsBetween(before: number, time: number, step: number): number {
  return Math.max(1, Math.round((time - before) / step));
}

/** Fills `residuals` and the grid variables. */
function layGrid(times: Float64Array, count: number): void {
  const typical = typicalStep(times, count);
  let slots = 0;
  for (let i = 1; i < count; i++) slots += slotsBetween(times[i - 1]!, times[i]!, typical);
  const first = times[0]!;
  gridStep = Math.max(1, Math.round((times[count - 1]! - first) / slots));
  gridSkips = 0;
  gridMin = 0;
  gridMax = 0;
  let ideal = first;
  residuals[0] = 0;
  for (let i = 1; i < count; i++) {
    const between = slotsBetween(times[i - 1]!, times[i]!, gridStep);
    if (between > 1) gridSkips++;
    ideal += between * gridStep;
    const residual = times[i]! - ideal;
    residuals[i] = residual;
    if (residual < gridMin) gridMin = residual;
    if (residual > gridMax) gridMax = residual;
  }
}

/** Writes header and payload at `ends` of `target` and moves both behind. */
export function writeTimes(
  times: Float64Array,
  count: number,
  target: Uint8Array,
  ends: { header: number; payload: number },
): void {
  const first = times[0]!;
  const last = times[count - 1]!;
  const kindAt = ends.header++;
  ends.header = writeSigned(target, ends.header, first);
  ends.header = writeVarint(target, ends.header, last - first);
  if (count === 1) {
    gridStep = 1;
    gridSkips = gridMin = gridMax = residuals[0] = 0;
  } else layGrid(times, count);
  const width = bitWidth(gridMax - gridMin);
  const gridBits = count * width + gridSkips * SKIP_BITS;
  if (width > MAX_PACKED_WIDTH || (count > 8 && gridBits > count * 8)) {
    const bits = planIntegers(times, count, plan);
    if (width > MAX_PACKED_WIDTH || bits < gridBits) {
      ends.payload = writeIntegers(times, count, plan, scratch, target, ends.payload);
      target[kindAt] = TIME_CODEC.integers + plan.mode + (plan.patches > 0 ? PATCHED : 0);
      ends.header = writeIntegerHeader(plan, target, ends.header);
      return;
    }
  }
  target[kindAt] = TIME_CODEC.grid;
  ends.payload = pack(residuals, 0, count, gridMin, width, target, ends.payload);
  const skipsAt = ends.payload;
  if (gridSkips > 0) writeSkips(times, count, target, ends);
  ends.header = writeVarint(target, ends.header, gridStep);
  ends.header = writeSigned(target, ends.header, gridMin);
  target[ends.header++] = width;
  ends.header = writeVarint(target, ends.header, gridSkips);
  if (gridSkips > 0) ends.header = writeVarint(target, ends.header, ends.payload - skipsAt);
}

function writeSkips(times: Float64Array, count: number, target: Uint8Array, ends: { payload: number }): void {
  let before = 0;
  for (let i = 1; i < count; i++) {
    const between = slotsBetween(times[i - 1]!, times[i]!, gridStep);
    if (between === 1) continue;
    ends.payload = writeVarint(target, ends.payload, i - before - 1);
    ends.payload = writeVarint(target, ends.payload, between - 2);
    before = i;
  }
}

/** Reads a time header. @throws EncodingError, VarintError */
export function readTimeHeader(cursor: Cursor, rows: number, into: TimeHeader): void {
  if (cursor.at >= cursor.end) throw new EncodingError('the time header is cut off');
  const kind = cursor.bytes[cursor.at++]!;
  into.codec = kind;
  into.payloadBytes = 0;
  if (kind === TIME_CODEC.outside) return;
  into.firstMs = readSigned(cursor);
  into.lastMs = into.firstMs + readVarint(cursor);
  if (kind === TIME_CODEC.grid) {
    into.stepMs = readVarint(cursor);
    into.base = readSigned(cursor);
    into.width = readVarint(cursor);
    into.skips = readVarint(cursor);
    into.skipBytes = into.skips > 0 ? readVarint(cursor) : 0;
    if (into.width > MAX_PACKED_WIDTH) throw new EncodingError(`a packed width of ${into.width} bits`);
    into.payloadBytes = packedSize(rows, into.width) + into.skipBytes;
    return;
  }
  const patched = kind >= TIME_CODEC.integers + PATCHED;
  const mode = kind - TIME_CODEC.integers - (patched ? PATCHED : 0);
  if (mode > 2) throw new EncodingError(`an unknown time codec ${kind}`);
  into.payloadBytes = readIntegerHeader(cursor, mode as Mode, patched, rows, into.plan);
}

const skipCursor: Cursor = { bytes: new Uint8Array(0), at: 0, end: 0 };

/** Decodes `rows` times whose payload begins at `offset`. @throws EncodingError, VarintError */
export function readTimes(
  bytes: Uint8Array,
  offset: number,
  rows: number,
  header: TimeHeader,
  times: Float64Array,
): void {
  if (header.codec !== TIME_CODEC.grid) {
    readIntegers(bytes, offset, rows, header.plan, times);
    return;
  }
  const { stepMs, width } = header;
  if (header.skips === 0) {
    unpackLine(bytes, offset, width, header.base + header.firstMs, stepMs, times, rows);
    return;
  }
  unpack(bytes, offset, 0, width, header.base + header.firstMs, times, 0, rows);
  skipCursor.bytes = bytes;
  skipCursor.at = offset + packedSize(rows, width);
  skipCursor.end = skipCursor.at + header.skipBytes;
  let shift = 0;
  let row = 0;
  for (let k = 0; k <= header.skips; k++) {
    const end = k < header.skips ? row + (k === 0 ? 1 : 0) + readVarint(skipCursor) : rows;
    if (end > rows) throw new EncodingError('a gap beyond the last row');
    for (; row < end; row++, shift += stepMs) times[row] = times[row]! + shift;
    if (k === header.skips) break;
    if (row >= rows) throw new EncodingError('a gap beyond the last row');
    shift += (readVarint(skipCursor) + 1) * stepMs;
    times[row] = times[row]! + shift;
    row++;
    shift += stepMs;
  }
}
