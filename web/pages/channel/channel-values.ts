/** A channel as the text of its form, and back. */
import type { AlertRule, Channel, ChannelInput } from '../../../src/api/contract.ts';
import { numberOf, textOf } from '../../components/use-form.ts';

export interface ChannelValues {
  readonly name: string;
  readonly type: Channel['type'];
  readonly enabled: boolean;
  readonly send_resolved: boolean;
  readonly min_severity: AlertRule['severity'];
  readonly host: string;
  readonly port: string;
  readonly security: string;
  readonly username: string;
  readonly password: string;
  readonly from: string;
  readonly to: string;
  readonly url: string;
  readonly secret: string;
}

/** Secrets stay empty, which keeps the stored ones. */
export function channelValues(channel: Channel | undefined): ChannelValues {
  const config = channel?.config ?? {};
  const text = (key: string, fallback = ''): string => {
    const value = config[key];
    return value === undefined || value === null ? fallback : String(value);
  };
  return {
    name: channel?.name ?? '',
    type: channel?.type ?? 'email',
    enabled: channel?.enabled ?? true,
    send_resolved: channel?.send_resolved ?? true,
    min_severity: channel?.min_severity ?? 'warning',
    host: text('host'),
    port: text('port'),
    security: text('security', 'starttls'),
    username: text('username'),
    password: '',
    from: text('from'),
    to: Array.isArray(config.to) ? config.to.join('\n') : '',
    url: text('url'),
    secret: '',
  };
}

type EmailConfig = Extract<ChannelInput, { type: 'email' }>['config'];

export function channelInput(values: ChannelValues): ChannelInput {
  const { name, enabled, send_resolved, min_severity } = values;
  const base = { name, enabled, send_resolved, min_severity };
  if (values.type === 'webhook') {
    const secret = textOf(values.secret);
    return { ...base, type: 'webhook', config: { url: values.url.trim(), ...(secret ? { secret } : {}) } };
  }
  const port = numberOf(values.port);
  const username = textOf(values.username);
  const password = textOf(values.password);
  return {
    ...base,
    type: 'email',
    config: {
      host: values.host.trim(),
      security: values.security as NonNullable<EmailConfig['security']>,
      from: values.from.trim(),
      to: values.to.split(/[\s,;]+/).filter((address) => address !== ''),
      ...(port === undefined ? {} : { port }),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    },
  };
}
