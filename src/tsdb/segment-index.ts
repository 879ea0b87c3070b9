/**
 * The index of a segment while it is written: identities of row groups, and where times and blocks are. Many thin
 * streams of small numbers, one a kind, which zstd then packs well because neighbours differ in the same way.
 * See FORMAT.md, "Index"; read back by `segment-index-reader.ts`.
 */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { ByteStream } from '../lib/byte-stream.ts';
import type { SegmentGroup } from './segment-types.ts';

/** Order of the streams in the index. */
export const STREAMS = [
  'strings',
  'layouts',
  'tenants',
  'groupLayouts',
  'groupBlocks',
  'tagValues',
  'times',
  'pageSizes',
  'pageTimes',
  'pageEntries',
  'shapes',
] as const;
export type StreamName = (typeof STREAMS)[number];

const COMPRESSION_LEVEL = 9;

export class SegmentIndex {
  readonly #streams = new Map<StreamName, ByteStream>(STREAMS.map((name) => [name, new ByteStream()]));
  readonly #strings = new Map<string, number>();
  readonly #layouts = new Map<string, number>();
  readonly #shapes = new Map<string, number>();
  /** Of each layout: string numbers of the tag values of its last group. */
  readonly #lastValues: number[][] = [];
  readonly #encoder = new TextEncoder();
  /** A group with the current layout. */
  #last: SegmentGroup | undefined;
  #tenant = 0;
  #layout = 0;
  #time = 0;
  #timeMs = 0;
  #groups = 0;
  #blocks = 0;

  get groups(): number {
    return this.#groups;
  }

  /** Number of the measurement, tag names and fields of the current group. */
  get layout(): number {
    return this.#layout;
  }

  /** Bytes before compression. */
  get sizeBytes(): number {
    let size = 0;
    for (const stream of this.#streams.values()) size += stream.length;
    return size;
  }

  /** Number of the group's measurement, tag names and fields, made if new. Neighbours mostly have the same. */
  #layoutOf(group: SegmentGroup): number {
    if (this.#last !== undefined && hasLayout(group, this.#last)) return this.#layout;
    this.#last = group;
    const names = group.tags.filter((_, i) => i % 2 === 0);
    const key = JSON.stringify([group.measurement, names, group.fields]);
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      layout = this.#layouts.size;
      this.#layouts.set(key, layout);
      this.#addLayout(group.measurement, names, group.fields);
      this.#lastValues.push(names.map(() => 0));
    }
    return layout;
  }

  /** Ends the blocks of the group before and begins the next. */
  addGroup(group: SegmentGroup): void {
    this.endGroup();
    const layout = this.#layoutOf(group);
    this.#stream('tenants').signed(group.tenant - this.#tenant);
    this.#stream('groupLayouts').signed(layout - this.#layout);
    this.#tenant = group.tenant;
    this.#layout = layout;
    const last = this.#lastValues[layout]!;
    for (let t = 0; t < last.length; t++) {
      const value = this.#stringNumber(group.tags[2 * t + 1]!);
      this.#stream('tagValues').signed(value - last[t]!);
      last[t] = value;
    }
    this.#groups++;
  }

  /** Notes how many blocks the current group got. */
  endGroup(): void {
    if (this.#groups > 0) this.#stream('groupBlocks').varint(this.#blocks);
    this.#blocks = 0;
  }

  addBlock(): void {
    this.#blocks++;
  }

  /** A shared column of times was written. */
  addTimes(sizeBytes: number, rows: number, minMs: number, maxMs: number): void {
    const times = this.#stream('times');
    times.varint(sizeBytes);
    times.varint(rows);
    times.signed(minMs - this.#timeMs);
    times.varint(maxMs - minMs);
    this.#timeMs = minMs;
  }

  /** A page was written: the blocks of `entries` groups whose rows have the times numbered `time`. */
  addPage(sizeBytes: number, time: number, entries: number): void {
    this.#stream('pageSizes').varint(sizeBytes);
    this.#stream('pageTimes').signed(time - this.#time);
    this.#stream('pageEntries').varint(entries);
    this.#time = time;
  }

  /** Number of a shape of tier blocks, made if new. */
  shape(bytes: Uint8Array): number {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = this.#shapes.size;
      this.#shapes.set(key, shape);
      this.#stream('shapes').varint(bytes.length);
      this.#stream('shapes').append(bytes);
    }
    return shape;
  }

  /** The whole index: each stream with its length before it. */
  encode(): Uint8Array<ArrayBuffer> {
    const whole = new ByteStream(this.sizeBytes + STREAMS.length * 8);
    for (const name of STREAMS) {
      const { bytes } = this.#stream(name);
      whole.varint(bytes.length);
      whole.append(bytes);
    }
    return whole.bytes;
  }

  #stream(name: StreamName): ByteStream {
    return this.#streams.get(name)!;
  }

  #stringNumber(text: string): number {
    let number = this.#strings.get(text);
    if (number === undefined) {
      number = this.#strings.size;
      this.#strings.set(text, number);
      const bytes = this.#encoder.encode(text);
      this.#stream('strings').varint(bytes.length);
      this.#stream('strings').append(bytes);
    }
    return number;
  }

  #addLayout(measurement: string, tagNames: readonly string[], fields: readonly string[]): void {
    const numbers = [measurement, ...tagNames, ...fields].map((text) => this.#stringNumber(text));
    const layouts = this.#stream('layouts');
    layouts.varint(tagNames.length);
    layouts.varint(fields.length);
    for (const number of numbers) layouts.varint(number);
  }
}

/** Whether two groups have the same measurement, tag names and fields. */
function hasLayout(group: SegmentGroup, other: SegmentGroup): boolean {
  const { measurement, tags, fields } = group;
  if (measurement !== other.measurement) return false;
  if (tags.length !== other.tags.length || fields.length !== other.fields.length) return false;
  for (let t = 0; t < tags.length; t += 2) if (tags[t] !== other.tags[t]) return false;
  for (let f = 0; f < fields.length; f++) if (fields[f] !== other.fields[f]) return false;
  return true;
}

const compress = promisify(zlib.zstdCompress);

/** Packs the index, off this thread: a large one takes longer than a reader should wait. */
export function compressIndex(index: Uint8Array): Promise<Uint8Array> {
  return compress(index, { params: { [zlib.constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL } });
}

/** @throws Error when the bytes are no zstd frame of that size */
export function decompressIndex(stored: Uint8Array, sizeBytes: number): Uint8Array {
  const index = zlib.zstdDecompressSync(stored, { maxOutputLength: Math.max(1, sizeBytes) });
  if (index.length !== sizeBytes) throw new Error(`the index unpacks to ${index.length} bytes instead of ${sizeBytes}`);
  return index;
}
