/**
 * The increase of a bucket counts from the sample before it, but not over a gap of more than `LOOK_BACK_MS`: what a
 * counter did in hours without samples belongs to no bucket. Aggregation does not look at gaps, so the few buckets
 * behind one are counted again here.
 */
import type { RowRun } from './encoding/block.ts';
import type { TierRun } from './segment-types.ts';
import { STALE_HIGH, STALE_LOW } from './stale.ts';

/** A gap up to this long is bridged. */
export const LOOK_BACK_MS = 3_600_000;

/** Whether row `i` of a column holds a sample; stale markers are none. */
export function isSample(run: RowRun, column: number, halves: Int32Array, i: number): boolean {
  if (run.present[column]?.[i] === 0) return false;
  // The quiet bit may have been set on the way.
  return halves[2 * i] !== STALE_LOW || (halves[2 * i + 1]! & 0x7ff7ffff) !== STALE_HIGH;
}

/** Counts increases behind gaps anew. `buckets` is what `run` gave; `beforeMs` are the times of the columns' samples before it. */
export function mendGaps(run: RowRun, buckets: TierRun, tierMs: number, beforeMs: Float64Array): void {
  const hasRowGap = hasGap(run);
  for (let c = 0; c < run.columns.length; c++) {
    const isLate = run.times[0]! - beforeMs[c]! > LOOK_BACK_MS;
    // A stale marker is no sample: the gap may be longer than from row to row.
    if (hasRowGap || isLate || run.present[c] || hasNaN(run.columns[c]!, run.count))
      mendColumn(run, c, buckets, tierMs, beforeMs[c]!);
  }
}

function hasGap(run: RowRun): boolean {
  for (let i = 1; i < run.count; i++) if (run.times[i]! - run.times[i - 1]! > LOOK_BACK_MS) return true;
  return false;
}

function hasNaN(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (Number.isNaN(values[i]!)) return true;
  return false;
}

function mendColumn(run: RowRun, column: number, buckets: TierRun, tierMs: number, beforeMs: number): void {
  const values = run.columns[column]!;
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const { increase } = buckets.columns[column]!;
  let lastMs = beforeMs;
  for (let b = 0, i = 0; b < buckets.count; b++) {
    const startMs = buckets.starts[b]!;
    const isBehindGap = lastMs < startMs - LOOK_BACK_MS;
    let previous = Number.NaN;
    let growth = 0;
    for (; i < run.count && run.times[i]! <= startMs + tierMs; i++) {
      if (!isSample(run, column, halves, i)) continue;
      lastMs = run.times[i]!;
      if (!isBehindGap) continue;
      const value = values[i]!;
      if (value < previous) growth += value;
      else if (!Number.isNaN(previous)) growth += value - previous;
      previous = value;
    }
    if (isBehindGap && !Number.isNaN(increase[b]!)) increase[b] = growth;
  }
}
