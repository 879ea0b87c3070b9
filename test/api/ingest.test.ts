import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import test from 'node:test';
import zlib from 'node:zlib';
import { type MetricServer, startMetricServer } from '../support/metric-server.ts';
import { snappyLiterals, writeRequest } from '../support/remote-write-body.ts';

const post = (server: MetricServer, path: string, body: BodyInit, headers: Record<string, string> = {}, key = 'one') =>
  server.fetch(path, { method: 'POST', body, headers, key });

async function valuesOf(server: MetricServer, query: string, key = 'one'): Promise<unknown[]> {
  const response = await server.fetch(`/api/v1/query?query=${encodeURIComponent(query)}`, { key });
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result.map(({ value }) => value[1]);
}

test('line protocol enters under every path and with every encoding', async () => {
  await using server = await startMetricServer();
  const paths = [
    '/api/v1/ingest/influx',
    '/api/v1/ingest/influx/write',
    '/api/v1/ingest/influx/api/v2/write',
    '/write',
  ];
  const packers = {
    gzip: zlib.gzipSync,
    zstd: zlib.zstdCompressSync,
    deflate: zlib.deflateSync,
    identity: (b: Buffer) => b,
  };
  let count = 0;
  for (const path of paths) {
    for (const [encoding, pack] of Object.entries(packers)) {
      const line = Buffer.from(`m,n=${count++} f=${count} ${Date.now()}`);
      const response = await post(server, `${path}?precision=ms`, new Uint8Array(pack(line)), {
        'content-encoding': encoding,
      });
      assert.equal(response.status, 204, `${path} ${encoding} ${await response.text()}`);
    }
  }
  assert.deepEqual(await valuesOf(server, 'sum(m_f)'), [String((count * (count + 1)) / 2)]);
});

test('bodies without a declared length are taken, too', async () => {
  await using server = await startMetricServer();
  const body = new Blob([zlib.gzipSync('m f=1\n')]).stream();
  const response = await server.fetch('/write', {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-encoding': 'gzip' },
  } as RequestInit);
  assert.equal(response.status, 204);
  assert.deepEqual(await valuesOf(server, 'm_f'), ['1']);
});

test('a partial write stores the good lines and names the bad ones', async () => {
  await using server = await startMetricServer();
  const response = await post(server, '/api/v1/ingest/influx', 'm f=1\nm f=\nm,a= f=1\nm g=2\n');
  assert.equal(response.status, 400);
  const reason =
    'partial write: 2 accepted, 2 refused: line 2: field "f": "" is empty; line 3: tag "a" has an empty value';
  assert.deepEqual(await response.json(), { error: reason, code: 'invalid', message: reason });
  assert.deepEqual(await valuesOf(server, '{__name__=~"m_.+"}'), ['1', '2']);
});

test('a durable write answers after the sync', async () => {
  await using server = await startMetricServer();
  assert.equal((await post(server, '/api/v1/ingest/influx?durable=true', 'm f=1\n')).status, 204);
  assert.match(await server.store.metrics(), /^telltale_ingest_rows_total 1$/m);
});

test('NDJSON batches answer with problem details', async () => {
  await using server = await startMetricServer();
  const good = await post(server, '/api/v1/ingest/metrics/batch', '{"measurement":"m","tags":{},"fields":{"f":3}}');
  assert.equal(good.status, 204);
  const bad = await post(server, '/api/v1/ingest/metrics/batch', '{"measurement":"m","fields":{"f":4}}\n{}');
  assert.equal(bad.headers.get('content-type'), 'application/problem+json');
  const detail = 'partial write: 1 accepted, 1 refused: line 2: "measurement" must be a string';
  assert.deepEqual(await bad.json(), {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail,
    errors: [{ path: 'line 2', message: '"measurement" must be a string' }],
  });
});

