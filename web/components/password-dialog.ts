/** Changes one's own password. */
import type { PasswordChange } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { html, type VNode } from '../html.ts';
import { TextField } from './form.ts';
import { FormDialog } from './form-dialog.ts';
import { tell } from './toast.ts';
import { useForm } from './use-form.ts';

export function PasswordDialog({ onClose }: { readonly onClose: () => void }): VNode {
  const form = useForm<PasswordChange>({ current_password: '', new_password: '' }, async (values) => {
    await api.post('/auth/password', values);
    tell('The password is changed.');
    onClose();
  });
  return html`<${FormDialog} title="Change password" form=${form} action="Change password" onClose=${onClose}>
    <${TextField}
      label="Current password"
      type="password"
      autocomplete="current-password"
      isFirst
      value=${form.values.current_password}
      error=${form.errorAt('current_password')}
      onInput=${(value: string) => form.set('current_password', value)}
    />
    <${TextField}
      label="New password"
      type="password"
      autocomplete="new-password"
      hint="At least 10 characters. A sentence is easier to keep in mind than a riddle."
      value=${form.values.new_password}
      error=${form.errorAt('new_password')}
      onInput=${(value: string) => form.set('new_password', value)}
    />
  <//>`;
}
