/**
 * Raw samples of one series in a range, from segments, blocks in memory and open rows. Pieces are in order of precedence
 * (later wins at the same time). Usually they follow each other in time and are copied one behind the other; pieces that
 * overlap are merged.
 */
import { BlockReader } from './block-reader.ts';
import type { DecodedCache, DecodedColumn, OpenColumn } from './decoded-cache.ts';
import type { Head } from './head.ts';
import type { MemoryBlocks } from './memory-blocks.ts';
import { Samples } from './sample-buffer.ts';
import { columnIn, type SegmentSet } from './segment-set.ts';

export class SeriesReader {
  readonly #head: Head;
  readonly #raw: SegmentSet;
  readonly #cache: DecodedCache;
  readonly #blocks: BlockReader;
  #out = new Samples();
  #merged = new Samples();
  readonly #opened = new Samples();

  constructor(head: Head, raw: SegmentSet, cache: DecodedCache) {
    this.#cache = cache;
    this.#head = head;
    this.#raw = raw;
    this.#blocks = new BlockReader(cache);
  }

  /** Samples in [fromMs, toMs]; valid until the next call. @throws SegmentDamage */
  read(group: number, column: number, fromMs: number, toMs: number): Samples {
    this.#out.count = 0;
    for (const segment of this.#raw.all) {
      const { source } = segment;
      if (source.minMs > toMs || source.maxMs < fromMs) continue;
      const index = (segment.indexOf[group] ?? 0) - 1;
      if (index < 0) continue;
      const own = columnIn(segment, index, column);
      if (own < 0) continue;
      const end = source.firstBlock[index + 1]!;
      for (let block = source.firstBlock[index]!; block < end; block++) {
        if (source.blockMinMs(block) > toMs) break;
        if (source.blockMaxMs(block) >= fromMs) this.#add(this.#blocks.segment(source, block, own), fromMs, toMs);
      }
    }
    const { flushing, current, open } = this.#head;
    if (flushing) this.#addMemory(flushing, group, column, fromMs, toMs);
    this.#addMemory(current, group, column, fromMs, toMs);
    if (open.rows(group) > 0 && open.newestMs(group) >= fromMs && open.oldestMs(group) <= toMs) {
      this.#addOpen(group, column, fromMs, toMs);
    }
    return this.#out;
  }

  #addMemory(blocks: MemoryBlocks, group: number, column: number, fromMs: number, toMs: number): void {
    if (blocks.latest(group) < 0) return;
    for (const block of blocks.blocksOf(group)) {
      if (blocks.minMs(block) > toMs || blocks.maxMs(block) < fromMs) continue;
      this.#add(this.#blocks.memory(blocks, block, column), fromMs, toMs);
    }
  }

  #addOpen(group: number, column: number, fromMs: number, toMs: number): void {
    const { open } = this.#head;
    const rows = this.#opened;
    if (open.isSorted(group)) {
      // The very last row may still get more fields: it is never kept.
      const most = open.rows(group) - 1;
      if (most > 0) this.#add(this.#openColumn(group, column, most), fromMs, toMs);
      rows.count = open.readColumn(group, column, most, most + 1, rows.times, rows.halves, 0);
    } else {
      rows.reserve(open.rows(group));
      rows.count = open.readColumn(group, column, 0, open.rows(group), rows.times, rows.halves, 0);
      sortSamples(rows);
    }
    this.#add(rows, fromMs, toMs);
  }

  /** The column of the first `rows` open rows, of which most are usually known from the last time. */
  #openColumn(group: number, column: number, rows: number): OpenColumn {
    const { open } = this.#head;
    let known = this.#cache.column(open, group, column) as OpenColumn | undefined;
    if (!known || known.chunk !== open.chunk(group) || known.times.length < rows) {
      const values = new Float64Array(Math.max(rows, open.limit(group)));
      const halves = new Int32Array(values.buffer);
      const times = new Float64Array(values.length);
      known = { count: 0, times, values, ownsTimes: true, halves, chunk: open.chunk(group), rows: 0 };
      this.#cache.addColumn(open, group, column, known);
    }
    if (known.rows < rows) {
      known.count = open.readColumn(group, column, known.rows, rows, known.times, known.halves, known.count);
      known.rows = rows;
    }
    return known;
  }

  #add(decoded: Omit<DecodedColumn, 'ownsTimes'>, fromMs: number, toMs: number): void {
    const { times, count } = decoded;
    if (count === 0) return;
    const from = times[0]! >= fromMs ? 0 : lowerBound(times, count, fromMs);
    const to = times[count - 1]! <= toMs ? count : lowerBound(times, count, toMs + 1);
    this.#append(times, decoded.values, from, to);
  }

  #append(times: Float64Array, values: Float64Array, from: number, to: number): void {
    if (from >= to) return;
    const out = this.#out;
    if (out.count > 0 && times[from]! <= out.times[out.count - 1]!) {
      this.#merge(times, values, from, to);
      return;
    }
    out.reserve(out.count + to - from);
    // subarray and set move bytes: no value becomes a number on the way.
    out.times.set(from === 0 && to === times.length ? times : times.subarray(from, to), out.count);
    out.values.set(from === 0 && to === values.length ? values : values.subarray(from, to), out.count);
    out.count += to - from;
  }

  /** Merges samples into those that are there; at the same time the new one wins. */
  #merge(times: Float64Array, values: Float64Array, from: number, to: number): void {
    const out = this.#out;
    const merged = this.#merged;
    merged.count = 0;
    merged.reserve(out.count + to - from);
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    let n = 0;
    let a = 0;
    for (let b = from; b < to; b++) {
      const timeMs = times[b]!;
      for (; a < out.count && out.times[a]! < timeMs; a++, n++) copySample(out.times, out.halves, a, merged, n);
      if (a < out.count && out.times[a]! === timeMs) a++;
      copySample(times, halves, b, merged, n++);
    }
    for (; a < out.count; a++, n++) copySample(out.times, out.halves, a, merged, n);
    merged.count = n;
    this.#out = merged;
    this.#merged = out;
  }
}

function copySample(times: Float64Array, halves: Int32Array, from: number, into: Samples, to: number): void {
  into.times[to] = times[from]!;
  into.halves[2 * to] = halves[2 * from]!;
  into.halves[2 * to + 1] = halves[2 * from + 1]!;
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
  const halves = samples.halves.slice(0, 2 * samples.count);
  let n = 0;
  for (const from of order) {
    if (n > 0 && samples.times[n - 1] === times[from]) n--;
    copySample(times, halves, from, samples, n++);
  }
  samples.count = n;
}
