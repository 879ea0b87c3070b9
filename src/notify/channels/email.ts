/** E-mail over SMTP (sole user of nodemailer). */
import type { SendMailOptions, Transporter } from 'nodemailer';
import { subjectOf, textOf } from '../message.ts';
import type { ChannelTarget, Delivery, SendMessage } from './channel.ts';

interface EmailConfig {
  readonly host: string;
  readonly port?: number;
  readonly security?: 'none' | 'starttls' | 'tls';
  readonly username?: string;
  readonly from: string;
  readonly to: readonly string[];
}

const DEFAULT_PORTS = { none: 25, starttls: 587, tls: 465 } as const;
const TIMEOUT_MS = 20_000;

export const sendEmail: SendMessage = async (target, message, signal) => {
  const config = target.config as unknown as EmailConfig;
  const transport = await connect(config, target);
  const close = () => transport.close();
  signal.addEventListener('abort', close, { once: true });
  const mail: SendMailOptions = {
    from: config.from,
    to: [...config.to],
    subject: subjectOf(message),
    text: textOf(message),
    // Mail programs group what belongs to one alert; answering machines stay silent.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Telltale-Fingerprint': message.fingerprint },
    ...(message.kind === 'resolved' && message.alert_id !== null
      ? { inReplyTo: threadId(config, message.alert_id) }
      : {}),
    ...(message.kind === 'firing' && message.alert_id !== null
      ? { messageId: threadId(config, message.alert_id) }
      : {}),
  };
  try {
    const info = await transport.sendMail(mail);
    const refused = (info.rejected ?? []).map(String);
    if (refused.length === 0) return { kind: 'sent' };
    return { kind: 'failed', reason: `${config.host} refused ${refused.join(', ')}`, permanent: true };
  } catch (error) {
    return failureOf(error as SmtpError, config);
  } finally {
    signal.removeEventListener('abort', close);
    transport.close();
  }
};

const threadId = (config: EmailConfig, alertId: number): string =>
  `<telltale-alert-${alertId}@${config.from.split('@')[1] ?? 'telltale'}>`;

async function connect(config: EmailConfig, target: ChannelTarget): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const security = config.security ?? 'starttls';
  return createTransport({
    host: config.host,
    port: config.port ?? DEFAULT_PORTS[security],
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    ...(config.username ? { auth: { user: config.username, pass: target.secrets.password ?? '' } } : {}),
  });
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/** SMTP codes from 500 on are final (RFC 5321 4.2.1); a wrong password stays wrong. */
function failureOf(error: SmtpError, config: EmailConfig): Delivery {
  const permanent = (error.responseCode ?? 0) >= 500 || error.code === 'EAUTH';
  const hint =
    error.code === 'EAUTH'
      ? 'the mail server refused the user name or password'
      : error.code === 'ETLS' || /STARTTLS/i.test(error.message)
        ? 'the mail server offers no encryption that works; check "security"'
        : error.message;
  return { kind: 'failed', reason: `${config.host}: ${hint}`, permanent };
}
