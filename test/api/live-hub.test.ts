import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { LiveHub } from '../../src/api/live-hub.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createTestServer, OTHER_TENANT, type TestServer } from '../support/server.ts';

/** A hub behind a real HTTP server. */
async function serveHub(server: TestServer) {
  const hub = new LiveHub({ clock: server.clock, logger: silentLogger });
  const stop = new AbortController();
  const running = hub.start(stop.signal, server.auth.authenticator);
  const listener = http.createServer();
  listener.on('upgrade', (request, socket, head) => hub.upgrade(request, socket, head, server.auth.authenticator));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const open = (headers: Record<string, string>, path = '/api/v1/ws') =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  return {
    hub,
    open,
    port,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      listener.close();
      listener.closeAllConnections();
    },
  };
}

async function nextMessage(socket: WebSocket): Promise<unknown> {
  const [data] = await once(socket, 'message');
  return JSON.parse(String(data));
}

async function refusalOf(socket: WebSocket): Promise<number | undefined> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, http.IncomingMessage];
  socket.on('error', () => {});
  socket.terminate();
  return response.statusCode;
}

test('who subscribes hears the topics of the own tenant and nothing else', async () => {
  await using server = await createTestServer();
  await using live = await serveHub(server);
  const socket = live.open({ authorization: `Bearer ${server.keyOf('viewer')}` });
  await once(socket, 'open');
  live.hub.publish(1, 'alert', { id: 1 });
  assert.equal(live.hub.wanted(1, 'alert'), false);
  socket.send(JSON.stringify({ type: 'subscribe', topics: ['alert', 'event'] }));
  assert.deepEqual(await nextMessage(socket), { type: 'subscribed', payload: { topics: ['alert', 'event'] } });
  assert.equal(live.hub.wanted(1, 'alert'), true);
  assert.equal(live.hub.wanted(OTHER_TENANT, 'alert'), false);
  live.hub.publish(OTHER_TENANT, 'alert', { id: 2 });
  live.hub.publish(1, 'device_status', { id: 3 });
  live.hub.publish(1, 'alert', { id: 4 });
  assert.deepEqual(await nextMessage(socket), { type: 'alert', payload: { id: 4 } });
  socket.send('nonsense');
  assert.equal(((await nextMessage(socket)) as { type: string }).type, 'error');
  socket.close();
  await once(socket, 'close');
});

test('nobody, keys that only ingest, pages of other origins and other paths are refused', async () => {
  await using server = await createTestServer();
  await using live = await serveHub(server);
  const authorization = `Bearer ${server.keyOf('viewer')}`;
  assert.equal(await refusalOf(live.open({})), 401);
  assert.equal(await refusalOf(live.open({ authorization: 'Bearer wrong' })), 401);
  assert.equal(await refusalOf(live.open({ authorization: `Bearer ${server.keyOf('ingest')}` })), 403);
  assert.equal(await refusalOf(live.open({ authorization, origin: 'http://evil.example' })), 403);
  assert.equal(await refusalOf(live.open({ authorization }, '/elsewhere')), 404);
});

test('when the key goes, the connection goes', async () => {
  await using server = await createTestServer();
  await using live = await serveHub(server);
  const socket = live.open({ authorization: `Bearer ${server.keyOf('viewer')}` });
  await once(socket, 'open');
  server.repositories.apiKeys.delete(1, 1);
  await server.clock.advance(30_000);
  const [code] = await once(socket, 'close');
  assert.equal(code, 4401);
});

test('who floods the connection is cut off and fills no memory', async () => {
  await using server = await createTestServer();
  await using live = await serveHub(server);
  for (const flood of [(socket: WebSocket) => socket.send('nonsense'), (socket: WebSocket) => socket.ping()]) {
    const socket = live.open({ authorization: `Bearer ${server.keyOf('viewer')}` });
    await once(socket, 'open');
    let answers = 0;
    socket.on('message', () => answers++);
    socket.on('pong', () => answers++);
    for (let i = 0; i < 1500; i++) flood(socket);
    const [code] = await once(socket, 'close');
    // Where much is still on its way in, the goodbye may be lost with the connection.
    assert.ok(code === 1008 || code === 1006, String(code));
    assert.ok(answers <= 1001, `${answers} answers`);
  }
});

test('one key cannot take all places', async () => {
  await using server = await createTestServer();
  await using live = await serveHub(server);
  const authorization = `Bearer ${server.keyOf('viewer')}`;
  for (let i = 0; i < 50; i++) await once(live.open({ authorization }), 'open');
  assert.equal(await refusalOf(live.open({ authorization })), 429);
  const other = live.open({ authorization: `Bearer ${server.keyOf('viewer')}` });
  await once(other, 'open');
  assert.equal(live.hub.clientCount, 51);
});
