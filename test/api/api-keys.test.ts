/** Whom a key belongs to, and when it stops. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play } from '../support/scenario.ts';
import { createTestServer, OTHER_TENANT, type TestServer } from '../support/server.ts';

function user(server: TestServer, username: string, role: 'viewer' | 'operator' | 'admin' = 'admin', tenant_id = 1) {
  const at = new Date(server.clock.nowMs());
  return server.repositories.users.insert({ tenant_id, username, password_hash: 'x', role }, at);
}

/** A session without the time that a password takes. */
const sessionOf = (server: TestServer, record: ReturnType<typeof user>) => server.auth.sessions.begin(record).token;

const send = async (server: TestServer, method: string, path: string, key: string, body?: unknown) => {
  const response = await server.request(method, `/api/v1${path}`, { key, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

const status = async (server: TestServer, key: string, path = '/devices') =>
  (await send(server, 'GET', path, key)).status;

async function arrange() {
  const server = await createTestServer();
  const anna = user(server, 'anna');
  const ben = user(server, 'ben');
  const annas = sessionOf(server, anna);
  const bens = sessionOf(server, ben);
  const make = async (input: object, by = bens) => (await send(server, 'POST', '/api-keys', by, input)).body;
  return { server, anna, ben, annas, bens, make, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('a key belongs to who made it, stops when they may not log in, and works again when they may', async () => {
  await using arranged = await arrange();
  const { server, ben, annas, make } = arranged;
  const key = await make({ name: 'script', role: 'admin' });
  assert.deepEqual([key.owner_id, key.owner, key.created_by, key.stopped], [ben.id, 'ben', 'user:ben', false]);
  assert.equal(await status(server, key.key), 200);
  assert.equal((await send(server, 'PATCH', `/users/${ben.id}`, annas, { disabled: true })).status, 200);
  assert.equal(await status(server, key.key), 401);
  const [listed] = (await send(server, 'GET', '/api-keys', annas)).body.data;
  assert.deepEqual([listed.owner, listed.stopped], ['ben', true]);
  const [entry] = server.repositories.journal.audit(1, { action: 'user.update' }).data;
  assert.deepEqual(entry?.detail, { disabled: true, api_keys_stopped: ['script'] });
  assert.equal((await send(server, 'PATCH', `/users/${ben.id}`, annas, { disabled: false })).status, 200);
  assert.equal(await status(server, key.key), 200);
});

test('a key that its owner made with another key is the same person’s', async () => {
  await using arranged = await arrange();
  const { server, ben, annas, make } = arranged;
  const first = await make({ name: 'first', role: 'admin' });
  const second = await make({ name: 'second', role: 'viewer' }, first.key);
  assert.deepEqual([second.owner_id, second.created_by], [ben.id, 'api_key:first']);
  await send(server, 'PATCH', `/users/${ben.id}`, annas, { disabled: true });
  assert.equal(await status(server, second.key), 401);
});

test('a key can do no more than its owner may', async () => {
  await using arranged = await arrange();
  const { server, ben, annas, make } = arranged;
  const admin = await make({ name: 'a', role: 'admin' });
  const ingest = await make({ name: 'i', role: 'ingest' });
  const me = async (key: string) => (await send(server, 'GET', '/auth/me', key)).body.permissions;
  assert.deepEqual(await me(ingest.key), ['ingest']);
  await send(server, 'PATCH', `/users/${ben.id}`, annas, { role: 'viewer' });
  assert.deepEqual([await me(admin.key), await me(ingest.key)], [['read'], []]);
  const refused = await send(server, 'POST', '/sites', admin.key, { name: 'x' });
  assert.equal(refused.status, 403);
  assert.match(refused.body.detail, /A key of somebody with the role viewer may not do this/);
});

test('removing a user removes the keys, and the audit log names them', async () => {
  await using arranged = await arrange();
  const { server, ben, annas, make } = arranged;
  const key = await make({ name: 'script', role: 'viewer' });
  const users = (await send(server, 'GET', '/users', annas)).body.data;
  assert.deepEqual(
    users.map(({ username, api_key_count }: { username: string; api_key_count: number }) => [username, api_key_count]),
    [
      ['anna', 0],
      ['ben', 1],
    ],
  );
  assert.equal((await send(server, 'DELETE', `/users/${ben.id}`, annas)).status, 204);
  assert.equal(await status(server, key.key), 401);
  assert.deepEqual((await send(server, 'GET', '/api-keys', annas)).body.data, []);
  const [entry] = server.repositories.journal.audit(1, { action: 'user.delete' }).data;
  assert.deepEqual(entry?.detail, { username: 'ben', api_keys_removed: ['script'] });
});

test('a key of the organisation goes on when its maker leaves, and is shown as such', async () => {
  await using arranged = await arrange();
  const { server, ben, annas, make } = arranged;
  const key = await make({ name: 'telegraf', role: 'viewer', owner_id: null });
  assert.deepEqual([key.owner_id, key.owner, key.created_by], [null, null, 'user:ben']);
  assert.equal((await send(server, 'DELETE', `/users/${ben.id}`, annas)).status, 204);
  assert.equal(await status(server, key.key), 200);
});

test('a key is handed over, which the audit log keeps', async () => {
  await using arranged = await arrange();
  const { server, anna, ben, annas, make } = arranged;
  const key = await make({ name: 'script', role: 'viewer' });
  const given = await send(server, 'PATCH', `/api-keys/${key.id}`, annas, { owner_id: anna.id });
  assert.deepEqual([given.status, given.body.owner], [200, 'anna']);
  const [entry] = server.repositories.journal.audit(1, { action: 'api_key.update' }).data;
  assert.deepEqual(entry?.detail, { name: 'script', owner_before: 'ben', owner: 'anna' });
  await send(server, 'DELETE', `/users/${ben.id}`, annas);
  assert.equal(await status(server, key.key), 200);
});

test('no key is given to who is not of the tenant, nor by another tenant', async () => {
  await using arranged = await arrange();
  const { server, anna, annas, make } = arranged;
  const stranger = user(server, 'stranger', 'admin', OTHER_TENANT);
  const refused = await make({ name: 'x', role: 'viewer', owner_id: stranger.id });
  assert.deepEqual([refused.status, refused.errors[0].path], [400, 'owner_id']);
  const key = await make({ name: 'y', role: 'viewer' });
  const given = await send(server, 'PATCH', `/api-keys/${key.id}`, annas, { owner_id: stranger.id });
  assert.equal(given.status, 400);
  const body = { owner_id: anna.id };
  await play(server, { name: '', method: 'PATCH', path: `/api-keys/${key.id}`, as: 'other', body, status: 404 });
});
