/** Buckets of a series from the segments of a tier; a bucket in a later segment replaces the one before. */
import { MAX_BLOCK_ROWS } from './encoding/block.ts';
import { columnIn, type OpenSegment } from './segment-set.ts';
import type { SegmentSource } from './segment-types.ts';
import { Buckets } from './tier-buffer.ts';

export class TierReader {
  #out = new Buckets();
  #merged = new Buckets();
  readonly #block = new Buckets();

  constructor() {
    this.#block.reserve(MAX_BLOCK_ROWS);
  }

  /** Buckets with starts in [fromMs, toMs]; valid until the next call. @throws SegmentDamage */
  read(segments: readonly OpenSegment[], group: number, column: number, fromMs: number, toMs: number): Buckets {
    this.#out.count = 0;
    for (const segment of segments) {
      const { source } = segment;
      if (source.minMs > toMs || source.maxMs < fromMs) continue;
      const index = (segment.indexOf[group] ?? 0) - 1;
      if (index < 0) continue;
      const own = columnIn(segment, index, column);
      if (own < 0) continue;
      const end = source.firstBlock[index + 1]!;
      for (let block = source.firstBlock[index]!; block < end; block++) {
        if (source.blockMinMs(block) > toMs) break;
        if (source.blockMaxMs(block) >= fromMs) this.#add(source, block, own, fromMs, toMs);
      }
    }
    return this.#out;
  }

  #add(source: SegmentSource, block: number, column: number, fromMs: number, toMs: number): void {
    const bucket = this.#block;
    const rows = source.blockRows(block);
    if (!source.readTierColumn(block, column, bucket)) return;
    const starts = source.readTimes(block);
    const out = this.#out;
    const isLater = out.count === 0 || starts[0]! > out.starts[out.count - 1]!;
    if (!isLater) {
      this.#merge(starts, rows, fromMs, toMs);
      return;
    }
    out.reserve(out.count + rows);
    for (let i = 0; i < rows; i++) {
      const startMs = starts[i]!;
      if (startMs < fromMs || startMs > toMs || bucket.samples[i] === 0) continue;
      out.take(bucket, i, startMs, out.count++);
    }
  }

  #merge(starts: Float64Array, rows: number, fromMs: number, toMs: number): void {
    const old = this.#out;
    const merged = this.#merged;
    const bucket = this.#block;
    merged.reserve(old.count + rows);
    let n = 0;
    let a = 0;
    for (let i = 0; i < rows; i++) {
      const startMs = starts[i]!;
      if (startMs < fromMs || startMs > toMs || bucket.samples[i] === 0) continue;
      for (; a < old.count && old.starts[a]! < startMs; a++) merged.take(old, a, old.starts[a]!, n++);
      if (a < old.count && old.starts[a] === startMs) a++;
      merged.take(bucket, i, startMs, n++);
    }
    for (; a < old.count; a++) merged.take(old, a, old.starts[a]!, n++);
    merged.count = n;
    this.#out = merged;
    this.#merged = old;
  }
}
