/**
 * What a tier holds of buckets whose raw samples the ring has recycled. A late row makes such a bucket be computed again,
 * from what is left of them: that must not replace what was there, only what is new is added to it. The price: a row
 * that is sent twice then counts twice.
 */
import type { RowRun } from './encoding/block.ts';
import type { GroupReader } from './group-reader.ts';
import type { SegmentSet } from './segment-set.ts';
import type { TierRun } from './segment-types.ts';
import { TierAggregator } from './tier-aggregate.ts';
import type { Buckets } from './tier-buffer.ts';
import { isSample } from './tier-gaps.ts';
import { TierReader } from './tier-reader.ts';

export class TierHistory {
  readonly #set: SegmentSet;
  readonly #raw: GroupReader;
  readonly #reader = new TierReader();
  readonly #aggregate = new TierAggregator();

  /** `raw` must not be used by others: what it reads is kept for a while. */
  constructor(set: SegmentSet, raw: GroupReader) {
    this.#set = set;
    this.#raw = raw;
  }

  /**
   * Mends those of `buckets`, computed from `run`, that have fewer samples than the tier: rows are never removed one by
   * one, so raw samples are missing. `sequence` is that of the newest raw segment the tier knows. @throws SegmentDamage
   */
  mend(buckets: TierRun, run: RowRun, group: number, sequence: number): void {
    const { tierMs, all } = this.#set;
    const firstMs = buckets.starts[0]!;
    const lastMs = buckets.starts[buckets.count - 1]!;
    let fresh: TierRun | undefined;
    for (let c = 0; c < buckets.columns.length; c++) {
      const known = this.#reader.read(all, group, c, firstMs, lastMs);
      const { samples } = buckets.columns[c]!;
      for (let b = 0, k = 0; b < buckets.count && k < known.count; b++) {
        const startMs = buckets.starts[b]!;
        while (k < known.count && known.starts[k]! < startMs) k++;
        if (k === known.count || known.starts[k] !== startMs || samples[b] === 0) continue;
        // A stale marker may have taken a sample's place.
        const missing = known.samples[k]! - samples[b]!;
        if (missing <= 0 || missing <= staleMarkers(run, c, startMs, startMs + tierMs)) continue;
        fresh ??= this.#fresh(group, firstMs, lastMs + tierMs, sequence);
        combine(buckets, c, b, known, k, fresh);
      }
    }
  }

  /** Buckets of what came behind a sequence number alone. */
  #fresh(group: number, fromMs: number, toMs: number, sequence: number): TierRun {
    const run = this.#raw.readSegments(group, fromMs + 1, toMs, sequence);
    return this.#aggregate.aggregate(run.part(0, run.count), { tierMs: this.#set.tierMs });
  }
}

/** Puts what was known of a bucket and what is fresh of it together. What was last, and a counter's growth, stay. */
function combine(buckets: TierRun, column: number, b: number, known: Buckets, k: number, fresh: TierRun): void {
  const parts = buckets.columns[column]!;
  parts.samples[b] = known.samples[k]!;
  parts.sum[b] = known.sum[k]!;
  parts.min[b] = known.min[k]!;
  parts.max[b] = known.max[k]!;
  parts.last[b] = known.last[k]!;
  parts.increase[b] = known.increase[k]!;
  const f = fresh.starts.subarray(0, fresh.count).indexOf(buckets.starts[b]!);
  const more = fresh.columns[column];
  if (f < 0 || !more || more.samples[f] === 0) return;
  parts.samples[b]! += more.samples[f]!;
  parts.sum[b]! += more.sum[f]!;
  if (!(parts.min[b]! <= more.min[f]!)) parts.min[b] = more.min[f]!;
  if (!(parts.max[b]! >= more.max[f]!)) parts.max[b] = more.max[f]!;
}

function staleMarkers(run: RowRun, column: number, fromMs: number, toMs: number): number {
  const values = run.columns[column]!;
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const present = run.present[column];
  let found = 0;
  for (let i = 0; i < run.count && run.times[i]! <= toMs; i++) {
    if (run.times[i]! > fromMs && present?.[i] !== 0 && !isSample(run, column, halves, i)) found++;
  }
  return found;
}
