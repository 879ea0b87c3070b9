/**
 * The aggregates of one field over the buckets of a block. What kinds of numbers it has goes into the block's shape,
 * which is stored once for all blocks that look alike; the numbers themselves go into the block. A field that does not
 * change costs its value, a counter little more than its ends and its sum.
 */
import type { ByteStream } from '../../lib/byte-stream.ts';
import { type Cursor, readSigned, readVarint, writeSigned, writeVarint } from '../../lib/varint.ts';
import { exponentOf, MAX_EXPONENT, POWERS } from './decimal.ts';
import { EncodingError } from './encoding-error.ts';
import { maxSequenceBytes, readSequence, sequenceEnd, writeFloatSequence, writeSequence } from './sequence.ts';
import { chooseModel, residuals, restoreModel, type TierModel } from './tier-model.ts';
import {
  gatherParts,
  newTierParts,
  PART_NAMES,
  type PartScale,
  scaleParts,
  scatterParts,
  type TierParts,
  unscaleParts,
} from './tier-parts.ts';

/** Low two bits of a field's first byte in the shape. */
const FIELD = { absent: 0, constant: 1, modelled: 2, floats: 3 } as const;
/** The field's samples differ from the block's. */
const OWN_SAMPLES = 0x04;
/** The constant stands in the shape itself: it is usual, and costs nothing in the blocks. */
const USUAL_CONSTANT = 0x10;
/** There are no increases: the field is no counter. */
const NO_INCREASE = 0x08;

/** Second byte of a modelled field: min, max << 1, sum << 2, and: */
const DIVIDED = 0x10;
const FIRST_INCREASE = 0x20;

/** Most bytes of a field's numbers. */
export function maxTierFieldBytes(rows: number): number {
  return 32 + 6 * maxSequenceBytes(rows);
}

const LARGEST_CONSTANT = 2 ** 51;

/** The constant (scaled to a whole number) of the field written last, NaN if it had none. */
export let lastConstant = Number.NaN;

const dense = newTierParts();
const model: TierModel = { min: 0, max: 0, sum: 0 };
const scale: PartScale = { exponent: 0, divisor: 1 };

function partNames(flags: number): readonly (typeof PART_NAMES)[number][] {
  return flags & NO_INCREASE ? PART_NAMES.slice(0, 4) : PART_NAMES;
}

function sameSamples(samples: Float64Array, reference: Float64Array, rows: number): boolean {
  for (let i = 0; i < rows; i++) if (samples[i] !== reference[i]) return false;
  return true;
}

function allNaN(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (!Number.isNaN(values[i]!)) return false;
  return true;
}

/** Whole number of the constant, decimal places, and whether it is one at all. */
let constantWhole = 0;
let constantExponent = 0;

/** Whether all samples of the field were the same decimal, which is then noted. */
function isConstant(count: number, flags: number): boolean {
  const value = dense.last[0]!;
  constantExponent = exponentOf(value);
  if (Object.is(value, -0) || constantExponent < 0) return false;
  constantWhole = Math.round(value * POWERS[constantExponent]!);
  if (Math.abs(constantWhole) > LARGEST_CONSTANT) return false;
  for (let i = 0; i < count; i++) {
    if (dense.last[i] !== value || dense.min[i] !== value || dense.max[i] !== value) return false;
    if (value === 0 && 1 / dense.last[i]! + 1 / dense.min[i]! + 1 / dense.max[i]! !== Infinity) return false;
    if (dense.sum[i] !== constantSum(constantWhole, constantExponent, dense.samples[i]!)) return false;
    if (!(flags & NO_INCREASE) && dense.increase[i] !== 0) return false;
  }
  return true;
}

/** The sum of a decimal is the decimal nearest to it, as in aggregation. */
function constantSum(whole: number, exponent: number, samples: number): number {
  return (whole * samples) / POWERS[exponent]!;
}

