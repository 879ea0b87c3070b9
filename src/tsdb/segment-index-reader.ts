/**
 * Reads back the index of a segment: compact places of times and blocks to keep, identities to pass on.
 */
import { type Cursor, cursorOver, readSigned, readVarint } from '../lib/varint.ts';
import { MAX_BLOCK_ROWS } from './encoding/block-limits.ts';
import { STREAMS, type StreamName } from './segment-index.ts';
import type { SegmentGroup } from './segment-types.ts';

/** The index contradicts itself or the file. */
export class IndexError extends Error {
  override readonly name = 'IndexError';
}

/** Where everything is; typed arrays only, a few bytes a block. */
export interface SegmentPlaces {
  /** Of each column of times. */
  readonly timeOffset: Uint32Array;
  readonly timeSize: Uint32Array;
  readonly timeRows: Uint16Array;
  readonly timeMinMs: Float64Array;
  readonly timeMaxMs: Float64Array;
  /** Of each page; one more gives the end. */
  readonly pageOffset: Uint32Array;
  readonly pageSize: Uint32Array;
  readonly pageTime: Uint32Array;
  /** Number of the first block of each page; one more gives the end. */
  readonly pageBlock: Uint32Array;
  /** Number of the first block of each row group; one more gives the end. */
  readonly firstBlock: Uint32Array;
  /** Where the blocks end and the index begins. */
  readonly endOffset: number;
}

type Streams = Readonly<Record<StreamName, Cursor>>;

/** @throws IndexError, VarintError */
function openStreams(index: Uint8Array): Streams {
  const cursor = cursorOver(index);
  const streams = {} as Record<StreamName, Cursor>;
  for (const name of STREAMS) {
    const length = readVarint(cursor);
    if (cursor.at + length > cursor.end) throw new IndexError(`the stream ${name} is cut off`);
    streams[name] = cursorOver(index, cursor.at, cursor.at + length);
    cursor.at += length;
  }
  return streams;
}

/** Numbers up to the end of a stream. */
function* numbers(cursor: Cursor): IterableIterator<number> {
  while (cursor.at < cursor.end) yield readVarint(cursor);
}

interface TimePlaces {
  readonly sizes: number[];
  readonly rows: number[];
  readonly mins: number[];
  readonly maxs: number[];
}

function readTimePlaces(cursor: Cursor): TimePlaces {
  const places: TimePlaces = { sizes: [], rows: [], mins: [], maxs: [] };
  let minMs = 0;
  while (cursor.at < cursor.end) {
    places.sizes.push(readVarint(cursor));
    const rows = readVarint(cursor);
    if (rows < 1 || rows > MAX_BLOCK_ROWS) throw new IndexError(`times of ${rows} rows`);
    places.rows.push(rows);
    minMs += readSigned(cursor);
    places.mins.push(minMs);
    places.maxs.push(minMs + readVarint(cursor));
  }
  return places;
}

/** `startOffset` is where the first block begins. @throws IndexError, VarintError */
export function readPlaces(index: Uint8Array, startOffset: number): SegmentPlaces {
  const streams = openStreams(index);
  const times = readTimePlaces(streams.times);
  const sizes = [...numbers(streams.pageSizes)];
  const pages = sizes.length;
  const timeOffset = new Uint32Array(times.sizes.length);
  const pageOffset = new Uint32Array(pages);
  const pageTime = new Uint32Array(pages);
  const pageBlock = new Uint32Array(pages + 1);
  let offset = startOffset;
  let nextTime = 0;
  let time = 0;
  let blocks = 0;
  for (let p = 0; p < pages; p++) {
    time += readSigned(streams.pageTimes);
    // New times stand right before the first page that uses them.
    if (time === nextTime && time < times.sizes.length) {
      timeOffset[nextTime] = offset;
      offset += times.sizes[nextTime++]!;
    }
    if (time < 0 || time >= nextTime) throw new IndexError('a page with unknown times');
    pageTime[p] = time;
    pageOffset[p] = offset;
    offset += sizes[p]!;
    blocks += readVarint(streams.pageEntries);
    pageBlock[p + 1] = blocks;
    if (offset > 0xffffffff || blocks > 0xffffffff) throw new IndexError('places beyond 4 GiB');
  }
  if (nextTime !== times.sizes.length) throw new IndexError('times without a page');
  return {
    timeOffset,
    timeSize: Uint32Array.from(times.sizes),
    timeRows: Uint16Array.from(times.rows),
    timeMinMs: Float64Array.from(times.mins),
    timeMaxMs: Float64Array.from(times.maxs),
    pageOffset,
    pageSize: Uint32Array.from(sizes),
    pageTime,
    pageBlock,
    firstBlock: readGroupBlocks(streams.groupBlocks, blocks),
    endOffset: offset,
  };
}

