/**
 * What InfluxDB 1.x and 2.x clients need in order to write: line protocol under their own paths, `/ping`, and as much of
 * `/query` as the `influx` shell and Telegraf ask before they insert. Metrics are read with PromQL, and `/query` says so.
 *
 * There are no databases here: the tenant comes from the API key, whatever `db`, `org` or `bucket` says.
 */
import { type Context, Hono } from 'hono';
import { VERSION } from '../../lib/version.ts';
import type { TimePrecision } from '../../store/store.ts';
import {
  type AppendBodyAnswer,
  type AppendBodyOptions,
  appendBody,
  describeAppend,
  wantsDurable,
} from '../append-body.ts';
import { readBody } from '../body.ts';
import { type AnswerHeaders, sendDirectly } from '../direct-answer.ts';
import { accessTo, type FindPrincipal, nodeObjects } from '../metric-access.ts';

export interface InfluxRoutesOptions extends AppendBodyOptions {
  readonly findPrincipal: FindPrincipal;
}

const PRECISIONS: Readonly<Record<string, TimePrecision>> = {
  '': 'ns',
  n: 'ns',
  ns: 'ns',
  u: 'us',
  µ: 'us',
  us: 'us',
  ms: 'ms',
  s: 's',
};

/** The one database that is shown to shells. */
const DATABASE = 'telltale';
const FORM_LIMIT_BYTES = 1 << 20;
const SERVER_HEADERS = { 'x-influxdb-version': `1.8-telltale-${VERSION}`, 'x-influxdb-build': 'Telltale' };

/** `/write`, `/ping` and `/query`: to be mounted at the root and under `/api/v1/ingest/influx`. */
export function influxRoutes(options: InfluxRoutesOptions): Hono {
  const routes = new Hono();
  routes.post('/write', (context) => writeLines(context, options));
  routes.on(['GET', 'HEAD'], '/ping', (context) => {
    const isVerbose = ['true', '1'].includes(context.req.query('verbose') ?? '');
    return isVerbose
      ? json(context, 200, { version: SERVER_HEADERS['x-influxdb-version'] })
      : sendDirectly(context, 204, SERVER_HEADERS);
  });
  routes.on(['GET', 'POST'], '/query', async (context) => {
    const access = accessTo(context, options.findPrincipal, 'ingest');
    if (access.kind === 'denied') return influxError(context, access.status, access.reason);
    const text = context.req.query('q') ?? (await formField(context, 'q'));
    if (!text?.trim()) return influxError(context, 400, 'missing required parameter "q"');
    const statements = text.split(';').filter((statement) => statement.trim() !== '');
    return json(context, 200, {
      results: statements.map((statement, id) => ({ statement_id: id, ...execute(statement) })),
    });
  });
  return routes;
}

/** Stores a body of line protocol and answers as Influx does. */
export async function writeLines(context: Context, options: InfluxRoutesOptions): Promise<Response> {
  const access = accessTo(context, options.findPrincipal, 'ingest');
  if (access.kind === 'denied') return influxError(context, access.status, access.reason);
  const wanted = context.req.query('precision') ?? '';
  const precision = PRECISIONS[wanted];
  if (precision === undefined) {
    return influxError(context, 400, `precision ${JSON.stringify(wanted)} is not known; known are ns, us, ms, s`);
  }
  const durable = wantsDurable(context);
  const request = { format: 'influx', precision, durable, defaultEncoding: 'identity' } as const;
  return influxAnswer(context, await appendBody(context, { ...request, tenant: access.principal.tenant }, options));
}

function influxAnswer(context: Context, answer: AppendBodyAnswer): Response {
  const { status, text, headers } = describeAppend(answer);
  if (status === 204) return sendDirectly(context, status, SERVER_HEADERS);
  return influxError(context, status, text, headers);
}

const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  413: 'request too large',
  415: 'unsupported media type',
  503: 'unavailable',
};

/** `error` is what 1.x clients read, `code` and `message` what 2.x clients read. */
function influxError(context: Context, status: number, message: string, headers: AnswerHeaders = {}): Response {
  return json(context, status, { error: message, code: CODES[status] ?? 'internal error', message }, headers);
}

function json(context: Context, status: number, body: unknown, headers: AnswerHeaders = {}): Response {
  const all = { ...SERVER_HEADERS, ...headers, 'content-type': 'application/json' };
  return sendDirectly(context, status, all, JSON.stringify(body));
}

async function formField(context: Context, name: string): Promise<string | undefined> {
  if (context.req.method !== 'POST') return undefined;
  const read = await readBody(nodeObjects(context).incoming, { limitBytes: FORM_LIMIT_BYTES });
  return read.kind === 'body'
    ? (new URLSearchParams(Buffer.from(read.bytes).toString('utf8')).get(name) ?? undefined)
    : undefined;
}

/** The result of one InfluxQL statement. */
function execute(statement: string): object {
  const words = statement.trim().toUpperCase().split(/\s+/).slice(0, 2).join(' ');
  if (words === 'SHOW DATABASES') {
    return { series: [{ name: 'databases', columns: ['name'], values: [[DATABASE]] }] };
  }
  // Shells and Telegraf create their database before they write; here there is nothing to create.
  if (words === 'CREATE DATABASE') return {};
  return { error: 'Telltale takes line protocol but does not run InfluxQL: read with PromQL at /api/v1/query' };
}
