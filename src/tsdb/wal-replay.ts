/**
 * Reads the log's files back. Reading a file stops at the first frame that is not whole or not what was written; what
 * was dropped is said with file and offset.
 */
import path from 'node:path';
import zlib from 'node:zlib';
import type { Disk } from '../lib/disk.ts';
import { FRAME_HEADER_WORDS, WAL_HEADER_BYTES, WAL_MAGIC, WAL_VERSION } from './wal-format.ts';

/** What could not be read. */
export interface DroppedTail {
  readonly file: string;
  /** Where it begins. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly reason: string;
}

/** Numbers of the log files in a folder, ascending. */
export function walNumbers(disk: Disk, folder: string): number[] {
  return disk
    .list(folder)
    .filter((name) => /^\d{10}\.wal$/.test(name))
    .map((name) => Number(name.slice(0, 10)));
}

/** Calls `visit` for each frame of a file. */
export function replayFile(
  disk: Disk,
  file: string,
  visit: (words: Int32Array, length: number) => void,
): DroppedTail | undefined {
  const handle = disk.open(file, 'read');
  try {
    const bytes = new Uint8Array((handle.size() + 7) & ~7);
    const size = handle.read(bytes.subarray(0, handle.size()), 0);
    const header = new Int32Array(bytes.buffer, 0, Math.min(4, size >> 2));
    const drop = (offset: number, reason: string): DroppedTail => ({
      file: path.basename(file),
      offset,
      sizeBytes: size - offset,
      reason,
    });
    if (size < WAL_HEADER_BYTES || header[0] !== WAL_MAGIC) return drop(0, 'no log file header');
    if (header[1] !== WAL_VERSION) return drop(0, `version ${header[1]} is unknown`);
    for (let at = WAL_HEADER_BYTES; at < size; ) {
      if (size - at < FRAME_HEADER_WORDS * 4) return drop(at, 'the file ends inside a frame');
      const frame = new Int32Array(bytes.buffer, at, 2);
      const length = frame[1]!;
      if (length < FRAME_HEADER_WORDS * 4 - 8 || length & 3) return drop(at, 'a frame of impossible length');
      if (at + 8 + length > size) return drop(at, 'the file ends inside a frame');
      if (zlib.crc32(bytes.subarray(at + 4, at + 8 + length)) !== frame[0]! >>> 0) return drop(at, 'wrong checksum');
      visit(aligned(bytes, at, 8 + length), (8 + length) >> 2);
      at += 8 + length;
    }
    return undefined;
  } finally {
    handle.close();
  }
}

let copy = new Int32Array(0);

/** The frame's words, where float64 can be read from even places: frames begin at any word. */
function aligned(bytes: Uint8Array<ArrayBuffer>, at: number, length: number): Int32Array {
  if ((at & 7) === 0) return new Int32Array(bytes.buffer, at, length >> 2);
  if (length > copy.byteLength) copy = new Int32Array(length >> 1);
  new Uint8Array(copy.buffer).set(bytes.subarray(at, at + length));
  return copy;
}
