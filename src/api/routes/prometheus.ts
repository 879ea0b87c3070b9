/**
 * The Prometheus HTTP API, relative to /api/v1: Grafana, vmalert and promtool take us for Prometheus. Answers come from
 * the store thread as finished bytes; main reads parameters and passes them on.
 */
import { type Context, Hono } from 'hono';
import { ByteBudget } from '../../lib/byte-budget.ts';
import { VERSION } from '../../lib/version.ts';
import { prometheusError } from '../../store/prometheus-error.ts';
import type { PrometheusAnswer, SelectorRequest, Store } from '../../store/store.ts';
import { readBody } from '../body.ts';
import { sendDirectly } from '../direct-answer.ts';
import { accessTo, type FindPrincipal, nodeObjects, onClientGone } from '../metric-access.ts';
import {
  ParameterError,
  readDurationMs,
  readLimit,
  readMetadataLimit,
  readOptionalTimeMs,
  readRange,
  unescapeName,
} from '../prometheus-parameters.ts';

export interface PrometheusRoutesOptions {
  readonly store: Store;
  readonly findPrincipal: FindPrincipal;
  readonly nowMs: () => number;
}

/** Which Prometheus we speak like; clients choose their features by it. */
const SPEAKS_VERSION = '3.5.0';
/** The longest query that is parsed, with every character escaped, and some room. */
const FORM_LIMIT_BYTES = 4 << 20;
/** Large answers that wait for their readers, all together. */
const UNSENT_BYTES = 512 << 20;
const LARGE_BYTES = 64 << 10;
/** A reader that takes nothing for so long is cut off. */
const READER_IDLE_MS = 60_000;

interface Question {
  readonly tenants: readonly number[];
  readonly parameters: URLSearchParams;
  readonly signal: AbortSignal;
  readonly context: Context;
}

type Answerer = (question: Question) => Promise<PrometheusAnswer> | PrometheusAnswer;

export function prometheusRoutes(options: PrometheusRoutesOptions): Hono {
  const { store, nowMs } = options;
  const routes = new Hono();
  const unsent = new ByteBudget(UNSENT_BYTES);
  const answer = (path: string, methods: readonly string[], answerer: Answerer) =>
    routes.on([...methods], path, (context) => ask(context, options, answerer, unsent));

  answer('/query', ['GET', 'POST'], ({ tenants, parameters, signal }) =>
    store.query({
      tenants,
      signal,
      query: parameters.get('query') ?? '',
      timeMs: readOptionalTimeMs(parameters, 'time') ?? nowMs(),
      limit: readLimit(parameters),
      ...evaluationOptions(parameters),
    }),
  );
  answer('/query_range', ['GET', 'POST'], ({ tenants, parameters, signal }) =>
    store.queryRange({
      tenants,
      signal,
      query: parameters.get('query') ?? '',
      ...readRange(parameters),
      limit: readLimit(parameters),
      ...evaluationOptions(parameters),
    }),
  );
  answer('/format_query', ['GET', 'POST'], ({ parameters }) => store.formatQuery(parameters.get('query') ?? ''));
  answer('/series', ['GET', 'POST'], (question) => {
    if (!question.parameters.has('match[]')) throw new ParameterError('no match[] parameter provided');
    return store.series(selection(question));
  });
  answer('/labels', ['GET', 'POST'], (question) => store.labelNames(selection(question)));
  answer('/label/:name/values', ['GET'], (question) =>
    store.labelValues(unescapeName(question.context.req.param('name') ?? ''), selection(question)),
  );
  answer('/metadata', ['GET'], ({ tenants, parameters }) => {
    const limit = readMetadataLimit(parameters, 'limit');
    // Every metric has one entry, so this changes nothing; what is no number is refused all the same.
    readMetadataLimit(parameters, 'limit_per_metric');
    return store.metadata(tenants, parameters.get('metric') || undefined, limit);
  });
  answer('/status/buildinfo', ['GET'], () => ({ status: 200, body: buildInfo() }));
  return routes;
}

/** Reads who asks and what, has it answered, and dresses every error as Prometheus does. */
async function ask(
  context: Context,
  options: PrometheusRoutesOptions,
  answerer: Answerer,
  unsent: ByteBudget,
): Promise<Response> {
  const access = accessTo(context, options.findPrincipal, 'read');
  if (access.kind === 'denied') return denied(context, access.status, access.reason);
  const parameters = await readParameters(context);
  if (parameters === undefined)
    return respond(context, prometheusError('bad_data', 'the form could not be read: cut off or too large'));
  const abort = new AbortController();
  onClientGone(context, () => abort.abort());
  try {
    const question = { tenants: [access.principal.tenant], parameters, signal: abort.signal, context };
    return deliver(context, await answerer(question), unsent);
  } catch (error) {
    if (error instanceof ParameterError) return respond(context, prometheusError('bad_data', error.message));
    throw error;
  }
}

/** Of the address and, for POST, of the form; both together, the form first, as Prometheus does. */
async function readParameters(context: Context): Promise<URLSearchParams | undefined> {
  const { url } = context.req;
  const question = url.indexOf('?');
  const query = question < 0 ? '' : url.slice(question + 1);
  if (context.req.method !== 'POST') return new URLSearchParams(query);
  const read = await readBody(nodeObjects(context).incoming, { limitBytes: FORM_LIMIT_BYTES });
  if (read.kind !== 'body') return undefined;
  const form = Buffer.from(read.bytes).toString('utf8');
  return new URLSearchParams(form && query ? `${form}&${query}` : form || query);
}

function evaluationOptions(parameters: URLSearchParams): { timeoutMs?: number; lookbackMs?: number } {
  const timeoutMs = readDurationMs(parameters, 'timeout');
  const lookbackMs = readDurationMs(parameters, 'lookback_delta');
  return { ...(timeoutMs !== undefined && { timeoutMs }), ...(lookbackMs !== undefined && { lookbackMs }) };
}

function selection({ tenants, parameters, signal }: Question): SelectorRequest {
  const startMs = readOptionalTimeMs(parameters, 'start');
  const endMs = readOptionalTimeMs(parameters, 'end');
  return {
    tenants,
    signal,
    matchers: parameters.getAll('match[]'),
    limit: readLimit(parameters),
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
  };
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Sends a large answer only while those that slow readers have not taken yet leave room in memory. */
function deliver(context: Context, answer: PrometheusAnswer, unsent: ByteBudget): Response {
  const size = answer.body.byteLength;
  if (size < LARGE_BYTES) return respond(context, answer);
  const release = unsent.tryTake(size);
  if (!release) {
    return respond(context, prometheusError('unavailable', 'large answers wait for slow readers: try again later'));
  }
  const { outgoing } = nodeObjects(context);
  outgoing.once('close', release);
  if (outgoing.destroyed) release();
  outgoing.setTimeout(READER_IDLE_MS, () => outgoing.destroy());
  return respond(context, answer);
}

function respond(context: Context, answer: PrometheusAnswer): Response {
  return sendDirectly(context, answer.status, JSON_HEADERS, answer.body);
}

function denied(context: Context, status: 401 | 403, error: string): Response {
  const errorType = status === 401 ? 'unauthorized' : 'forbidden';
  return sendDirectly(context, status, JSON_HEADERS, JSON.stringify({ status: 'error', errorType, error }));
}

function buildInfo(): Uint8Array<ArrayBuffer> {
  const data = {
    version: SPEAKS_VERSION,
    revision: `telltale-${VERSION}`,
    branch: 'telltale',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  };
  return new TextEncoder().encode(JSON.stringify({ status: 'success', data }));
}
