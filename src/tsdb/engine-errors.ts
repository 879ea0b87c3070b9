/** Operational failures of the engine. */

/** There is no room: the disk is full, or the budget is. Nothing of the commit was stored; it may be tried again. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
}

/** The write-ahead log could not be written or synced. Nothing of the commit was stored. */
export class WalError extends Error {
  override readonly name = 'WalError';
}

/** The folder cannot be used: newer format, or not ours. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** Whether an error of the file system says that there is no room. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof DiskFullError) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Whether a file operation failed because the file is not there. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
