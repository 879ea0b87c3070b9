/**
 * A disk in memory that counts operations, fails the one it is told to, runs full, and forgets at a power cut what was
 * not synced. Owner of all bytes; a test reopens engines on the same instance.
 */
import path from 'node:path';
import type { Disk, DiskFile } from '../../src/lib/disk.ts';

export type DiskOperation =
  | 'open'
  | 'write'
  | 'read'
  | 'size'
  | 'truncate'
  | 'fsync'
  | 'rename'
  | 'remove'
  | 'list'
  | 'folder'
  | 'fsyncFolder';

interface Content {
  bytes: Uint8Array<ArrayBuffer>;
  size: number;
  /** What is on the platter; undefined: never synced. */
  synced: Uint8Array<ArrayBuffer> | undefined;
}

export class DiskError extends Error {
  readonly code: string;

  constructor(code: string, operation: DiskOperation, file: string) {
    super(`${code}: ${operation} ${path.basename(file)}`);
    this.code = code;
  }
}

export class FaultDisk implements Disk {
  #files = new Map<string, Content>();
  /** Names as they are after a power cut. */
  #durable = new Map<string, Content>();
  readonly #folders = new Set<string>();
  #countdown = Number.POSITIVE_INFINITY;
  #code = 'EIO';
  #isTorn = false;
  #diesThen = false;
  operations = 0;
  /** The operation that failed last. */
  failed: string | undefined;
  capacityBytes = Number.POSITIVE_INFINITY;
  usedBytes = 0;
  peakBytes = 0;

  /** The n-th operation from now on fails; a write may leave half of its bytes. */
  failAfter(operations: number, code = 'EIO', isTorn = false): void {
    this.#countdown = operations;
    this.#code = code;
    this.#isTorn = isTorn;
    this.failed = undefined;
  }

  /** The n-th operation from now on fails, and all after it: the process is dead. */
  dieAfter(operations: number, isTorn = false): void {
    this.failAfter(operations, 'EIO', isTorn);
    this.#diesThen = true;
  }

  /** No operation fails any more. */
  heal(): void {
    this.#diesThen = false;
    this.#countdown = Number.POSITIVE_INFINITY;
  }

  /** Everything that was not synced is gone, names that were not synced too. */
  cutPower(): void {
    this.#files = new Map();
    for (const [name, content] of this.#durable) {
      const bytes = content.synced ?? new Uint8Array(0);
      this.#files.set(name, { bytes: bytes.slice(), size: bytes.length, synced: bytes });
    }
    this.#durable = new Map(this.#files);
    this.#count();
  }

  /** All files by name, for tests that damage them. */
  names(): string[] {
    return [...this.#files.keys()].sort();
  }

  bytesOf(name: string): Uint8Array<ArrayBuffer> {
    const content = this.#files.get(name)!;
    return content.bytes.subarray(0, content.size);
  }

  put(name: string, bytes: Uint8Array): void {
    const own = Uint8Array.from(bytes);
    const content = { bytes: own, size: own.length, synced: own };
    this.#files.set(name, content);
    this.#durable.set(name, content);
    this.#count();
  }

  open(name: string, mode: 'read' | 'create' | 'append'): DiskFile {
    this.#operate('open', name);
    let content = this.#files.get(name);
    if (!content && mode === 'read') throw new DiskError('ENOENT', 'open', name);
    if (content && mode === 'create') throw new DiskError('EEXIST', 'open', name);
    if (!content) {
      content = { bytes: new Uint8Array(256), size: 0, synced: undefined };
      this.#files.set(name, content);
    }
    return this.#handle(name, content);
  }

  rename(from: string, to: string): void {
    this.#operate('rename', from);
    const content = this.#files.get(from);
    if (!content) throw new DiskError('ENOENT', 'rename', from);
    this.#files.delete(from);
    this.#files.set(to, content);
    this.#count();
  }

  remove(name: string): void {
    this.#operate('remove', name);
    if (!this.#files.delete(name)) throw new DiskError('ENOENT', 'remove', name);
    this.#count();
  }

  exists(name: string): boolean {
    return this.#files.has(name) || this.#folders.has(name);
  }

  list(folder: string): string[] {
    this.#operate('list', folder);
    const start = folder + path.sep;
    return [...this.#files.keys()]
      .filter((name) => name.startsWith(start) && !name.slice(start.length).includes(path.sep))
      .map((name) => name.slice(start.length))
      .sort();
  }

  makeFolder(folder: string): void {
    this.#operate('folder', folder);
    this.#folders.add(folder);
  }

  fsyncFolder(folder: string): void {
    this.#operate('fsyncFolder', folder);
    for (const name of this.#durable.keys()) {
      if (path.dirname(name) === folder && !this.#files.has(name)) this.#durable.delete(name);
    }
    for (const [name, content] of this.#files) if (path.dirname(name) === folder) this.#durable.set(name, content);
  }

  sizeOf(name: string): number {
    this.#operate('size', name);
    const content = this.#files.get(name);
    if (!content) throw new DiskError('ENOENT', 'size', name);
    return content.size;
  }

  #handle(name: string, content: Content): DiskFile {
    const disk = this;
    return {
      path: name,
      write: (bytes, position) => disk.#write(name, content, bytes, position),
      read(bytes, position) {
        disk.#operate('read', name);
        const part = content.bytes.subarray(position, Math.min(content.size, position + bytes.length));
        bytes.set(part);
        return part.length;
      },
      size() {
        disk.#operate('size', name);
        return content.size;
      },
      truncate(sizeBytes) {
        disk.#operate('truncate', name);
        content.size = Math.min(content.size, sizeBytes);
        disk.#count();
      },
      fsync: () => disk.#sync(name, content),
      fsyncAsync: async () => disk.#sync(name, content),
      close() {},
    };
  }

  #write(name: string, content: Content, bytes: Uint8Array, position: number): void {
    let given = bytes;
    let failure: DiskError | undefined;
    try {
      this.#operate('write', name);
    } catch (error) {
      if (!this.#isTorn) throw error;
      failure = error as DiskError;
      given = bytes.subarray(0, bytes.length >> 1);
    }
    const growth = Math.max(0, position + given.length - content.size);
    if (this.usedBytes + growth > this.capacityBytes) throw new DiskError('ENOSPC', 'write', name);
    const end = position + given.length;
    if (end > content.bytes.length) {
      const longer = new Uint8Array(Math.max(end, content.bytes.length * 2));
      longer.set(content.bytes.subarray(0, content.size));
      content.bytes = longer;
    }
    if (position > content.size) content.bytes.fill(0, content.size, position);
    content.bytes.set(given, position);
    content.size = Math.max(content.size, end);
    this.usedBytes += growth;
    this.peakBytes = Math.max(this.peakBytes, this.usedBytes);
    if (failure) throw failure;
  }

  #sync(name: string, content: Content): void {
    this.#operate('fsync', name);
    content.synced = content.bytes.slice(0, content.size);
  }

  #operate(operation: DiskOperation, name: string): void {
    this.operations++;
    if (--this.#countdown > 0 || (this.#countdown < 0 && !this.#diesThen)) return;
    this.failed ??= `${operation} ${path.basename(name)}`;
    throw new DiskError(this.#code, operation, name);
  }

  #count(): void {
    this.usedBytes = 0;
    for (const { size } of this.#files.values()) this.usedBytes += size;
    this.peakBytes = Math.max(this.peakBytes, this.usedBytes);
  }
}
