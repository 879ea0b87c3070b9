/** Stale markers: a NaN of its own, written when a series ends. */
import type { SampleBuffer } from '../model/series.ts';

const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;

/** Whether sample `i` is a stale marker. `bits` views the bytes of the values, little-endian. */
export function isStale(bits: Uint32Array, i: number): boolean {
  return bits[2 * i] === STALE_LOW && bits[2 * i + 1] === STALE_HIGH;
}

/** Samples in the order of time without stale markers; the buffer's own arrays where it has none. */
export interface Samples {
  times: Float64Array;
  values: Float64Array;
  count: number;
}

/** Copies what is not stale when anything is; the arrays of `scratch` grow as needed and are used for the copy. */
export function withoutStale(buffer: SampleBuffer, scratch: Samples): Samples {
  if (!buffer.hasNaN) return buffer;
  const { count, values, bits, times } = buffer;
  let first = 0;
  while (first < count && !(Number.isNaN(values[first]) && isStale(bits, first))) first++;
  if (first === count) return buffer;
  if (scratch.times.length < count) {
    scratch.times = new Float64Array(count * 2);
    scratch.values = new Float64Array(count * 2);
  }
  scratch.times.set(times.subarray(0, first));
  scratch.values.set(values.subarray(0, first));
  let kept = first;
  for (let i = first; i < count; i++) {
    if (isStale(bits, i)) continue;
    scratch.times[kept] = times[i]!;
    scratch.values[kept++] = values[i]!;
  }
  scratch.count = kept;
  return scratch;
}

export function emptySamples(): Samples {
  return { times: new Float64Array(0), values: new Float64Array(0), count: 0 };
}
