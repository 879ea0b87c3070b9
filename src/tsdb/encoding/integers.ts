/**
 * Whole numbers (|x| ≤ 2^53) as one of three sequences y, packed with a fixed width over a base (frame of reference):
 * the numbers themselves (level), their differences (delta), or the differences of those (delta2). The few y that do
 * not fit the width are patches: kept aside with their position.
 */
import { type Cursor, readSigned, readVarint, skipVarint, writeSigned, writeVarint } from '../../lib/varint.ts';
import { bitWidth, MAX_PACKED_WIDTH, pack, packedSize, unpack, unpackSums } from './bit-packing.ts';
import { EncodingError } from './encoding-error.ts';

/** Also how many leading numbers are not packed but stored in the header. */
export const MODE = { level: 0, delta: 1, delta2: 2 } as const;
export type Mode = (typeof MODE)[keyof typeof MODE];

export interface IntegerPlan {
  mode: Mode;
  /** Bits of a packed number. */
  width: number;
  /** Added to every packed number. */
  base: number;
  /** How the base is stored: see BASE. */
  baseForm: number;
  /** x[0] of delta and delta2. */
  first: number;
  /** x[1] - x[0] of delta2. */
  second: number;
  patches: number;
  patchBytes: number;
}

export const newIntegerPlan = (): IntegerPlan => ({
  mode: MODE.level,
  width: 0,
  base: 0,
  baseForm: 0,
  first: 0,
  second: 0,
  patches: 0,
  patchBytes: 0,
});

const EXACT = 2 ** 53;
/** Patches are looked for when the range is this much more than the mean distance from the middle. */
const SUSPICIOUS = 24;
/** Rough cost of a patch beside the bits of its number: its position, and rounding up to bytes. */
const PATCH_BITS = 16;
/** Rough cost of one more number in the header. */
const HEADER_BITS = 32;

/**
 * High two bits of the width's byte: the base is stored whole, or without its `width - ROUNDED_BITS` low bits, or not
 * at all because it is -2^(width - 1), or because it is 0.
 */
const BASE = { whole: 0x00, rounded: 0x40, centred: 0x80, zero: 0xc0 } as const;
const ROUNDED_BITS = 5;

const histogram = new Int32Array(66);
/** What the last call of `fit` found. */
let fitWidth = 0;
let fitBase = 0;
let fitMax = 0;
let fitBits = 0;
let fitPatches = 0;

/** The `order`-th difference of x at i, exact under the ranges that `planIntegers` checks. */
function differenceAt(x: Float64Array, i: number, order: number): number {
  if (order === 0) return x[i]!;
  if (order === 1) return x[i]! - x[i - 1]!;
  return x[i]! - x[i - 1]! - (x[i - 1]! - x[i - 2]!);
}

