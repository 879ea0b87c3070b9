/** Health of a device from what is known of it. Pure; worst answer that applies. */
import type { Health, Severity } from '../model/health.ts';

export interface DeviceVitals {
  readonly createdAtMs: number;
  /** When any monitor last succeeded, if ever. */
  readonly lastSuccessMs: number | undefined;
  /** When any monitor was last tried, if ever. */
  readonly lastAttemptMs: number | undefined;
  readonly offlineAfterMs: number;
  /** Of the monitor that polls most often; undefined: none is on. */
  readonly shortestIntervalMs: number | undefined;
  /** As it was judged last. */
  readonly health: Health;
  /** Severities of the firing alerts of the device. */
  readonly firing: readonly Severity[];
}

/** Until a poll has had time to come back after a start. */
const SETTLING_MS = 60_000;
/** So many polls must fail before a device is offline, however seldom they come. */
const MISSED_POLLS = 2.5;

/**
 * discovering: new, nothing answered yet. offline: no monitor succeeded for its offline time although it was tried.
 * unknown: nothing looks at it (no monitors, or our own collector does not poll).
 *
 * `watchedSinceMs`: since when we have looked without a break. Silence from before, while this machine was off or asleep,
 * says nothing about the device; a device that was offline before stays so until it answers.
 */
export function deviceHealth(vitals: DeviceVitals, nowMs: number, watchedSinceMs: number): Health {
  if (vitals.shortestIntervalMs === undefined) return 'unknown';
  const patienceMs = Math.max(vitals.offlineAfterMs, MISSED_POLLS * vitals.shortestIntervalMs);
  const lastMs = vitals.lastSuccessMs ?? vitals.createdAtMs;
  // A time that lies ahead is from before the clock was turned back.
  const sinceMs = lastMs > nowMs ? watchedSinceMs : lastMs;
  if (nowMs - sinceMs >= patienceMs)
    return silentHealth(vitals, nowMs, patienceMs, nowMs - Math.max(sinceMs, watchedSinceMs));
  if (vitals.lastSuccessMs === undefined) return 'discovering';
  if (vitals.firing.includes('critical')) return 'critical';
  if (vitals.firing.includes('warning')) return 'warning';
  return 'healthy';
}

function silentHealth(vitals: DeviceVitals, nowMs: number, patienceMs: number, watchedMs: number): Health {
  const triedMs =
    vitals.lastAttemptMs === undefined ? Number.POSITIVE_INFINITY : Math.abs(nowMs - vitals.lastAttemptMs);
  if (watchedMs >= patienceMs) return triedMs < patienceMs ? 'offline' : 'unknown';
  return vitals.health === 'offline' || watchedMs < SETTLING_MS ? vitals.health : 'unknown';
}
