/** What must be unique is kept so by SQLite; this says it in words. */
import { Refusal } from '../model/refusal.ts';
import { isUniqueViolation } from './errors.ts';

/** Runs `write`. @throws Refusal saying that the key (`name`) is taken by another record (`site`) */
export function keepUnique<T>(key: string, record: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = `is taken by another ${record}`;
    throw new Refusal('conflict', `${key} ${message}`, [{ path: key, message }]);
  }
}
