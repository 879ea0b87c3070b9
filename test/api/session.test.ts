import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer } from '../support/server.ts';

const ADMIN = { username: 'anna', password: 'correct horse battery' };

test('the first run makes an administrator from loopback, once', async () => {
  await using server = await createTestServer();
  const local = { from: '127.0.0.1', headers: { host: 'localhost:8080' } };
  const state = await server.request('GET', '/api/v1/setup', local);
  assert.deepEqual(await state.json(), { needed: true, code_required: false });
  const made = await server.request('POST', '/api/v1/setup', { ...local, body: ADMIN });
  assert.equal(made.status, 201);
  const body = await made.json();
  assert.equal(body.user.role, 'admin');
  assert.match(
    made.headers.get('set-cookie') ?? '',
    /^telltale_session=tts_\S+; Expires=.+; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const again = await server.request('POST', '/api/v1/setup', { ...local, body: { ...ADMIN, username: 'eve' } });
  assert.equal(again.status, 409);
  const me = await server.request('GET', '/api/v1/auth/me', { key: body.token });
  assert.equal((await me.json()).user.username, 'anna');
  const devices = await server.request('POST', '/api/v1/devices', { key: body.token, body: { address: '10.0.0.1' } });
  assert.equal(devices.status, 201);
  assert.deepEqual(server.errors, []);
});
