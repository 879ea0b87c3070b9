/** Buckets of one series, ascending; grows as needed and is used again and again. */
import type { TierBuffer } from '../model/series.ts';
import type { TierParts } from './encoding/tier-parts.ts';

const PARTS = ['min', 'max', 'sum', 'samples', 'last', 'increase'] as const;

export class Buckets implements TierBuffer, TierParts {
  count = 0;
  starts = new Float64Array(256);
  min = new Float64Array(256);
  max = new Float64Array(256);
  sum = new Float64Array(256);
  samples = new Float64Array(256);
  last = new Float64Array(256);
  increase = new Float64Array(256);

  /** Makes room for this many buckets in all; what is there stays. */
  reserve(count: number): void {
    if (count <= this.starts.length) return;
    const length = Math.max(count, this.starts.length * 2);
    this.starts = longer(this.starts, length);
    for (const part of PARTS) this[part] = longer(this[part], length);
  }

  /** Copies bucket `i` of `from` to place `to`, bit for bit. */
  take(from: TierParts, i: number, startMs: number, to: number): void {
    this.starts[to] = startMs;
    for (const part of PARTS) copyBits(from[part], i, this[part], to);
  }
}

function longer(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(length);
  copy.set(array);
  return copy;
}

function copyBits(from: Float64Array, i: number, to: Float64Array, n: number): void {
  const source = from[i]!;
  // Only a NaN can lose bits when it is moved as a number.
  if (!Number.isNaN(source)) to[n] = source;
  else to.set(from.subarray(i, i + 1), n);
}
