import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { createTestServer } from '../support/server.ts';

test('a page of the app is index.html, checked anew each time', async () => {
  await using server = await createTestServer();
  for (const path of ['/', '/devices', '/devices/5']) {
    const response = await server.request('GET', path);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<title>Telltale/);
    assert.equal(response.headers.get('cache-control'), 'no-cache');
  }
});

test('a file comes in the encoding that the browser likes best, and once', async () => {
  await using server = await createTestServer();
  const ask = (headers: Record<string, string>) => server.request('GET', '/app-12345678.js', { headers });
  const brotli = await ask({ 'accept-encoding': 'gzip, deflate, br' });
  assert.equal(brotli.headers.get('content-encoding'), 'br');
  assert.match(zlib.brotliDecompressSync(await brotli.bytes()).toString(), /telltale/);
  assert.equal(brotli.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  const gzip = await ask({ 'accept-encoding': 'gzip, br;q=0' });
  assert.equal(gzip.headers.get('content-encoding'), 'gzip');
  assert.match(zlib.gunzipSync(await gzip.bytes()).toString(), /telltale/);
  const plain = await ask({});
  assert.equal(plain.headers.get('content-encoding'), null);
  const etag = brotli.headers.get('etag') ?? '';
  const again = await ask({ 'accept-encoding': 'br', 'if-none-match': `W/${etag}` });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), '');
  assert.equal((await ask({ 'accept-encoding': 'gzip', 'if-none-match': etag })).status, 200);
});

test('a file that is not there is 404, and so is everything under /api', async () => {
  await using server = await createTestServer();
  for (const path of [
    '/nothing.js',
    '/../../etc/passwd.txt',
    '/%2e%2e/secret.key',
    '/api/nothing',
    '/api/v2/devices',
  ]) {
    const response = await server.request('GET', path);
    assert.equal(response.status, 404, path);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
  }
});

test('every answer forbids what our pages do not need', async () => {
  await using server = await createTestServer();
  for (const path of ['/', '/api/v1/health', '/api/v1/devices', '/nothing.js', '/api/docs']) {
    const { headers } = await server.request('GET', path);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.ok(!policy.includes('unsafe') && !policy.includes('http'), policy);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  }
});

test('health tells that the database cannot be written though it can be read', async () => {
  await using server = await createTestServer(async ({ repositories }) => ({
    repositories: { ...repositories, writeProblem: () => 'The disk of the data folder is full.' },
  }));
  const response = await server.request('GET', '/api/v1/health');
  const { status, checks } = (await response.json()) as { status: string; checks: Record<string, unknown> };
  assert.deepEqual([response.status, status], [200, 'degraded']);
  assert.deepEqual(checks.database, { status: 'degraded', message: 'The disk of the data folder is full.' });
});

test('health needs no log-in; figures do, and take a key as tools send it', async () => {
  await using server = await createTestServer();
  const health = await server.request('GET', '/api/v1/health');
  assert.equal(health.status, 200);
  const body = (await health.json()) as { status: string; version: string; checks: Record<string, unknown> };
  assert.deepEqual(
    [body.status, body.version, Object.keys(body.checks)],
    ['ok', '0.0.0-test', ['database', 'store', 'icmp']],
  );
  assert.equal((await server.request('GET', '/metrics')).status, 401);
  assert.equal((await server.request('GET', '/metrics', { key: server.keyOf('ingest') })).status, 403);
  const basic = Buffer.from(`prometheus:${server.keyOf('viewer')}`).toString('base64');
  const figures = await server.request('GET', '/metrics', { headers: { authorization: `Basic ${basic}` } });
  assert.equal(await figures.text(), 'telltale_up 1\ntelltale_store_rows_total 5\n');
  const api = await server.request('GET', '/api/v1/devices', { headers: { authorization: `Basic ${basic}` } });
  assert.equal(api.status, 401, 'people log in, tools have their own paths');
});

test('health is 503 when something is down', async () => {
  await using server = await createTestServer({
    health: () => ({ threads: { status: 'down', message: 'collect ended' } }),
  });
  const response = await server.request('GET', '/api/v1/health');
  assert.equal(response.status, 503);
  assert.equal(((await response.json()) as { status: string }).status, 'down');
});
