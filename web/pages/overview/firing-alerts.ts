/** Alerts that fire, critical ones first, with a button to say: I have seen it. */
import type { Alert } from '../../../src/api/contract.ts';
import { Loading, Panel } from '../../components/page.ts';
import { Mark } from '../../components/status.ts';
import { RelativeTime } from '../../components/time.ts';
import { useFiringAlerts } from '../../data/alerts.ts';
import { html, type VNode } from '../../html.ts';
import { AcknowledgeButton } from '../alert/acknowledge.ts';
import { alertDevice, alertTitle } from '../alert/alert-text.ts';

const SHOWN_MAX = 8;
/** Worst first. */
export const SEVERITY_ORDER = { critical: 0, warning: 1, info: 2 } as const;

export function sortAlerts(alerts: readonly Alert[]): readonly Alert[] {
  return [...alerts].sort(
    (a, b) =>
      Number(a.acknowledged_at !== null) - Number(b.acknowledged_at !== null) ||
      SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
      b.started_at.localeCompare(a.started_at),
  );
}

export function FiringAlerts(): VNode {
  const alerts = useFiringAlerts();
  const shown = sortAlerts(alerts ?? []).slice(0, SHOWN_MAX);
  const rest = (alerts ?? []).length - shown.length;
  return html`<${Panel} title="Firing alerts" actions=${html`<a href="/alerts">${rest > 0 ? `All ${alerts?.length} alerts` : 'All alerts'}</a>`}>
    ${!alerts && html`<${Loading} lines=${3} />`}
    ${alerts && alerts.length === 0 && html`<p class="calm"><${Mark} of="healthy" size=${20} />No alert fires.</p>`}
    <${AlertList} alerts=${shown} />
  <//>`;
}

/** Alerts as lines with a button each; without the device, where the page is about it. */
export function AlertList({
  alerts,
  isOfDevice = false,
}: {
  readonly alerts: readonly Alert[];
  readonly isOfDevice?: boolean;
}): VNode {
  return html`<ul class="alert-list">
      ${alerts.map(
        (alert) => html`<li key=${alert.id} class=${alert.acknowledged_at ? 'is-acknowledged' : ''}>
          <${Mark} of=${alert.severity} size=${16} />
          <div class="grow">
            <a href=${`/alerts?open=${alert.id}`}><b>${alertTitle(alert)}</b></a>
            <p class="muted">
              ${!isOfDevice && alert.device && html`${alertDevice(alert)} · `}<${RelativeTime} at=${alert.fired_at ?? alert.started_at} />
              ${alert.acknowledged_by && ` · seen by ${alert.acknowledged_by}`}
            </p>
          </div>
          <${AcknowledgeButton} alert=${alert} />
        </li>`,
      )}
    </ul>`;
}
