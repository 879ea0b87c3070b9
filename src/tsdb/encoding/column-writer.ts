/**
 * Writes one column of a block in the cheapest codec for its values: a header, and a payload of which many have none
 * (constants, straight lines).
 */
import { writeSigned, writeVarint } from '../../lib/varint.ts';
import { MAX_BLOCK_ROWS } from './block-limits.ts';
import { CODEC, COLUMN_FLAG } from './column-header.ts';
import { commonDivisor, exponentOf, POWERS, type Scaling, scale } from './decimal.ts';
import { newIntegerPlan, planIntegers, writeIntegerHeader, writeIntegers } from './integers.ts';
import { choosePresence, writePresence } from './presence.ts';
import { maxXorBytes, writeXor } from './xor.ts';

/** Most bytes of a column's payload. */
export function maxColumnPayloadBytes(rows: number): number {
  return maxXorBytes(rows) + ((rows + 7) >>> 3) + rows * 12 + 16;
}

/** Bits a value above which true-float coding is tried beside decimal scaling. */
const DENSE_BITS = 40;

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
    flags = COLUMN_FLAG.holes;
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
  // Too wide a range: differences would not be exact, and with them neither divisor nor what is stored.
  if (bits === Infinity) return writeFloats(values, count, target, ends);
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
    kind |= COLUMN_FLAG.scaled;
    target[ends.header++] = scaling.exponent;
    ends.header = writeVarint(target, ends.header, multiple);
    if (multiple > 1) ends.header = writeSigned(target, ends.header, remainder * scaling.unit);
  }
  if (plan.patches > 0) kind |= COLUMN_FLAG.patched;
  ends.header = writeIntegerHeader(plan, target, ends.header);
  if (scaling.exceptions > 0) {
    kind |= COLUMN_FLAG.excepted;
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
