/** How many alerts fire, always in sight. */

import { useFiringAlerts } from '../data/alerts.ts';
import { html, type VNode } from '../html.ts';
import { Mark } from './status.ts';

export function AlertCount(): VNode | null {
  const alerts = useFiringAlerts();
  if (!alerts) return null;
  const critical = alerts.filter((alert) => alert.severity === 'critical').length;
  const of = critical > 0 ? 'critical' : alerts.length > 0 ? 'warning' : 'healthy';
  const label = alerts.length === 0 ? 'No alerts' : `${alerts.length} firing`;
  return html`<a class=${`alert-count is-${of}`} href="/alerts"><${Mark} of=${of} /><span>${label}</span></a>`;
}
