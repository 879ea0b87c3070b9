/** The open segments of one tier, oldest first by sequence: of two rows with the same time the later segment's wins. */
import type { SegmentSource } from './segment-types.ts';

export interface OpenSegment {
  readonly source: SegmentSource;
  /** Grows with every flush; a merged segment has the greatest of those that it replaces. */
  readonly sequence: number;
  /** Grows with every rewriting of the same sequence. */
  readonly revision: number;
  /** Place in the file's index + 1 by row group; 0 and beyond the end: not in it. */
  readonly indexOf: Int32Array;
  /** The segment's column of each of ours, for row groups (by index) where they differ. -1: it has not got it. */
  readonly columnMaps: ReadonlyMap<number, Int32Array>;
}

export class SegmentSet {
  #segments: OpenSegment[] = [];

  get all(): readonly OpenSegment[] {
    return this.#segments;
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.source.sizeBytes, 0);
  }

  add(segment: OpenSegment): void {
    this.#segments = [...this.#segments, segment].sort((a, b) => a.sequence - b.sequence || a.revision - b.revision);
  }

  remove(segment: OpenSegment): void {
    this.#segments = this.#segments.filter((other) => other !== segment);
  }
}

/** A segment's number of our column, -1 when it has not got it. */
export function columnIn(segment: OpenSegment, index: number, column: number): number {
  const map = segment.columnMaps.size > 0 ? segment.columnMaps.get(index) : undefined;
  return map ? (map[column] ?? -1) : column;
}
