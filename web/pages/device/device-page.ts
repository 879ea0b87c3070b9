/** One device: what it is, how it is, what it measures, and what is done to it. */
import type { Alert, Device, DeviceStatus, Event } from '../../../src/api/contract.ts';
import { ApiError, withQuery } from '../../api.ts';
import { DEFAULT_RANGE, rangeSeconds } from '../../charts/range.ts';
import { usePageRange } from '../../charts/range-picker.ts';
import { Empty, Failure, Loading, PageHead, Panel } from '../../components/page.ts';
import { Tabs } from '../../components/tabs.ts';
import { useNow } from '../../components/time.ts';
import { useList, useResource } from '../../data/resource.ts';
import { has } from '../../data/session.ts';
import { html, useMemo, type VNode } from '../../html.ts';
import { useLive } from '../../live.ts';
import { useParam } from '../../router.ts';
import { EventList } from '../event-list.ts';
import { AlertList, sortAlerts } from '../overview/firing-alerts.ts';
import { DeviceActionsBar } from './device-actions.ts';
import { DeviceCharts } from './device-charts.ts';
import { DeviceFactsPanel } from './device-facts.ts';
import { DeviceMonitors } from './device-monitors.ts';
import { DeviceSummary } from './device-summary.ts';
import { healthSegments } from './health-segments.ts';
import { InterfaceTable } from './interface-table.ts';

const REFRESH_MS = 30_000;
const EVENTS_MAX = 500;
/** A device that was just added has nothing to show for an hour. */
const YOUNG_MS = 20 * 60_000;

export function DevicePage({ id }: { readonly id: string }): VNode {
  const path = `/devices/${encodeURIComponent(id)}`;
  const device = useResource<Device>(path, REFRESH_MS);
  useLive<DeviceStatus>('device_status', (status) => {
    if (String(status.device_id) === id) device.reload();
  });
  if (device.error instanceof ApiError && device.error.status === 404) {
    return html`<${PageHead} title="Device" trail=${[['Devices', '/devices']]} />
      <${Empty} icon="device" title="This device does not exist" text="It may have been deleted." />`;
  }
  if (device.error && !device.data) return html`<${Failure} error=${device.error} onRetry=${device.reload} />`;
  if (!device.data) return html`<${Loading} lines=${8} />`;
  return html`<${Shown} device=${device.data} />`;
}

/** Why it is not healthy. */
function DeviceAlerts({ device }: { readonly device: Device }): VNode | null {
  const path = has('/alerts') ? withQuery('/alerts', { state: 'firing', device_id: device.id }) : undefined;
  const alerts = useList<Alert>(path, REFRESH_MS);
  useLive<Alert>('alert', (alert) => {
    if (alert.device_id === device.id) alerts.reload();
  });
  if (!alerts.data || alerts.data.length === 0) return null;
  return html`<${Panel} title="Firing alerts"><${AlertList} alerts=${sortAlerts(alerts.data)} isOfDevice /><//>`;
}

function Shown({ device }: { readonly device: Device }): VNode {
  const [tab, setTab] = useParam('tab', 'charts');
  const page = usePageRange(Date.now() - Date.parse(device.created_at) < YOUNG_MS ? '15m' : DEFAULT_RANGE);
  const nowMs = useNow();
  const events = useList<Event>(
    has('/events') ? withQuery('/events', { device_id: device.id, limit: EVENTS_MAX, sort: '-at' }) : undefined,
    REFRESH_MS,
  );
  useLive<Event>('event', (event) => {
    if (event.device_id === device.id) events.reload();
  });
  const toS = page.range.kind === 'fixed' ? page.range.toS : Math.floor(nowMs / 1000);
  const span = { fromS: toS - rangeSeconds(page.range), toS };
  const segments = useMemo(
    () =>
      healthSegments(
        device,
        (events.data ?? []).filter((event) => event.kind.startsWith('health')),
        span,
      ),
    [device, events.data, span.fromS, span.toS],
  );
  const tabs = [
    { name: 'charts', label: 'Charts' },
    { name: 'interfaces', label: 'Interfaces' },
    { name: 'monitors', label: `Monitors (${device.monitor_count})` },
    { name: 'events', label: 'Events' },
    { name: 'facts', label: 'Facts' },
  ];
  return html`<${PageHead} title=${device.name} trail=${[['Devices', '/devices']]}>
      <${DeviceActionsBar} device=${device} />
    <//>
    <${DeviceSummary} device=${device} />
    <${DeviceAlerts} device=${device} />
    <${Tabs} label="Device" tabs=${tabs} current=${tab} onChange=${setTab} />
    <div role="tabpanel" aria-label=${tabs.find((each) => each.name === tab)?.label} class="stack">
      ${tab === 'charts' && html`<${DeviceCharts} device=${device} page=${page} segments=${segments} span=${span} />`}
      ${tab === 'interfaces' && html`<${InterfaceTable} device=${device} />`}
      ${tab === 'monitors' && html`<${DeviceMonitors} device=${device} />`}
      ${tab === 'events' && html`<${EventList} events=${events} hasDevice=${false} />`}
      ${tab === 'facts' && html`<${DeviceFactsPanel} device=${device} />`}
    </div>`;
}
