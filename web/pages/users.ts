/** People who may log in. */
import type { User, UserInput, UserPatch } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm } from '../components/dialog.ts';
import { Check, SelectField, TextField } from '../components/form.ts';
import { FormDialog } from '../components/form-dialog.ts';
import { Icon } from '../components/icon.ts';
import { Listing } from '../components/listing.ts';
import { RowActions } from '../components/row-actions.ts';
import type { Column } from '../components/table.ts';
import { RelativeTime } from '../components/time.ts';
import { tell } from '../components/toast.ts';
import { useForm } from '../components/use-form.ts';
import { invalidate, useList } from '../data/resource.ts';
import { html, useState, type VNode } from '../html.ts';

const PATH = '/users';
const ROLES = [
  { value: 'viewer', label: 'Viewer: sees everything, changes nothing' },
  { value: 'operator', label: 'Operator: also devices, rules, alerts' },
  { value: 'admin', label: 'Administrator: also people, keys, settings' },
];

export function Users(): VNode {
  const users = useList<User>(PATH);
  const [open, setOpen] = useState<{ readonly user?: User } | undefined>(undefined);
  const columns: readonly Column<User>[] = [
    { key: 'name', label: 'User name', isName: true, sortBy: (row) => row.username, render: (row) => row.username },
    { key: 'role', label: 'Role', sortBy: (row) => row.role, render: (row) => row.role },
    {
      key: 'state',
      label: 'Log-in',
      sortBy: (row) => Number(row.disabled),
      render: (row) => (row.disabled ? html`<span class="muted">disabled</span>` : 'allowed'),
    },
    {
      key: 'last',
      label: 'Last log-in',
      sortBy: (row) => row.last_login_at,
      render: (row) => html`<${RelativeTime} at=${row.last_login_at} never="never" />`,
    },
    {
      key: 'created',
      label: 'Created',
      hide: 'small',
      sortBy: (row) => row.created_at,
      render: (row) => html`<${RelativeTime} at=${row.created_at} />`,
    },
    {
      key: 'actions',
      label: '',
      render: (row) =>
        html`<${RowActions} name=${row.username} onEdit=${() => setOpen({ user: row })} onDelete=${() => remove(row)} />`,
    },
  ];
  return html`<${Listing}
      title="Users"
      resource=${users}
      columns=${columns}
      keyOf=${(row: User) => row.id}
      sort="name"
      empty=${{ icon: 'users', title: 'No users' }}
      actions=${html`<button type="button" class="button primary" onClick=${() => setOpen({})}><${Icon} name="plus" />New user</button>`}
    />
    ${open && html`<${UserDialog} user=${open.user} onClose=${() => setOpen(undefined)} />`}`;
}

function UserDialog({ user, onClose }: { readonly user?: User; readonly onClose: () => void }): VNode {
  const form = useForm(
    {
      username: user?.username ?? '',
      password: '',
      role: user?.role ?? ('viewer' as User['role']),
      disabled: user?.disabled ?? false,
    },
    async (values) => {
      const { username, password, role, disabled } = values;
      if (user) {
        const patch: UserPatch = { role, disabled, ...(password === '' ? {} : { password }) };
        await api.patch(`${PATH}/${user.id}`, patch);
      } else {
        const input: UserInput = { username, password, role, disabled };
        await api.post(PATH, input);
      }
      invalidate(PATH);
      tell(`${username} is saved.`);
      onClose();
    },
  );
  const { values } = form;
  return html`<${FormDialog} title=${user ? `Edit ${user.username}` : 'New user'} form=${form} action="Save" onClose=${onClose}>
    ${!user && html`<${TextField} label="User name" isFirst value=${values.username} error=${form.errorAt('username')} onInput=${(value: string) => form.set('username', value)} />`}
    <${TextField}
      label=${user ? 'New password' : 'Password'}
      type="password"
      autocomplete="new-password"
      isOptional=${user !== undefined}
      hint="At least 10 characters."
      value=${values.password}
      error=${form.errorAt('password')}
      onInput=${(value: string) => form.set('password', value)}
    />
    <${SelectField} label="Role" value=${values.role} choices=${ROLES} error=${form.errorAt('role')} onChange=${(value: string) => form.set('role', value as User['role'])} />
    <${Check} label="May not log in" hint=${keysNote(user)} checked=${values.disabled} onChange=${(value: boolean) => form.set('disabled', value)} />
  <//>`;
}

/** What becomes of the keys of somebody who leaves. */
function keysNote(user: User | undefined): string {
  const count = user?.api_key_count ?? 0;
  if (count === 0) return '';
  if (count === 1) return 'Their API key stops as well: hand it over if it must go on.';
  return `Their ${count} API keys stop as well: hand over those that must go on.`;
}

function remove(user: User): void {
  confirm({
    title: `Delete ${user.username}?`,
    text: ['Their sessions end at once. What they did stays in the audit.', keysNote(user)].join(' '),
    action: 'Delete user',
    run: async () => {
      await api.delete(`${PATH}/${user.id}`);
      invalidate(PATH);
      tell(`${user.username} is deleted.`);
    },
  });
}
