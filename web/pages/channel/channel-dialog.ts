/** Makes or changes a channel. */
import type { AlertRule, Channel } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { AreaField, Check, SelectField, TextField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { tell } from '../../components/toast.ts';
import { useForm } from '../../components/use-form.ts';
import { invalidate } from '../../data/resource.ts';
import { html, type VNode } from '../../html.ts';
import { type ChannelValues, channelInput, channelValues } from './channel-values.ts';

const TYPES = [
  { value: 'email', label: 'E-mail' },
  { value: 'webhook', label: 'Webhook' },
];
const SECURITY = [
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'tls', label: 'TLS from the start' },
  { value: 'none', label: 'None' },
];
const SEVERITIES = [
  { value: 'info', label: 'Info and above' },
  { value: 'warning', label: 'Warning and above' },
  { value: 'critical', label: 'Critical only' },
];

export function ChannelDialog({
  channel,
  onClose,
}: {
  readonly channel?: Channel;
  readonly onClose: () => void;
}): VNode {
  const form = useForm(channelValues(channel), async (values) => {
    const input = channelInput(values);
    if (channel) await api.put(`/channels/${channel.id}`, input);
    else await api.post('/channels', input);
    invalidate('/channels');
    tell(`${values.name} is saved.`);
    onClose();
  });
  const { values } = form;
  const text = (
    key: keyof ChannelValues,
    label: string,
    path: string,
    options: Readonly<Record<string, unknown>> = {},
  ) =>
    html`<${TextField} key=${key} label=${label} value=${values[key]} error=${form.errorAt(path)} onInput=${(value: string) => form.set(key, value)} ...${options} />`;
  const kept = (secret: string) => (channel?.secrets.includes(secret) ? 'unchanged' : '');

  return html`<${FormDialog} title=${channel ? `Edit ${channel.name}` : 'New channel'} form=${form} action="Save" onClose=${onClose} isWide>
    <div class="fields">
      ${text('name', 'Name', 'name', { isFirst: true })}
      <${SelectField} label="Type" value=${values.type} choices=${TYPES} onChange=${(value: string) => form.set('type', value as Channel['type'])} />
      ${
        values.type === 'email'
          ? html`${text('host', 'Mail server', 'config.host', { placeholder: 'mail.example.org' })}
              ${text('port', 'Port', 'config.port', { type: 'number', isOptional: true, placeholder: values.security === 'tls' ? '465' : values.security === 'starttls' ? '587' : '25' })}
              <${SelectField} label="Security" value=${values.security} choices=${SECURITY} error=${form.errorAt('config.security')} onChange=${(value: string) => form.set('security', value)} />
              ${text('username', 'User name', 'config.username', { isOptional: true })}
              ${text('password', 'Password', 'config.password', { type: 'password', isOptional: true, autocomplete: 'new-password', placeholder: kept('password') })}
              ${text('from', 'From', 'config.from', { type: 'email', placeholder: 'telltale@example.org' })}
              <${AreaField} label="To" rows=${2} hint="One address a line." value=${values.to} error=${form.errorAt('config.to')} onInput=${(value: string) => form.set('to', value)} />`
          : html`${text('url', 'URL', 'config.url', { type: 'url', placeholder: 'https://hooks.example.org/telltale' })}
              ${text('secret', 'Secret', 'config.secret', { type: 'password', isOptional: true, autocomplete: 'new-password', placeholder: kept('secret'), hint: 'Signs each message: X-Telltale-Signature, HMAC-SHA256.' })}`
      }
      <${SelectField} label="Tells about" value=${values.min_severity} choices=${SEVERITIES} onChange=${(value: string) => form.set('min_severity', value as AlertRule['severity'])} />
    </div>
    <${Check} label="Also tell when an alert is over" checked=${values.send_resolved} onChange=${(value: boolean) => form.set('send_resolved', value)} />
    <${Check} label="Switched on" checked=${values.enabled} onChange=${(value: boolean) => form.set('enabled', value)} />
  <//>`;
}
