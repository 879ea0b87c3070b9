/** What scans found: what each thing is, how sure that is, and its import. */
import type { DiscoveredDevice, DiscoveryRun, ImportAnswer } from '../../src/api/contract.ts';
import { api, withQuery } from '../api.ts';
import { SearchBox, Select } from '../components/form.ts';
import { Icon } from '../components/icon.ts';
import { Empty, Failure, Loading, PageHead } from '../components/page.ts';
import { Mark } from '../components/status.ts';
import type { Column } from '../components/table.ts';
import { Table } from '../components/table.ts';
import { RelativeTime } from '../components/time.ts';
import { tell, tellFailure } from '../components/toast.ts';
import { invalidate, useList, useResource } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { count, formatValue, NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { useParam } from '../router.ts';
import { RunProgress } from './discovery/run-progress.ts';

const REFRESH_MS = 5000;
const SHOWN = [
  { value: '', label: 'All' },
  { value: 'new', label: 'Not imported' },
  { value: 'imported', label: 'Imported' },
];

export function DiscoveryResults(): VNode {
  const [profile] = useParam('profile');
  const [run] = useParam('run');
  const [shown, setShown] = useParam('show');
  const [text, setText] = useParam('q');
  const [chosen, setChosen] = useState<ReadonlySet<string | number>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const found = useList<DiscoveredDevice>(
    withQuery('/discovered-devices', { profile_id: profile, run_id: run }),
    REFRESH_MS,
  );
  const running = useResource<DiscoveryRun>(run === '' ? undefined : `/discovery-runs/${run}`, REFRESH_MS);
  const wanted = text.toLowerCase();
  const rows = (found.data ?? []).filter(
    (row) =>
      (shown === '' || (shown === 'imported') === (row.device_id !== null)) &&
      [row.address, row.hostname ?? '', row.template ?? '', ...Object.values(row.facts)]
        .join('\n')
        .toLowerCase()
        .includes(wanted),
  );
  const importable = rows.filter((row) => row.device_id === null);
  const chosenRows = importable.filter((row) => chosen.has(row.id));

  const importRows = async (some: readonly DiscoveredDevice[]) => {
    setBusy(true);
    try {
      const answer = await api.post<ImportAnswer>('/discovered-devices/import', { ids: some.map((row) => row.id) });
      const refused = answer.results.filter((each) => each.device_id === null);
      if (refused.length === 0) tell(`${count(answer.imported, 'device')} imported.`);
      else tellFailure(new Error(`${answer.imported} imported, ${refused.length} not: ${refused[0]?.detail ?? ''}`));
      setChosen(new Set());
      invalidate('/discovered-devices', '/devices', '/sites', '/monitors');
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return html`<${PageHead} title="Found devices" trail=${[['Discovery', '/discovery']]} note=${found.data && `${count(found.data.length, 'device')} found, ${found.data.filter((row) => row.device_id === null).length} not imported`}>
      ${
        may('operator') &&
        html`<button type="button" class="button primary" disabled=${isBusy || importable.length === 0} onClick=${() => void importRows(chosenRows.length > 0 ? chosenRows : importable)}>
          <${Icon} name="plus" />${chosenRows.length > 0 ? `Import ${chosenRows.length}` : `Import all ${importable.length}`}
        </button>`
      }
    <//>
    ${running.data?.state === 'running' && html`<${RunProgress} run=${running.data} />`}
    ${running.data?.state === 'failed' && html`<p class="form-problem" role="alert">${running.data.message}</p>`}
    <div class="filters">
      <${SearchBox} value=${text} onInput=${setText} placeholder="Filter by address, name, vendor, model" />
      <${Select} name="Which" value=${shown} choices=${SHOWN} onChange=${setShown} />
    </div>
    ${found.error && html`<${Failure} error=${found.error} onRetry=${found.reload} />`}
    ${found.isLoading && html`<${Loading} lines=${8} />`}
    ${
      found.data &&
      (rows.length > 0
        ? html`<${Table}
            label="Found devices"
            columns=${COLUMNS}
            rows=${rows}
            keyOf=${(row: DiscoveredDevice) => row.id}
            selection=${may('operator') ? { keys: chosen, set: setChosen } : undefined}
          />`
        : html`<${Empty} icon="discovery" title=${found.data.length === 0 ? 'Nothing found yet' : 'Nothing fits the filter'}><a class="button" href="/discovery">Scans</a><//>`)
    }`;
}

const COLUMNS: readonly Column<DiscoveredDevice>[] = [
  {
    key: 'state',
    label: 'State',
    sortBy: (row) => Number(row.device_id !== null),
    render: (row) =>
      row.device_id === null
        ? html`<span class="status is-discovering"><${Mark} of="discovering" />New</span>`
        : html`<a href=${`/devices/${row.device_id}`} class="status is-healthy"><${Mark} of="healthy" />Imported</a>`,
  },
  {
    key: 'address',
    label: 'Address',
    isName: true,
    sortBy: (row) => row.address,
    render: (row) => html`<span class="mono">${row.address}</span>`,
  },
  {
    key: 'name',
    label: 'Name',
    sortBy: (row) => row.facts.name ?? row.hostname,
    render: (row) => row.facts.name ?? row.hostname ?? NOTHING,
  },
  {
    key: 'kind',
    label: 'Vendor and model',
    sortBy: (row) => row.facts.vendor,
    render: (row) => [row.facts.vendor, row.facts.model].filter(Boolean).join(' ') || NOTHING,
  },
  {
    key: 'template',
    label: 'Recognised as',
    sortBy: (row) => row.template,
    render: (row) =>
      row.template
        ? html`<span title=${row.reasons.join('; ')}>${row.template} <span class="muted">${row.confidence === null ? '' : formatValue(row.confidence * 100, 'percent')}</span></span>`
        : NOTHING,
  },
  {
    key: 'answered',
    label: 'Answered by',
    hide: 'medium',
    render: (row) =>
      html`<span class="line">${row.answered.map((way) => html`<span class="tag" key=${way}>${way}</span>`)}</span>`,
  },
  { key: 'site', label: 'Site', hide: 'medium', sortBy: (row) => row.site, render: (row) => row.site },
  {
    key: 'seen',
    label: 'Last seen',
    hide: 'small',
    sortBy: (row) => row.last_seen_at,
    render: (row) => html`<${RelativeTime} at=${row.last_seen_at} />`,
  },
];
