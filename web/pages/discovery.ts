/** Discovery profiles: what is scanned and how; run one and watch it. */
import type { DiscoveryProfile, DiscoveryRun } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm } from '../components/dialog.ts';
import { Icon } from '../components/icon.ts';
import { Listing } from '../components/listing.ts';
import { RowActions } from '../components/row-actions.ts';
import type { Column } from '../components/table.ts';
import { RelativeTime } from '../components/time.ts';
import { attempt, tell } from '../components/toast.ts';
import { invalidate, useList } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { ProfileDialog } from './discovery/profile-dialog.ts';
import { RunProgress } from './discovery/run-progress.ts';

const PATH = '/discovery-profiles';

export function Discovery(): VNode {
  const profiles = useList<DiscoveryProfile>(PATH);
  const runs = useList<DiscoveryRun>('/discovery-runs?limit=20');
  const [open, setOpen] = useState<{ readonly profile?: DiscoveryProfile } | undefined>(undefined);
  const running = (runs.data ?? []).filter((run) => run.state === 'running');
  const run = async (profile: DiscoveryProfile) => {
    await attempt(() => api.post(`${PATH}/${profile.id}/run`), `${profile.name} is being scanned.`);
    invalidate('/discovery-runs', PATH);
  };
  const columns: readonly Column<DiscoveryProfile>[] = [
    { key: 'name', label: 'Name', isName: true, sortBy: (row) => row.name, render: (row) => row.name },
    { key: 'subnet', label: 'Addresses', render: (row) => html`<span class="mono break">${row.subnet}</span>` },
    { key: 'site', label: 'Site', sortBy: (row) => row.site, render: (row) => row.site },
    {
      key: 'schedule',
      label: 'Schedule',
      hide: 'medium',
      render: (row) => (row.schedule ? html`<code>${row.schedule}</code>` : 'by hand'),
    },
    { key: 'import', label: 'Imports', hide: 'small', render: (row) => (row.auto_import ? 'by itself' : 'by hand') },
    {
      key: 'last',
      label: 'Last run',
      sortBy: (row) => row.last_run_at,
      render: (row) =>
        row.last_run_id === null
          ? NOTHING
          : html`<a href=${`/discovery/results?profile=${row.id}`}><${RelativeTime} at=${row.last_run_at} /></a>`,
    },
    {
      key: 'actions',
      label: '',
      render: (row) =>
        may('operator') &&
        html`<${RowActions} name=${row.name} onEdit=${() => setOpen({ profile: row })} onDelete=${() => remove(row)}>
          <button type="button" class="button small" disabled=${running.some((each) => each.profile_id === row.id)} onClick=${() => void run(row)}>
            <${Icon} name="play" size=${12} />Run
          </button>
        <//>`,
    },
  ];
  const actions = html`<a class="button" href="/discovery/results">Results</a>
    ${may('operator') && html`<button type="button" class="button primary" onClick=${() => setOpen({})}><${Icon} name="plus" />New scan</button>`}`;
  return html`<${Listing}
      title="Discovery"
      note="Scan networks, see what answers and what it is, import what you want."
      resource=${profiles}
      columns=${columns}
      keyOf=${(row: DiscoveryProfile) => row.id}
      sort="name"
      filters=${running.length > 0 && html`<div class="stack grow">${running.map((each) => html`<${RunProgress} key=${each.id} run=${each} />`)}</div>`}
      empty=${{ icon: 'discovery', title: 'No scans yet', text: 'A scan pings the addresses that you name and asks those that answer what they are, politely.' }}
      actions=${actions}
    />
    ${open && html`<${ProfileDialog} profile=${open.profile} onClose=${() => setOpen(undefined)} />`}`;
}

function remove(profile: DiscoveryProfile): void {
  confirm({
    title: `Delete ${profile.name}?`,
    text: 'Devices that were imported stay.',
    action: 'Delete scan',
    run: async () => {
      await api.delete(`${PATH}/${profile.id}`);
      invalidate(PATH, '/discovery-runs');
      tell(`${profile.name} is deleted.`);
    },
  });
}
