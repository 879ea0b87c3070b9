/**
 * The open segments of one tier and their files. Of two rows with the same time the one in the later segment (by
 * sequence, then revision) wins.
 */
import path from 'node:path';
import type { Disk } from '../lib/disk.ts';
import type { TierMs } from '../model/series.ts';
import { isMissing, messageOf } from './engine-errors.ts';
import type { GroupTable } from './group-table.ts';
import {
  DAMAGED_SUFFIX,
  parseSegmentName,
  replaces,
  type SegmentName,
  segmentFileName,
  TEMPORARY_SUFFIX,
} from './segment-name.ts';
import { SegmentReader } from './segment-reader.ts';
import { SegmentDamage, type SegmentGroup, type SegmentSource } from './segment-types.ts';
import type { Tombstones } from './tombstones.ts';

export interface OpenSegment {
  readonly name: SegmentName;
  readonly source: SegmentSource;
  /** Place in the file's index + 1 by row group; 0 and beyond the end: not in it. */
  readonly indexOf: Int32Array;
  /** The segment's column of each of ours, for row groups (by index) where they differ. -1: it has not got it. */
  readonly columnMaps: ReadonlyMap<number, Int32Array>;
  /** Row groups in the file that are deleted. */
  hiddenGroups: number;
}

/** A file that could not be used. */
interface AsideFile {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface SegmentSetOptions {
  readonly tierMs: TierMs;
  readonly folder: string;
  /** Files are for one window of time each, so that only segments of one window can overlap. */
  readonly windowMs: number;
  readonly disk: Disk;
  readonly groups: GroupTable;
  readonly tombstones: Tombstones;
  /** Hears what is wrong with a file, in a sentence. */
  readonly onProblem: (text: string, error: unknown) => void;
}

export class SegmentSet {
  readonly #options: SegmentSetOptions;
  #segments: OpenSegment[] = [];
  #aside: AsideFile[] = [];
  #sizeBytes = 0;
  /** Changes whenever a segment comes or goes. */
  #version = 0;

  constructor(options: SegmentSetOptions) {
    this.#options = options;
  }

  /** By window, then by precedence: who reads through them goes forward in time, and later ones win where they overlap. */
  get all(): readonly OpenSegment[] {
    return this.#segments;
  }

  get tierMs(): TierMs {
    return this.#options.tierMs;
  }

  get windowMs(): number {
    return this.#options.windowMs;
  }

  /** Bytes of all files, those set aside included. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get version(): number {
    return this.#version;
  }

  get lastSequence(): number {
    return this.#segments.reduce((most, segment) => Math.max(most, segment.name.last), 0);
  }

  get firstSequence(): number {
    return this.#segments.reduce((least, segment) => Math.min(least, segment.name.first), Number.POSITIVE_INFINITY);
  }

  get minMs(): number {
    return this.#segments.reduce((least, { source }) => Math.min(least, source.minMs), Number.POSITIVE_INFINITY);
  }

  get maxMs(): number {
    return this.#segments.reduce((most, { source }) => Math.max(most, source.maxMs), Number.NEGATIVE_INFINITY);
  }

  window(timeMs: number): number {
    return Math.floor(timeMs / this.#options.windowMs);
  }

  pathOf(name: SegmentName): string {
    return path.join(this.#options.folder, segmentFileName(name));
  }

  /** Opens what is in the folder, oldest sequence first; removes what an interrupted writer or merge left. */
  openFolder(): void {
    const { disk, folder } = this.#options;
    for (const file of disk.list(folder)) {
      const full = path.join(folder, file);
      if (file.endsWith(TEMPORARY_SUFFIX)) disk.remove(full);
      else if (file.endsWith(DAMAGED_SUFFIX)) this.#noteAside(full, disk.sizeOf(full));
    }
    const names = disk.list(folder).flatMap((file) => parseSegmentName(file) ?? []);
    for (const name of names.sort(byPrecedence)) this.#tryOpen(name);
    for (const segment of this.#segments) {
      const window = this.window(segment.source.minMs);
      const isSuperfluous = this.#segments.some(
        (other) => replaces(other.name, segment.name) && this.window(other.source.minMs) === window,
      );
      if (isSuperfluous) this.remove(segment);
    }
  }

