/** Health of a device from what is known of it. Pure; worst answer that applies. */
import type { Health, Severity } from '../model/health.ts';

export interface DeviceVitals {
  readonly createdAtMs: number;
  /** When any monitor last succeeded, if ever. */
  readonly lastSuccessMs: number | undefined;
  /** When any monitor was last tried, if ever. */
  readonly lastAttemptMs: number | undefined;
  readonly offlineAfterMs: number;
  readonly monitorCount: number;
  /** Severities of the firing alerts of the device. */
  readonly firing: readonly Severity[];
}

/**
 * discovering: new, nothing answered yet. offline: no monitor succeeded for `offlineAfterMs` although it was tried.
 * unknown: nothing looks at it (no monitors, or our own collector does not poll).
 */
export function deviceHealth(vitals: DeviceVitals, nowMs: number): Health {
  if (vitals.monitorCount === 0) return 'unknown';
  const since = vitals.lastSuccessMs ?? vitals.createdAtMs;
  const silentMs = nowMs - since;
  if (silentMs >= vitals.offlineAfterMs) {
    const tried = vitals.lastAttemptMs !== undefined && nowMs - vitals.lastAttemptMs < vitals.offlineAfterMs;
    return tried ? 'offline' : 'unknown';
  }
  if (vitals.lastSuccessMs === undefined) return 'discovering';
  if (vitals.firing.includes('critical')) return 'critical';
  if (vitals.firing.includes('warning')) return 'warning';
  return 'healthy';
}