function readGroupBlocks(cursor: Cursor, blocks: number): Uint32Array {
  const first = [0];
  let total = 0;
  for (const count of numbers(cursor)) {
    total += count;
    first.push(total);
  }
  if (total !== blocks) throw new IndexError(`${blocks} blocks of which row groups name ${total}`);
  return Uint32Array.from(first);
}

interface Layout {
  readonly measurement: string;
  readonly tagNames: readonly string[];
  readonly fields: readonly string[];
  /** String numbers of the tag values of the last group read. */
  readonly lastValues: number[];
}

function readStrings(cursor: Cursor): string[] {
  const decoder = new TextDecoder();
  const strings: string[] = [];
  while (cursor.at < cursor.end) {
    const length = readVarint(cursor);
    if (cursor.at + length > cursor.end) throw new IndexError('a string is cut off');
    strings.push(decoder.decode(cursor.bytes.subarray(cursor.at, cursor.at + length)));
    cursor.at += length;
  }
  return strings;
}

function stringAt(strings: readonly string[], number: number): string {
  const text = strings[number];
  if (text === undefined) throw new IndexError(`string ${number} of ${strings.length}`);
  return text;
}

function readLayouts(cursor: Cursor, strings: readonly string[]): Layout[] {
  const layouts: Layout[] = [];
  while (cursor.at < cursor.end) {
    const tags = readVarint(cursor);
    const fields = readVarint(cursor);
    const next = () => stringAt(strings, readVarint(cursor));
    const measurement = next();
    if (tags + fields > cursor.end - cursor.at) throw new IndexError('a layout is cut off');
    const tagNames = Array.from({ length: tags }, next);
    layouts.push({
      measurement,
      tagNames,
      fields: Array.from({ length: fields }, next),
      lastValues: tagNames.map(() => 0),
    });
  }
  return layouts;
}

/** Identities in the order of the file. @throws IndexError, VarintError */
export function* readGroups(index: Uint8Array): IterableIterator<SegmentGroup> {
  const streams = openStreams(index);
  const strings = readStrings(streams.strings);
  const layouts = readLayouts(streams.layouts, strings);
  const { tenants, groupLayouts, tagValues } = streams;
  let tenant = 0;
  let number = 0;
  while (tenants.at < tenants.end) {
    tenant += readSigned(tenants);
    number += readSigned(groupLayouts);
    const layout = layouts[number];
    if (layout === undefined) throw new IndexError(`layout ${number} of ${layouts.length}`);
    const tags: string[] = [];
    for (let t = 0; t < layout.tagNames.length; t++) {
      layout.lastValues[t]! += readSigned(tagValues);
      tags.push(layout.tagNames[t]!, stringAt(strings, layout.lastValues[t]!));
    }
    yield { tenant, measurement: layout.measurement, tags, fields: layout.fields };
  }
}

/** Shapes of tier blocks, by number. @throws IndexError, VarintError */
export function readShapes(index: Uint8Array): Uint8Array[] {
  const { shapes } = openStreams(index);
  const list: Uint8Array[] = [];
  while (shapes.at < shapes.end) {
    const length = readVarint(shapes);
    if (shapes.at + length > shapes.end) throw new IndexError('a shape is cut off');
    list.push(index.slice(shapes.at, shapes.at + length));
    shapes.at += length;
  }
  return list;
}
