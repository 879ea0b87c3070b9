/** The plant at a glance: what is wrong first, then what changed, then how Telltale itself is. */
import type { Device, DeviceStatus, DeviceSummary, Event } from '../../../src/api/contract.ts';
import { withQuery } from '../../api.ts';
import { Icon } from '../../components/icon.ts';
import { Failure, Loading, PageHead, Panel } from '../../components/page.ts';
import { useList, useResource } from '../../data/resource.ts';
import { has, may } from '../../data/session.ts';
import { count } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';
import { useLive } from '../../live.ts';
import { EventList } from '../event-list.ts';
import { FiringAlerts } from './firing-alerts.ts';
import { HealthTiles } from './health-tiles.ts';
import { NextSteps } from './next-steps.ts';
import { Pulse } from './pulse.ts';
import { SelfHealth } from './self-health.ts';
import { SiteTiles } from './site-tiles.ts';
import { WorstDevices } from './worst-devices.ts';

const REFRESH_MS = 30_000;
const EVENTS_SHOWN = 12;

export function Overview(): VNode {
  const summary = useResource<DeviceSummary>('/devices/summary', REFRESH_MS);
  const devices = useList<Device>('/devices', REFRESH_MS);
  const events = useList<Event>(
    has('/events') ? withQuery('/events', { limit: EVENTS_SHOWN, sort: '-at' }) : undefined,
    REFRESH_MS,
  );
  const reload = () => {
    summary.reload();
    devices.reload();
    events.reload();
  };
  useLive<DeviceStatus>('device_status', reload);
  useLive<Event>('event', events.reload);

  if (summary.error && !summary.data) return html`<${Failure} error=${summary.error} onRetry=${reload} />`;
  if (!summary.data) return html`<${PageHead} title="Overview" /><${Loading} lines=${8} />`;
  const { total, by_site } = summary.data;
  return html`<${PageHead} title="Overview" note=${`${count(total, 'device')} at ${count(by_site.length, 'site')}`}>
      ${may('operator') && html`<a class="button primary" href="/devices/add"><${Icon} name="plus" />Add device</a>`}
    <//>
    <div class="stack">
      <${HealthTiles} summary=${summary.data} />
      <${NextSteps} deviceCount=${total} />
      <div class="overview">
        <div class="stack">
          <${WorstDevices} devices=${devices} />
          <${SiteTiles} sites=${by_site} devices=${devices.data ?? []} />
          <${Pulse} />
        </div>
        <div class="stack">
          ${has('/alerts') && html`<${FiringAlerts} />`}
          <${Panel} title="Recent events" actions=${html`<a href="/events">All events</a>`}>
            <${EventList} events=${events} hasDevice max=${EVENTS_SHOWN} />
          <//>
          <${SelfHealth} />
        </div>
      </div>
    </div>`;
}