test('remote write stores samples and declares metadata', async () => {
  await using server = await startMetricServer();
  const body = writeRequest(
    [{ labels: { __name__: 'requests_total', job: 'x' }, samples: [{ value: 5, timeMs: Date.now() }] }],
    [{ type: 1, family: 'requests_total', help: 'Requests.', unit: '' }],
  );
  const response = await post(server, '/api/v1/write', new Uint8Array(snappyLiterals(body)), {
    'content-encoding': 'snappy',
  });
  assert.equal(response.status, 204);
  assert.deepEqual(await valuesOf(server, 'requests_total'), ['5']);
  const metadata = await (await server.fetch('/api/v1/metadata?metric=requests_total')).json();
  assert.deepEqual(metadata, {
    status: 'success',
    data: { requests_total: [{ type: 'counter', help: 'Requests.', unit: '' }] },
  });
  const v2 = await post(server, '/api/v1/write', 'x', {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  });
  assert.equal(v2.status, 415);
});

test('bad requests get a status and a sentence, and nothing is stored', async () => {
  await using server = await startMetricServer({ bodyLimitBytes: 1000 });
  const long = 'm f=1\n'.repeat(1000);
  const cases: readonly [number, string, BodyInit, Record<string, string>, RegExp][] = [
    [413, '/write', long, {}, /larger than 1000 bytes \(setting max_body_size\)/],
    [413, '/write', new Blob([long]).stream() as unknown as BodyInit, {}, /larger than 1000 bytes/],
    [415, '/write', 'm f=1', { 'content-encoding': 'br' }, /"br\\" is not known/],
    [400, '/write?precision=h', 'm f=1', {}, /precision .*h.* is not known/],
    [400, '/write', 'no gzip', { 'content-encoding': 'gzip' }, /cannot be unpacked/],
    [400, '/api/v1/write', 'no snappy', {}, /snappy/],
    [400, '/api/v1/ingest/metrics/batch', `${'{"measurement":"m","fields":{"f":1}}\n'.repeat(20)}{`, {}, /line 21/],
  ];
  for (const [status, path, body, headers, sentence] of cases) {
    const response = await server.fetch(path, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
    assert.equal(response.status, status, path);
    assert.match(await response.text(), sentence);
  }
});

test('a client that breaks off leaves nothing behind', async () => {
  await using server = await startMetricServer();
  const socket = net.connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /write HTTP/1.1\r\nHost: x\r\nX-API-Key: one\r\nContent-Length: 100\r\n\r\nm f=1\n');
  await new Promise<void>((resolve) => setTimeout(resolve, 20));
  socket.destroy();
  await once(socket, 'close');
  assert.deepEqual(await valuesOf(server, 'm_f'), []);
});

test('who may write: keys with the right role, each into its own tenant, never the cookie alone', async () => {
  await using server = await startMetricServer();
  const cases: readonly [string, number][] = [
    ['one', 204],
    ['writer', 204],
    ['two', 204],
    ['reader', 403],
    ['cookie', 403],
    ['unknown', 401],
  ];
  for (const [key, status] of cases) {
    for (const path of ['/write', '/api/v1/ingest/influx']) {
      assert.equal((await post(server, path, `m,key=${key} f=1`, {}, key)).status, status, `${key} ${path}`);
    }
  }
  assert.deepEqual(await valuesOf(server, 'count(m_f)', 'one'), ['2']);
  assert.deepEqual(await valuesOf(server, 'm_f', 'two'), ['1']);
  const asWriter = await server.fetch('/api/v1/query?query=m_f', { key: 'writer' });
  assert.equal(asWriter.status, 403);
  assert.equal(((await asWriter.json()) as { status: string }).status, 'error');
});

test('ping and the few statements that shells and Telegraf send', async () => {
  await using server = await startMetricServer();
  const ping = await server.fetch('/ping', { key: 'unknown' });
  assert.equal(ping.status, 204);
  assert.match(ping.headers.get('x-influxdb-version') ?? '', /^1\.8-telltale-/);
  const ask = async (q: string, method = 'POST') => {
    const form = new URLSearchParams({ q });
    const response =
      method === 'GET' ? await server.fetch(`/query?${form}`) : await server.fetch('/query', { method, body: form });
    return response.json();
  };
  assert.deepEqual(await ask('SHOW DATABASES', 'GET'), {
    results: [{ statement_id: 0, series: [{ name: 'databases', columns: ['name'], values: [['telltale']] }] }],
  });
  assert.deepEqual(await ask('create database "telegraf"; select * from cpu'), {
    results: [
      { statement_id: 0 },
      {
        statement_id: 1,
        error: 'Telltale takes line protocol but does not run InfluxQL: read with PromQL at /api/v1/query',
      },
    ],
  });
});
