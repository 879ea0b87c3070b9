/** Paths that speak the shapes of other systems: documented by hand, because their form is not ours to choose. */
import { LIVE_TOPICS } from '../model/live.ts';
import type { Operation } from './openapi.ts';

const time = { description: 'RFC 3339 or Unix seconds', schema: { type: 'string' } };
const text = { schema: { type: 'string' } };

const PARAMETERS = {
  query: { name: 'query', in: 'query', required: true, description: 'PromQL', ...text },
  time: { name: 'time', in: 'query', ...time },
  start: { name: 'start', in: 'query', ...time },
  end: { name: 'end', in: 'query', ...time },
  step: { name: 'step', in: 'query', required: true, description: 'Duration or seconds', ...text },
  timeout: { name: 'timeout', in: 'query', description: 'Duration', ...text },
  match: {
    name: 'match[]',
    in: 'query',
    description: 'Series selector',
    schema: { type: 'array', items: { type: 'string' } },
  },
  limit: { name: 'limit', in: 'query', schema: { type: 'integer' } },
  metric: { name: 'metric', in: 'query', ...text },
  labelName: { name: 'name', in: 'path', required: true, ...text },
  precision: {
    name: 'precision',
    in: 'query',
    schema: { type: 'string', enum: ['ns', 'us', 'ms', 's'], default: 'ns' },
  },
} as const;
type Name = keyof typeof PARAMETERS;

function read(summary: string, names: readonly Name[]): Operation {
  return {
    tags: ['read'],
    summary,
    description: 'As in the Prometheus HTTP API, for the roles viewer, operator, admin.',
    parameters: names.map((name) => PARAMETERS[name]),
    responses: {
      '200': { description: '{"status": "success", "data": …}', content: { 'application/json': {} } },
      '400': { description: '{"status": "error", "errorType": …, "error": …}', content: { 'application/json': {} } },
      '422': { description: 'The expression cannot be evaluated', content: { 'application/json': {} } },
      '503': { description: 'Timed out, or the store is not ready', content: { 'application/json': {} } },
    },
  };
}

function write(summary: string, type: string, names: readonly Name[] = []): Operation {
  return {
    tags: ['ingest'],
    summary,
    description:
      'For the roles ingest, operator, admin. Also Authorization: Token KEY, and Basic with the key as password.',
    parameters: names.map((name) => PARAMETERS[name]),
    requestBody: { required: true, content: { [type]: { schema: { type: 'string' } } } },
    responses: {
      '204': { description: 'All rows are stored' },
      '400': { description: 'partial write: the good rows are stored, the bad ones are named' },
      '413': { description: 'The body is too large' },
      '503': { description: 'Nothing was stored: try again after Retry-After' },
    },
  };
}

/** An answer in a form of its own. */
function other(tag: string, summary: string, status: string, description: string, content?: string): Operation {
  return {
    tags: [tag],
    summary,
    responses: { [status]: { description, ...(content !== undefined && { content: { [content]: {} } }) } },
  };
}

const both = (operation: Operation) => ({ get: operation, post: operation });
const LINES = 'Store rows of line protocol; gzip and zstd accepted';

export const FOREIGN_PATHS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/ingest/influx': { post: write(LINES, 'text/plain', ['precision']) },
  '/ingest/influx/write': { post: write(`${LINES} (Influx 1.x outputs)`, 'text/plain', ['precision']) },
  '/ingest/influx/api/v2/write': { post: write(`${LINES} (Influx 2.x outputs)`, 'text/plain', ['precision']) },
  '/ingest/metrics/batch': {
    post: write('Store rows, one JSON object {measurement, tags, fields, timestamp} a line', 'application/x-ndjson'),
  },
  '/ingest/influx/ping': {
    get: {
      ...other('ingest', 'Version, as Influx clients ask for it', '204', 'In the header X-Influxdb-Version'),
      security: [],
    },
  },
  '/ingest/influx/query': both({
    ...other(
      'ingest',
      'SHOW DATABASES and CREATE DATABASE, as senders ask before they write',
      '200',
      '{"results": […]}',
      'application/json',
    ),
    parameters: [{ name: 'q', in: 'query', required: true, description: 'InfluxQL', ...text }],
  }),
  '/write': { post: write('Prometheus remote write 1.0', 'application/x-protobuf') },
  '/query': both(read('Evaluate an expression at one time', ['query', 'time', 'timeout'])),
  '/query_range': both(read('Evaluate an expression over a range', ['query', 'start', 'end', 'step', 'timeout'])),
  '/series': both(read('Series that match', ['match', 'start', 'end', 'limit'])),
  '/labels': both(read('Label names', ['match', 'start', 'end', 'limit'])),
  '/label/{name}/values': { get: read('Values of a label', ['labelName', 'match', 'start', 'end', 'limit']) },
  '/metadata': { get: read('Kind, unit and help of metrics', ['metric', 'limit']) },
  '/format_query': both(read('An expression, formatted', ['query'])),
  '/status/buildinfo': { get: read('Version, as Grafana asks for it', []) },
  '/metrics': {
    get: other(
      'system',
      'Figures of the product itself, for Prometheus to scrape',
      '200',
      'Text exposition',
      'text/plain',
    ),
  },
  '/ws': {
    get: {
      ...other('read', 'WebSocket: hear what changes', '101', 'Messages {"type": …, "payload": …} from here on'),
      description: `Send {"type": "subscribe", "topics": […]}. Topics: ${LIVE_TOPICS.join(', ')}.`,
    },
  },
};
