/** All devices: live, filtered, sorted, and changed many at a time. The filters are part of the address. */
import type { Device, DeviceStatus, Site } from '../../src/api/contract.ts';
import { SearchBox, Select } from '../components/form.ts';
import { Icon } from '../components/icon.ts';
import { Empty, Failure, Loading, PageHead } from '../components/page.ts';
import { HEALTH_ORDER, HEALTH_WORDS, HealthStatus } from '../components/status.ts';
import { type Column, sortRows, Table } from '../components/table.ts';
import { RelativeTime } from '../components/time.ts';
import { amend, useList } from '../data/resource.ts';
import { has, may } from '../data/session.ts';
import { download, toCsv } from '../format/csv.ts';
import { matchesText } from '../format/device-text.ts';
import { count, NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { useLive } from '../live.ts';
import { navigate, useParam } from '../router.ts';
import { DeviceActions } from './device/bulk-actions.ts';

const PATH = '/devices';
const REFRESH_MS = 60_000;

export const kindOf = (device: Device): string =>
  [device.facts.vendor, device.facts.model].filter(Boolean).join(' ') || (device.effective_template ?? '');

const COLUMNS: readonly Column<Device>[] = [
  {
    key: 'health',
    label: 'Health',
    sortBy: (device) => HEALTH_ORDER.indexOf(device.health),
    render: (device) => html`<${HealthStatus} health=${device.health} />`,
  },
  {
    key: 'name',
    label: 'Name',
    isName: true,
    sortBy: (device) => device.name,
    render: (device) => html`<a href=${`/devices/${device.id}`}>${device.name}</a>`,
  },
  {
    key: 'address',
    label: 'Address',
    sortBy: (device) => device.address,
    render: (device) => html`<span class="mono">${device.address}</span>`,
  },
  {
    key: 'kind',
    label: 'Vendor and model',
    isClipped: true,
    sortBy: kindOf,
    render: (device) => html`<span title=${kindOf(device)}>${kindOf(device) || NOTHING}</span>`,
  },
  { key: 'site', label: 'Site', isClipped: true, sortBy: (device) => device.site, render: (device) => device.site },
  {
    key: 'template',
    label: 'Template',
    hide: 'medium',
    sortBy: (device) => device.effective_template,
    render: (device) => device.effective_template ?? NOTHING,
  },
  {
    key: 'since',
    label: 'Since',
    sortBy: (device) => device.health_since,
    render: (device) => html`<${RelativeTime} at=${device.health_since} />`,
  },
  {
    key: 'seen',
    label: 'Last seen',
    hide: 'medium',
    sortBy: (device) => device.last_seen_at,
    render: (device) => html`<${RelativeTime} at=${device.last_seen_at} never="never" />`,
  },
];

export function Devices(): VNode {
  const [text, setText] = useParam('q');
  const [health, setHealth] = useParam('health');
  const [site, setSite] = useParam('site');
  const [template, setTemplate] = useParam('template');
  const [sort, setSort] = useParam('sort', 'health');
  const [chosen, setChosen] = useState<ReadonlySet<string | number>>(new Set());
  const devices = useList<Device>(PATH, REFRESH_MS);
  const sites = useList<Site>('/sites');

  useLive<DeviceStatus>('device_status', (status) =>
    amend<readonly Device[]>(PATH, (rows) => withStatus(rows, status)),
  );

  const all = devices.data ?? [];
  const wanted = { text, health, site, template };
  const rows = all.filter((device) => matchesDevice(device, wanted));
  const templates = [...new Set(all.map((device) => device.effective_template ?? ''))].filter(Boolean).sort();
  const shownChosen = rows.filter((device) => chosen.has(device.id));
  const isFiltered = Object.values(wanted).some((value) => value !== '');

  return html`<${PageHead} title="Devices" note=${devices.data && summary(all, rows, isFiltered)}>
      ${
        may('operator') &&
        html`${has('/discovery-profiles') && html`<a class="button" href="/discovery"><${Icon} name="discovery" />Scan network</a>`}
          <a class="button primary" href="/devices/add"><${Icon} name="plus" />Add device</a>`
      }
    <//>
    <div class="filters">
      <${SearchBox} value=${text} onInput=${setText} placeholder="Filter by name, address, model, serial, label" />
      <${Select} name="Health" value=${health} onChange=${setHealth} choices=${[{ value: '', label: 'Any health' }, ...HEALTH_ORDER.map((value) => ({ value, label: HEALTH_WORDS[value] }))]} />
      <${Select} name="Site" value=${site} onChange=${setSite} choices=${[{ value: '', label: 'All sites' }, ...(sites.data ?? []).map((each) => ({ value: each.name, label: each.name }))]} />
      <${Select} name="Template" value=${template} onChange=${setTemplate} choices=${[{ value: '', label: 'All templates' }, ...templates.map((value) => ({ value, label: value }))]} />
      ${isFiltered && html`<button type="button" class="button quiet" onClick=${() => navigate(PATH, { replace: true })}>Clear</button>`}
      <div class="grow"></div>
      <button type="button" class="button" disabled=${rows.length === 0} onClick=${() => exportCsv(sortRows(rows, COLUMNS, sort))}>
        <${Icon} name="download" />CSV
      </button>
    </div>
    ${devices.error && html`<${Failure} error=${devices.error} onRetry=${devices.reload} />`}
    ${devices.isLoading && html`<${Loading} lines=${10} />`}
    ${
      devices.data &&
      (rows.length > 0
        ? html`<${Table}
            label="Devices"
            columns=${COLUMNS}
            rows=${rows}
            keyOf=${(device: Device) => device.id}
            onOpen=${(device: Device) => navigate(`/devices/${device.id}`)}
            sort=${sort}
            onSort=${setSort}
            selection=${may('operator') ? { keys: chosen, set: setChosen } : undefined}
            rowClass=${(device: Device) => `row-${device.health}`}
          />`
        : html`<${NoDevices} isFiltered=${isFiltered} />`)
    }
    ${shownChosen.length > 0 && html`<${DeviceActions} devices=${shownChosen} sites=${sites.data ?? []} onDone=${() => setChosen(new Set())} />`}`;
}

interface DeviceFilter {
  readonly text: string;
  readonly health: string;
  readonly site: string;
  readonly template: string;
}

export function matchesDevice(device: Device, wanted: DeviceFilter): boolean {
  if (wanted.health !== '' && device.health !== wanted.health) return false;
  if (wanted.site !== '' && device.site !== wanted.site) return false;
  if (wanted.template !== '' && device.effective_template !== wanted.template) return false;
  return matchesText(device, wanted.text);
}

function withStatus(rows: readonly Device[], status: DeviceStatus): readonly Device[] {
  return rows.map((device) =>
    device.id === status.device_id ? { ...device, health: status.health, health_since: status.since } : device,
  );
}

function summary(all: readonly Device[], rows: readonly Device[], isFiltered: boolean): string {
  const total = count(all.length, 'device');
  return isFiltered ? `${rows.length} of ${total}` : total;
}

function exportCsv(devices: readonly Device[]): void {
  const header = [
    'name',
    'address',
    'health',
    'since',
    'site',
    'vendor',
    'model',
    'serial',
    'version',
    'template',
    'last_seen',
  ];
  const rows = devices.map((device) => [
    device.name,
    device.address,
    device.health,
    device.health_since,
    device.site,
    device.facts.vendor ?? null,
    device.facts.model ?? null,
    device.facts.serial ?? null,
    device.facts.version ?? null,
    device.effective_template,
    device.last_seen_at,
  ]);
  download('devices.csv', toCsv(header, rows));
}

function NoDevices({ isFiltered }: { readonly isFiltered: boolean }): VNode {
  if (isFiltered) {
    return html`<${Empty} icon="search" title="No device fits" text="Loosen the filter to see more.">
      <button type="button" class="button" onClick=${() => navigate(PATH, { replace: true })}>Clear the filter</button>
    <//>`;
  }
  return html`<${Empty} icon="devices" title="No devices yet" text="A device is anything that has an address: a switch, a server, a UPS, a PLC gateway.">
    ${may('operator') && html`<a class="button primary" href="/devices/add">Add device</a>`}
    ${may('operator') && has('/discovery-profiles') && html`<a class="button" href="/discovery">Scan network</a>`}
  <//>`;
}
