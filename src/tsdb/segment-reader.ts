/**
 * An open segment file. Opening verifies header, trailer and index; every block is verified when it is read. Only
 * places are kept in memory, a few bytes a block; identities are decoded when they are asked for.
 */
import { crc32c } from '../lib/crc32c.ts';
import type { Disk, DiskFile } from '../lib/disk.ts';
import { VarintError } from '../lib/varint.ts';
import type { TierMs } from '../model/series.ts';
import { decodeColumn, decodeTimes, EncodingError, verifyBlock } from './encoding/block.ts';
import { TierPage } from './encoding/tier-page.ts';
import type { TierParts } from './encoding/tier-parts.ts';
import { ReadWindows } from './read-window.ts';
import { decodeHeader, decodeTrailer, HEADER_BYTES, TRAILER_BYTES, type Trailer } from './segment-format.ts';
import { decompressIndex } from './segment-index.ts';
import { IndexError, readGroups, readPlaces, readShapes, type SegmentPlaces } from './segment-index-reader.ts';
import { SegmentDamage, type SegmentGroup, type SegmentSource } from './segment-types.ts';

const windows = new ReadWindows();

export class SegmentReader implements SegmentSource {
  readonly path: string;
  readonly tierMs: TierMs;
  readonly sizeBytes: number;
  readonly #file: DiskFile;
  readonly #trailer: Trailer;
  readonly #places: SegmentPlaces;
  /** Of the times decoded last. */
  #times = new Float64Array(0);
  #timesNumber = -1;
  /** Of a tier: the samples of each bucket that most fields have, for the same times. */
  #reference = new Float64Array(0);
  /** Of a tier: the page read last. */
  #page: TierPage | undefined;
  #pageNumber = -1;
  #shapes: readonly Uint8Array[] | undefined;