/**
 * Appends a field to the shape and its numbers to `target` from `at`; returns the index behind them. `reference` holds
 * the samples that most fields of the block have. `usualConstant` is a constant (scaled to a whole number) that the field
 * had elsewhere: see `lastConstant`.
 */
export function writeTierField(
  parts: TierParts,
  rows: number,
  reference: Float64Array,
  usualConstant: number,
  shape: ByteStream,
  target: Uint8Array,
  at: number,
): number {
  lastConstant = Number.NaN;
  const count = gatherParts(parts, rows, dense);
  if (count === 0) {
    shape.byte(FIELD.absent);
    return at;
  }
  let flags = allNaN(dense.increase, count) ? NO_INCREASE : 0;
  if (!sameSamples(parts.samples, reference, rows)) flags |= OWN_SAMPLES;
  const names = partNames(flags);
  const kind = isConstant(count, flags)
    ? FIELD.constant
    : scaleParts(dense, names, count, scale) && chooseModel(dense, count, model)
      ? FIELD.modelled
      : FIELD.floats;
  if (kind === FIELD.constant) lastConstant = constantWhole;
  const usual = kind === FIELD.constant && isUsual(constantWhole, usualConstant);
  shape.byte(kind | flags | (usual ? USUAL_CONSTANT : 0));
  if (flags & OWN_SAMPLES) {
    shape.byte(writeSequence(parts.samples, rows, target, at));
    at = sequenceEnd;
  }
  if (kind === FIELD.constant) {
    return writeConstant(usual, shape, target, at);
  }
  if (kind === FIELD.modelled) return writeModelled(count, flags, shape, target, at);
  // Scaling may have spoilt them.
  gatherParts(parts, rows, dense);
  for (const name of names) {
    shape.byte(writeFloatSequence(dense[name], count, target, at));
    at = sequenceEnd;
  }
  return at;
}

/** Small ones are states and error counts; others are usual when the row group before had the same. */
function isUsual(whole: number, usualConstant: number): boolean {
  return (whole >= 0 && whole < 8) || whole === usualConstant;
}

/** Writes sign and magnitude in as few bytes as hold them; their number stands beside the exponent. */
function writeConstant(usual: boolean, shape: ByteStream, target: Uint8Array, at: number): number {
  let rest = constantWhole < 0 ? -2 * constantWhole - 1 : 2 * constantWhole;
  let length = 0;
  for (let limit = 1; rest >= limit; limit *= 256) length++;
  shape.byte(constantExponent + 32 * length);
  for (let b = 0; b < length; b++, rest = Math.floor(rest / 256)) {
    if (usual) shape.byte(rest % 256);
    else target[at++] = rest % 256;
  }
  return at;
}

/** Where the sequence of a part begins: what comes before is stored apart or predicted. */
function startOf(name: string): number {
  if (name === 'min') return model.min;
  return name === 'increase' ? 1 : 0;
}

function writeModelled(count: number, flags: number, shape: ByteStream, target: Uint8Array, at: number): number {
  const increased = !(flags & NO_INCREASE) && residuals.increase[0] !== 0;
  shape.byte(scale.exponent);
  shape.byte(
    model.min |
      (model.max << 1) |
      (model.sum << 2) |
      (scale.divisor > 1 ? DIVIDED : 0) |
      (increased ? FIRST_INCREASE : 0),
  );
  if (scale.divisor > 1) at = writeVarint(target, at, scale.divisor);
  if (model.min === 1) at = writeSigned(target, at, residuals.min[0]!);
  if (increased) at = writeSigned(target, at, residuals.increase[0]!);
  for (const name of partNames(flags)) {
    const start = startOf(name);
    if (count <= start) continue;
    const x = residuals[name];
    shape.byte(writeSequence(start === 0 ? x : x.subarray(start), count - start, target, at));
    at = sequenceEnd;
  }
  return at;
}

function nextByte(cursor: Cursor): number {
  if (cursor.at >= cursor.end) throw new EncodingError('a shape is cut off');
  return cursor.bytes[cursor.at++]!;
}