  /**
   * Opens a file. `written` are our numbers of its row groups, in its order, when they are known because it was just
   * written. @throws SegmentDamage, or what the disk throws
   */
  add(name: SegmentName, written?: readonly number[]): OpenSegment {
    const source = SegmentReader.open(this.#options.disk, this.pathOf(name));
    try {
      const segment = written ? this.#numbered(name, source, written) : this.#mapped(name, source);
      this.#segments = [...this.#segments, segment].sort((a, b) => this.#order(a, b));
      this.#sizeBytes += source.sizeBytes;
      this.#version++;
      return segment;
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /** Closes a segment and removes its file. */
  remove(segment: OpenSegment): void {
    this.#drop(segment);
    this.#unlink(segment.source.path);
    this.#sizeBytes -= segment.source.sizeBytes;
  }

  /** Takes a damaged segment out of use; its file stays, under another name, until the ring needs the room. */
  setAside(segment: OpenSegment, damage: SegmentDamage): void {
    if (!this.#segments.includes(segment)) return;
    this.#drop(segment);
    this.#sizeBytes -= segment.source.sizeBytes;
    this.#rename(segment.source.path, segment.source.sizeBytes, damage);
  }

  /**
   * Removes the oldest file: one that was set aside, else the segment whose newest row is oldest, of those that are not
   * kept. False: none left.
   */
  recycleOldest(isKept: (segment: OpenSegment) => boolean = () => false): boolean {
    const aside = this.#aside.shift();
    if (aside) {
      this.#unlink(aside.path);
      this.#sizeBytes -= aside.sizeBytes;
      return true;
    }
    let oldest: OpenSegment | undefined;
    for (const segment of this.#segments) {
      if ((!oldest || segment.source.maxMs < oldest.source.maxMs) && !isKept(segment)) oldest = segment;
    }
    if (!oldest) return false;
    this.remove(oldest);
    return true;
  }

  /** Makes a deleted row group invisible in all segments. */
  hide(group: number): void {
    // Segments with the same row groups share the array, so all of them are found before any is changed.
    const affected = this.#segments.filter((segment) => (segment.indexOf[group] ?? 0) > 0);
    for (const segment of affected) {
      segment.indexOf[group] = 0;
      segment.hiddenGroups++;
    }
  }

  closeAll(): void {
    for (const segment of this.#segments) segment.source.close();
    this.#segments = [];
  }

  #order(a: OpenSegment, b: OpenSegment): number {
    return this.window(a.source.minMs) - this.window(b.source.minMs) || byPrecedence(a.name, b.name);
  }

  #drop(segment: OpenSegment): void {
    this.#segments = this.#segments.filter((other) => other !== segment);
    segment.source.close();
    this.#version++;
  }

  #tryOpen(name: SegmentName): void {
    const { disk, onProblem } = this.#options;
    const file = this.pathOf(name);
    try {
      this.add(name);
    } catch (error) {
      if (error instanceof SegmentDamage) this.#rename(file, disk.sizeOf(file), error);
      else {
        this.#sizeBytes += disk.sizeOf(file);
        onProblem(`segment ${file} cannot be read: ${messageOf(error)}`, error);
      }
    }
  }

  #rename(file: string, sizeBytes: number, damage: SegmentDamage): void {
    const { disk, onProblem } = this.#options;
    const aside = file + DAMAGED_SUFFIX;
    const what = `segment ${file} is damaged (byte ${damage.offset}: ${damage.what})`;
    try {
      disk.rename(file, aside);
    } catch (error) {
      if (!isMissing(error)) this.#sizeBytes += sizeBytes;
      onProblem(`${what} and could not be set aside: ${messageOf(error)}`, damage);
      return;
    }
    this.#aside.push({ path: aside, sizeBytes });
    this.#sizeBytes += sizeBytes;
    onProblem(`${what} and was set aside`, damage);
  }

  /** Removes a file. When something else did so before, that is said, and no reason to stop. */
  #unlink(file: string): void {
    try {
      this.#options.disk.remove(file);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#options.onProblem(`segment ${file} was removed, and not by this program`, error);
    }
  }

