/**
 * Makes one segment of several small ones of the same window, and rewrites segments with deleted row groups. Segments to
 * merge are neighbours by precedence within their window, and no other window's segments overlap them, so the result
 * can take the place of the last of them.
 */

import type { TierParts } from './encoding/tier-parts.ts';
import { identityOf, writeRun } from './flush.ts';
import type { GroupTable } from './group-table.ts';
import { RunMerger } from './run-merger.ts';
import type { SegmentBatch } from './segment-batch.ts';
import type { SegmentName } from './segment-name.ts';
import { eachBlock, type OpenSegment, type SegmentSet } from './segment-set.ts';
import type { Slices } from './slices.ts';
import { Buckets } from './tier-buffer.ts';
import { TierReader } from './tier-reader.ts';

/** Segments of about the same size are merged when there are this many. */
const FAN_IN = 4;
/** Sizes count as about the same up to this ratio. */
const SIZE_RATIO = 4;

/** Name of what takes the place of neighbours by precedence. */
export function mergedName(inputs: readonly OpenSegment[]): SegmentName {
  const last = Math.max(...inputs.map(({ name }) => name.last));
  return {
    first: Math.min(...inputs.map(({ name }) => name.first)),
    last,
    revision: 1 + Math.max(...inputs.map(({ name }) => name.revision)),
  };
}

/** The segments that should be merged next, by precedence, or none. `closedBeforeMs`: older windows get no more flushes. */
export function chooseMerge(set: SegmentSet, mostBytes: number, closedBeforeMs: number): OpenSegment[] {
  const byWindow = new Map<number, OpenSegment[]>();
  for (const segment of set.all) {
    if (segment.hiddenGroups > 0 && segment.source.sizeBytes <= mostBytes) return [segment];
    const window = set.window(segment.source.minMs);
    const list = byWindow.get(window);
    if (list) list.push(segment);
    else byWindow.set(window, [segment]);
  }
  for (const [window, segments] of byWindow) {
    const isClosed = (window + 1) * set.windowMs < closedBeforeMs;
    const run = isClosed ? longestRun(segments, mostBytes) : similarRun(segments, mostBytes);
    if (run.length > 1) return run;
  }
  return [];
}

/** The longest run of neighbours that fits. */
function longestRun(segments: readonly OpenSegment[], mostBytes: number): OpenSegment[] {
  let best: OpenSegment[] = [];
  for (let from = 0; from < segments.length; from++) {
    let size = 0;
    let to = from;
    while (to < segments.length && size + segments[to]!.source.sizeBytes <= mostBytes)
      size += segments[to++]!.source.sizeBytes;
    if (to - from > best.length) best = segments.slice(from, to);
  }
  return best;
}

/** Neighbours of about the same size, newest first: each row is rewritten a few times only. */
function similarRun(segments: readonly OpenSegment[], mostBytes: number): OpenSegment[] {
  for (let to = segments.length; to >= FAN_IN; to--) {
    let size = 0;
    let largest = 0;
    let smallest = Number.POSITIVE_INFINITY;
    for (let from = to - 1; from >= 0; from--) {
      const { sizeBytes } = segments[from]!.source;
      size += sizeBytes;
      largest = Math.max(largest, sizeBytes);
      smallest = Math.min(smallest, sizeBytes);
      if (size > mostBytes || largest > SIZE_RATIO * smallest) break;
      if (to - from >= FAN_IN) return segments.slice(from, to);
    }
  }
  return [];
}

export class Merge {
  readonly #groups: GroupTable;
  readonly #merger = new RunMerger();
  readonly #tiers = new TierReader();

  constructor(groups: GroupTable) {
    this.#groups = groups;
  }

  /** Merges segments into the batch and publishes it in their place. @throws SegmentDamage */
  async run(set: SegmentSet, inputs: readonly OpenSegment[], batch: SegmentBatch, slices: Slices): Promise<void> {
    const end = inputs.reduce((most, { indexOf }) => Math.max(most, indexOf.length), 0);
    try {
      for (let group = 0; group < end; group++) {
        if (inputs.some(({ indexOf }) => (indexOf[group] ?? 0) > 0)) {
          if (set.tierMs === 0) this.#rows(set, inputs, group, batch);
          else this.#buckets(set, inputs, group, batch);
        }
        if (!slices.isOver) continue;
        batch.checkRoom();
        await slices.pause();
      }
      await batch.publish(inputs);
    } catch (error) {
      batch.abort();
      throw error;
    }
  }

  #rows(set: SegmentSet, inputs: readonly OpenSegment[], group: number, batch: SegmentBatch): void {
    let rows = 0;
    for (const segment of inputs) {
      eachBlock(segment, group, (_segment, _index, block) => {
        rows += segment.source.blockRows(block);
      });
    }
    this.#merger.begin(rows, this.#groups.width(group));
    for (const segment of inputs) {
      eachBlock(segment, group, (_segment, index, block) => this.#merger.addSegment(segment, index, block));
    }
    writeRun(batch, set, group, this.#merger.result, () => identityOf(this.#groups, group));
  }

  #buckets(set: SegmentSet, inputs: readonly OpenSegment[], group: number, batch: SegmentBatch): void {
    const width = this.#groups.width(group);
    const columns: Buckets[] = [];
    const starts = new Set<number>();
    for (let column = 0; column < width; column++) {
      const read = this.#tiers.read(inputs, group, column, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      const own = new Buckets();
      own.reserve(read.count);
      for (let i = 0; i < read.count; i++) own.take(read, i, read.starts[i]!, i);
      own.count = read.count;
      columns.push(own);
      for (let i = 0; i < own.count; i++) starts.add(own.starts[i]!);
    }
    if (starts.size === 0) return;
    const all = Float64Array.from(starts).sort();
    const window = set.window(all[0]!);
    const sink = batch.sink(window, group, () => identityOf(this.#groups, group));
    sink.addTierRun({ count: all.length, starts: all, columns: columns.map((column) => spread(column, all)) });
  }
}

/** The buckets at the places of these starts; no samples elsewhere. */
function spread(buckets: Buckets, starts: Float64Array): TierParts {
  if (buckets.count === starts.length) return buckets;
  const out = new Buckets();
  out.reserve(starts.length);
  for (let n = 0, i = 0; n < starts.length; n++) {
    if (i < buckets.count && buckets.starts[i] === starts[n]) out.take(buckets, i++, starts[n]!, n);
  }
  return out;
}
