/**
 * The write-ahead log: numbered files of frames. A frame is in the file when `write` returns (a killed process loses
 * nothing) and on the disk after the next sync, at most `SYNC_INTERVAL_MS` later (a power cut loses that much).
 *
 * Faults: a write that fails leaves the file as long as it was, as far as we know: what follows is written over the rest.
 * A sync that fails means that pages may be gone, so whoever waits for it is told, and the engine flushes what it has.
 */
import path from 'node:path';
import zlib from 'node:zlib';
import type { Clock } from '../lib/clock.ts';
import type { Disk, DiskFile } from '../lib/disk.ts';
import { DiskFullError, isDiskFull, messageOf, WalError } from './engine-errors.ts';
import { WAL_HEADER_BYTES, WAL_MAGIC, WAL_VERSION } from './wal-format.ts';

const SYNC_INTERVAL_MS = 1_000;

export interface WalOptions {
  readonly folder: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly fsync: 'group' | 'always';
  /** Number of the first file to be written. */
  readonly nextNumber: number;
  /** Hears of a sync that failed. */
  readonly onSyncError: (error: unknown) => void;
  readonly onSync: () => void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface OldFile {
  readonly number: number;
  readonly sizeBytes: number;
}

export class Wal {
  readonly #options: WalOptions;
  #file: DiskFile | undefined;
  #number: number;
  #size = 0;
  #old: OldFile[] = [];
  /** Files with frames that are not synced yet. */
  #unsynced: DiskFile[] = [];
  #isDirty = false;
  #waiters: Waiter[] = [];
  /** The sync that is under way: its files, and who waits for it. */
  #syncing: Promise<void> | undefined;
  #syncingFiles: readonly DiskFile[] = [];
  #syncingWaiters: Waiter[] = [];
  /** Files that ended, to be closed after a sync. */
  #ended: DiskFile[] = [];
  /** A sync of files up to this number failed: what is in them may never be on the disk. */
  #brokenNumber = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: WalOptions) {
    this.#options = options;
    this.#number = options.nextNumber - 1;
  }

  /** Bytes of all files. */
  get sizeBytes(): number {
    return this.#old.reduce((sum, file) => sum + file.sizeBytes, this.#size);
  }

  /** Number of the file that is written, or was last. */
  get number(): number {
    return this.#number;
  }

  /** Number of the oldest file that is kept; of the next one when there is none. */
  get oldestNumber(): number {
    return this.#old[0]?.number ?? (this.#file ? this.#number : this.#number + 1);
  }

  /** Whether the current file has frames. */
  get hasFrames(): boolean {
    return this.#file !== undefined;
  }