  private constructor(file: DiskFile) {
    this.path = file.path;
    this.#file = file;
    this.sizeBytes = file.size();
    this.tierMs = decodeHeader(this.path, this.#readExactly(0, HEADER_BYTES, 'the header'));
    const trailerAt = this.sizeBytes - TRAILER_BYTES;
    if (trailerAt < HEADER_BYTES) throw new SegmentDamage(this.path, 0, 'the file is too short for a segment');
    this.#trailer = decodeTrailer(this.path, trailerAt, this.#readExactly(trailerAt, TRAILER_BYTES, 'the trailer'));
    this.#places = this.#withIndex((index) => readPlaces(index, HEADER_BYTES));
    const { endOffset, firstBlock, pageBlock } = this.#places;
    const blocks = pageBlock[pageBlock.length - 1]!;
    if (endOffset !== this.#indexOffset || firstBlock.length - 1 !== this.groupCount || blocks !== this.blockCount) {
      throw new SegmentDamage(this.path, this.#indexOffset, 'the index does not fit the file');
    }
  }

  /** @throws SegmentDamage, UnsupportedFormat */
  static open(disk: Disk, path: string): SegmentReader {
    const file = disk.open(path, 'read');
    try {
      return new SegmentReader(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get minMs(): number {
    return this.#trailer.minMs;
  }

  get maxMs(): number {
    return this.#trailer.maxMs;
  }

  get rows(): number {
    return this.#trailer.rows;
  }

  get samples(): number {
    return this.#trailer.samples;
  }

  get groupCount(): number {
    return this.#trailer.groups;
  }

  get blockCount(): number {
    return this.#trailer.blocks;
  }

  get firstBlock(): Uint32Array {
    return this.#places.firstBlock;
  }

  blockTimes(block: number): number {
    return this.#places.pageTime[this.#pageOf(block)]!;
  }

  blockMinMs(block: number): number {
    return this.#places.timeMinMs[this.blockTimes(block)]!;
  }

  blockMaxMs(block: number): number {
    return this.#places.timeMaxMs[this.blockTimes(block)]!;
  }

  blockRows(block: number): number {
    return this.#places.timeRows[this.blockTimes(block)]!;
  }

  *groups(): IterableIterator<SegmentGroup> {
    const groups = this.#withIndex((index) => readGroups(index));
    for (;;) {
      const next = this.#guard(this.#indexOffset, () => groups.next());
      if (next.done) return;
      yield next.value;
    }
  }

  readTimes(block: number): Float64Array {
    const number = this.blockTimes(block);
    if (number === this.#timesNumber) return this.#times;
    const { timeOffset, timeSize, timeRows } = this.#places;
    const offset = timeOffset[number]!;
    const size = timeSize[number]!;
    const rows = timeRows[number]!;
    if (this.#times.length < rows) this.#times = new Float64Array(rows);
    this.#timesNumber = -1;
    const bytes = this.#read(offset, size);
    this.#guard(offset, () => {
      verifyBlock(bytes, windows.at, windows.at + size);
      if (decodeTimes(bytes, windows.at, this.#times) !== rows) throw new EncodingError('times of a wrong length');
      if (this.tierMs !== 0) this.#readReference(bytes, windows.at, rows);
    });
    this.#timesNumber = number;
    return this.#times;
  }

  readColumn(block: number, column: number, values: Float64Array, present: Uint8Array): number {
    const page = this.#pageOf(block);
    const offset = this.#places.pageOffset[page]!;
    const size = this.#places.pageSize[page]!;
    const bytes = this.#read(offset, size);
    return this.#guard(offset, () => decodeColumn(bytes, windows.at, column, values, present, windows.at + size));
  }

  /** Compares every checksum of a raw block. @throws SegmentDamage */
  verifyBlock(block: number): void {
    const offset = this.#places.pageOffset[block]!;
    const size = this.#places.pageSize[block]!;
    const bytes = this.#read(offset, size);
    this.#guard(offset, () => verifyBlock(bytes, windows.at, windows.at + size));
  }

  readTierColumn(block: number, column: number, into: TierParts): boolean {
    this.readTimes(block);
    const page = this.#pageOf(block);
    const offset = this.#places.pageOffset[page]!;
    const first = this.#places.pageBlock[page]!;
    return this.#guard(offset, () => {
      const opened = this.#openPage(page, offset, this.#places.pageBlock[page + 1]! - first);
      return opened.readField(block - first, column, into);
    });
  }

  #readReference(bytes: Uint8Array, offset: number, rows: number): void {
    if (this.#reference.length < rows) this.#reference = new Float64Array(rows);
    if (decodeColumn(bytes, offset, 0, this.#reference, new Uint8Array(rows)) !== rows) {
      throw new EncodingError('buckets without samples');
    }
  }

  /** The page numbered `page`, whose times were read before. */
  #openPage(page: number, offset: number, entries: number): TierPage {
    if (this.#page !== undefined && this.#pageNumber === page) return this.#page;
    this.#page = undefined;
    const size = this.#places.pageSize[page]!;
    const bytes = this.#read(offset, size);
    const rows = this.#places.timeRows[this.#timesNumber]!;
    const context = { rows, reference: this.#reference.slice(0, rows), shapes: this.#shapeList() };
    this.#page = new TierPage(bytes.slice(windows.at, windows.at + size), entries, context);
    this.#pageNumber = page;
    return this.#page;
  }

  #shapeList(): readonly Uint8Array[] {
    this.#shapes ??= this.#withIndex((index) => readShapes(index));
    return this.#shapes;
  }

  close(): void {
    windows.drop(this.#file);
    this.#file.close();
  }

  get #indexOffset(): number {
    return this.sizeBytes - TRAILER_BYTES - this.#trailer.indexStoredBytes;
  }

  #pageOf(block: number): number {
    const first = this.#places.pageBlock;
    let low = 0;
    let high = first.length - 2;
    if (first[block] === block && first[block + 1] === block + 1) return block;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (first[middle]! <= block) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = windows.read(this.#file, offset, length);
    if (bytes === undefined) throw new SegmentDamage(this.path, offset, 'the file is cut off');
    return bytes;
  }

  #readExactly(offset: number, length: number, what: string): Uint8Array {
    const bytes = new Uint8Array(length);
    if (this.#file.read(bytes, offset) !== length) throw new SegmentDamage(this.path, offset, `${what} is cut off`);
    return bytes;
  }

  /** Reads, verifies and unpacks the index for `use`. */
  #withIndex<T>(use: (index: Uint8Array) => T): T {
    const { indexStoredBytes, indexBytes, indexChecksum } = this.#trailer;
    const offset = this.#indexOffset;
    if (offset < HEADER_BYTES) throw new SegmentDamage(this.path, HEADER_BYTES, 'the file is too short for its index');
    const stored = this.#readExactly(offset, indexStoredBytes, 'the index');
    if (crc32c(stored) !== indexChecksum) {
      throw new SegmentDamage(this.path, offset, 'the checksum of the index is wrong');
    }
    let index: Uint8Array;
    try {
      index = decompressIndex(stored, indexBytes);
    } catch (cause) {
      throw new SegmentDamage(this.path, offset, 'the index cannot be unpacked', { cause });
    }
    return this.#guard(offset, () => use(index));
  }

  /** Names the file and the place in what goes wrong with its bytes. */
  #guard<T>(offset: number, read: () => T): T {
    try {
      return read();
    } catch (cause) {
      if (cause instanceof EncodingError || cause instanceof IndexError || cause instanceof VarintError) {
        throw new SegmentDamage(this.path, offset, cause.message, { cause });
      }
      throw cause;
    }
  }
}