/**
 * Reads the next field from `shape` and `numbers` into arrays of at least `rows`, or passes over it when `into` is
 * undefined. False when the field is absent. @throws EncodingError, VarintError
 */
export function readTierField(
  shape: Cursor,
  numbers: Cursor,
  rows: number,
  reference: Float64Array,
  into: TierParts | undefined,
): boolean {
  const flags = nextByte(shape);
  const kind = flags & 3;
  if (kind === FIELD.absent) return false;
  // The samples are needed even of fields passed over: they say how many numbers follow.
  const samples = into?.samples ?? dense.samples;
  if (flags & OWN_SAMPLES) readSequence(numbers, nextByte(shape), rows, samples);
  else samples.set(reference.subarray(0, rows));
  let count = 0;
  for (let i = 0; i < rows; i++) if (samples[i] !== 0) count++;
  if (count === 0) throw new EncodingError('a field without samples');
  if (kind === FIELD.constant) readConstant(shape, numbers, count, flags, into);
  else if (kind === FIELD.modelled) readModelled(shape, numbers, count, flags, into);
  else for (const name of partNames(flags)) readSequence(numbers, nextByte(shape), count, into?.[name]);
  if (into === undefined) return true;
  if (flags & NO_INCREASE) into.increase.fill(Number.NaN, 0, count);
  if (count < rows) scatterParts(into, rows);
  return true;
}

function exponentIn(exponent: number): number {
  if (exponent > MAX_EXPONENT) throw new EncodingError(`a decimal exponent of ${exponent}`);
  return exponent;
}

function readConstant(shape: Cursor, numbers: Cursor, count: number, flags: number, into: TierParts | undefined): void {
  const form = nextByte(shape);
  const exponent = exponentIn(form & 31);
  const source = flags & USUAL_CONSTANT ? shape : numbers;
  let folded = 0;
  for (let b = 0, scale = 1; b < form >>> 5; b++, scale *= 256) folded += nextByte(source) * scale;
  const whole = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  const value = whole / POWERS[exponent]!;
  if (into === undefined) return;
  into.last.fill(value, 0, count);
  into.min.fill(value, 0, count);
  into.max.fill(value, 0, count);
  into.increase.fill(0, 0, count);
  let k = 0;
  for (let i = 0; k < count; i++)
    if (into.samples[i] !== 0) into.sum[k++] = constantSum(whole, exponent, into.samples[i]!);
}

function readModelled(shape: Cursor, numbers: Cursor, count: number, flags: number, into: TierParts | undefined): void {
  scale.exponent = exponentIn(nextByte(shape));
  const choice = nextByte(shape);
  model.min = choice & 1;
  model.max = (choice >> 1) & 1;
  model.sum = (choice >> 2) & 3;
  scale.divisor = choice & DIVIDED ? readVarint(numbers) : 1;
  const firstMin = model.min === 1 ? readSigned(numbers) : 0;
  const firstIncrease = choice & FIRST_INCREASE ? readSigned(numbers) : 0;
  const names = partNames(flags);
  for (const name of names) {
    const start = startOf(name);
    if (count <= start) continue;
    readSequence(numbers, nextByte(shape), count - start, start === 0 ? into?.[name] : into?.[name].subarray(start));
  }
  if (into === undefined) return;
  if (model.min === 1) into.min[0] = firstMin;
  into.increase[0] = firstIncrease;
  const parts = count === into.samples.length ? into : denseSamples(into, count);
  restoreModel(parts, count, model);
  unscaleParts(parts, names, count, scale);
}

/** The same parts with the samples of the buckets that have any, as the model counts them. */
function denseSamples(parts: TierParts, count: number): TierParts {
  let k = 0;
  for (let i = 0; k < count; i++) if (parts.samples[i] !== 0) dense.samples[k++] = parts.samples[i]!;
  return { ...parts, samples: dense.samples };
}
