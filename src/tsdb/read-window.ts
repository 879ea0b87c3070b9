/**
 * Buffers for positioned reads, shared by all open segments: a small fixed number, the longest unused is taken over.
 * Who reads forward gets what follows along, so that reading many neighbouring blocks is a few large reads.
 */
import type { DiskFile } from '../lib/disk.ts';

const WINDOWS = 16;
const AHEAD_BYTES = 128 * 1024;
/** A read that begins this close behind the window continues it. */
const NEAR_BYTES = 64 * 1024;

interface Window {
  owner: object | undefined;
  bytes: Uint8Array;
  /** Place in the file and bytes of it. */
  start: number;
  length: number;
  used: number;
}

export class ReadWindows {
  readonly #windows: Window[] = [];
  #clock = 0;
  /** Index in `bytes` of what the last `read` asked for. */
  at = 0;

  /**
   * Bytes of `file` that include [offset, offset + length), which begin at index `at` of this object; valid until the
   * next read. Undefined when the file ends before.
   */
  read(file: DiskFile, offset: number, length: number): Uint8Array | undefined {
    const window = this.#windowOf(file);
    window.used = ++this.#clock;
    const end = window.start + window.length;
    if (offset < window.start || offset + length > end) {
      const onward = window.length > 0 && offset >= window.start && offset - end < NEAR_BYTES;
      this.#fill(window, file, offset, length, onward ? Math.max(length, AHEAD_BYTES) : length);
      if (window.length < length) return undefined;
    }
    this.at = offset - window.start;
    return window.bytes;
  }

  /** Forgets what was read of a file. */
  drop(file: DiskFile): void {
    for (const window of this.#windows) {
      if (window.owner !== file) continue;
      window.owner = undefined;
      window.length = 0;
    }
  }

  #fill(window: Window, file: DiskFile, offset: number, least: number, wanted: number): void {
    window.length = 0;
    if (window.bytes.length < wanted) window.bytes = new Uint8Array(Math.max(least, Math.min(AHEAD_BYTES, wanted * 2)));
    window.start = offset;
    window.length = file.read(window.bytes.subarray(0, wanted), offset);
  }

  #windowOf(file: DiskFile): Window {
    let oldest: Window | undefined;
    for (const window of this.#windows) {
      if (window.owner === file) return window;
      if (oldest === undefined || window.used < oldest.used) oldest = window;
    }
    if (oldest === undefined || this.#windows.length < WINDOWS) {
      oldest = { owner: file, bytes: new Uint8Array(16 * 1024), start: 0, length: 0, used: 0 };
      this.#windows.push(oldest);
    }
    oldest.owner = file;
    oldest.length = 0;
    return oldest;
  }
}
