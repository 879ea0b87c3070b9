/** E-mail over SMTP (sole user of nodemailer). */
import type { SendMailOptions, Transporter } from 'nodemailer';
import { digestSubject, digestText } from '../digest.ts';
import { subjectOf, textOf } from '../message.ts';
import type { ChannelKind, ChannelTarget, Delivery } from './channel.ts';

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
/** Answering machines stay silent. */
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated' } as const;

export const email: ChannelKind = {
  send(target, message, signal) {
    const config = configOf(target);
    // Mail programs group what belongs to one alert.
    const thread = message.alert_id === null ? {} : threadOf(config, message.alert_id, message.kind === 'resolved');
    const headers = { ...AUTOMATIC, 'X-Telltale-Fingerprint': message.fingerprint };
    return deliver(target, { subject: subjectOf(message), text: textOf(message), headers, ...thread }, signal);
  },
  sendTogether(target, messages, signal) {
    const mail = { subject: digestSubject(messages), text: digestText(messages), headers: AUTOMATIC };
    return deliver(target, mail, signal);
  },
};

const configOf = (target: ChannelTarget) => target.config as unknown as EmailConfig;

function threadOf(config: EmailConfig, alertId: number, isResolved: boolean): SendMailOptions {
  const id = `<telltale-alert-${alertId}@${config.from.split('@')[1] ?? 'telltale'}>`;
  return isResolved ? { inReplyTo: id, references: id } : { messageId: id };
}

async function deliver(target: ChannelTarget, mail: SendMailOptions, signal: AbortSignal): Promise<Delivery> {
  const config = configOf(target);
  const transport = await connect(config, target);
  const close = () => transport.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const info = await transport.sendMail({ from: config.from, to: [...config.to], ...mail });
    const refused = (info.rejected ?? []).map(String);
    if (refused.length === 0) return { kind: 'sent' };
    // The others have it: sending it again would tell them twice.
    return { kind: 'failed', reason: `${config.host} refused ${refused.join(', ')}`, retry: 'never' };
  } catch (error) {
    return failureOf(error as SmtpError, config);
  } finally {
    signal.removeEventListener('abort', close);
    transport.close();
  }
}

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
  /** What the server answered to: `AUTH PLAIN`, `RCPT TO`, `DATA`. */
  readonly command?: string;
}

/**
 * SMTP codes from 500 on are final (RFC 5321 4.2.1): about this message when they answer its text, else until somebody
 * mends the account, the sender or the recipient.
 */
function failureOf(error: SmtpError, config: EmailConfig): Delivery {
  const isFinal = (error.responseCode ?? 0) >= 500 || error.code === 'EAUTH';
  const retry = !isFinal ? 'soon' : error.command === 'DATA' ? 'never' : 'mended';
  const hint =
    error.code === 'EAUTH'
      ? 'the mail server refused the user name or password'
      : error.code === 'ETLS' || /STARTTLS/i.test(error.message)
        ? 'the mail server offers no encryption that works; check "security"'
        : error.message;
  return { kind: 'failed', reason: `${config.host}: ${hint}`, retry };
}
