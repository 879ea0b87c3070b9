/** All columns of a row group in a range, as rows: from segments and from memory, later rows winning. */
import type { GroupTable } from './group-table.ts';
import type { Head } from './head.ts';
import type { MemoryBlocks } from './memory-blocks.ts';
import { RunBuffer } from './run-buffer.ts';
import { RunMerger } from './run-merger.ts';
import { eachBlock, type SegmentSet } from './segment-set.ts';

export class GroupReader {
  readonly #groups: GroupTable;
  readonly #head: Head;
  readonly #raw: SegmentSet;
  readonly #merger = new RunMerger();
  readonly #open = new RunBuffer();

  constructor(groups: GroupTable, head: Head, raw: SegmentSet) {
    this.#groups = groups;
    this.#head = head;
    this.#raw = raw;
  }

  /** Rows of the blocks that overlap [fromMs, toMs]: some may lie outside. Valid until the next call. @throws SegmentDamage */
  read(group: number, fromMs: number, toMs: number): RunBuffer {
    const { flushing, current, open } = this.#head;
    const merger = this.#merger;
    const hasOpen = open.rows(group) > 0 && open.oldestMs(group) <= toMs && open.newestMs(group) >= fromMs;
    let rows = hasOpen ? open.rows(group) : 0;
    this.#eachSegmentBlock(group, fromMs, toMs, (segment, _index, block) => {
      rows += segment.source.blockRows(block);
    });
    const inMemory: [MemoryBlocks, number][] = [];
    for (const blocks of [flushing, current]) {
      for (const block of blocks?.blocksOf(group) ?? []) {
        if (blocks!.minMs(block) > toMs || blocks!.maxMs(block) < fromMs) continue;
        inMemory.push([blocks!, block]);
        rows += blocks!.rows(block);
      }
    }
    merger.begin(rows, this.#groups.width(group));
    this.#eachSegmentBlock(group, fromMs, toMs, (segment, index, block) => merger.addSegment(segment, index, block));
    for (const [blocks, block] of inMemory) merger.addMemory(blocks, block);
    if (hasOpen) {
      open.gather(group, this.#open);
      merger.addRun(this.#open);
    }
    return merger.result;
  }

  /** The same of segments behind a sequence number alone, and nothing of what is in memory. @throws SegmentDamage */
  readSegments(group: number, fromMs: number, toMs: number, sequence: number): RunBuffer {
    const merger = this.#merger;
    let rows = 0;
    this.#eachSegmentBlock(group, fromMs, toMs, ({ name, source }, _index, block) => {
      if (name.last > sequence) rows += source.blockRows(block);
    });
    merger.begin(rows, this.#groups.width(group));
    this.#eachSegmentBlock(group, fromMs, toMs, (segment, index, block) => {
      if (segment.name.last > sequence) merger.addSegment(segment, index, block);
    });
    return merger.result;
  }

  #eachSegmentBlock(group: number, fromMs: number, toMs: number, visit: Parameters<typeof eachBlock>[2]): void {
    for (const segment of this.#raw.all) {
      if (segment.source.minMs > toMs || segment.source.maxMs < fromMs) continue;
      eachBlock(segment, group, (owner, index, block) => {
        if (owner.source.blockMinMs(block) <= toMs && owner.source.blockMaxMs(block) >= fromMs)
          visit(owner, index, block);
      });
    }
  }
}
