/**
 * A common beat for what happens many times a second but not at once: whatever waits for the next tick is done in one
 * wake-up of the thread, and waking up costs more than many a poll.
 */
import type { Clock } from './clock.ts';

export const TICK_MS = 100;

/** The first tick at or after a monotonic time. */
export function tickAt(monotonicMs: number): number {
  return Math.ceil(monotonicMs / TICK_MS) * TICK_MS;
}

/** Calls back at the first tick after at least `ms`; the returned function cancels it. */
export function atTickAfter(clock: Clock, ms: number, callback: () => void): () => void {
  const nowMs = clock.monotonicMs();
  return clock.after(Math.ceil(tickAt(nowMs + Math.max(1, ms)) - nowMs), callback);
}
