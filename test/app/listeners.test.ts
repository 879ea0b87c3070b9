import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ListenError, Listeners, type ListenersOptions } from '../../src/app/listeners.ts';
import { loadCertificate } from '../../src/config/certificate.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-listeners-'));
after(() => fs.rmSync(folder, { recursive: true }));
const certificate = await loadCertificate({ kind: 'auto' }, folder);

const handle: http.RequestListener = (request, response) => {
  let size = 0;
  request.on('data', (chunk) => (size += chunk.length));
  request.on('end', () => response.end(`${(request.socket as { encrypted?: boolean }).encrypted === true} ${size}`));
};
const options: ListenersOptions = {
  addresses: [
    { host: '127.0.0.1', port: 0 },
    { host: '0.0.0.0', port: 0 },
  ],
  certificate,
  handle,
  upgrade: (_request, socket) => socket.destroy(),
};

function request(
  url: string,
  body = '',
): Promise<{ status: number | undefined; text: string; location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https') ? https.request : http.request;
    const sent = send(url, { method: 'POST', rejectUnauthorized: false, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text, location: response.headers.location }));
    });
    sent.on('error', reject).end(body);
  });
}

test('a port speaks TLS; plain HTTP is served on loopback and sent to https elsewhere', async () => {
  const listeners = new Listeners(options);
  const [loopback, wide] = await listeners.start();
  const body = 'x'.repeat(200_000);
  assert.equal((await request(`http://127.0.0.1:${loopback!.port}/`, body)).text, 'false 200000');
  assert.equal((await request(`https://127.0.0.1:${loopback!.port}/`, body)).text, 'true 200000');
  assert.equal((await request(`https://127.0.0.1:${wide!.port}/`, body)).text, 'true 200000');
  const sentOn = await request(`http://127.0.0.1:${wide!.port}/a?b=c`);
  assert.deepEqual([sentOn.status, sentOn.location], [308, `https://127.0.0.1:${wide!.port}/a?b=c`]);
  assert.deepEqual([loopback!.url.slice(0, 7), wide!.url.slice(0, 8)], ['http://', 'https://']);
  await listeners.stop();
});

test('without a certificate every port is plain', async () => {
  const listeners = new Listeners({ ...options, certificate: undefined });
  const [, wide] = await listeners.start();
  assert.equal((await request(`http://127.0.0.1:${wide!.port}/`, 'ab')).text, 'false 2');
  await listeners.stop();
});

test('a taken port is named with what to do, and nothing stays bound', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as net.AddressInfo;
  const listeners = new Listeners({
    ...options,
    addresses: [
      { host: '127.0.0.1', port: 0 },
      { host: '127.0.0.1', port },
    ],
  });
  await assert.rejects(listeners.start(), (error: Error) => {
    assert.ok(error instanceof ListenError);
    assert.match(error.message, new RegExp(`already listens on 127.0.0.1:${port}.*--listen`));
    return true;
  });
  other.close();
});

test('an address that this machine does not have is named', async () => {
  const listeners = new Listeners({ ...options, addresses: [{ host: '192.0.2.1', port: 0 }] });
  await assert.rejects(listeners.start(), /no address 192\.0\.2\.1/);
});

test('stopping lets a running request end and drops idle and silent connections', async () => {
  const answers: http.ServerResponse[] = [];
  const arrived = Promise.withResolvers<void>();
  const listeners = new Listeners({
    ...options,
    handle: (incoming, response) => {
      incoming.resume();
      answers.push(response);
      arrived.resolve();
    },
  });
  const [loopback] = await listeners.start();
  const silent = net.connect(loopback!.port, '127.0.0.1');
  await once(silent, 'connect');
  const answer = request(`http://127.0.0.1:${loopback!.port}/`);
  await arrived.promise;
  const stopped = listeners.stop();
  await once(silent, 'close');
  answers[0]!.end('done');
  assert.equal((await answer).text, 'done');
  await stopped;
});

test('a WebSocket in the clear is opened on loopback only', async () => {
  const upgraded: string[] = [];
  const listeners = new Listeners({
    ...options,
    upgrade: (request, socket) => {
      upgraded.push(request.url ?? '');
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    },
  });
  const [loopback, wide] = await listeners.start();
  const firstLine = async (port: number, path: string) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    const [data] = await once(socket, 'data');
    socket.destroy();
    return String(data).split('\r\n')[0];
  };
  assert.match((await firstLine(loopback!.port, '/here')) ?? '', /401/);
  assert.match((await firstLine(wide!.port, '/there')) ?? '', /308/);
  assert.deepEqual(upgraded, ['/here']);
  await listeners.stop();
});
