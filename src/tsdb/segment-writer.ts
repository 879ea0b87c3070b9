/**
 * Writes a segment file in one pass with little memory: blocks go to a temporary file as they are made, the index is
 * kept and written last. The file appears under its name only when it is whole and on the disk.
 */
import path from 'node:path';
import { assert } from '../lib/assert.ts';
import { crc32c } from '../lib/crc32c.ts';
import type { Disk, DiskFile } from '../lib/disk.ts';
import type { TierMs } from '../model/series.ts';
import { encodeBlock, maxBlockBytes, type RowRun } from './encoding/block.ts';
import { TierPageWriter } from './encoding/tier-page.ts';
import type { TierParts } from './encoding/tier-parts.ts';
import { cutRun } from './segment-cuts.ts';
import { encodeHeader, encodeTrailer, MAX_SEGMENT_BYTES, TRAILER_BYTES } from './segment-format.ts';
import { compressIndex, SegmentIndex } from './segment-index.ts';
import { TEMPORARY_SUFFIX } from './segment-name.ts';
import { SharedTimes } from './segment-times.ts';
import type { SegmentGroup, SegmentSink, SegmentSummary, TierRun } from './segment-types.ts';

const BUFFER_BYTES = 256 * 1024;

export interface SegmentWriterOptions {
  readonly tierMs: TierMs;
}

export class SegmentWriter implements SegmentSink {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #tierMs: TierMs;
  readonly #file: DiskFile;
  #isClosed = false;
  readonly #index = new SegmentIndex();
  readonly #times = new SharedTimes();
  readonly #page = new TierPageWriter();
  /** Times of the entries in the page. */
  #pageTime = -1;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #buffered = 0;
  /** Bytes of the file before the buffer. */
  #written = 0;
  #timeScratch = new Uint8Array(4096);
  #minMs = Infinity;
  #maxMs = -Infinity;
  #rows = 0;
  #samples = 0;
  #blocks = 0;
  #fields = 0;
  /** Newest time of the current group. */
  #lastMs = -Infinity;

  private constructor(disk: Disk, file: string, tierMs: TierMs) {
    this.#disk = disk;
    this.#path = file;
    this.#tierMs = tierMs;
    const temporary = `${file}${TEMPORARY_SUFFIX}`;
    if (disk.exists(temporary)) disk.remove(temporary);
    this.#file = disk.open(temporary, 'create');
    this.#put(encodeHeader(tierMs));
  }

  /** Opens the temporary file; what an interrupted writer of the same segment left is removed. */
  static create(disk: Disk, file: string, options: SegmentWriterOptions): SegmentWriter {
    return new SegmentWriter(disk, file, options.tierMs);
  }

  get sizeBytes(): number {
    return this.#written + this.#buffered + this.#page.sizeBytes + this.#index.sizeBytes + TRAILER_BYTES;
  }

  addRowGroup(group: SegmentGroup): void {
    this.#index.addGroup(group);
    this.#fields = group.fields.length;
    this.#lastMs = -Infinity;
  }

