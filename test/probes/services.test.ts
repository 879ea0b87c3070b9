/** The probes of services against real ones on loopback. */
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { loadCertificate } from '../../src/config/certificate.ts';
import type { ProbeResult, ProbeTarget, ProbeTools } from '../../src/probes/probe.ts';
import { PROBES } from '../../src/probes/registry.ts';
import { pollOnce, probeTools } from '../support/probe-bench.ts';

let tools: ProbeTools;
const closers: (() => void)[] = [];
before(async () => {
  tools = await probeTools();
});
after(() => {
  for (const close of closers) close();
  tools.udp.close();
});

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      closers.push(() => server.close());
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function poll(id: string, settings: unknown, target: Partial<ProbeTarget> = {}): Promise<ProbeResult> {
  return pollOnce(PROBES.get(id)!, settings, tools, target);
}

function fields(result: ProbeResult): Readonly<Record<string, number>> {
  assert.equal(result.rows.length, 1);
  return result.rows[0]!.fields;
}

/** A port that nobody listens on. */
async function deadPort(): Promise<number> {
  const server = net.createServer();
  const port = await listen(server);
  server.close();
  return port;
}

test('tcp: a port that accepts is up, one that refuses is down and says so', async () => {
  const port = await listen(net.createServer((socket) => socket.end()));
  const good = await poll('tcp', { port });
  assert.equal(good.error, undefined);
  assert.deepEqual(good.rows[0]?.tags, { target: `127.0.0.1:${port}` });
  assert.equal(fields(good).up, 1);
  assert.ok(fields(good).connect_ms! >= 0 && fields(good).duration_ms! >= fields(good).connect_ms!);
  const dead = await poll('tcp', { port: await deadPort() });
  assert.equal(dead.error?.code, 'refused');
  assert.equal(fields(dead).up, 0);
});

test('tcp: a failure is tried again before it counts', async () => {
  let connections = 0;
  const port = await listen(
    net.createServer((socket) => {
      connections++;
      socket.end(connections < 3 ? 'busy' : 'ready');
    }),
  );
  const result = await poll('tcp', { port, expect: 'ready' });
  assert.equal(result.error, undefined);
  assert.equal(connections, 3);
});

test('tcp: a service must answer what is expected', async () => {
  const port = await listen(
    net.createServer((socket) => socket.on('data', (data) => socket.write(`you said ${data}`))),
  );
  assert.equal((await poll('tcp', { port, send: 'hello', expect: 'said hello' })).error, undefined);
  const wrong = await poll('tcp', { port, send: 'hello', expect: 'good bye', timeout_ms: 500 });
  assert.equal(wrong.error?.code, 'unexpected_answer');
});

test('http: status, body, redirects, password and the parts of the time', async () => {
  const port = await listen(
    http.createServer((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
      else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
      else if (request.url === '/secret' && request.headers.authorization !== 'Basic YW5uOnB3')
        response.writeHead(401).end();
      else if (request.url === '/missing') response.writeHead(404).end('nothing here');
      else response.end(`page ${request.url}`);
    }),
  );
  const at = (file: string) => ({ url: `http://127.0.0.1:${port}${file}` });
  const good = await poll('http', { ...at('/'), expect_body: 'page' });
  assert.equal(good.error, undefined);
  assert.equal(fields(good).status_code, 200);
  assert.equal(fields(good).bytes, 6);
  assert.ok(fields(good).connect_ms! >= 0 && fields(good).first_byte_ms! >= 0);
  assert.equal((await poll('http', { ...at('/old'), expect_body: 'page /new' })).error, undefined);
  assert.equal((await poll('http', { ...at('/old'), expect_status: [302] })).error, undefined);
  assert.equal((await poll('http', at('/round'))).error?.code, 'too_many_redirects');
  assert.equal((await poll('http', at('/missing'))).error?.code, 'unexpected_status');
  assert.equal((await poll('http', { ...at('/missing'), expect_status: [404] })).error, undefined);
  assert.equal((await poll('http', { ...at('/'), reject_body: 'page' })).error?.code, 'unexpected_body');
  assert.match((await poll('http', at('/secret'))).error?.message ?? '', /http_basic/);
  const credential = { type: 'http_basic', values: { username: 'ann', password: 'pw' } } as const;
  assert.equal((await poll('http', at('/secret'), { credential })).error, undefined);
});

test('http: a password is not handed to another host', async () => {
  const seen: (string | undefined)[] = [];
  const other = await listen(
    http.createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('other');
    }),
  );
  const port = await listen(
    http.createServer((_, response) => response.writeHead(302, { location: `http://127.0.0.1:${other}/` }).end()),
  );
  const credential = { type: 'http_basic', values: { username: 'ann', password: 'pw' } } as const;
  const result = await poll('http', { url: `http://127.0.0.1:${port}/` }, { credential });
  assert.equal(result.error, undefined);
  assert.deepEqual(seen, [undefined]);
});

test('tls: expiry, chain and name of a self-made certificate; http refuses it unless told otherwise', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-tls-'));
  closers.push(() => fs.rmSync(folder, { recursive: true }));
  const made = await loadCertificate({ kind: 'auto' }, folder);
  assert.ok(made);
  const port = await listen(
    https.createServer({ cert: made.certificate, key: made.key }, (_, response) => response.end('ok')),
  );
  const result = await poll('tls', { port });
  assert.equal(result.error, undefined);
  const { up, days_to_expiry: days, chain_ok: chain, name_ok: name } = fields(result);
  assert.deepEqual([up, chain, name], [1, 0, 1]);
  assert.ok(days! > 800 && days! < 826);
  assert.equal(fields(await poll('tls', { port, server_name: 'elsewhere.example' })).name_ok, 0);
  const refused = await poll('http', { url: `https://127.0.0.1:${port}/` });
  assert.equal(refused.error?.code, 'tls');
  assert.equal((await poll('http', { url: `https://127.0.0.1:${port}/`, verify_tls: false })).error, undefined);
  const plain = await listen(net.createServer((socket) => socket.end('220 not TLS\r\n')));
  assert.equal((await poll('tls', { port: plain })).error?.code, 'no_tls');
});

test('dns: answers are counted and compared; what the server says is passed on', async () => {
  const server = dgram.createSocket('udp4');
  server.on('message', (question, from) => server.send(dnsAnswer(question), from.port, from.address));
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const { port } = server.address();
  const good = await poll('dns', { name: 'plant.example', port, expect: ['192.0.2.1'] });
  assert.equal(good.error, undefined);
  assert.equal(fields(good).answers, 2);
  assert.equal(
    (await poll('dns', { name: 'plant.example', port, expect: ['192.0.2.9'] })).error?.code,
    'unexpected_answer',
  );
  assert.equal((await poll('dns', { name: 'nobody.example', port })).error?.code, 'name_unknown');
});

/** Two A records for plant.example, NXDOMAIN for everything else. */
function dnsAnswer(question: Buffer): Buffer {
  const isKnown = question.includes('plant');
  let end = 12;
  while (question[end] !== 0) end += question[end]! + 1;
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(isKnown ? 2 : 0, 6);
  header.fill(0, 8, 12);
  const record = (last: number) => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, last]);
  return Buffer.concat([header, question.subarray(12, end + 5), ...(isKnown ? [record(1), record(2)] : [])]);
}
