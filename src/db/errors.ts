/** Failures of SQLite, in words; and how a broken UNIQUE constraint is told from them. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/** Whether a statement failed because a value that must be unique exists already. */
export function isUniqueViolation(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (
      'code' in cause &&
      (cause.code === 'SQLITE_CONSTRAINT_UNIQUE' || cause.code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
    ) {
      return true;
    }
  }
  return false;
}

/** Whether a statement failed because the disk is full. */
export function isDiskFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && (cause.code === 'SQLITE_FULL' || cause.code === 'ENOSPC')) return true;
  }
  return false;
}
