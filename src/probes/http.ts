/** Probe `http`: does a page or interface answer, with the right status and content, and where does the time go? */
import { z } from 'zod';
import type { PollError } from '../model/observation.ts';
import { type Attempt, connectionError, roundMs, withRetries } from './attempts.ts';
import { declare } from './fields.ts';
import { type HttpAnswer, httpRequest } from './http-request.ts';
import { defineProbe, type OpenCredential, type ProbeTarget, type ProbeTools } from './probe.ts';

const settings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
    .optional()
    .describe("What to ask for (default: the start page of the device's address)"),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS']).default('GET').describe('HTTP method'),
  headers: z
    .record(z.string().regex(/^[\w-]+$/), z.string().max(4096))
    .default({})
    .describe('Headers to send'),
  body: z.string().max(65_536).optional().describe('Body to send'),
  expect_status: z
    .array(z.int().min(100).max(599))
    .min(1)
    .optional()
    .describe('Accepted status codes (default: 200 to 399)'),
  expect_body: z.string().min(1).max(1024).optional().describe('Text that the body must hold'),
  reject_body: z.string().min(1).max(1024).optional().describe('Text that the body must not hold'),
  max_redirects: z.int().min(0).max(10).default(5).describe('Redirects to follow'),
  verify_tls: z.boolean().default(true).describe('Refuse certificates that this machine does not trust'),
  timeout_ms: z.int().min(100).max(120_000).default(10_000).describe('Milliseconds for each request'),
});
type Settings = z.output<typeof settings>;

export const httpProbe = defineProbe({
  id: 'http',
  name: 'HTTP',
  description: 'Status, content and speed of a web page or interface.',
  settings,
  defaultIntervalS: 60,
  credentials: ['http_basic'],
  fields: declare('http', {
    up: ['state', '', 'The answer came and was as expected'],
    duration_ms: ['gauge', 'milliseconds', 'Time until the whole answer was read, redirects included'],
    status_code: ['state', '', 'HTTP status'],
    bytes: ['gauge', 'bytes', 'Length of the body'],
    dns_ms: ['gauge', 'milliseconds', 'Time to find the address'],
    connect_ms: ['gauge', 'milliseconds', 'Time to connect'],
    tls_ms: ['gauge', 'milliseconds', 'Time of the TLS handshake'],
    first_byte_ms: ['gauge', 'milliseconds', 'Time from the request to the beginning of the answer'],
  }),
  start: (target, chosen, tools) => ({
    poll: (stop) => {
      const url = chosen.url ?? `http://${target.address.includes(':') ? `[${target.address}]` : target.address}/`;
      return withRetries('http', url, target, tools, stop, () =>
        fetchPage(new URL(url), target, chosen, tools, stop.signal),
      );
    },
    close() {},
  }),
});

async function fetchPage(
  first: URL,
  target: ProbeTarget,
  chosen: Settings,
  { clock }: ProbeTools,
  signal: AbortSignal,
): Promise<Attempt> {
  let url = first;
  const sums: Record<string, number> = {};
  for (let redirects = 0; ; redirects++) {
    // Credentials go only to the host that they were meant for.
    const isOwn = url.origin === first.origin;
    const answer = await httpRequest({
      url,
      method: chosen.method,
      headers: {
        'user-agent': 'telltale',
        ...(isOwn ? { ...authorization(target.credential), ...chosen.headers } : {}),
      },
      body: chosen.body,
      verifyTls: chosen.verify_tls,
      timeoutMs: chosen.timeout_ms,
      clock,
      signal,
    });
    for (const [name, ms] of Object.entries(answer.times)) sums[name] = roundMs((sums[name] ?? 0) + ms);
    if (answer.kind === 'error') return { fields: sums, error: requestError(answer.error, url) };
    const fields = { ...sums, status_code: answer.status, bytes: answer.bytes };
    const isRedirect = answer.status >= 300 && answer.status < 400 && answer.location !== undefined;
    if (isRedirect && redirects < chosen.max_redirects && !chosen.expect_status?.includes(answer.status)) {
      const next = URL.parse(answer.location ?? '', url);
      if (!next || !/^https?:$/.test(next.protocol)) {
        return {
          fields,
          error: {
            code: 'bad_redirect',
            message: `${url} redirects to "${answer.location}", which is no web address.`,
          },
          isFinal: true,
        };
      }
      url = next;
      continue;
    }
    const error = judge(
      answer,
      chosen,
      url,
      isRedirect && chosen.max_redirects > 0 && redirects >= chosen.max_redirects,
    );
    return error ? { fields, error, isFinal: answer.status < 500 } : { fields };
  }
}

function judge(answer: HttpAnswer, chosen: Settings, url: URL, isTooMany: boolean): PollError | undefined {
  const { status, body } = answer;
  if (isTooMany)
    return { code: 'too_many_redirects', message: `${url} still redirects after ${chosen.max_redirects} redirects.` };
  const isAccepted = chosen.expect_status ? chosen.expect_status.includes(status) : status >= 200 && status < 400;
  if (!isAccepted) {
    const wanted = chosen.expect_status?.join(', ') ?? '200 to 399';
    const hint = status === 401 ? ' Choose a credential profile of type http_basic, or correct it.' : '';
    return {
      code: 'unexpected_status',
      message: `${url} answers with status ${status}; expected is ${wanted}.${hint}`,
    };
  }
  if (chosen.expect_body !== undefined && !body.includes(chosen.expect_body)) {
    return { code: 'unexpected_body', message: `The answer of ${url} does not hold "${chosen.expect_body}".` };
  }
  if (chosen.reject_body !== undefined && body.includes(chosen.reject_body)) {
    return { code: 'unexpected_body', message: `The answer of ${url} holds "${chosen.reject_body}".` };
  }
  return undefined;
}

function authorization(credential: OpenCredential | undefined): Record<string, string> {
  if (credential?.type !== 'http_basic') return {};
  const { username, password } = credential.values;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

const TLS_ERROR = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|EPROTO)/;

function requestError(error: NodeJS.ErrnoException, url: URL): PollError {
  if (error.code && TLS_ERROR.test(error.code)) {
    return {
      code: 'tls',
      message: `The TLS connection to ${url.host} failed (${error.code}): renew or correct the certificate, or switch verify_tls off.`,
    };
  }
  return connectionError(error, url.host);
}
