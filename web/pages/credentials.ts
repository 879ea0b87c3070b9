/** Credential profiles: how devices are asked. Secrets go in and never come out. */
import type { CredentialProfile, CredentialTestResult } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm, Dialog } from '../components/dialog.ts';
import { TextField } from '../components/form.ts';
import { FormDialog, FormProblem } from '../components/form-dialog.ts';
import { Icon } from '../components/icon.ts';
import { Listing } from '../components/listing.ts';
import { RowActions } from '../components/row-actions.ts';
import type { Column } from '../components/table.ts';
import { RelativeTime } from '../components/time.ts';
import { tell } from '../components/toast.ts';
import { useForm } from '../components/use-form.ts';
import { invalidate, useList } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { count, NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import {
  CREDENTIAL_TYPE_NAMES,
  CredentialFields,
  type CredentialValues,
  credentialInput,
  credentialValues,
  NEW_CREDENTIAL,
} from './credential/credential-form.ts';
import { TestAnswer } from './credential/test-answer.ts';

const PATH = '/credential-profiles';
type Open =
  | { readonly kind: 'edit'; readonly profile?: CredentialProfile }
  | { readonly kind: 'test'; readonly profile: CredentialProfile };

export function Credentials(): VNode {
  const profiles = useList<CredentialProfile>(PATH);
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const close = () => setOpen(undefined);
  const columns: readonly Column<CredentialProfile>[] = [
    { key: 'name', label: 'Name', isName: true, sortBy: (row) => row.name, render: (row) => row.name },
    { key: 'type', label: 'Type', sortBy: (row) => row.type, render: (row) => CREDENTIAL_TYPE_NAMES[row.type] },
    { key: 'user', label: 'User name', render: (row) => String(row.username ?? NOTHING) },
    { key: 'use', label: 'Used by', sortBy: (row) => row.monitor_count, render: usedBy },
    {
      key: 'updated',
      label: 'Changed',
      hide: 'small',
      sortBy: (row) => row.updated_at,
      render: (row) => html`<${RelativeTime} at=${row.updated_at} />`,
    },
    {
      key: 'actions',
      label: '',
      render: (row) => html`<${RowActions}
        name=${row.name}
        ...${may('admin') ? { onEdit: () => setOpen({ kind: 'edit', profile: row }), onDelete: () => remove(row) } : {}}
      >
        <button type="button" class="button small" onClick=${() => setOpen({ kind: 'test', profile: row })}>Test</button>
      <//>`,
    },
  ];
  return html`<${Listing}
      title="Credential profiles"
      note="How devices are asked. Secrets are stored encrypted and are never shown again."
      resource=${profiles}
      columns=${columns}
      keyOf=${(row: CredentialProfile) => row.id}
      empty=${{ icon: 'credentials', title: 'No credential profiles yet', text: 'A profile holds an SNMP community or user once, for all devices that share it.' }}
      actions=${may('admin') && html`<button type="button" class="button primary" onClick=${() => setOpen({ kind: 'edit' })}><${Icon} name="plus" />New profile</button>`}
    />
    ${open?.kind === 'edit' && html`<${ProfileDialog} profile=${open.profile} onClose=${close} />`}
    ${open?.kind === 'test' && html`<${TestDialog} profile=${open.profile} onClose=${close} />`}`;
}

function usedBy(profile: CredentialProfile): string {
  const parts = [
    profile.monitor_count > 0 ? count(profile.monitor_count, 'monitor') : '',
    profile.discovery_profile_count > 0 ? count(profile.discovery_profile_count, 'discovery profile') : '',
  ];
  return parts.filter((part) => part !== '').join(', ') || NOTHING;
}

function remove(profile: CredentialProfile): void {
  confirm({
    title: `Delete ${profile.name}?`,
    text: 'Profiles that are in use cannot be deleted.',
    action: 'Delete profile',
    run: async () => {
      await api.delete(`${PATH}/${profile.id}`);
      invalidate(PATH);
      tell(`${profile.name} is deleted.`);
    },
  });
}

function ProfileDialog({
  profile,
  onClose,
}: {
  readonly profile?: CredentialProfile;
  readonly onClose: () => void;
}): VNode {
  const initial: CredentialValues = profile ? credentialValues(profile) : NEW_CREDENTIAL;
  const form = useForm(initial, async (values) => {
    const input = credentialInput(values);
    if (profile) await api.put(`${PATH}/${profile.id}`, input);
    else await api.post(PATH, input);
    invalidate(PATH);
    tell(`${values.name} is saved.`);
    onClose();
  });
  return html`<${FormDialog} title=${profile ? `Edit ${profile.name}` : 'New credential profile'} form=${form} action="Save" onClose=${onClose} isWide>
    <${TextField} label="Name" isFirst value=${form.values.name} error=${form.errorAt('name')} onInput=${(value: string) => form.set('name', value)} />
    <${CredentialFields} values=${form.values} onChange=${form.replace} errorAt=${form.errorAt} kept=${profile?.secrets} />
  <//>`;
}

function TestDialog({
  profile,
  onClose,
}: {
  readonly profile: CredentialProfile;
  readonly onClose: () => void;
}): VNode {
  const [result, setResult] = useState<CredentialTestResult | undefined>(undefined);
  const form = useForm({ address: '' }, async (values) => {
    setResult(undefined);
    setResult(await api.post<CredentialTestResult>(`${PATH}/${profile.id}/test`, values));
  });
  return html`<${Dialog} title=${`Test ${profile.name}`} onClose=${onClose}>
    <form class="stack" onSubmit=${form.submit}>
      <${TextField} label="Address of a device" isFirst isMono placeholder="10.0.0.1" value=${form.values.address} error=${form.errorAt('address')} onInput=${(value: string) => form.set('address', value)} />
      <${FormProblem} text=${form.problem} />
      ${result && html`<${TestAnswer} result=${result} />`}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick=${onClose}>Close</button>
        <button type="submit" class="button primary" disabled=${form.isBusy}>${form.isBusy ? 'Asking …' : 'Test'}</button>
      </footer>
    </form>
  <//>`;
}
