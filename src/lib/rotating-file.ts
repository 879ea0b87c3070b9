/** A log file that starts anew at a size and keeps a number of old ones: `NAME`, `NAME.1` (newest old) … `NAME.9`. */
import fs from 'node:fs';
import path from 'node:path';

export interface RotatingFileOptions {
  readonly path: string;
  readonly maxSizeBytes: number;
  /** Files kept, the current one included. */
  readonly maxCount: number;
  /** Told once when writing begins to fail; lines are dropped until it works again. */
  readonly onError: (error: Error) => void;
}

export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #fd: number | undefined;
  #sizeBytes = 0;
  #failing = false;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    fs.mkdirSync(path.dirname(options.path), { recursive: true, mode: 0o700 });
  }

  /** Appends one line. Synchronous: a line is there when the process dies right after. */
  write(line: string): void {
    try {
      this.#fd ??= this.#open();
      const bytes = Buffer.from(line);
      if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#options.maxSizeBytes) this.#rotate();
      fs.writeSync(this.#fd, bytes);
      this.#sizeBytes += bytes.length;
      this.#failing = false;
    } catch (error) {
      this.close();
      if (!this.#failing) this.#options.onError(error as Error);
      this.#failing = true;
    }
  }

  close(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): number {
    const fd = fs.openSync(this.#options.path, 'a', 0o600);
    this.#sizeBytes = fs.fstatSync(fd).size;
    return fd;
  }

  #rotate(): void {
    this.close();
    const { path: name, maxCount } = this.#options;
    fs.rmSync(`${name}.${maxCount - 1}`, { force: true });
    for (let i = maxCount - 2; i >= 1; i--)
      if (fs.existsSync(`${name}.${i}`)) fs.renameSync(`${name}.${i}`, `${name}.${i + 1}`);
    if (maxCount > 1) fs.renameSync(name, `${name}.1`);
    else fs.rmSync(name, { force: true });
    this.#fd = this.#open();
  }
}
