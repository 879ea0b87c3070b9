import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsOf } from '../../src/api/api.ts';
import { ingestRoutes } from '../../src/api/routes/ingest.ts';
import { prometheusRoutes } from '../../src/api/routes/prometheus.ts';
import { createTestServer } from '../support/server.ts';

type Json = Record<string, unknown>;

function* valuesOf(value: unknown): Generator<Json> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield value as Json;
  for (const inner of Object.values(value)) yield* valuesOf(inner);
}

test('the OpenAPI document holds every endpoint, and every reference leads somewhere', async () => {
  await using server = await createTestServer();
  const response = await server.request('GET', '/api/v1/openapi.json');
  assert.equal(response.status, 200);
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, Json>>;
    components: { schemas: Json };
  };
  assert.equal(document.openapi, '3.1.0');
  for (const endpoint of endpointsOf(server.services)) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    const operation = document.paths[path]?.[endpoint.method];
    assert.ok(operation, `${endpoint.method} ${path} is not documented`);
    const parameters = (operation.parameters ?? []) as { name: string; in: string }[];
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => `{${parameter.name}}`);
    assert.deepEqual(inPath, path.match(/\{\w+\}/g) ?? [], `parameters of ${path}`);
    assert.equal(operation.requestBody !== undefined, endpoint.body !== undefined, `body of ${path}`);
  }
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId }) => operationId ?? []),
  );
  assert.equal(new Set(ids).size, ids.length, 'operation IDs are unique');
  for (const { $ref } of valuesOf(document)) {
    if (typeof $ref !== 'string') continue;
    assert.ok(document.components.schemas[$ref.replace('#/components/schemas/', '')], `${$ref} leads nowhere`);
  }
  // Routes in the shapes of other systems, which take their options only when a request comes.
  const nothing = {} as never;
  const foreign = [...ingestRoutes(nothing).routes, ...prometheusRoutes(nothing).routes].filter(
    ({ method }) => method === 'GET' || method === 'POST',
  );
  assert.ok(foreign.length > 10);
  for (const { method, path } of [...foreign, { method: 'GET', path: '/metrics' }, { method: 'GET', path: '/ws' }]) {
    const documented = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')];
    assert.ok(documented?.[method.toLowerCase()], `${method} ${path} is not documented`);
  }
});

test('every page asks for the document: it comes compressed, and only once', async () => {
  await using server = await createTestServer();
  const ask = (headers: Record<string, string>) => server.request('GET', '/api/v1/openapi.json', { headers });
  const first = await ask({ 'accept-encoding': 'gzip, br' });
  assert.equal(first.headers.get('content-encoding'), 'br');
  assert.ok((await first.bytes()).length < 40_000);
  const again = await ask({ 'accept-encoding': 'gzip, br', 'if-none-match': first.headers.get('etag') ?? '' });
  assert.equal(again.status, 304);
});

test('the document can be read without internet and without scripts', async () => {
  await using server = await createTestServer();
  const response = await server.request('GET', '/api/docs');
  const html = await response.text();
  assert.match(response.headers.get('content-type') ?? '', /text\/html/);
  assert.ok(html.includes('/api/v1/devices/{id}/interfaces'));
  assert.ok(
    !/<script|https?:\/\/(?!json-schema)/.test(html.replaceAll('&quot;', '')),
    'nothing is loaded from elsewhere',
  );
  const style = await server.request('GET', '/api/docs.css');
  assert.match(style.headers.get('content-type') ?? '', /text\/css/);
});
