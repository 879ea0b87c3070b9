/**
 * The fixed parts of a segment file: the header in front and the trailer at the end. See FORMAT.md, "Segment".
 */
import { readUint32, viewOf, writeUint32 } from '../lib/bytes.ts';
import { crc32c } from '../lib/crc32c.ts';
import { TIERS_MS, type TierMs } from '../model/series.ts';
import { SegmentDamage, UnsupportedFormat } from './segment-types.ts';

export const FORMAT_VERSION = 1;
export const HEADER_BYTES = 20;
export const TRAILER_BYTES = 64;
/** Offsets inside a file are kept in 32 bits. */
export const MAX_SEGMENT_BYTES = 2 ** 32 - 1;

const HEADER_MAGIC = Buffer.from('TELLTSEG', 'latin1');
const TRAILER_MAGIC = Buffer.from('TELLTEND', 'latin1');

export interface Trailer {
  indexStoredBytes: number;
  indexBytes: number;
  indexChecksum: number;
  minMs: number;
  maxMs: number;
  rows: number;
  samples: number;
  groups: number;
  blocks: number;
}

export function encodeHeader(tierMs: TierMs): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(HEADER_MAGIC);
  const view = viewOf(bytes);
  view.setUint16(8, FORMAT_VERSION, true);
  view.setUint32(12, tierMs, true);
  writeUint32(bytes, 16, crc32c(bytes, 0, 16));
  return bytes;
}

/** @throws SegmentDamage, UnsupportedFormat */
export function decodeHeader(path: string, bytes: Uint8Array): TierMs {
  if (bytes.length < HEADER_BYTES) throw new SegmentDamage(path, 0, 'the file is too short for a segment');
  if (crc32c(bytes, 0, 16) !== readUint32(bytes, 16))
    throw new SegmentDamage(path, 0, 'the checksum of the header is wrong');
  if (Buffer.compare(bytes.subarray(0, 8), HEADER_MAGIC) !== 0) throw new SegmentDamage(path, 0, 'not a segment file');
  const view = viewOf(bytes);
  const version = view.getUint16(bytes.byteOffset + 8, true);
  if (version !== FORMAT_VERSION) throw new UnsupportedFormat(path, version, FORMAT_VERSION);
  const tierMs = view.getUint32(bytes.byteOffset + 12, true);
  const known = TIERS_MS.find((tier) => tier === tierMs);
  if (known === undefined) throw new SegmentDamage(path, 12, `an unknown tier of ${tierMs} ms`);
  return known;
}

export function encodeTrailer(trailer: Trailer): Uint8Array {
  const bytes = new Uint8Array(TRAILER_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, trailer.indexStoredBytes, true);
  view.setUint32(4, trailer.indexBytes, true);
  view.setUint32(8, trailer.indexChecksum, true);
  view.setFloat64(12, trailer.minMs, true);
  view.setFloat64(20, trailer.maxMs, true);
  view.setFloat64(28, trailer.rows, true);
  view.setFloat64(36, trailer.samples, true);
  view.setUint32(44, trailer.groups, true);
  view.setUint32(48, trailer.blocks, true);
  bytes.set(TRAILER_MAGIC, 52);
  writeUint32(bytes, 60, crc32c(bytes, 0, 60));
  return bytes;
}

/** `offset` is where the trailer begins in the file. @throws SegmentDamage */
export function decodeTrailer(path: string, offset: number, bytes: Uint8Array): Trailer {
  if (crc32c(bytes, 0, 60) !== readUint32(bytes, 60)) {
    throw new SegmentDamage(path, offset, 'the checksum of the trailer is wrong, the file may be cut off');
  }
  if (Buffer.compare(bytes.subarray(52, 60), TRAILER_MAGIC) !== 0) throw new SegmentDamage(path, offset, 'no trailer');
  const view = viewOf(bytes);
  const at = bytes.byteOffset;
  return {
    indexStoredBytes: view.getUint32(at, true),
    indexBytes: view.getUint32(at + 4, true),
    indexChecksum: view.getUint32(at + 8, true),
    minMs: view.getFloat64(at + 12, true),
    maxMs: view.getFloat64(at + 20, true),
    rows: view.getFloat64(at + 28, true),
    samples: view.getFloat64(at + 36, true),
    groups: view.getUint32(at + 44, true),
    blocks: view.getUint32(at + 48, true),
  };
}
