/** The devices that want attention, worst and newest first. */
import type { Device } from '../../../src/api/contract.ts';
import { Failure, Loading, Panel } from '../../components/page.ts';
import { HEALTH_ORDER, HealthStatus, Mark } from '../../components/status.ts';
import { type Column, Table } from '../../components/table.ts';
import { RelativeTime } from '../../components/time.ts';
import type { Resource } from '../../data/resource.ts';
import { NOTHING } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';
import { navigate } from '../../router.ts';

const SHOWN_MAX = 12;
const TROUBLED: ReadonlySet<Device['health']> = new Set(['offline', 'critical', 'warning', 'unknown']);

const COLUMNS: readonly Column<Device>[] = [
  { key: 'health', label: 'Health', render: (device) => html`<${HealthStatus} health=${device.health} />` },
  {
    key: 'name',
    label: 'Device',
    isName: true,
    render: (device) => html`<a href=${`/devices/${device.id}`}>${device.name}</a>`,
  },
  {
    key: 'address',
    label: 'Address',
    hide: 'small',
    render: (device) => html`<span class="mono">${device.address}</span>`,
  },
  {
    key: 'kind',
    label: 'Kind',
    isClipped: true,
    hide: 'medium',
    render: (device) => [device.facts.vendor, device.facts.model].filter(Boolean).join(' ') || NOTHING,
  },
  { key: 'site', label: 'Site', isClipped: true, render: (device) => device.site },
  { key: 'since', label: 'Since', render: (device) => html`<${RelativeTime} at=${device.health_since} />` },
];

export function worstDevices(devices: readonly Device[]): readonly Device[] {
  return devices
    .filter((device) => TROUBLED.has(device.health))
    .sort(
      (a, b) =>
        HEALTH_ORDER.indexOf(a.health) - HEALTH_ORDER.indexOf(b.health) || b.health_since.localeCompare(a.health_since),
    );
}

export function WorstDevices({ devices }: { readonly devices: Resource<readonly Device[]> }): VNode {
  const worst = worstDevices(devices.data ?? []);
  const actions = worst.length > SHOWN_MAX && html`<a href="/devices">All ${worst.length}</a>`;
  return html`<${Panel} title="Needs attention" isFlush actions=${actions}>
    ${devices.error && !devices.data && html`<${Failure} error=${devices.error} onRetry=${devices.reload} />`}
    ${devices.isLoading && html`<${Loading} />`}
    ${
      devices.data &&
      (worst.length > 0
        ? html`<${Table}
            label="Devices that need attention"
            columns=${COLUMNS}
            rows=${worst.slice(0, SHOWN_MAX)}
            keyOf=${(device: Device) => device.id}
            onOpen=${(device: Device) => navigate(`/devices/${device.id}`)}
            rowClass=${(device: Device) => `row-${device.health}`}
          />`
        : html`<p class="calm"><${Mark} of="healthy" size=${20} />Nothing. All devices that are watched are well.</p>`)
    }
  <//>`;
}
