/** One HTTP request with the time that each of its parts took. Redirects and judgement are not its business. */
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../lib/clock.ts';
import { roundMs } from './attempts.ts';

/** More of a body is counted but not kept. */
const MAX_KEPT_BYTES = 1 << 20;

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
  readonly bytes: number;
  /** `dns_ms`, `connect_ms`, `tls_ms`, `first_byte_ms`: each part on its own. */
  readonly times: Readonly<Record<string, number>>;
}

export interface HttpError {
  readonly kind: 'error';
  readonly error: NodeJS.ErrnoException;
  readonly times: Readonly<Record<string, number>>;
}

export interface HttpRequestOptions {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly verifyTls: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export function httpRequest(options: HttpRequestOptions): Promise<HttpAnswer | HttpError> {
  const { url, method, headers, verifyTls, clock, signal } = options;
  return new Promise((resolve) => {
    const times: Record<string, number> = {};
    let markMs = clock.monotonicMs();
    const mark = (name: string) => {
      const nowMs = clock.monotonicMs();
      times[name] = roundMs(nowMs - markMs);
      markMs = nowMs;
    };
    const isTls = url.protocol === 'https:';
    // Without an agent every check makes its own connection: that is what is measured.
    const common = { method, headers, agent: false as const, signal };
    const request = isTls
      ? https.request(url, { ...common, rejectUnauthorized: verifyTls })
      : http.request(url, common);
    const finish = (result: HttpAnswer | HttpError) => {
      cancel();
      request.removeAllListeners();
      // What happens to a request that nobody waits for any more is of no interest.
      request.on('error', () => {});
      request.destroy();
      resolve(result);
    };
    const fail = (error: NodeJS.ErrnoException) => finish({ kind: 'error', error, times });
    const cancel = clock.after(options.timeoutMs, () =>
      fail(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
    );
    request.on('socket', (socket) => {
      socket.once('lookup', () => mark('dns_ms'));
      socket.once('connect', () => mark('connect_ms'));
      socket.once('secureConnect', () => mark('tls_ms'));
    });
    request.on('error', fail);
    request.on('response', (response) => {
      mark('first_byte_ms');
      const kept: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        if (bytes < MAX_KEPT_BYTES) kept.push(chunk);
        bytes += chunk.length;
      });
      response.on('error', fail);
      response.on('end', () => {
        const body = Buffer.concat(kept).subarray(0, MAX_KEPT_BYTES).toString('utf8');
        const { location } = response.headers;
        finish({ kind: 'answer', status: response.statusCode ?? 0, location, body, bytes, times });
      });
    });
    request.end(options.body);
  });
}
