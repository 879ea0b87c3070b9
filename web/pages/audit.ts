/** Who changed what, when and from where. */
import type { AuditEntry } from '../../src/api/contract.ts';
import { withQuery } from '../api.ts';
import { SearchBox } from '../components/form.ts';
import { Listing } from '../components/listing.ts';
import type { Column } from '../components/table.ts';
import { RelativeTime } from '../components/time.ts';
import { useList } from '../data/resource.ts';
import { NOTHING } from '../format/units.ts';
import { html, type VNode } from '../html.ts';
import { useParam } from '../router.ts';
import { valueText } from './event-text.ts';

const SHOWN_MAX = 1000;

const COLUMNS: readonly Column<AuditEntry>[] = [
  { key: 'at', label: 'When', sortBy: (row) => row.at, render: (row) => html`<${RelativeTime} at=${row.at} />` },
  { key: 'actor', label: 'Who', sortBy: (row) => row.actor, render: (row) => row.actor.replace(':', ' ') },
  { key: 'action', label: 'What', isName: true, sortBy: (row) => row.action, render: (row) => row.action },
  { key: 'target', label: 'On', sortBy: (row) => row.target, render: (row) => row.target ?? NOTHING },
  {
    key: 'detail',
    label: 'Detail',
    hide: 'medium',
    render: (row) => html`<span class="muted break">${valueText(row.detail)}</span>`,
  },
  {
    key: 'address',
    label: 'From',
    hide: 'small',
    sortBy: (row) => row.address,
    render: (row) => html`<span class="mono">${row.address ?? NOTHING}</span>`,
  },
];

export function Audit(): VNode {
  const entries = useList<AuditEntry>(withQuery('/audit', { limit: SHOWN_MAX, sort: '-at' }), 30_000);
  const [text, setText] = useParam('q');
  const wanted = text.toLowerCase();
  const rows = (entries.data ?? []).filter((row) =>
    [row.actor, row.action, row.target ?? '', row.address ?? '', valueText(row.detail)]
      .join('\n')
      .toLowerCase()
      .includes(wanted),
  );
  return html`<${Listing}
    title="Audit"
    note="Every change by a person or a program, and every log-in."
    resource=${entries}
    rows=${rows}
    columns=${COLUMNS}
    keyOf=${(row: AuditEntry) => row.id}
    filters=${html`<${SearchBox} value=${text} onInput=${setText} placeholder="Filter by person, action, target, address" />`}
    empty=${{ icon: 'audit', title: 'Nothing was changed yet' }}
  />`;
}
