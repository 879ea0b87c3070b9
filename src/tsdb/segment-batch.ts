/**
 * Segments that are written together, one for each window of time that the rows fall into, and published together. What
 * is written counts against the share for temporary files, what is published against the share of the tier.
 */
import type { Disk } from '../lib/disk.ts';
import { DiskFullError } from './engine-errors.ts';
import type { SegmentName } from './segment-name.ts';
import type { OpenSegment, SegmentSet } from './segment-set.ts';
import type { SegmentGroup, SegmentSink } from './segment-types.ts';
import { SegmentWriter } from './segment-writer.ts';

interface Part {
  readonly name: SegmentName;
  readonly writer: SegmentWriter;
  /** Row groups in the order in which they were written. */
  readonly groups: number[];
}

export interface SegmentBatchOptions {
  readonly disk: Disk;
  readonly set: SegmentSet;
  /** Most bytes of the files while they are written. */
  readonly temporaryBytes: number;
  /** Most bytes of the tier. */
  readonly tierBytes: number;
  /** Hears of a file that could not be removed; it holds nothing that is not elsewhere. */
  readonly onLeftover: (file: string, error: unknown) => void;
  /** Name of the next file. */
  readonly nextName: () => SegmentName;
}

export class SegmentBatch {
  readonly #options: SegmentBatchOptions;
  readonly #parts = new Map<number, Part>();

  constructor(options: SegmentBatchOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#parts.size === 0;
  }

  get sizeBytes(): number {
    let size = 0;
    for (const { writer } of this.#parts.values()) size += writer.sizeBytes;
    return size;
  }

  /** The segment of a window, ready for rows of this row group. Row groups come one after the other. */
  sink(window: number, group: number, identity: () => SegmentGroup): SegmentSink {
    let part = this.#parts.get(window);
    if (!part) {
      const name = this.#options.nextName();
      const { disk, set } = this.#options;
      part = { name, writer: SegmentWriter.create(disk, set.pathOf(name), { tierMs: set.tierMs }), groups: [] };
      this.#parts.set(window, part);
    }
    if (part.groups.at(-1) !== group) {
      part.writer.addRowGroup(identity());
      part.groups.push(group);
    }
    return part.writer;
  }

  /** @throws DiskFullError when the files have outgrown their share */
  checkRoom(): void {
    const { temporaryBytes } = this.#options;
    if (this.sizeBytes > temporaryBytes) {
      throw new DiskFullError(`${temporaryBytes} bytes, the share of the disk budget for new segments, are used up`);
    }
  }

  /** Finishes the files and opens them, `replaced` going at the same moment. Recycles the oldest segments for room. */
  async publish(replaced: readonly OpenSegment[] = []): Promise<void> {
    const { set, tierBytes } = this.#options;
    this.checkRoom();
    const names: SegmentName[] = [];
    const groups: number[][] = [];
    const added: OpenSegment[] = [];
    try {
      for (const [window, { writer, name, groups: written }] of this.#parts) {
        names.push(name);
        groups.push(written);
        await writer.finish();
        this.#parts.delete(window);
      }
      names.forEach((name, i) => {
        added.push(set.add(name, groups[i]));
      });
    } catch (error) {
      this.#takeBack(names, added);
      throw error;
    }
    for (const segment of replaced) if (set.all.includes(segment)) set.remove(segment);
    // What is new may be the oldest by its times; it has to be in the tiers before it goes.
    const isKept = (segment: OpenSegment) => replaced.length === 0 && added.includes(segment);
    while (set.sizeBytes > tierBytes && (set.recycleOldest(isKept) || set.recycleOldest()));
  }

  /** Removes what was written. */
  abort(): void {
    for (const { writer, name } of this.#parts.values()) {
      try {
        writer.abort();
      } catch (error) {
        this.#options.onLeftover(`${this.#options.set.pathOf(name)}.tmp`, error);
      }
    }
    this.#parts.clear();
  }

  /** What was written stays in memory and is written again: files that are finished already have to go. */
  #takeBack(names: readonly SegmentName[], added: readonly OpenSegment[]): void {
    const { set, disk, onLeftover } = this.#options;
    for (const name of names) {
      const segment = added.find((one) => one.name === name);
      const file = set.pathOf(name);
      try {
        if (segment) set.remove(segment);
        else if (disk.exists(file)) disk.remove(file);
      } catch (error) {
        onLeftover(file, error);
      }
    }
  }
}
