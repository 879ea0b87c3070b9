/**
 * Writes everything that is in memory into raw segments, row group by row group, while rows go on arriving. The log's
 * files from before can go once the segments are published.
 */
import type { GroupTable } from './group-table.ts';
import type { Head } from './head.ts';
import type { RunBuffer } from './run-buffer.ts';
import { RunMerger } from './run-merger.ts';
import type { SegmentBatch } from './segment-batch.ts';
import type { SegmentSet } from './segment-set.ts';
import type { SegmentGroup } from './segment-types.ts';
import type { Slices } from './slices.ts';

export interface FlushOptions {
  readonly groups: GroupTable;
  readonly head: Head;
  readonly raw: SegmentSet;
  /** Hears of the rows that are written. */
  readonly onRows: (group: number, run: RunBuffer) => void;
}

export class Flush {
  readonly #options: FlushOptions;
  readonly #merger = new RunMerger();

  constructor(options: FlushOptions) {
    this.#options = options;
  }

  /** Flushes the head. When it throws, everything is as it was before, and still in memory. */
  async run(batch: SegmentBatch, slices: Slices): Promise<void> {
    const { head } = this.#options;
    head.beginFlush();
    try {
      for (let group = 0; group < head.flushEnd; group++) {
        head.take(group);
        const blocks = head.flushing!.blocksOf(group);
        if (blocks.length > 0) this.#write(group, blocks, batch);
        if (!slices.isOver) continue;
        batch.checkRoom();
        await slices.pause();
      }
      await batch.publish();
    } catch (error) {
      batch.abort();
      head.cancelFlush();
      throw error;
    }
    head.endFlush();
  }

  #write(group: number, blocks: readonly number[], batch: SegmentBatch): void {
    const { head, groups, onRows } = this.#options;
    const flushing = head.flushing!;
    let rows = 0;
    for (const block of blocks) rows += flushing.rows(block);
    this.#merger.begin(rows, groups.width(group));
    for (const block of blocks) this.#merger.addMemory(flushing, block);
    const run = this.#merger.result;
    writeRun(batch, this.#options.raw, group, run, () => identityOf(groups, group));
    onRows(group, run);
  }
}

/** Adds rows to the segments of their windows. */
export function writeRun(
  batch: SegmentBatch,
  set: SegmentSet,
  group: number,
  run: RunBuffer,
  identity: () => SegmentGroup,
): void {
  let from = 0;
  while (from < run.count) {
    const window = set.window(run.times[from]!);
    const endMs = (window + 1) * set.windowMs;
    let to = run.count;
    if (run.times[to - 1]! >= endMs) for (to = from + 1; run.times[to]! < endMs; ) to++;
    batch.sink(window, group, identity).addRows(from === 0 && to === run.count ? run : run.part(from, to));
    from = to;
  }
}

/** What a segment says about a row group. */
export function identityOf(groups: GroupTable, group: number): SegmentGroup {
  return {
    tenant: groups.tenant(group),
    measurement: groups.symbols.text(groups.measurement(group)),
    tags: groups.tagTexts(group),
    fields: groups.fieldTexts(group),
  };
}
