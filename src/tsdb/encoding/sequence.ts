/**
 * A run of numbers inside a tier block. Its kind goes to the block's shape, which many blocks share; here stand only
 * its parameters and packed bits. No checksum of its own: the page has one.
 */
import { type Cursor, readSigned, readVarint, writeSigned, writeVarint } from '../../lib/varint.ts';
import { MAX_BLOCK_ROWS } from './block-limits.ts';
import { EncodingError } from './encoding-error.ts';
import {
  type Mode,
  newIntegerPlan,
  planIntegers,
  readIntegerHeader,
  readIntegers,
  writeIntegerHeader,
  writeIntegers,
} from './integers.ts';
import { maxXorBytes, readXor, writeXor } from './xor.ts';

/** Whole numbers are `integers + mode`, with patches `patched + mode`. */
export const SEQUENCE = { zero: 0, constant: 1, integers: 2, patched: 5, xor: 8, raw: 9 } as const;

/** Most bytes of a sequence. */
export function maxSequenceBytes(count: number): number {
  return 64 + maxXorBytes(count) + count * 12;
}

const plan = newIntegerPlan();
const scratch = new Float64Array(MAX_BLOCK_ROWS);
let packed = new Uint8Array(4096);

/** Where `writeSequence` and `writeFloatSequence` stopped. */
export let sequenceEnd = 0;

/** Rough bits that `writeSequence` would take; Infinity when it cannot. */
export function sequenceBits(x: Float64Array, count: number): number {
  return planIntegers(x, count, plan);
}

/** Writes whole numbers (|x| ≤ 2^53, range ≤ 2^53) at `at`; returns the kind. */
export function writeSequence(x: Float64Array, count: number, target: Uint8Array, at: number): number {
  const first = x[0]!;
  let i = 1;
  while (i < count && x[i] === first) i++;
  if (i === count) {
    sequenceEnd = first === 0 ? at : writeSigned(target, at, first);
    return first === 0 ? SEQUENCE.zero : SEQUENCE.constant;
  }
  planIntegers(x, count, plan);
  if (packed.length < maxSequenceBytes(count)) packed = new Uint8Array(maxSequenceBytes(count));
  const size = writeIntegers(x, count, plan, scratch, packed, 0);
  at = writeIntegerHeader(plan, target, at);
  for (let b = 0; b < size; b++) target[at++] = packed[b]!;
  sequenceEnd = at;
  return plan.mode + (plan.patches > 0 ? SEQUENCE.patched : SEQUENCE.integers);
}

/** Writes any floats at `at`, by their bits; returns the kind. */
export function writeFloatSequence(values: Float64Array, count: number, target: Uint8Array, at: number): number {
  if (packed.length < maxSequenceBytes(count)) packed = new Uint8Array(maxSequenceBytes(count));
  const size = writeXor(values, count, packed, 0);
  if (size < count * 8) {
    at = writeVarint(target, at, size);
    target.set(packed.subarray(0, size), at);
    sequenceEnd = at + size;
    return SEQUENCE.xor;
  }
  target.set(new Uint8Array(values.buffer, values.byteOffset, count * 8), at);
  sequenceEnd = at + count * 8;
  return SEQUENCE.raw;
}

/**
 * Reads a sequence of `count` numbers into `x`, or passes over it when `x` is undefined.
 * @throws EncodingError, VarintError
 */
export function readSequence(cursor: Cursor, kind: number, count: number, x: Float64Array | undefined): void {
  if (kind === SEQUENCE.zero || kind === SEQUENCE.constant) {
    const value = kind === SEQUENCE.zero ? 0 : readSigned(cursor);
    x?.fill(value, 0, count);
    return;
  }
  if (kind === SEQUENCE.xor || kind === SEQUENCE.raw) {
    const size = kind === SEQUENCE.xor ? readVarint(cursor) : count * 8;
    const end = cursor.at + size;
    if (end > cursor.end) throw new EncodingError('a sequence of floats is cut off');
    if (x !== undefined) {
      if (kind === SEQUENCE.xor) readXor(cursor.bytes, cursor.at, end, count, x);
      else new Uint8Array(x.buffer, x.byteOffset, size).set(cursor.bytes.subarray(cursor.at, end));
    }
    cursor.at = end;
    return;
  }
  const patched = kind >= SEQUENCE.patched;
  const mode = kind - (patched ? SEQUENCE.patched : SEQUENCE.integers);
  if (mode < 0 || mode > 2) throw new EncodingError(`an unknown sequence kind ${kind}`);
  const size = readIntegerHeader(cursor, mode as Mode, patched, count, plan);
  if (cursor.at + size > cursor.end) throw new EncodingError('a sequence is cut off');
  if (x !== undefined) readIntegers(cursor.bytes, cursor.at, count, plan, x);
  cursor.at += size;
}
