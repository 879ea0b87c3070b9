/** API keys: how programs get in. A key is shown once. */
import type { ApiKey, ApiKeyCreated, ApiKeyInput } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm, Dialog } from '../components/dialog.ts';
import { SelectField, TextField } from '../components/form.ts';
import { FormDialog } from '../components/form-dialog.ts';
import { Icon } from '../components/icon.ts';
import { Listing } from '../components/listing.ts';
import { RowActions } from '../components/row-actions.ts';
import type { Column } from '../components/table.ts';
import { RelativeTime } from '../components/time.ts';
import { attempt, tell } from '../components/toast.ts';
import { useForm } from '../components/use-form.ts';
import { invalidate, useList } from '../data/resource.ts';
import { html, useState, type VNode } from '../html.ts';

const PATH = '/api-keys';
const ROLES = [
  { value: 'ingest', label: 'Ingest: may only send samples (Telegraf, Prometheus)' },
  { value: 'viewer', label: 'Viewer: may only read (Grafana)' },
  { value: 'operator', label: 'Operator' },
  { value: 'admin', label: 'Administrator' },
];

export function ApiKeys(): VNode {
  const keys = useList<ApiKey>(PATH);
  const [isAdding, setAdding] = useState(false);
  const [created, setCreated] = useState<ApiKeyCreated | undefined>(undefined);
  const columns: readonly Column<ApiKey>[] = [
    { key: 'name', label: 'Name', isName: true, sortBy: (row) => row.name, render: (row) => row.name },
    { key: 'prefix', label: 'Begins with', render: (row) => html`<code>${row.prefix}…</code>` },
    { key: 'role', label: 'Role', sortBy: (row) => row.role, render: (row) => row.role },
    {
      key: 'used',
      label: 'Last used',
      sortBy: (row) => row.last_used_at,
      render: (row) => html`<${RelativeTime} at=${row.last_used_at} never="never" />`,
    },
    {
      key: 'expires',
      label: 'Expires',
      sortBy: (row) => row.expires_at,
      render: (row) => html`<${RelativeTime} at=${row.expires_at} never="never" />`,
    },
    { key: 'by', label: 'Made by', hide: 'small', sortBy: (row) => row.created_by, render: (row) => row.created_by },
    {
      key: 'actions',
      label: '',
      render: (row) => html`<${RowActions} name=${row.name} onDelete=${() => remove(row)} />`,
    },
  ];
  return html`<${Listing}
      title="API keys"
      note="For programs: Telegraf, Prometheus, Grafana, scripts."
      resource=${keys}
      columns=${columns}
      keyOf=${(row: ApiKey) => row.id}
      sort="name"
      empty=${{ icon: 'keys', title: 'No API keys yet', text: 'A key lets a program send samples or read them, without a person’s password.' }}
      actions=${html`<button type="button" class="button primary" onClick=${() => setAdding(true)}><${Icon} name="plus" />New API key</button>`}
    />
    ${isAdding && html`<${KeyDialog} onClose=${() => setAdding(false)} onCreated=${setCreated} />`}
    ${created && html`<${ShowKey} created=${created} onClose=${() => setCreated(undefined)} />`}`;
}

interface KeyDialogProps {
  readonly onClose: () => void;
  readonly onCreated: (created: ApiKeyCreated) => void;
}

function KeyDialog({ onClose, onCreated }: KeyDialogProps): VNode {
  const form = useForm({ name: '', role: 'ingest' as ApiKey['role'], expires: '' }, async (values) => {
    const { name, role, expires } = values;
    const input: ApiKeyInput = {
      name,
      role,
      ...(expires === '' ? {} : { expires_at: new Date(expires).toISOString() }),
    };
    const created = await api.post<ApiKeyCreated>(PATH, input);
    invalidate(PATH);
    onClose();
    onCreated(created);
  });
  const { values } = form;
  return html`<${FormDialog} title="New API key" form=${form} action="Create" onClose=${onClose}>
    <${TextField} label="Name" isFirst placeholder="telegraf plant 2" value=${values.name} error=${form.errorAt('name')} onInput=${(value: string) => form.set('name', value)} />
    <${SelectField} label="Role" value=${values.role} choices=${ROLES} error=${form.errorAt('role')} onChange=${(value: string) => form.set('role', value as ApiKey['role'])} />
    <${TextField} label="Expires" type="datetime-local" isOptional value=${values.expires} error=${form.errorAt('expires_at')} onInput=${(value: string) => form.set('expires', value)} />
  <//>`;
}

function ShowKey({ created, onClose }: { readonly created: ApiKeyCreated; readonly onClose: () => void }): VNode {
  return html`<${Dialog} title=${`The key of ${created.name}`} onClose=${onClose}>
    <p class="soft">This is the only time it is shown. Copy it now.</p>
    <p class="secret"><code class="break">${created.key}</code></p>
    <footer class="dialog-foot">
      <button type="button" class="button" onClick=${() => void attempt(() => navigator.clipboard.writeText(created.key), 'Copied.')}>
        <${Icon} name="copy" />Copy
      </button>
      <button type="button" class="button primary" onClick=${onClose}>Done</button>
    </footer>
  <//>`;
}

function remove(key: ApiKey): void {
  confirm({
    title: `Delete ${key.name}?`,
    text: 'Programs that use it are refused at once.',
    action: 'Delete key',
    run: async () => {
      await api.delete(`${PATH}/${key.id}`);
      invalidate(PATH);
      tell(`${key.name} is deleted.`);
    },
  });
}
