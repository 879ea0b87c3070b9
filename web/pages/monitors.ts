/** All monitors. */
import type { Monitor } from '../../src/api/contract.ts';
import { SearchBox, Select } from '../components/form.ts';
import { Empty, Failure, Loading, PageHead } from '../components/page.ts';
import { useList } from '../data/resource.ts';
import { count } from '../format/units.ts';
import { html, type VNode } from '../html.ts';
import { useParam } from '../router.ts';
import { judgeMonitor, MonitorTable } from './monitor/monitor-table.ts';

const REFRESH_MS = 15_000;
const STATES = [
  { value: '', label: 'Any state' },
  { value: 'failing', label: 'Failing' },
  { value: 'good', label: 'Good' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'off', label: 'Switched off' },
];

export function Monitors(): VNode {
  const monitors = useList<Monitor>('/monitors', REFRESH_MS);
  const [text, setText] = useParam('q');
  const [state, setState] = useParam('state');
  const [plugin, setPlugin] = useParam('plugin');
  const all = monitors.data ?? [];
  const plugins = [...new Set(all.map((monitor) => monitor.plugin_id))].sort();
  const wanted = text.toLowerCase();
  const rows = all.filter(
    (monitor) =>
      (state === '' || judgeMonitor(monitor) === state) &&
      (plugin === '' || monitor.plugin_id === plugin) &&
      `${monitor.device}\n${monitor.plugin_id}\n${monitor.last_error ?? ''}`.toLowerCase().includes(wanted),
  );
  const failing = all.filter((monitor) => judgeMonitor(monitor) === 'failing').length;
  const note =
    monitors.data && `${count(all.length, 'monitor')}, ${failing === 0 ? 'none fails' : `${failing} failing`}`;
  return html`<${PageHead} title="Monitors" note=${note} />
    <div class="filters">
      <${SearchBox} value=${text} onInput=${setText} placeholder="Filter by device, plugin, error" />
      <${Select} name="State" value=${state} choices=${STATES} onChange=${setState} />
      <${Select} name="Plugin" value=${plugin} choices=${[{ value: '', label: 'All plugins' }, ...plugins.map((value) => ({ value, label: value }))]} onChange=${setPlugin} />
    </div>
    ${monitors.error && html`<${Failure} error=${monitors.error} onRetry=${monitors.reload} />`}
    ${monitors.isLoading && html`<${Loading} lines=${8} />`}
    ${monitors.data && rows.length > 0 && html`<${MonitorTable} monitors=${rows} hasDevice />`}
    ${monitors.data && rows.length === 0 && html`<${Empty} icon="monitors" title=${all.length === 0 ? 'No monitors yet' : 'No monitor fits the filter'} text="They are made by themselves when a device is added." />`}`;
}