  /** Bytes that the next frame of this many bytes will add to the files. */
  growth(frameBytes: number): number {
    return frameBytes + (this.#file ? 0 : WAL_HEADER_BYTES);
  }

  /** Takes over a file that was replayed, to be removed with the others. */
  keep(number: number, sizeBytes: number): void {
    this.#old.push({ number, sizeBytes });
  }

  /** Puts a frame (header words 0 and 1 are filled in here) at the end of the file. @throws DiskFullError, WalError */
  write(words: Int32Array, length: number): void {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, length * 4);
    words[1] = length * 4 - 8;
    words[0] = zlib.crc32(bytes.subarray(4));
    try {
      const file = this.#file ?? this.#start();
      file.write(bytes, this.#size);
      this.#size += bytes.length;
      if (this.#options.fsync === 'always') file.fsync();
      else this.#noteDirty(file);
    } catch (error) {
      if (isDiskFull(error)) throw new DiskFullError(`the disk is full: ${messageOf(error)}`, { cause: error });
      throw new WalError(`the write-ahead log cannot be written: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Ends the current file: what follows goes to a new one. Returns the number of the file that ended. */
  rotate(): number {
    const file = this.#file;
    if (!file) return this.#number;
    this.#old.push({ number: this.#number, sizeBytes: this.#size });
    this.#file = undefined;
    this.#size = 0;
    if (this.#unsynced.includes(file) || this.#syncingFiles.includes(file)) this.#ended.push(file);
    else file.close();
    return this.#number;
  }

  /** Removes all ended files up to a number. What was in them is in segments. */
  removeThrough(number: number): void {
    const { disk, folder } = this.#options;
    while (this.#old.length > 0 && this.#old[0]!.number <= number) {
      const file = walPath(folder, this.#old[0]!.number);
      if (disk.exists(file)) disk.remove(file);
      this.#old.shift();
    }
    if (number >= this.#brokenNumber) this.#brokenNumber = 0;
  }

  /** Resolves once everything written so far is on the disk. @throws WalError */
  durable(): Promise<void> {
    if (this.#brokenNumber > 0) {
      return Promise.reject(new WalError('the write-ahead log could not be synced, and is not yet in segments'));
    }
    if (!this.#isDirty && !this.#syncing) return Promise.resolve();
    return new Promise((resolve, reject) => {
      (this.#isDirty ? this.#waiters : this.#syncingWaiters).push({ resolve, reject });
    });
  }

  /** Syncs now. Rejects no one but those who wait in `durable`. */
  async sync(): Promise<void> {
    await this.#syncing;
    if (!this.#isDirty) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#syncing = this.#syncOnce();
    await this.#syncing;
    this.#syncing = undefined;
  }

  /** Syncs and closes the files. */
  async close(): Promise<void> {
    await this.sync();
    this.#cancelTimer?.();
    this.#closeEnded();
    this.#file?.close();
    this.#file = undefined;
  }

  #start(): DiskFile {
    const { disk, folder } = this.#options;
    const number = this.#number + 1;
    const file = disk.open(walPath(folder, number), 'create');
    const header = new Int32Array(WAL_HEADER_BYTES / 4);
    header[0] = WAL_MAGIC;
    header[1] = WAL_VERSION;
    header[2] = number;
    try {
      file.write(new Uint8Array(header.buffer), 0);
      disk.fsyncFolder(folder);
    } catch (error) {
      file.close();
      disk.remove(file.path);
      throw error;
    }
    this.#number = number;
    this.#file = file;
    this.#size = WAL_HEADER_BYTES;
    return file;
  }

  #noteDirty(file: DiskFile): void {
    if (!this.#unsynced.includes(file)) this.#unsynced.push(file);
    this.#isDirty = true;
    if (this.#cancelTimer || this.#syncing) return;
    this.#cancelTimer = this.#options.clock.after(SYNC_INTERVAL_MS, () => void this.sync());
  }

  async #syncOnce(): Promise<void> {
    const number = this.#number;
    this.#syncingFiles = this.#unsynced;
    this.#syncingWaiters = this.#waiters;
    this.#unsynced = [];
    this.#waiters = [];
    this.#isDirty = false;
    try {
      for (const file of this.#syncingFiles) await file.fsyncAsync();
      for (const waiter of this.#syncingWaiters) waiter.resolve();
      this.#options.onSync();
    } catch (error) {
      this.#brokenNumber = number;
      const failure = new WalError(`the write-ahead log cannot be synced: ${messageOf(error)}`, { cause: error });
      for (const waiter of this.#syncingWaiters) waiter.reject(failure);
      this.#options.onSyncError(failure);
    }
    this.#syncingFiles = [];
    this.#syncingWaiters = [];
    this.#closeEnded();
    if (this.#isDirty) this.#cancelTimer = this.#options.clock.after(SYNC_INTERVAL_MS, () => void this.sync());
  }

  #closeEnded(): void {
    for (const file of this.#ended.filter((ended) => !this.#unsynced.includes(ended))) {
      this.#ended = this.#ended.filter((other) => other !== file);
      try {
        file.close();
      } catch (error) {
        this.#options.onSyncError(error);
      }
    }
  }
}

export function walPath(folder: string, number: number): string {
  return path.join(folder, `${String(number).padStart(10, '0')}.wal`);
}
