/** One plugin: what it is told, what it measures, and the monitors that use it. */
import type { Monitor, Plugin } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm } from '../components/dialog.ts';
import { Icon } from '../components/icon.ts';
import { Facts, Failure, Loading, PageHead, Panel } from '../components/page.ts';
import { type Column, Table } from '../components/table.ts';
import { tell } from '../components/toast.ts';
import { invalidate, useList, useResource } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { count, formatDuration, NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { navigate } from '../router.ts';
import { PluginDialog } from './plugin/plugin-dialog.ts';

type DeclaredField = NonNullable<Plugin['fields']>[number];

const FIELDS: readonly Column<DeclaredField>[] = [
  {
    key: 'metric',
    label: 'Metric',
    isName: true,
    sortBy: (row) => `${row.measurement}_${row.field}`,
    render: (row) => html`<code>${`${row.measurement}_${row.field}`}</code>`,
  },
  { key: 'kind', label: 'Kind', sortBy: (row) => row.kind, render: (row) => row.kind },
  { key: 'unit', label: 'Unit', sortBy: (row) => row.unit, render: (row) => row.unit || NOTHING },
  { key: 'help', label: 'Help', render: (row) => row.help || NOTHING },
];

export function PluginPage({ id }: { readonly id: string }): VNode {
  const path = `/plugins/${encodeURIComponent(id)}`;
  const plugin = useResource<Plugin>(path);
  const monitors = useList<Monitor>(`/monitors?plugin_id=${encodeURIComponent(id)}`);
  const [isEditing, setEditing] = useState(false);
  const trail = [['Plugins', '/plugins']];
  if (plugin.error) {
    return html`<${PageHead} title=${id} trail=${trail} /><${Failure} error=${plugin.error} onRetry=${plugin.reload} />`;
  }
  if (!plugin.data) return html`<${Loading} lines=${10} />`;
  const { name, type, fields = [], settings_schema } = plugin.data;
  const isOurs = type === 'executable' && may('admin');
  const remove = () =>
    confirm({
      title: `Delete ${name}?`,
      text: 'The program stays where it is. A plugin that monitors use cannot be deleted.',
      action: 'Delete plugin',
      run: async () => {
        await api.delete(path);
        invalidate('/plugins');
        tell(`${name} is deleted.`);
        navigate('/plugins');
      },
    });
  return html`<${PageHead}
      title=${name}
      trail=${trail}
      note=${
        monitors.data &&
        html`<a href=${`/monitors?plugin=${encodeURIComponent(id)}`}>${count(monitors.data.length, 'monitor')}</a> · ${type === 'built_in' ? 'built in' : 'added'}`
      }
    >
      ${isOurs && html`<button type="button" class="button" onClick=${() => setEditing(true)}><${Icon} name="edit" />Edit</button>`}
      ${isOurs && html`<button type="button" class="button danger-quiet" onClick=${remove}><${Icon} name="trash" />Delete</button>`}
    <//>
    <div class="columns is-even">
      <${Panel} title="How it runs"><${Facts} rows=${factsOf(plugin.data)} /><//>
      <${Panel} title="Schema of its settings"><pre class="source" tabindex="0">${JSON.stringify(settings_schema, undefined, 2)}</pre><//>
    </div>
    ${
      fields.length > 0 &&
      html`<${Panel} title="What it measures" isFlush>
        <${Table} label="What it measures" columns=${FIELDS} rows=${fields} keyOf=${(row: DeclaredField) => `${row.measurement}_${row.field}`} sort="metric" />
      <//>`
    }
    ${isEditing && html`<${PluginDialog} plugin=${plugin.data} onClose=${() => setEditing(false)} />`}`;
}

function factsOf(plugin: Plugin): readonly (readonly [string, unknown])[] {
  const { credential_types: types } = plugin;
  const program: readonly (readonly [string, unknown])[] =
    plugin.type === 'built_in'
      ? []
      : [
          ['Program', html`<code>${plugin.executable}</code>`],
          ['Arguments', plugin.arguments?.length ? html`<code>${plugin.arguments.join(' ')}</code>` : 'none'],
          ['Time limit', formatDuration(plugin.timeout_s ?? 0)],
        ];
  return [
    ['ID', html`<code>${plugin.id}</code>`],
    ['What it does', plugin.description || NOTHING],
    ...program,
    ['Interval of new monitors', formatDuration(plugin.default_interval_s)],
    ['Credential profiles', types.length > 0 ? types.join(', ') : plugin.type === 'built_in' ? 'none' : 'any, or none'],
  ];
}
