/**
 * Raw samples of one series in a range, from segments, blocks in memory and open rows, decoded anew each time: that takes
 * little longer than copying them from a cache would. Pieces are in order of precedence (later wins at the same time).
 * Usually they follow each other in time and are put one behind the other; pieces that overlap are merged.
 */
import { decodeSamples, MAX_BLOCK_ROWS } from './encoding/block.ts';
import type { Head } from './head.ts';
import type { MemoryBlocks } from './memory-blocks.ts';
import { Samples } from './sample-buffer.ts';
import { columnIn, type OpenSegment, type SegmentSet } from './segment-set.ts';

export class SeriesReader {
  readonly #head: Head;
  readonly #raw: SegmentSet;
  #out = new Samples();
  #merged = new Samples();
  readonly #piece = new Samples();
  /** Of the block at hand. */
  readonly #times = new Float64Array(MAX_BLOCK_ROWS);
  readonly #values = new Float64Array(MAX_BLOCK_ROWS);
  readonly #bits = new Uint32Array(this.#values.buffer);
  readonly #present = new Uint8Array(MAX_BLOCK_ROWS);

  constructor(head: Head, raw: SegmentSet) {
    this.#head = head;
    this.#raw = raw;
  }

  /** Samples in [fromMs, toMs]; valid until the next call. @throws SegmentDamage */
  read(group: number, column: number, fromMs: number, toMs: number): Samples {
    this.#out.clear();
    for (const segment of this.#raw.all) {
      const { source } = segment;
      if (source.minMs <= toMs && source.maxMs >= fromMs) this.#addSegment(segment, group, column, fromMs, toMs);
    }
    const { flushing, current, open } = this.#head;
    if (flushing) this.#addMemory(flushing, group, column, fromMs, toMs);
    this.#addMemory(current, group, column, fromMs, toMs);
    if (open.rows(group) > 0 && open.newestMs(group) >= fromMs && open.oldestMs(group) <= toMs) {
      this.#addOpen(group, column, fromMs, toMs);
    }
    return this.#out;
  }

  #addSegment(segment: OpenSegment, group: number, column: number, fromMs: number, toMs: number): void {
    const { source } = segment;
    const index = (segment.indexOf[group] ?? 0) - 1;
    if (index < 0) return;
    const own = columnIn(segment, index, column);
    if (own < 0) return;
    const end = source.firstBlock[index + 1]!;
    for (let block = source.firstBlock[index]!; block < end; block++) {
      if (source.blockMinMs(block) > toMs) break;
      if (source.blockMaxMs(block) < fromMs) continue;
      const count = source.readColumn(block, own, this.#values, this.#present);
      if (count > 0) this.#addBlock(source.readTimes(block), source.blockRows(block), count, fromMs, toMs);
    }
  }

  #addMemory(blocks: MemoryBlocks, group: number, column: number, fromMs: number, toMs: number): void {
    if (blocks.latest(group) < 0) return;
    for (const block of blocks.blocksOf(group)) {
      if (blocks.minMs(block) > toMs || blocks.maxMs(block) < fromMs) continue;
      const [bytes, offset] = [blocks.bytes(block), blocks.offset(block)];
      const count = decodeSamples(bytes, offset, column, this.#times, this.#values, this.#present);
      if (count > 0) this.#addBlock(this.#times, blocks.rows(block), count, fromMs, toMs);
    }
  }

  #addOpen(group: number, column: number, fromMs: number, toMs: number): void {
    const { open } = this.#head;
    const out = this.#out;
    if (open.isSorted(group) && (out.count === 0 || open.oldestMs(group) > out.times[out.count - 1]!)) {
      open.readColumn(group, column, fromMs, toMs, out);
      return;
    }
    const piece = this.#piece;
    piece.clear();
    open.readColumn(group, column, fromMs, toMs, piece);
    if (!open.isSorted(group)) sortSamples(piece);
    this.#append(piece.times, piece.values, piece.count, fromMs, toMs);
  }

  /** Adds the block whose values were decoded: `count` of its `rows` are present. */
  #addBlock(times: Float64Array, rows: number, count: number, fromMs: number, toMs: number): void {
    const values = this.#values;
    if (count === rows) {
      this.#append(times, values, rows, fromMs, toMs);
      return;
    }
    const piece = this.#piece;
    piece.clear();
    piece.reserve(count);
    let n = 0;
    for (let i = 0; i < rows; i++) {
      if (this.#present[i] !== 1) continue;
      piece.times[n] = times[i]!;
      piece.bits[2 * n] = this.#bits[2 * i]!;
      piece.bits[2 * n + 1] = this.#bits[2 * i + 1]!;
      n++;
    }
    this.#append(piece.times, piece.values, n, fromMs, toMs);
  }

  /** Adds those of ascending samples that lie in the range. */
  #append(times: Float64Array, values: Float64Array, count: number, fromMs: number, toMs: number): void {
    if (count === 0) return;
    const from = times[0]! >= fromMs ? 0 : lowerBound(times, count, fromMs);
    const to = times[count - 1]! <= toMs ? count : lowerBound(times, count, toMs + 1);
    if (from >= to) return;
    const out = this.#out;
    if (out.count > 0 && times[from]! <= out.times[out.count - 1]!) {
      this.#merge(times, values, from, to);
      return;
    }
    out.reserve(out.count + to - from);
    copySamples(times, values, from, to, out);
  }

  /** Merges samples into those that are there; at the same time the new one wins. */
  #merge(times: Float64Array, values: Float64Array, from: number, to: number): void {
    const out = this.#out;
    const merged = this.#merged;
    merged.clear();
    merged.reserve(out.count + to - from);
    let a = 0;
    for (let b = from; b < to; b++) {
      const timeMs = times[b]!;
      let end = a;
      while (end < out.count && out.times[end]! < timeMs) end++;
      if (end > a) copySamples(out.times, out.values, a, end, merged);
      a = end < out.count && out.times[end] === timeMs ? end + 1 : end;
      copySamples(times, values, b, b + 1, merged);
    }
    copySamples(out.times, out.values, a, out.count, merged);
    this.#out = merged;
    this.#merged = out;
  }
}

/** Copies samples [from, to) behind those in `into`, which has room. */
function copySamples(times: Float64Array, values: Float64Array, from: number, to: number, into: Samples): void {
  const toTimes = into.times;
  const toValues = into.values;
  let n = into.count;
  let hasNaN = false;
  for (let i = from; i < to; i++, n++) {
    const value = values[i]!;
    toTimes[n] = times[i]!;
    toValues[n] = value;
    if (Number.isNaN(value)) hasNaN = true;
  }
  if (hasNaN) {
    // A NaN that passes through a number may lose its payload; bytes that are moved do not.
    toValues.set(values.subarray(from, to), into.count);
    into.hasNaN = true;
  }
  into.count = n;
}

/** First index whose time is not below `timeMs`. */
export function lowerBound(times: Float64Array, count: number, timeMs: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sorts by time; of repetitions the last one stays. */
function sortSamples(samples: Samples): void {
  const order = Array.from({ length: samples.count }, (_, i) => i);
  order.sort((a, b) => samples.times[a]! - samples.times[b]! || a - b);
  const times = samples.times.slice(0, samples.count);
  const bits = samples.bits.slice(0, 2 * samples.count);
  let n = 0;
  for (const from of order) {
    if (n > 0 && samples.times[n - 1] === times[from]) n--;
    samples.times[n] = times[from]!;
    samples.bits[2 * n] = bits[2 * from]!;
    samples.bits[2 * n + 1] = bits[2 * from + 1]!;
    n++;
  }
  samples.count = n;
}
