/** Times and values of samples; grows as needed and is used again and again. */
import type { SampleBuffer } from '../model/series.ts';

export class Samples implements SampleBuffer {
  count = 0;
  times = new Float64Array(1024);
  values = new Float64Array(1024);
  bits = new Uint32Array(this.values.buffer);
  hasNaN = false;

  clear(): void {
    this.count = 0;
    this.hasNaN = false;
  }

  /** Makes room for this many samples in all; what is there stays. */
  reserve(count: number): void {
    if (count <= this.times.length) return;
    const length = Math.max(count, this.times.length * 2);
    const times = new Float64Array(length);
    times.set(this.times.subarray(0, this.count));
    const values = new Float64Array(length);
    values.set(this.values.subarray(0, this.count));
    this.times = times;
    this.values = values;
    this.bits = new Uint32Array(values.buffer);
  }
}
