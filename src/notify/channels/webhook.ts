/** JSON over HTTP, signed with HMAC-SHA256 when the channel has a secret. */
import { createHmac } from 'node:crypto';
import type { ChannelKind, Delivery } from './channel.ts';

const TIMEOUT_MS = 10_000;

/** Answers that may be different next time. */
const TRANSIENT = new Set([408, 425, 429]);
/** Answers about the body: this message is not wanted as it is, another may be. */
const UNWANTED = new Set([400, 413, 422]);

export const webhook: ChannelKind = { send };

async function send(...[target, message, signal]: Parameters<ChannelKind['send']>): Promise<Delivery> {
  const url = String(target.config.url);
  const body = JSON.stringify(message);
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'telltale' };
  if (target.secrets.secret) {
    const digest = createHmac('sha256', target.secrets.secret).update(body).digest('hex');
    headers['x-telltale-signature'] = `sha256=${digest}`;
  }
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.ok ? { kind: 'sent' } : refusal(response.status);
  } catch (error) {
    // What a chat program's hook has for a path is its secret.
    const reason = reasonOf(error as Error).replaceAll(url, withoutPath(url));
    return { kind: 'failed', reason, retry: 'soon' };
  }
}

function refusal(status: number): Delivery {
  const isRefused = status >= 400 && status < 500 && !TRANSIENT.has(status);
  const retry = UNWANTED.has(status) ? 'never' : isRefused ? 'mended' : 'soon';
  return { kind: 'failed', reason: `the receiver answered with status ${status}`, retry };
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const cause = error.cause as (Error & { code?: string }) | undefined;
  if (!cause) return error.message;
  return cause.code ? `${cause.code}: ${cause.message}` : cause.message;
}

const withoutPath = (url: string): string => `${URL.parse(url)?.origin ?? ''}/…`;
