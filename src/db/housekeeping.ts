/** Keeps history from growing for ever: a plant runs for years. A round removes only so much, so that it blocks nobody. */
import type { Repositories } from './repositories.ts';

const DAY_MS = 86_400_000;
/** Events, audit and resolved alerts: a year, and a month to compare it with. */
const HISTORY_MS = 400 * DAY_MS;
/** Notifications that were sent or given up; longer than any window of de-duplication. */
const NOTIFICATIONS_MS = 30 * DAY_MS;

/** Returns the number of rows that went. */
export function forgetOldHistory(repositories: Repositories, nowMs: number): number {
  const before = new Date(nowMs - HISTORY_MS);
  return (
    repositories.journal.prune(before) +
    repositories.alerts.prune(before) +
    repositories.notifications.prune(new Date(nowMs - NOTIFICATIONS_MS))
  );
}
