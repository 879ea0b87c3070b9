/**
 * Keeps the coarser tiers up to date: computes buckets that are complete, and those that late rows changed, from the raw
 * samples as readers would see them. A bucket that is written again replaces the one before.
 *
 * After a restart it is the tiers' own segments that say how far they reach.
 */

import { identityOf } from './flush.ts';
import type { GroupReader } from './group-reader.ts';
import type { GroupTable } from './group-table.ts';
import { grownFloat64 } from './growing.ts';
import type { RunBuffer } from './run-buffer.ts';
import type { SegmentBatch } from './segment-batch.ts';
import type { SegmentSet } from './segment-set.ts';
import type { TierRun } from './segment-types.ts';
import { lowerBound } from './series-reader.ts';
import type { Slices } from './slices.ts';
import { bucketStart, TierAggregator } from './tier-aggregate.ts';
import { isSample, LOOK_BACK_MS, mendGaps } from './tier-gaps.ts';
import { TierHistory } from './tier-history.ts';
import type { TimeBounds } from './time-bounds.ts';

export interface TierUpdateOptions {
  readonly set: SegmentSet;
  readonly groups: GroupTable;
  readonly bounds: TimeBounds;
  readonly reader: GroupReader;
  /** Another one, for what the tier has lost the raw samples of. */
  readonly historyReader: GroupReader;
}

export class TierUpdate {
  readonly #options: TierUpdateOptions;
  readonly #aggregate = new TierAggregator();
  readonly #history: TierHistory;
  readonly #tierMs: number;
  /** Buckets from here on are not computed yet, by row group; 0: none is. */
  #pendingMs = new Float64Array(512);
  /** Buckets to compute again: start, end, start, end, … by row group. */
  #late = new Map<number, number[]>();
  /**
   * Whether there may be rows before `completeMs` that are not computed: of a row group that is new or was offline, or
   * after a start, when the segments cannot tell that the clock was ahead when they were written.
   */
  #isOwed = true;
  /** Raw segments behind this have come since the last run. */
  #sequence = 0;
  /** Values and times of the columns' last samples before a run. */
  #before = new Float64Array(64);
  #beforeMs = new Float64Array(64);

  constructor(options: TierUpdateOptions) {
    this.#options = options;
    this.#tierMs = options.set.tierMs;
    this.#history = new TierHistory(options.set, options.historyReader);
  }

  /** Where the buckets end that are computed for all row groups. */
  completeMs = 0;

