/**
 * Whether what is written arrives: reading goes on for long when the disk is full, so only writes tell. A failure is
 * told until a write has succeeded and some time has passed, since small writes may find room where larger ones do not.
 */
import { isDiskFull } from './errors.ts';

const TOLD_FOR_MS = 30_000;

/** Failures of the place where the data is; others (a broken constraint) are about what is written. */
const STORAGE_CODES = /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|CANTOPEN|NOTADB|NOMEM)|^ENOSPC$/;

export function isStorageFailure(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && STORAGE_CODES.test(String(cause.code))) return true;
  }
  return false;
}

export class WriteWatch {
  readonly #monotonicMs: () => number;
  #count = 0;
  #failure: { readonly sentence: string; readonly atMs: number; isOver: boolean } | undefined;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /** Changes with every write, when it begins and when it has ended: what was read at the same count still holds. */
  get count(): number {
    return this.#count;
  }

  /** Runs something that writes, and remembers how it went. @throws what `write` throws */
  during<T>(write: () => T): T {
    this.#count++;
    try {
      const result = write();
      if (this.#failure) this.#failure.isOver = true;
      return result;
    } catch (error) {
      if (isStorageFailure(error)) {
        this.#failure = { sentence: sentenceOf(error), atMs: this.#monotonicMs(), isOver: false };
      }
      throw error;
    } finally {
      this.#count++;
    }
  }

  /** Why changes are not stored, and what to do; undefined while they are. */
  problem(): string | undefined {
    if (this.#failure?.isOver && this.#monotonicMs() - this.#failure.atMs >= TOLD_FOR_MS) this.#failure = undefined;
    return this.#failure?.sentence;
  }
}

function sentenceOf(error: unknown): string {
  const lost = 'changes, events and the states of monitors are not stored';
  if (isDiskFull(error)) return `The disk of the data folder is full: ${lost}. Make room there; no restart is needed.`;
  const reason = error instanceof Error ? error.message : String(error);
  return `The database cannot be written: ${lost} (${reason}). Look after the disk of the data folder.`;
}
