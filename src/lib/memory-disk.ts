/** A disk in memory: for what is gone when it is done (the warm-up of the store), and for tests. */
import path from 'node:path';
import type { Disk, DiskFile } from './disk.ts';

class MemoryFile implements DiskFile {
  readonly path: string;
  readonly #contents: Map<string, Buffer>;

  constructor(contents: Map<string, Buffer>, file: string) {
    this.#contents = contents;
    this.path = file;
  }

  get #bytes(): Buffer {
    return this.#contents.get(this.path) ?? Buffer.alloc(0);
  }

  write(bytes: Uint8Array, position: number): void {
    const grown = Buffer.alloc(Math.max(this.#bytes.length, position + bytes.length));
    this.#bytes.copy(grown);
    grown.set(bytes, position);
    this.#contents.set(this.path, grown);
  }

  read(bytes: Uint8Array, position: number): number {
    const part = this.#bytes.subarray(position, position + bytes.length);
    bytes.set(part);
    return part.length;
  }

  size(): number {
    return this.#bytes.length;
  }

  truncate(sizeBytes: number): void {
    this.#contents.set(this.path, Buffer.from(this.#bytes.subarray(0, sizeBytes)));
  }

  fsync(): void {}
  async fsyncAsync(): Promise<void> {}
  close(): void {}
}

export class MemoryDisk implements Disk {
  readonly contents = new Map<string, Buffer>();

  open(file: string, mode: 'read' | 'create' | 'append'): DiskFile {
    if (mode === 'read' && !this.contents.has(file)) throw new Error(`${file} does not exist`);
    if (mode === 'create' && this.contents.has(file)) throw new Error(`${file} exists`);
    if (!this.contents.has(file)) this.contents.set(file, Buffer.alloc(0));
    return new MemoryFile(this.contents, file);
  }

  rename(from: string, to: string): void {
    this.contents.set(to, this.#bytesOf(from));
    this.contents.delete(from);
  }

  remove(file: string): void {
    this.#bytesOf(file);
    this.contents.delete(file);
  }

  exists(file: string): boolean {
    return this.contents.has(file);
  }

  list(folder: string): string[] {
    return [...this.contents.keys()]
      .filter((file) => path.dirname(file) === folder)
      .map((file) => path.basename(file))
      .sort();
  }

  makeFolder(): void {}
  fsyncFolder(): void {}

  sizeOf(file: string): number {
    return this.#bytesOf(file).length;
  }

  #bytesOf(file: string): Buffer {
    const bytes = this.contents.get(file);
    if (bytes === undefined) throw new Error(`${file} does not exist`);
    return bytes;
  }
}
