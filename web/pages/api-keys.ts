/** API keys: how programs get in. A key is shown once. */
import type { ApiKey, ApiKeyCreated, ApiKeyInput, ApiKeyPatch, User } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm, Dialog } from '../components/dialog.ts';
import { Check, SelectField, TextField } from '../components/form.ts';
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
  const [handedOver, setHandedOver] = useState<ApiKey | undefined>(undefined);
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
    { key: 'owner', label: 'Belongs to', sortBy: ownerOf, render: (row) => html`<${Owner} apiKey=${row} />` },
    { key: 'by', label: 'Made by', hide: 'small', sortBy: (row) => row.created_by, render: (row) => row.created_by },
    {
      key: 'actions',
      label: '',
      render: (row) =>
        html`<${RowActions} name=${row.name} onEdit=${() => setHandedOver(row)} onDelete=${() => remove(row)} />`,
    },
  ];
  return html`<${Listing}
      title="API keys"
      note="For programs: Telegraf, Prometheus, Grafana, scripts. A person’s key stops when the person may not log in any more."
      resource=${keys}
      columns=${columns}
      keyOf=${(row: ApiKey) => row.id}
      sort="name"
      empty=${{ icon: 'keys', title: 'No API keys yet', text: 'A key lets a program send samples or read them, without a person’s password.' }}
      actions=${html`<button type="button" class="button primary" onClick=${() => setAdding(true)}><${Icon} name="plus" />New API key</button>`}
    />
    ${isAdding && html`<${KeyDialog} onClose=${() => setAdding(false)} onCreated=${setCreated} />`}
    ${handedOver && html`<${HandOverDialog} apiKey=${handedOver} onClose=${() => setHandedOver(undefined)} />`}
    ${created && html`<${ShowKey} created=${created} onClose=${() => setCreated(undefined)} />`}`;
}

const ORGANISATION = 'The organisation';
const ownerOf = (key: ApiKey): string => key.owner ?? ORGANISATION;

function Owner({ apiKey }: { readonly apiKey: ApiKey }): VNode {
  if (!apiKey.stopped) return html`<span>${ownerOf(apiKey)}</span>`;
  return html`<span>${ownerOf(apiKey)} <span class="muted">may not log in: the key is stopped</span></span>`;
}

interface KeyDialogProps {
  readonly onClose: () => void;
  readonly onCreated: (created: ApiKeyCreated) => void;
}

function KeyDialog({ onClose, onCreated }: KeyDialogProps): VNode {
  const initial = { name: '', role: 'ingest' as ApiKey['role'], expires: '', isOfOrganisation: false };
  const form = useForm(initial, async (values) => {
    const { name, role, expires, isOfOrganisation } = values;
    const input: ApiKeyInput = {
      name,
      role,
      ...(expires === '' ? {} : { expires_at: new Date(expires).toISOString() }),
      ...(isOfOrganisation ? { owner_id: null } : {}),
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
    <${Check} label="Belongs to the organisation" hint="It goes on working when you may not log in any more. Otherwise it is yours and stops with you." checked=${values.isOfOrganisation} onChange=${(value: boolean) => form.set('isOfOrganisation', value)} />
  <//>`;
}

interface HandOverProps {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
}

function HandOverDialog({ apiKey, onClose }: HandOverProps): VNode {
  const { data: users = [] } = useList<User>('/users');
  const form = useForm({ owner: String(apiKey.owner_id ?? '') }, async ({ owner }) => {
    const patch: ApiKeyPatch = { owner_id: owner === '' ? null : Number(owner) };
    await api.patch(`${PATH}/${apiKey.id}`, patch);
    invalidate(PATH);
    tell(`${apiKey.name} is handed over.`);
    onClose();
  });
  const choices = [
    { value: '', label: `${ORGANISATION}: it stays when people leave` },
    ...users.map(({ id, username }) => ({ value: String(id), label: username })),
  ];
  return html`<${FormDialog} title=${`Hand over ${apiKey.name}`} form=${form} action="Save" onClose=${onClose}>
    <${SelectField} label="Belongs to" hint="A person’s key can do no more than the person, and stops when they may not log in any more." value=${form.values.owner} choices=${choices} error=${form.errorAt('owner_id')} onChange=${(value: string) => form.set('owner', value)} />
  <//>`;
}

function ShowKey({ created, onClose }: { readonly created: ApiKeyCreated; readonly onClose: () => void }): VNode {
  return html`<${Dialog} title=${`The key of ${created.name}`} onClose=${onClose} isSticky>
    <p class="soft">This is the only time it is shown. Copy it now.</p>
    <p class="secret"><code class="break">${created.key}</code></p>
    <footer class="dialog-foot">
      ${
        // Browsers give pages the clipboard only over TLS and on the machine itself.
        navigator.clipboard &&
        html`<button type="button" class="button" onClick=${() => void attempt(() => navigator.clipboard.writeText(created.key), 'Copied.')}>
          <${Icon} name="copy" />Copy
        </button>`
      }
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
