/**
 * Ways in that speak HTTP and answer like Influx or with problem+json:
 *   POST /ingest/influx[/write|/api/v2/write]   line protocol
 *   POST /ingest/metrics/batch                  NDJSON
 *   POST /write                                 Prometheus remote write 1.0
 * All relative to /api/v1.
 */
import { type Context, Hono } from 'hono';
import {
  type AppendBodyAnswer,
  type AppendBodyOptions,
  appendBody,
  describeAppend,
  wantsDurable,
} from '../append-body.ts';
import { type AnswerHeaders, sendDirectly } from '../direct-answer.ts';
import { accessTo, type FindPrincipal } from '../metric-access.ts';
import { influxRoutes, writeLines } from './influx.ts';

export interface IngestRoutesOptions extends AppendBodyOptions {
  readonly findPrincipal: FindPrincipal;
}

export function ingestRoutes(options: IngestRoutesOptions): Hono {
  const routes = new Hono();
  for (const path of ['/ingest/influx', '/ingest/influx/api/v2/write']) {
    routes.post(path, (context) => writeLines(context, options));
  }
  // Clients that take a base address put `/write`, `/ping` and `/query` behind it.
  routes.route('/ingest/influx', influxRoutes(options));
  routes.post('/ingest/metrics/batch', async (context) => {
    const access = accessTo(context, options.findPrincipal, 'ingest');
    if (access.kind === 'denied') return problem(context, access.status, access.reason);
    const durable = wantsDurable(context);
    const request = { format: 'ndjson', precision: 'ms', durable, defaultEncoding: 'identity' } as const;
    return problemAnswer(context, await appendBody(context, { ...request, tenant: access.principal.tenant }, options));
  });
  routes.post('/write', (context) => remoteWrite(context, options));
  return routes;
}

/** Remote write answers in plain text; 4xx means that the sender must not repeat the request. */
async function remoteWrite(context: Context, options: IngestRoutesOptions): Promise<Response> {
  const access = accessTo(context, options.findPrincipal, 'ingest');
  if (access.kind === 'denied') return plain(context, access.status, access.reason);
  const type = context.req.header('content-type') ?? '';
  if (type.includes('io.prometheus.write.v2')) {
    return plain(context, 415, 'remote write 2.0 is not spoken here: send prometheus.WriteRequest (1.0)');
  }
  const request = { format: 'remote_write', precision: 'ms', durable: false, defaultEncoding: 'snappy' } as const;
  const answer = await appendBody(context, { ...request, tenant: access.principal.tenant }, options);
  const { status, text, headers } = describeAppend(answer);
  return status === 204 ? sendDirectly(context, 204, headers) : plain(context, status, text, headers);
}

function plain(context: Context, status: number, text: string, headers: AnswerHeaders = {}): Response {
  return sendDirectly(context, status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }, `${text}\n`);
}

function problemAnswer(context: Context, answer: AppendBodyAnswer): Response {
  const { status, text, headers } = describeAppend(answer);
  if (status === 204) return sendDirectly(context, 204, headers);
  const errors =
    answer.kind === 'done'
      ? answer.refusals.map(({ line, reason }) => ({ path: `line ${line}`, message: reason }))
      : undefined;
  return problem(context, status, text, headers, errors);
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
};

function problem(
  context: Context,
  status: number,
  detail: string,
  headers: AnswerHeaders = {},
  errors?: readonly { path: string; message: string }[],
): Response {
  const body = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail, ...(errors && { errors }) };
  const all = { ...headers, 'content-type': 'application/problem+json' };
  return sendDirectly(context, status, all, JSON.stringify(body));
}