  addRows(run: RowRun): void {
    assert(this.#tierMs === 0, 'rows belong into raw segments');
    let start = 0;
    for (const end of this.#begin(run.times, run.count, run.columns.length)) {
      const block: RowRun = {
        count: end - start,
        times: run.times.subarray(start, end),
        columns: run.columns.map((values) => values.subarray(start, end)),
        present: run.present.map((present) => present?.subarray(start, end) ?? null),
      };
      this.#addBlock(block);
      start = end;
    }
  }

  addTierRun(run: TierRun): void {
    assert(this.#tierMs !== 0, 'buckets belong into tiers');
    let start = 0;
    for (const end of this.#begin(run.starts, run.count, run.columns.length)) {
      this.#addTierBlock(run, start, end);
      start = end;
    }
  }

  async finish(): Promise<SegmentSummary> {
    this.#closePage();
    this.#index.endGroup();
    const index = this.#index.encode();
    const stored = await compressIndex(index);
    const rows = this.#rows;
    const summary: SegmentSummary = {
      path: this.#path,
      tierMs: this.#tierMs,
      sizeBytes: this.#written + this.#buffered + stored.length + TRAILER_BYTES,
      minMs: this.#minMs,
      maxMs: this.#maxMs,
      rows,
      samples: this.#samples,
      groups: this.#index.groups,
    };
    this.#put(stored);
    this.#put(
      encodeTrailer({
        ...summary,
        indexStoredBytes: stored.length,
        indexBytes: index.length,
        indexChecksum: crc32c(stored),
        blocks: this.#blocks,
      }),
    );
    this.#flush();
    await this.#file.fsyncAsync();
    this.#close();
    this.#disk.rename(this.#file.path, this.#path);
    this.#disk.fsyncFolder(path.dirname(this.#path));
    return summary;
  }

  abort(): void {
    this.#close();
    if (this.#disk.exists(this.#file.path)) this.#disk.remove(this.#file.path);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#file.close();
  }

  /** Checks a run of the current group and cuts it. */
  #begin(times: Float64Array, count: number, columns: number): number[] {
    assert(this.#index.groups > 0, 'a run before its row group');
    assert(columns <= this.#fields, 'a run with more columns than its row group has fields');
    if (count === 0) return [];
    assert(times[0]! > this.#lastMs, 'a run that is not newer than the one before');
    this.#lastMs = times[count - 1]!;
    if (times[0]! < this.#minMs) this.#minMs = times[0]!;
    if (this.#lastMs > this.#maxMs) this.#maxMs = this.#lastMs;
    return cutRun(times, count);
  }

  #addBlock(block: RowRun): void {
    const time = this.#placeTimes(this.#encodeTimes({ ...block, columns: [], present: [] }), block);
    const target = this.#reserve(maxBlockBytes(block.count, block.columns.length));
    const size = encodeBlock(block, target, this.#buffered, 'outside');
    this.#advance(size);
    this.#index.addPage(size, time, 1);
    this.#index.addBlock();
    this.#blocks++;
    this.#rows += block.count;
    for (let c = 0; c < block.columns.length; c++) this.#samples += countPresent(block.present[c] ?? null, block.count);
  }

  #addTierBlock(run: TierRun, start: number, end: number): void {
    const rows = end - start;
    const columns = run.columns.map((parts) => sliceParts(parts, start, end));
    const reference = mostSamples(columns, rows);
    const times = run.starts.subarray(start, end);
    const block = { count: rows, times, columns: [reference], present: [null] };
    // The samples that most fields have stand with the times and are shared like them.
    const size = this.#encodeTimes(block);
    const known = this.#times.find(this.#timeScratch, size);
    if (this.#page.full || known < 0 || known !== this.#pageTime) {
      this.#closePage();
      this.#pageTime = this.#placeTimes(size, block);
    }
    this.#page.add(this.#index.layout, columns, rows, reference, (shape) => this.#index.shape(shape));
    this.#index.addBlock();
    this.#blocks++;
    this.#rows += rows;
    for (const { samples } of columns) for (let i = 0; i < rows; i++) if (samples[i] !== 0) this.#samples++;
  }

  #closePage(): void {
    const { entries } = this.#page;
    if (entries === 0) return;
    const page = this.#page.take();
    this.#put(page);
    this.#index.addPage(page.length, this.#pageTime, entries);
    this.#pageTime = -1;
  }

  /** Encodes times (and of tiers, the usual samples) to the scratch buffer; returns the length. */
  #encodeTimes(block: RowRun): number {
    const room = maxBlockBytes(block.count, block.columns.length);
    if (this.#timeScratch.length < room) this.#timeScratch = new Uint8Array(room * 2);
    return encodeBlock(block, this.#timeScratch, 0);
  }

  /** Number of the times in the scratch buffer, which are written if they are new. */
  #placeTimes(size: number, block: RowRun): number {
    const known = this.#times.find(this.#timeScratch, size);
    if (known >= 0) return known;
    this.#put(this.#timeScratch.subarray(0, size));
    this.#index.addTimes(size, block.count, block.times[0]!, block.times[block.count - 1]!);
    return this.#times.add(this.#timeScratch, size);
  }

  #put(bytes: Uint8Array): void {
    this.#reserve(bytes.length).set(bytes, this.#buffered);
    this.#advance(bytes.length);
  }

  /** The buffer, with `size` bytes free from `#buffered`. */
  #reserve(size: number): Uint8Array {
    if (this.#buffer.length - this.#buffered < size) this.#flush();
    if (this.#buffer.length < size) this.#buffer = new Uint8Array(size);
    return this.#buffer;
  }

  #advance(size: number): void {
    this.#buffered += size;
    assert(this.#written + this.#buffered <= MAX_SEGMENT_BYTES, 'a segment beyond 4 GiB');
  }

  #flush(): void {
    if (this.#buffered === 0) return;
    this.#file.write(this.#buffer.subarray(0, this.#buffered), this.#written);
    this.#written += this.#buffered;
    this.#buffered = 0;
  }
}

function countPresent(present: Uint8Array | null, rows: number): number {
  if (present === null) return rows;
  let count = 0;
  for (let i = 0; i < rows; i++) count += present[i]!;
  return count;
}

function sliceParts(parts: TierParts, start: number, end: number): TierParts {
  return {
    min: parts.min.subarray(start, end),
    max: parts.max.subarray(start, end),
    sum: parts.sum.subarray(start, end),
    samples: parts.samples.subarray(start, end),
    last: parts.last.subarray(start, end),
    increase: parts.increase.subarray(start, end),
  };
}

/** Of each bucket the most samples that a field has: usually what all have. */
function mostSamples(columns: readonly TierParts[], rows: number): Float64Array {
  const most = new Float64Array(rows);
  for (const { samples } of columns) for (let i = 0; i < rows; i++) if (samples[i]! > most[i]!) most[i] = samples[i]!;
  return most;
}
