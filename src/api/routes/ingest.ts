/**
 * Ways in that speak HTTP and answer like Influx or with problem+json:
 *   POST /ingest/influx[/write|/api/v2/write]   line protocol
 *   POST /ingest/metrics/batch                  NDJSON
 *   POST /write                                 Prometheus remote write 1.0
 * All relative to /api/v1.
 */
import { type Context, Hono } from 'hono';
import { type AppendBodyAnswer, type AppendBodyOptions, appendBody, describeAppend } from '../append-body.ts';
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
    if (access.kind === 'denied') return problem(access.status, access.reason);
    const request = { format: 'ndjson', precision: 'ms', durable: false, defaultEncoding: 'identity' } as const;
    return problemAnswer(await appendBody(context, { ...request, tenant: access.principal.tenant }, options));
  });
  routes.post('/write', (context) => remoteWrite(context, options));
  return routes;
}

/** Remote write answers in plain text; 4xx means that the sender must not repeat the request. */
async function remoteWrite(context: Context, options: IngestRoutesOptions): Promise<Response> {
  const access = accessTo(context, options.findPrincipal, 'ingest');
  if (access.kind === 'denied') return new Response(`${access.reason}\n`, { status: access.status });
  const type = context.req.header('content-type') ?? '';
  if (type.includes('io.prometheus.write.v2')) {
    return new Response('remote write 2.0 is not spoken here: send prometheus.WriteRequest (1.0)\n', { status: 415 });
  }
  const request = { format: 'remote_write', precision: 'ms', durable: false, defaultEncoding: 'snappy' } as const;
  const answer = await appendBody(context, { ...request, tenant: access.principal.tenant }, options);
  const { status, text, headers } = describeAppend(answer);
  return status === 204 ? new Response(null, { status }) : new Response(`${text}\n`, { status, headers });
}

function problemAnswer(answer: AppendBodyAnswer): Response {
  const { status, text, headers } = describeAppend(answer);
  if (status === 204) return new Response(null, { status });
  const errors =
    answer.kind === 'done'
      ? answer.refusals.map(({ line, reason }) => ({ path: `line ${line}`, message: reason }))
      : undefined;
  return problem(status, text, headers, errors);
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
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  errors?: readonly { path: string; message: string }[],
): Response {
  const body = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail, ...(errors && { errors }) };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  });
}