  /**
   * Learns from the tier's segments how far they reach; not further than `cutMs`, the clock may have been ahead. What is
   * in raw segments up to `sequence` counts as computed, unless the log brings it again.
   */
  learn(cutMs: number, sequence: number): void {
    this.#sequence = sequence;
    for (const { source, indexOf } of this.#options.set.all) {
      for (let group = 0; group < indexOf.length; group++) {
        const index = indexOf[group]! - 1;
        if (index < 0) continue;
        const last = source.firstBlock[index + 1]! - 1;
        if (last >= source.firstBlock[index]!) this.#reach(group, source.blockMaxMs(last) + this.#tierMs);
      }
      this.completeMs = Math.max(this.completeMs, source.maxMs);
    }
    this.completeMs = Math.min(this.completeMs, this.#cut(cutMs));
  }

  /** Notes rows that were flushed: those before what is computed change their buckets. */
  note(group: number, run: RunBuffer): void {
    if (run.times[0]! <= this.completeMs) this.#isOwed = true;
    const pendingMs = group < this.#pendingMs.length ? this.#pendingMs[group]! : 0;
    if (run.times[0]! > pendingMs) return;
    const late = this.#late.get(group) ?? [];
    for (let i = 0; i < run.count && run.times[i]! <= pendingMs; i++) {
      const startMs = bucketStart(run.times[i]!, this.#tierMs);
      const end = late.length - 1;
      if (end >= 0 && startMs >= late[end - 1]! && startMs <= late[end]!) {
        late[end] = Math.max(late[end]!, startMs + this.#tierMs);
      } else {
        late.push(startMs, startMs + this.#tierMs);
      }
    }
    this.#late.set(group, late);
  }

  /** Whether buckets before a time are waiting to be computed. */
  isDue(cutMs: number): boolean {
    return this.#isOwed || this.#late.size > 0 || this.#cut(cutMs) > this.completeMs;
  }

  /** Computes what is due: buckets that end before `cutMs`. Raw segments have sequence numbers up to `sequence`. */
  async run(batch: SegmentBatch, cutMs: number, sequence: number, slices: Slices): Promise<void> {
    const { groups } = this.#options;
    const cut = this.#cut(cutMs);
    const reached = new Float64Array(groups.capacity);
    const late = this.#late;
    this.#late = new Map();
    try {
      for (let group = 0; group < reached.length; group++) {
        if (groups.isAlive(group)) reached[group] = this.#group(group, late.get(group), cut, batch);
        if (!slices.isOver) continue;
        batch.checkRoom();
        await slices.pause();
      }
      await batch.publish();
    } catch (error) {
      batch.abort();
      for (const [group, ranges] of this.#late) late.set(group, [...(late.get(group) ?? []), ...ranges]);
      this.#late = late;
      throw error;
    }
    for (let group = 0; group < reached.length; group++) if (reached[group]! > 0) this.#reach(group, reached[group]!);
    // Not the greater of both: when the clock was ahead for a while, what comes from now on is not computed up to there.
    this.completeMs = cut;
    this.#isOwed = false;
    this.#sequence = sequence;
  }

  forget(group: number): void {
    this.#late.delete(group);
    if (group < this.#pendingMs.length) this.#pendingMs[group] = 0;
  }

  #cut(cutMs: number): number {
    return Math.floor(cutMs / this.#tierMs) * this.#tierMs;
  }

  #reach(group: number, endMs: number): void {
    this.#pendingMs = grownFloat64(this.#pendingMs, group);
    if (endMs > this.#pendingMs[group]!) this.#pendingMs[group] = endMs;
  }

  /** Computes the buckets of a row group; returns up to where. */
  #group(group: number, late: readonly number[] | undefined, cut: number, batch: SegmentBatch): number {
    const { bounds } = this.#options;
    const newestMs = bounds.maxMs(group);
    const pendingMs = group < this.#pendingMs.length ? this.#pendingMs[group]! : 0;
    const from = Math.max(pendingMs, bucketStart(bounds.minMs(group), this.#tierMs));
    const ranges = late ? joined(late, LOOK_BACK_MS + this.#tierMs, pendingMs) : [];
    const isNew = newestMs > from && cut > from;
    if (isNew && ranges.length > 0 && ranges.at(-1)! >= from) ranges[ranges.length - 1] = Math.max(cut, ranges.at(-1)!);
    else if (isNew) ranges.push(from, cut);
    let reachedMs = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      const isKnown = ranges[i]! < pendingMs;
      reachedMs = Math.max(reachedMs, this.#range(group, ranges[i]!, ranges[i + 1]!, isKnown, batch));
    }
    return isNew ? cut : reachedMs;
  }

  /** Computes the buckets of a range; `isKnown`: the tier may have some of them. Returns the end of the last one. */
  #range(group: number, fromMs: number, toMs: number, isKnown: boolean, batch: SegmentBatch): number {
    const { reader, set, groups } = this.#options;
    const run = reader.read(group, fromMs - LOOK_BACK_MS, toMs);
    const start = lowerBound(run.times, run.count, fromMs + 1);
    const end = lowerBound(run.times, run.count, toMs + 1);
    if (start === end) return 0;
    const width = run.columns.length;
    this.#lookBack(run, width, start, fromMs - LOOK_BACK_MS);
    const rows = run.part(start, end);
    const buckets = this.#aggregate.aggregate(rows, { tierMs: this.#tierMs, before: this.#before });
    mendGaps(rows, buckets, this.#tierMs, this.#beforeMs);
    if (isKnown) this.#history.mend(buckets, rows, group, this.#sequence);
    let first = 0;
    while (first < buckets.count) {
      const window = set.window(buckets.starts[first]!);
      let last = first + 1;
      while (last < buckets.count && set.window(buckets.starts[last]!) === window) last++;
      const sink = batch.sink(window, group, () => identityOf(groups, group));
      const all = first === 0 && last === buckets.count;
      sink.addTierRun(all ? buckets : partOf(buckets, first, last));
      first = last;
    }
    return buckets.starts[buckets.count - 1]! + this.#tierMs;
  }

  /** Finds each column's last sample before row `end` that is not older than `sinceMs`. */
  #lookBack(run: RunBuffer, width: number, end: number, sinceMs: number): void {
    if (width > this.#before.length) {
      this.#before = new Float64Array(width * 2);
      this.#beforeMs = new Float64Array(width * 2);
    }
    for (let c = 0; c < width; c++) {
      let i = end - 1;
      while (i >= 0 && run.times[i]! >= sinceMs && !isSample(run, c, run.halves[c]!, i)) i--;
      const isFound = i >= 0 && run.times[i]! >= sinceMs;
      this.#before[c] = isFound ? run.columns[c]![i]! : Number.NaN;
      this.#beforeMs[c] = isFound ? run.times[i]! : Number.POSITIVE_INFINITY;
    }
  }
}

/** The buckets from `first` to before `last`, as views. */
function partOf(run: TierRun, first: number, last: number): TierRun {
  const columns = run.columns.map((parts) => ({
    min: parts.min.subarray(first, last),
    max: parts.max.subarray(first, last),
    sum: parts.sum.subarray(first, last),
    samples: parts.samples.subarray(first, last),
    last: parts.last.subarray(first, last),
    increase: parts.increase.subarray(first, last),
  }));
  return { count: last - first, starts: run.starts.subarray(first, last), columns };
}

/**
 * Ranges of buckets, ascending and joined, each with the computed ones behind it whose increase may count from a sample
 * in it: those that begin less than `reachMs` after it.
 */
function joined(late: readonly number[], reachMs: number, pendingMs: number): number[] {
  const pairs: [from: number, to: number][] = [];
  for (let i = 0; i < late.length; i += 2) pairs.push([late[i]!, Math.min(late[i + 1]! + reachMs, pendingMs)]);
  pairs.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [from, to] of pairs) {
    if (out.length > 0 && from <= out.at(-1)!) out[out.length - 1] = Math.max(out.at(-1)!, to);
    else out.push(from, to);
  }
  return out;
}
