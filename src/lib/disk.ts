/**
 * The file operations of the engine, as a dependency: production passes `systemDisk`; fault tests pass one that fails
 * the n-th operation, tears writes or forgets what was not synced (`test/support/`). All are synchronous but `fsyncAsync`.
 */
import fs from 'node:fs';

export interface DiskFile {
  readonly path: string;
  /** Writes all of `bytes` at `position`. */
  write(bytes: Uint8Array, position: number): void;
  /** Reads up to `bytes.length` bytes; returns how many. */
  read(bytes: Uint8Array, position: number): number;
  size(): number;
  truncate(sizeBytes: number): void;
  fsync(): void;
  fsyncAsync(): Promise<void>;
  close(): void;
}

export interface Disk {
  /** `create` fails if the file exists; `append` creates it if it is missing. */
  open(path: string, mode: 'read' | 'create' | 'append'): DiskFile;
  rename(from: string, to: string): void;
  remove(path: string): void;
  exists(path: string): boolean;
  /** Names in a folder, sorted. */
  list(folder: string): string[];
  makeFolder(folder: string): void;
  /** Makes renames and removals in the folder durable. */
  fsyncFolder(folder: string): void;
  sizeOf(path: string): number;
}

class SystemFile implements DiskFile {
  readonly path: string;
  readonly #fd: number;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  write(bytes: Uint8Array, position: number): void {
    let done = 0;
    while (done < bytes.length) done += fs.writeSync(this.#fd, bytes, done, bytes.length - done, position + done);
  }

  read(bytes: Uint8Array, position: number): number {
    let done = 0;
    while (done < bytes.length) {
      const n = fs.readSync(this.#fd, bytes, done, bytes.length - done, position + done);
      if (n === 0) break;
      done += n;
    }
    return done;
  }

  size(): number {
    return fs.fstatSync(this.#fd).size;
  }

  truncate(sizeBytes: number): void {
    fs.ftruncateSync(this.#fd, sizeBytes);
  }

  fsync(): void {
    fs.fsyncSync(this.#fd);
  }

  fsyncAsync(): Promise<void> {
    return new Promise((resolve, reject) => fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve())));
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}

const FLAGS = {
  read: fs.constants.O_RDONLY,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
  append: fs.constants.O_RDWR | fs.constants.O_CREAT,
} as const;

export const systemDisk: Disk = {
  open: (path, mode) => new SystemFile(path, fs.openSync(path, FLAGS[mode], 0o600)),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.unlinkSync(path),
  exists: (path) => fs.existsSync(path),
  list: (folder) => fs.readdirSync(folder).sort(),
  makeFolder: (folder) => void fs.mkdirSync(folder, { recursive: true, mode: 0o700 }),
  fsyncFolder(folder) {
    // Windows cannot open folders; NTFS journals renames itself.
    if (process.platform === 'win32') return;
    const fd = fs.openSync(folder, fs.constants.O_RDONLY);
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  sizeOf: (path) => fs.statSync(path).size,
};
