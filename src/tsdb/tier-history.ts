/**
 * What a tier holds of buckets whose raw samples the ring has recycled. A late row makes such a bucket be computed again,
 * from the late row alone: what was there must not be replaced by that, but added to. The price: such a row counts twice when it is sent twice.
 */
import type { RowRun } from './encoding/block.ts';
import type { SegmentSet } from './segment-set.ts';
import type { TierRun } from './segment-types.ts';
import type { Buckets } from './tier-buffer.ts';
import { isSample } from './tier-gaps.ts';
import { TierReader } from './tier-reader.ts';

export class TierHistory {
  readonly #set: SegmentSet;
  readonly #reader = new TierReader();

  constructor(set: SegmentSet) {
    this.#set = set;
  }

  /**
   * Adds what the tier holds to those of `buckets`, computed from `run`, that have fewer samples than were counted before:
   * rows are never removed one by one, so raw samples are missing. What was last, and by how much a counter grew, stays
   * as it was. @throws SegmentDamage
   */
  addTo(buckets: TierRun, run: RowRun, group: number): void {
    const { tierMs, all } = this.#set;
    const lastMs = buckets.starts[buckets.count - 1]!;
    for (let c = 0; c < buckets.columns.length; c++) {
      const known = this.#reader.read(all, group, c, buckets.starts[0]!, lastMs);
      const { samples } = buckets.columns[c]!;
      for (let b = 0, k = 0; b < buckets.count && k < known.count; b++) {
        const startMs = buckets.starts[b]!;
        while (k < known.count && known.starts[k]! < startMs) k++;
        if (k === known.count || known.starts[k] !== startMs || samples[b] === 0) continue;
        // A stale marker may have taken a sample's place.
        const missing = known.samples[k]! - samples[b]!;
        if (missing > 0 && missing > staleMarkers(run, c, startMs, startMs + tierMs)) add(buckets, c, b, known, k);
      }
    }
  }
}

function add(buckets: TierRun, column: number, b: number, known: Buckets, k: number): void {
  const parts = buckets.columns[column]!;
  parts.samples[b]! += known.samples[k]!;
  parts.sum[b]! += known.sum[k]!;
  if (!(parts.min[b]! <= known.min[k]!)) parts.min[b] = known.min[k]!;
  if (!(parts.max[b]! >= known.max[k]!)) parts.max[b] = known.max[k]!;
  parts.last[b] = known.last[k]!;
  parts.increase[b] = known.increase[k]!;
}

function staleMarkers(run: RowRun, column: number, fromMs: number, toMs: number): number {
  const values = run.columns[column]!;
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const present = run.present[column];
  let found = 0;
  for (let i = 0; i < run.count && run.times[i]! < toMs; i++) {
    if (run.times[i]! >= fromMs && present?.[i] !== 0 && !isSample(run, column, halves, i)) found++;
  }
  return found;
}
