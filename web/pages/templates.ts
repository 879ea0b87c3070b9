/** Templates: how kinds of devices are recognised and polled. */
import type { Template } from '../../src/api/contract.ts';
import { SearchBox } from '../components/form.ts';
import { Icon } from '../components/icon.ts';
import { Listing } from '../components/listing.ts';
import type { Column } from '../components/table.ts';
import { useList } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { count } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { navigate, useParam } from '../router.ts';
import { TemplateDialog } from './template/template-dialog.ts';

const COLUMNS: readonly Column<Template>[] = [
  {
    key: 'name',
    label: 'Name',
    isName: true,
    sortBy: (row) => row.name,
    render: (row) => html`<a href=${`/templates/${row.id}`}>${row.name}</a>`,
  },
  { key: 'vendor', label: 'Vendor', sortBy: (row) => row.vendor, render: (row) => row.vendor },
  { key: 'id', label: 'ID', sortBy: (row) => row.id, render: (row) => html`<code>${row.id}</code>` },
  {
    key: 'devices',
    label: 'Devices',
    isNumber: true,
    sortBy: (row) => row.device_count,
    render: (row) => row.device_count,
  },
  {
    key: 'origin',
    label: 'Origin',
    sortBy: (row) => row.origin,
    render: (row) => (row.origin === 'built_in' ? 'built in' : 'added'),
  },
];

export function Templates(): VNode {
  const templates = useList<Template>('/templates');
  const [text, setText] = useParam('q');
  const [isAdding, setAdding] = useState(false);
  const wanted = text.toLowerCase();
  const rows = (templates.data ?? []).filter((row) =>
    `${row.name}\n${row.vendor}\n${row.id}`.toLowerCase().includes(wanted),
  );
  return html`<${Listing}
      title="Templates"
      note=${templates.data && `${count(templates.data.length, 'kind')} of devices that are recognised, each a YAML file.`}
      resource=${templates}
      rows=${rows}
      columns=${COLUMNS}
      keyOf=${(row: Template) => row.id}
      onOpen=${(row: Template) => navigate(`/templates/${row.id}`)}
      sort="name"
      filters=${html`<${SearchBox} value=${text} onInput=${setText} placeholder="Filter by name, vendor, ID" />`}
      empty=${{ icon: 'templates', title: 'No templates' }}
      actions=${may('operator') && html`<button type="button" class="button primary" onClick=${() => setAdding(true)}><${Icon} name="plus" />Add template</button>`}
    />
    ${isAdding && html`<${TemplateDialog} onClose=${() => setAdding(false)} />`}`;
}
