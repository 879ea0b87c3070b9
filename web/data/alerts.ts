/** Alerts that fire now, kept fresh by the live channel. */
import type { Alert } from '../../src/api/contract.ts';
import { useLive } from '../live.ts';
import { useList } from './resource.ts';
import { has } from './session.ts';

const REFRESH_MS = 30_000;

export function useFiringAlerts(): readonly Alert[] | undefined {
  const alerts = useList<Alert>(has('/alerts') ? '/alerts?state=firing' : undefined, REFRESH_MS);
  useLive<Alert>('alert', alerts.reload);
  return alerts.data;
}