/** Width and base for y of `order`, whose range and mean distance from `middle` are known; patches where they pay. */
function fit(
  x: Float64Array,
  count: number,
  order: number,
  min: number,
  max: number,
  middle: number,
  mean: number,
): void {
  const packed = count - order;
  fitBase = min;
  fitMax = max;
  fitWidth = bitWidth(max - min);
  fitBits = packed * fitWidth;
  fitPatches = 0;
  const tooWide = fitWidth > MAX_PACKED_WIDTH;
  if (!tooWide && (fitBits < 64 || max - min < SUSPICIOUS * mean)) return;
  histogram.fill(0);
  for (let i = order; i < count; i++) {
    const width = bitWidth(Math.abs(differenceAt(x, i, order) - middle));
    histogram[width] = histogram[width]! + 1;
  }
  let cut = -1;
  let bits = tooWide ? Infinity : fitBits;
  let beyondBits = 0;
  for (let width = 60; width >= 0; width--) {
    const kept = width === 0 ? 0 : width + 1;
    const cost = packed * kept + beyondBits;
    if (kept <= MAX_PACKED_WIDTH && cost < bits) {
      bits = cost;
      cut = width;
    }
    beyondBits += histogram[width]! * (PATCH_BITS + width);
  }
  if (cut < 0 && !tooWide) return;
  const limit = 2 ** Math.max(cut, 0);
  let low = Infinity;
  let high = -Infinity;
  for (let i = order; i < count; i++) {
    const y = differenceAt(x, i, order);
    if (Math.abs(y - middle) >= limit) continue;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  if (low > high) {
    low = middle;
    high = middle;
  }
  fitBase = low;
  fitMax = high;
  fitWidth = bitWidth(high - low);
  const span = 2 ** fitWidth;
  let patchBits = 0;
  for (let i = order; i < count; i++) {
    const y = differenceAt(x, i, order);
    if (y - low >= 0 && y - low < span) continue;
    fitPatches++;
    patchBits += PATCH_BITS + bitWidth(Math.abs(y));
  }
  fitBits = packed * fitWidth + patchBits;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Chooses the cheapest form of `x[0, count)`, count ≥ 1, |x| ≤ 2^53. Returns its rough size in bits. */
export function planIntegers(x: Float64Array, count: number, plan: IntegerPlan): number {
  const last = count - 1;
  const half = count >>> 1;
  const quarter = count >>> 2;
  const level = middleOf(x[quarter]!, x[half]!, x[last - quarter]!);
  const slope =
    count < 4
      ? 0
      : middleOf(x[quarter + 1]! - x[quarter]!, x[half]! - x[half - 1]!, x[last - quarter]! - x[last - quarter - 1]!);
  let min = x[0]!;
  let max = min;
  let deltaMin = Infinity;
  let deltaMax = -Infinity;
  let bendMin = Infinity;
  let bendMax = -Infinity;
  let levelSum = 0;
  let deltaSum = 0;
  let bendSum = 0;
  let before = min;
  let deltaBefore = 0;
  for (let i = 1; i < count; i++) {
    const value = x[i]!;
    const delta = value - before;
    const bend = delta - deltaBefore;
    if (value < min) min = value;
    else if (value > max) max = value;
    if (delta < deltaMin) deltaMin = delta;
    if (delta > deltaMax) deltaMax = delta;
    if (i > 1) {
      if (bend < bendMin) bendMin = bend;
      if (bend > bendMax) bendMax = bend;
      bendSum += Math.abs(bend);
    }
    levelSum += Math.abs(value - level);
    deltaSum += Math.abs(delta - slope);
    before = value;
    deltaBefore = delta;
  }
  plan.first = x[0]!;
  plan.second = 0;
  let bits = Infinity;
  let top = 0;
  const keep = (mode: Mode) => {
    const cost = fitBits + mode * HEADER_BITS;
    if (cost >= bits) return;
    bits = cost;
    plan.mode = mode;
    plan.width = fitWidth;
    plan.base = fitBase;
    plan.patches = fitPatches;
    top = fitMax;
  };
  // A range up to 2^53 keeps every difference below exact.
  if (max - min > EXACT) return Infinity;
  fit(x, count, 0, min, max, level, levelSum / count);
  keep(MODE.level);
  if (count > 2 && plan.width > 0) {
    if (deltaMax - deltaMin <= EXACT) {
      fit(x, count, 1, deltaMin, deltaMax, slope, deltaSum / count);
      keep(MODE.delta);
    }
    if (count > 4 && plan.width > 0 && Math.max(bendMax, -bendMin) <= EXACT / 2) {
      fit(x, count, 2, bendMin, bendMax, 0, bendSum / count);
      keep(MODE.delta2);
    }
  }
  if (plan.mode === MODE.delta2) plan.second = x[1]! - x[0]!;
  roundBase(plan, top);
  return bits;
}

/** Moves the base down, if the width allows it, to where it takes less room in the header. */
function roundBase(plan: IntegerPlan, top: number): void {
  const { base, width } = plan;
  const centre = -(2 ** (width - 1));
  const unit = 2 ** (width - ROUNDED_BITS);
  const rounded = Math.floor(base / unit) * unit;
  const fits = (lower: number) => lower <= base && bitWidth(top - lower) <= width;
  plan.baseForm = BASE.whole;
  if (fits(0)) {
    plan.base = 0;
    plan.baseForm = BASE.zero;
  } else if (width > 0 && fits(centre)) {
    plan.base = centre;
    plan.baseForm = BASE.centred;
  } else if (width > ROUNDED_BITS && fits(rounded)) {
    plan.base = rounded;
    plan.baseForm = BASE.rounded;
  }
}

/** Writes packed numbers and patches; sets what the header says of patches. Returns the index behind them. */
export function writeIntegers(
  x: Float64Array,
  count: number,
  plan: IntegerPlan,
  scratch: Float64Array,
  target: Uint8Array,
  at: number,
): number {
  const order = plan.mode;
  let y = x;
  if (order > 0) {
    y = scratch;
    for (let i = order; i < count; i++) y[i] = differenceAt(x, i, order);
  }
  const patchesAt = pack(y, order, count - order, plan.base, plan.width, target, at);
  at = patchesAt;
  if (plan.patches > 0) {
    const span = 2 ** plan.width;
    let before = order - 1;
    plan.patches = 0;
    for (let i = order; i < count; i++) {
      const value = y[i]!;
      if (value - plan.base >= 0 && value - plan.base < span) continue;
      at = writeVarint(target, at, i - before - 1);
      at = writeSigned(target, at, value);
      before = i;
      plan.patches++;
    }
  }
  plan.patchBytes = at - patchesAt;
  return at;
}

/** Writes what `readIntegerHeader` needs beside mode, count and whether there are patches. */
export function writeIntegerHeader(plan: IntegerPlan, target: Uint8Array, at: number): number {
  target[at++] = plan.width + plan.baseForm;
  if (plan.mode !== MODE.level) at = writeSigned(target, at, plan.first);
  if (plan.mode === MODE.delta2) at = writeSigned(target, at, plan.second);
  if (plan.baseForm === BASE.whole) at = writeSigned(target, at, plan.base);
  if (plan.baseForm === BASE.rounded) at = writeSigned(target, at, plan.base / 2 ** (plan.width - ROUNDED_BITS));
  if (plan.patches > 0) {
    at = writeVarint(target, at, plan.patches);
    at = writeVarint(target, at, plan.patchBytes);
  }
  return at;
}

/** Reads the header of `count` numbers; returns the bytes of their payload. @throws EncodingError, VarintError */
export function readIntegerHeader(
  cursor: Cursor,
  mode: Mode,
  patched: boolean,
  count: number,
  plan: IntegerPlan,
): number {
  if (cursor.at >= cursor.end) throw new EncodingError('a column header is cut off');
  plan.mode = mode;
  const form = cursor.bytes[cursor.at++]!;
  plan.baseForm = form & 0xc0;
  plan.width = form & 0x3f;
  if (plan.width > MAX_PACKED_WIDTH) throw new EncodingError(`a packed width of ${plan.width} bits`);
  plan.first = mode === MODE.level ? 0 : readSigned(cursor);
  plan.second = mode === MODE.delta2 ? readSigned(cursor) : 0;
  plan.base = readBase(cursor, plan);
  plan.patches = patched ? readVarint(cursor) : 0;
  plan.patchBytes = patched ? readVarint(cursor) : 0;
  return packedSize(Math.max(0, count - mode), plan.width) + plan.patchBytes;
}

/** Passes over such a header; returns the bytes of the payload. @throws EncodingError, VarintError */
export function skipIntegerHeader(cursor: Cursor, mode: Mode, patched: boolean, count: number): number {
  if (cursor.at >= cursor.end) throw new EncodingError('a column header is cut off');
  const form = cursor.bytes[cursor.at++]!;
  const width = form & 0x3f;
  if (width > MAX_PACKED_WIDTH) throw new EncodingError(`a packed width of ${width} bits`);
  if (mode !== MODE.level) skipVarint(cursor);
  if (mode === MODE.delta2) skipVarint(cursor);
  const baseForm = form & 0xc0;
  if (baseForm === BASE.whole || baseForm === BASE.rounded) skipVarint(cursor);
  const bytes = packedSize(Math.max(0, count - mode), width);
  if (!patched) return bytes;
  skipVarint(cursor);
  return bytes + readVarint(cursor);
}

function readBase(cursor: Cursor, plan: IntegerPlan): number {
  if (plan.baseForm === BASE.zero) return 0;
  if (plan.baseForm === BASE.centred) return -(2 ** (plan.width - 1));
  const base = readSigned(cursor);
  return plan.baseForm === BASE.rounded ? base * 2 ** (plan.width - ROUNDED_BITS) : base;
}

const patchCursor: Cursor = { bytes: new Uint8Array(0), at: 0, end: 0 };

/** Decodes `count` numbers from the payload at `offset` into `x`. @throws EncodingError, VarintError */
export function readIntegers(
  bytes: Uint8Array,
  offset: number,
  count: number,
  plan: IntegerPlan,
  x: Float64Array,
): void {
  const { mode, width, base } = plan;
  patchCursor.bytes = bytes;
  patchCursor.at = offset + packedSize(Math.max(0, count - mode), width);
  patchCursor.end = patchCursor.at + plan.patchBytes;
  if (mode === MODE.level) unpack(bytes, offset, 0, width, base, x, 0, count);
  let next: number = mode;
  let sum = mode === MODE.delta2 ? plan.second : plan.first;
  for (let k = 0; k < plan.patches; k++) {
    const at = next + readVarint(patchCursor);
    const y = readSigned(patchCursor);
    if (at >= count) throw new EncodingError('a patch beyond the last row');
    if (mode === MODE.level) x[at] = y;
    else {
      sum = unpackSums(bytes, offset, mode, width, base, sum, x, next, at) + y;
      x[at] = sum;
    }
    next = at + 1;
  }
  if (mode === MODE.level) return;
  if (next < count) unpackSums(bytes, offset, mode, width, base, sum, x, next, count);
  x[0] = plan.first;
  if (mode === MODE.delta || count < 2) return;
  let total = plan.first + plan.second;
  x[1] = total;
  for (let i = 2; i < count; i++) {
    total += x[i]!;
    x[i] = total;
  }
}
