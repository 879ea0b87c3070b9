/** The wall: read from three metres, without a hand on it. What is wrong is large; what is well is quiet. */
import type { Alert, Device, DeviceStatus, DeviceSummary } from '../../src/api/contract.ts';
import { Failure } from '../components/page.ts';
import { HEALTH_ORDER, HEALTH_WORDS, Mark } from '../components/status.ts';
import { RelativeTime, useNow } from '../components/time.ts';
import { useFiringAlerts } from '../data/alerts.ts';
import { useList, useResource } from '../data/resource.ts';
import { clockText, dateText } from '../format/time.ts';
import { html, useEffect, useRef, type VNode } from '../html.ts';
import { useLive, useLiveState } from '../live.ts';
import { alertTitle } from './alert/alert-text.ts';
import { sortAlerts } from './overview/firing-alerts.ts';
import { worstDevices } from './overview/worst-devices.ts';

const REFRESH_MS = 15_000;
/** What fits on the screen; the tiles count all. */
const SHOWN_MAX = 6;
const LOUD: ReadonlySet<Device['health']> = new Set(['offline', 'critical', 'warning', 'unknown', 'healthy']);

function More({ count }: { readonly count: number }): VNode | null {
  return count > 0 ? html`<p class="wall-more">and ${count} more</p>` : null;
}

export function Wall(): VNode {
  const summary = useResource<DeviceSummary>('/devices/summary', REFRESH_MS);
  const devices = useList<Device>('/devices', REFRESH_MS);
  const alerts = useFiringAlerts() ?? [];
  const nowMs = useNow();
  const live = useLiveState();
  const lostMs = useRef(0);
  if (live !== 'lost') lostMs.current = nowMs;
  const reload = () => {
    summary.reload();
    devices.reload();
  };
  useLive<DeviceStatus>('device_status', reload);
  useEffect(() => {
    document.title = 'Wall · Telltale';
  }, []);
  const troubled = worstDevices(devices.data ?? []);
  const worst = troubled.slice(0, SHOWN_MAX);
  const counts = HEALTH_ORDER.map((health) => ({ health, amount: summary.data?.by_health[health] ?? 0 }));
  const shown = counts.filter(({ health, amount }) => LOUD.has(health) || amount > 0);
  const sites = [...(summary.data?.by_site ?? [])].sort(
    (a, b) => HEALTH_ORDER.indexOf(a.worst) - HEALTH_ORDER.indexOf(b.worst),
  );

  return html`<main class="wall">
    <h1 class="visually-hidden">Wall</h1>
    <header class="wall-head">
      <a href="/" class="wall-brand" title="Back to the overview">Telltale</a>
      ${live === 'lost' && html`<b class="wall-lost" role="alert"><${Mark} of="unknown" size=${28} />Not live since ${clockText(lostMs.current)}</b>`}
      <time class="wall-clock">${clockText(nowMs)}<small>${dateText(nowMs)}</small></time>
    </header>
    ${summary.error && html`<${Failure} error=${summary.error} onRetry=${reload} />`}
    <ul class="wall-tiles">
      ${shown.map(
        ({
          health,
          amount,
        }) => html`<li key=${health} class=${`wall-tile is-${health} ${amount === 0 ? 'is-none' : ''}`}>
          <${Mark} of=${health} size=${64} /><b>${amount}</b><span>${HEALTH_WORDS[health]}</span>
        </li>`,
      )}
    </ul>
    <div class="wall-body">
      <section aria-label="Needs attention">
        ${worst.length === 0 && summary.data && html`<p class="wall-calm"><${Mark} of="healthy" size=${72} />All is well</p>`}
        <ul class="wall-list">
          ${worst.map(
            (device) => html`<li key=${device.id} class=${`is-${device.health}`}>
              <${Mark} of=${device.health} size=${36} />
              <b class="clip">${device.name}</b><span class="clip">${device.site}</span><span><${RelativeTime} at=${device.health_since} /></span>
            </li>`,
          )}
        </ul>
        <${More} count=${troubled.length - worst.length} />
      </section>
      <section aria-label="Firing alerts">
        <ul class="wall-list">
          ${sortAlerts(alerts)
            .slice(0, SHOWN_MAX)
            .map(
              (
                alert: Alert,
              ) => html`<li key=${alert.id} class=${`is-${alert.severity} ${alert.acknowledged_at ? 'is-acknowledged' : ''}`}>
              <${Mark} of=${alert.severity} size=${36} />
              <b class="wall-text">${alertTitle(alert)}</b><span><${RelativeTime} at=${alert.fired_at ?? alert.started_at} /></span>
            </li>`,
            )}
        </ul>
        <${More} count=${alerts.length - SHOWN_MAX} />
      </section>
    </div>
    <footer class="wall-sites" aria-label="Sites">
      ${sites.map(
        (site) => html`<span key=${site.site_id} class=${`wall-site is-${site.worst}`}>
          <${Mark} of=${site.worst} size=${36} /><b class="clip">${site.site}</b><span>${HEALTH_WORDS[site.worst]}</span>
        </span>`,
      )}
    </footer>
  </main>`;
}