  #noteAside(file: string, sizeBytes: number): void {
    this.#aside.push({ path: file, sizeBytes });
    this.#sizeBytes += sizeBytes;
    this.#options.onProblem(`segment ${file} was found damaged earlier and is set aside`, undefined);
  }

  #numbered(name: SegmentName, source: SegmentSource, written: readonly number[]): OpenSegment {
    const { groups } = this.#options;
    const indexOf = new Int32Array(written.reduce((most, group) => Math.max(most, group), -1) + 1);
    let hiddenGroups = 0;
    written.forEach((group, index) => {
      // Deleted while the file was being written.
      if (groups.isAlive(group)) indexOf[group] = index + 1;
      else hiddenGroups++;
    });
    return { name, source, indexOf: this.#shared(indexOf, hiddenGroups), columnMaps: new Map(), hiddenGroups };
  }

  /** Neighbours usually have the same row groups at the same places: they share the array. */
  #shared(indexOf: Int32Array, hiddenGroups: number): Int32Array {
    const like =
      hiddenGroups === 0 ? this.#segments.findLast((other) => sameNumbers(other.indexOf, indexOf)) : undefined;
    return like?.indexOf ?? indexOf;
  }

  #mapped(name: SegmentName, source: SegmentSource): OpenSegment {
    const { groups } = this.#options;
    const indexOf = new Int32Array(groups.capacity + source.groupCount);
    const columnMaps = new Map<number, Int32Array>();
    let most = -1;
    let index = 0;
    let hiddenGroups = 0;
    for (const identity of source.groups()) {
      const group = this.#groupOf(identity, name);
      if (group < 0) hiddenGroups++;
      else {
        const stored = groups.adopt(
          group,
          identity.fields.map((field) => groups.symbols.of(field)),
        );
        if (stored) columnMaps.set(index, inverted(stored, groups.width(group)));
        indexOf[group] = index + 1;
        most = Math.max(most, group);
      }
      index++;
    }
    const shared = this.#shared(indexOf.slice(0, most + 1), hiddenGroups);
    return { name, source, indexOf: shared, columnMaps, hiddenGroups };
  }

  #groupOf(identity: SegmentGroup, name: SegmentName): number {
    const { groups, tombstones } = this.#options;
    const { tenant, measurement, tags } = identity;
    const tombstone = tombstones.find(tenant, measurement, tags);
    if (tombstone && tombstone.sequence >= name.last) return -1;
    return groups.restore(
      tenant,
      groups.symbols.of(measurement),
      tags.map((text) => groups.symbols.of(text)),
    );
  }
}

/** A segment's number of our column, -1 when it has not got it. */
export function columnIn(segment: OpenSegment, index: number, column: number): number {
  const map = segment.columnMaps.size > 0 ? segment.columnMaps.get(index) : undefined;
  return map ? (map[column] ?? -1) : column;
}

function byPrecedence(a: SegmentName, b: SegmentName): number {
  return a.last - b.last || a.revision - b.revision || b.first - a.first;
}

function inverted(ours: Int32Array, width: number): Int32Array {
  const stored = new Int32Array(width).fill(-1);
  ours.forEach((column, index) => {
    stored[column] = index;
  });
  return stored;
}

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Calls `visit` with each block of a row group in a segment, and the row group's place in its index. */
export function eachBlock(
  segment: OpenSegment,
  group: number,
  visit: (segment: OpenSegment, index: number, block: number) => void,
): void {
  const index = (segment.indexOf[group] ?? 0) - 1;
  if (index < 0) return;
  const { firstBlock } = segment.source;
  const end = firstBlock[index + 1]!;
  for (let block = firstBlock[index]!; block < end; block++) visit(segment, index, block);
}
