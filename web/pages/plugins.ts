/** Plugins: the kinds of probes, those that are built in and those that people added. */
import type { Plugin, PluginPrograms } from '../../src/api/contract.ts';
import { Icon } from '../components/icon.ts';
import { Empty, Failure, Loading, PageHead, Panel } from '../components/page.ts';
import { type Column, Table } from '../components/table.ts';
import { useList, useResource } from '../data/resource.ts';
import { has, may } from '../data/session.ts';
import { count, formatDuration, NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { navigate } from '../router.ts';
import { PluginDialog } from './plugin/plugin-dialog.ts';
import { ProgramPlace } from './plugin/program-place.ts';

const PATH = '/plugins';

const SHARED: readonly Column<Plugin>[] = [
  {
    key: 'name',
    label: 'Name',
    isName: true,
    sortBy: (row) => row.name,
    render: (row) => html`<a href=${`${PATH}/${encodeURIComponent(row.id)}`}>${row.name}</a>`,
  },
  { key: 'id', label: 'ID', sortBy: (row) => row.id, render: (row) => html`<code>${row.id}</code>` },
];
const INTERVAL: Column<Plugin> = {
  key: 'interval',
  label: 'Interval',
  isNumber: true,
  sortBy: (row) => row.default_interval_s,
  render: (row) => formatDuration(row.default_interval_s),
};
const BUILT_IN: readonly Column<Plugin>[] = [
  ...SHARED,
  { key: 'description', label: 'What it does', render: (row) => row.description || NOTHING },
  INTERVAL,
];
const ADDED: readonly Column<Plugin>[] = [
  ...SHARED,
  {
    key: 'program',
    label: 'Program',
    sortBy: (row) => row.executable,
    render: (row) => html`<code class="break">${[row.executable, ...(row.arguments ?? [])].join(' ')}</code>`,
  },
  {
    key: 'limit',
    label: 'Time limit',
    isNumber: true,
    sortBy: (row) => row.timeout_s,
    render: (row) => (row.timeout_s === undefined ? NOTHING : formatDuration(row.timeout_s)),
  },
  INTERVAL,
  { key: 'description', label: 'Description', hide: 'small', render: (row) => row.description || NOTHING },
];

export function Plugins(): VNode {
  const plugins = useList<Plugin>(PATH);
  const [isAdding, setAdding] = useState(false);
  const rows = plugins.data ?? [];
  const added = rows.filter((row) => row.type === 'executable');
  const builtIn = rows.filter((row) => row.type === 'built_in');
  const mayAdd = may('admin') && has('/plugin-programs');
  const programs = useResource<PluginPrograms>(mayAdd ? '/plugin-programs' : undefined);
  const add =
    mayAdd &&
    html`<button type="button" class="button primary" onClick=${() => setAdding(true)}><${Icon} name="plus" />Add plugin</button>`;
  const onOpen = (row: Plugin) => navigate(`${PATH}/${encodeURIComponent(row.id)}`);
  const table = (label: string, columns: readonly Column<Plugin>[], shown: readonly Plugin[]) =>
    html`<${Table} label=${label} columns=${columns} rows=${shown} keyOf=${(row: Plugin) => row.id} onOpen=${onOpen} sort="name" />`;
  return html`<${PageHead}
      title="Plugins"
      note=${plugins.data && `${count(builtIn.length, 'kind')} of probes that are built in, ${added.length} added.`}
    >${add}<//>
    ${plugins.error && html`<${Failure} error=${plugins.error} onRetry=${plugins.reload} />`}
    ${plugins.isLoading && html`<${Loading} lines=${8} />`}
    ${
      plugins.data &&
      html`<div class="stack">
        <${Panel} title="Added" isFlush=${added.length > 0}>
          ${
            added.length > 0
              ? table('Added plugins', ADDED, added)
              : html`<${Empty}
                  icon="plugins"
                  title="No plugin of your own yet"
                  text="A plugin is a program of yours that measures something Telltale cannot: it is told a device as JSON and answers with numbers."
                >${add}<//>`
          }
        <//>
        ${programs.data && html`<${Panel} title="Where the programs are"><${ProgramPlace} programs=${programs.data} /><//>`}
        <${Panel} title="Built in" isFlush>${table('Built-in plugins', BUILT_IN, builtIn)}<//>
      </div>`
    }
    ${isAdding && html`<${PluginDialog} onClose=${() => setAdding(false)} />`}`;
}
