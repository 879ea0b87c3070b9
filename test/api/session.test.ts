import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestServer, type TestServer } from '../support/server.ts';

const ANNA = { username: 'anna', password: 'correct horse battery' };
const LOCAL = { from: '127.0.0.1', headers: { host: 'localhost:8080' } };

async function setUp(server: TestServer): Promise<{ token: string; cookie: string }> {
  const response = await server.request('POST', '/api/v1/setup', { ...LOCAL, body: ANNA });
  assert.equal(response.status, 201);
  const { token } = (await response.json()) as { token: string };
  return { token, cookie: `telltale_session=${token}` };
}

const login = (server: TestServer, body: object, extra: object = {}) =>
  server.request('POST', '/api/v1/auth/login', { body, ...extra });

test('the first run makes an administrator from loopback, once', async () => {
  await using server = await createTestServer();
  const state = await server.request('GET', '/api/v1/setup', LOCAL);
  assert.deepEqual(await state.json(), { needed: true, code_required: false });
  const made = await server.request('POST', '/api/v1/setup', { ...LOCAL, body: ANNA });
  assert.equal(made.status, 201);
  const body = (await made.json()) as { token: string; user: { role: string } };
  assert.equal(body.user.role, 'admin');
  const cookie = made.headers.get('set-cookie') ?? '';
  assert.match(cookie, /^telltale_session=tts_\S+; Expires=.+; Path=\/; HttpOnly; SameSite=Strict$/);
  const again = await server.request('POST', '/api/v1/setup', { ...LOCAL, body: { ...ANNA, username: 'eve' } });
  assert.equal(again.status, 409);
  const after = await server.request('GET', '/api/v1/setup', LOCAL);
  assert.deepEqual(await after.json(), { needed: false, code_required: false });
  const [entry] = server.repositories.journal.audit(1, { action: 'setup' }).data;
  assert.deepEqual([entry?.actor, entry?.target, entry?.detail], ['setup', 'users/1', { username: 'anna' }]);
});

test('two first runs at the same time make one administrator', async () => {
  await using server = await createTestServer();
  const both = ['anna', 'eve'].map((username) =>
    server.request('POST', '/api/v1/setup', { ...LOCAL, body: { ...ANNA, username } }),
  );
  const statuses = (await Promise.all(both)).map((response) => response.status);
  assert.deepEqual(statuses.toSorted(), [201, 409]);
  assert.equal(server.repositories.users.count(), 1);
});

test('from another machine the first run needs the set-up code', async () => {
  await using server = await createTestServer();
  const state = await server.request('GET', '/api/v1/setup');
  assert.deepEqual(await state.json(), { needed: true, code_required: true });
  const without = await server.request('POST', '/api/v1/setup', { body: ANNA });
  assert.equal(without.status, 403);
  const wrong = await server.request('POST', '/api/v1/setup', { body: { ...ANNA, setup_code: 'AAAA-AAAA' } });
  assert.equal(wrong.status, 403);
  const setup_code = server.auth.firstRun.code().toLowerCase().replace('-', ' ');
  const right = await server.request('POST', '/api/v1/setup', { body: { ...ANNA, setup_code } });
  assert.equal(right.status, 201);
});

test('guessing the set-up code is slowed down', async () => {
  await using server = await createTestServer();
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 7; attempt++) {
    const body = { ...ANNA, setup_code: `AAAA-AAA${attempt}` };
    statuses.push((await server.request('POST', '/api/v1/setup', { body })).status);
  }
  assert.deepEqual(statuses, [403, 403, 403, 403, 403, 429, 429]);
});

for (const [what, options] of Object.entries({
  'a page whose own name points here': { from: '127.0.0.1', headers: { host: 'evil.example' } },
  'a proxy on this machine that tells its protocol only': {
    from: '127.0.0.1',
    headers: { host: 'localhost', 'x-forwarded-proto': 'https' },
  },
  'a proxy on this machine that tells nothing': {
    from: '127.0.0.1',
    headers: { host: 'localhost' },
    httpVersion: '1.0',
  },
  'a proxy on this machine': { from: '127.0.0.1', headers: { host: 'localhost', 'x-forwarded-for': '192.0.2.1' } },
})) {
  test(`${what} is not somebody at the machine`, async () => {
    await using server = await createTestServer();
    const response = await server.request('POST', '/api/v1/setup', { ...options, body: ANNA });
    assert.equal(response.status, 403);
    assert.equal(server.repositories.users.count(), 0);
  });
}

test('a page of another origin cannot make the first administrator', async () => {
  await using server = await createTestServer();
  const headers = { ...LOCAL.headers, origin: 'http://evil.example' };
  const response = await server.request('POST', '/api/v1/setup', { ...LOCAL, headers, body: ANNA });
  assert.equal(response.status, 403);
});

test('logging in answers a token for a day and never the password or its hash', async () => {
  await using server = await createTestServer();
  await setUp(server);
  const response = await login(server, { username: 'ANNA', password: ANNA.password });
  assert.equal(response.status, 200);
  const text = await response.text();
  assert.ok(!text.includes(ANNA.password) && !text.includes('argon2'));
  const { token, expires_at } = JSON.parse(text);
  assert.equal(Date.parse(expires_at) - server.clock.nowMs(), 24 * 3_600_000);
  assert.equal((await server.request('GET', '/api/v1/auth/me', { key: token })).status, 200);
  await server.clock.advance(24 * 3_600_000);
  assert.equal((await server.request('GET', '/api/v1/auth/me', { key: token })).status, 401);
});

test('a wrong password and an unknown name get the same answer', async () => {
  await using server = await createTestServer();
  await setUp(server);
  const wrong = await login(server, { username: 'anna', password: 'wrong password' });
  const unknown = await login(server, { username: 'nobody', password: 'wrong password' });
  assert.deepEqual([wrong.status, unknown.status], [401, 401]);
  assert.equal(await wrong.text(), await unknown.text());
  const failed = server.repositories.journal.audit(1, { action: 'login.failed' }).data;
  assert.deepEqual(failed.map((entry) => entry.actor).toSorted(), ['user:anna', 'user:nobody']);
});

test('five wrong passwords lock the name at that address, not elsewhere, and not for ever', async () => {
  await using server = await createTestServer();
  await setUp(server);
  const wrong = { username: 'anna', password: 'wrong password' };
  for (let attempt = 0; attempt < 5; attempt++) assert.equal((await login(server, wrong)).status, 401);
  const locked = await login(server, ANNA);
  assert.equal(locked.status, 429);
  assert.equal(locked.headers.get('retry-after'), '30');
  assert.equal((await login(server, ANNA, { from: '192.0.2.8' })).status, 200);
  await server.clock.advance(31_000);
  assert.equal((await login(server, ANNA)).status, 200);
});

test('an attack on the administrator does not lock him out of his own browser, nor of the machine', async () => {
  await using server = await createTestServer();
  await setUp(server);
  const first = await login(server, ANNA);
  const cookies = first.headers.getSetCookie();
  const browser = cookies.find((cookie) => cookie.startsWith('telltale_browser=')) ?? '';
  assert.match(browser, /; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Strict/);
  const cookie = browser.split(';')[0] ?? '';
  for (let i = 0; i < 250; i++) server.auth.guard.failed({ username: 'anna', address: `198.51.100.${i}` });
  const stranger = await login(server, ANNA);
  assert.equal(stranger.status, 429);
  assert.match(await stranger.text(), /a browser that has logged in before, or one on the server itself/);
  assert.equal((await login(server, ANNA, { headers: { cookie } })).status, 200);
  assert.equal((await login(server, ANNA, LOCAL)).status, 200);
  // Neither a made-up cookie nor that of somebody else helps.
  for (const wrong of [
    `${cookie.slice(0, -4)}AAAA`,
    'telltale_browser=x',
    `telltale_browser=${server.auth.browsers.remember('ben')}`,
  ]) {
    assert.equal((await login(server, ANNA, { headers: { cookie: wrong } })).status, 429);
  }
  await server.clock.advance(181 * 86_400_000);
  for (let i = 0; i < 250; i++) server.auth.guard.failed({ username: 'anna', address: `198.51.100.${i}` });
  assert.equal((await login(server, ANNA, { headers: { cookie } })).status, 429);
});

test('wrong passwords elsewhere do not keep who is logged in from changing his own', async () => {
  await using server = await createTestServer();
  await setUp(server);
  const { token } = (await (await login(server, ANNA)).json()) as { token: string };
  for (let i = 0; i < 250; i++) server.auth.guard.failed({ username: 'anna', address: `198.51.100.${i}` });
  const change = (current_password: string) =>
    server.request('POST', '/api/v1/auth/password', {
      key: token,
      body: { current_password, new_password: 'another good password' },
    });
  for (let attempt = 0; attempt < 4; attempt++) assert.equal((await change('wrong password')).status, 400);
  assert.equal((await change(ANNA.password)).status, 204);
});

test('attempts sent all at once do not pass the guard together', async () => {
  await using server = await createTestServer();
  await setUp(server);
  const attempts = Array.from({ length: 12 }, () => login(server, { username: 'anna', password: 'wrong password' }));
  const statuses = (await Promise.all(attempts)).map((response) => response.status);
  assert.equal(statuses.filter((status) => status === 401).length, 5);
});

test('the cookie reads, but writes only for a page of this origin', async () => {
  await using server = await createTestServer();
  const { cookie } = await setUp(server);
  const ask = (method: string, headers: Record<string, string>) =>
    server.request(method, method === 'GET' ? '/api/v1/devices' : '/api/v1/sites', {
      headers: { cookie, host: 'telltale.example:8443', ...headers },
      ...(method === 'GET' ? {} : { body: { name: `site ${Math.random()}` } }),
    });
  assert.equal((await ask('GET', {})).status, 200);
  assert.equal((await ask('POST', { origin: 'https://telltale.example:8443' })).status, 201);
  assert.equal((await ask('POST', { origin: 'https://evil.example' })).status, 403);
  assert.equal((await ask('POST', { origin: 'https://telltale.example:9999' })).status, 403);
  assert.equal((await ask('POST', { origin: 'null' })).status, 403);
  assert.equal((await ask('POST', { 'sec-fetch-site': 'cross-site' })).status, 403);
  // Not a browser: browsers always send Origin with a write.
  assert.equal((await ask('POST', {})).status, 201);
});

test('a wrong header is not mended by a right cookie', async () => {
  await using server = await createTestServer();
  const { cookie } = await setUp(server);
  const response = await server.request('GET', '/api/v1/auth/me', {
    headers: { cookie, authorization: 'Bearer wrong' },
  });
  assert.equal(response.status, 401);
});

test('logging out ends the session and takes the cookie back', async () => {
  await using server = await createTestServer();
  const { token, cookie } = await setUp(server);
  const out = await server.request('POST', '/api/v1/auth/logout', { headers: { cookie } });
  assert.equal(out.status, 204);
  assert.match(out.headers.get('set-cookie') ?? '', /^telltale_session=; Max-Age=0/);
  assert.equal((await server.request('GET', '/api/v1/auth/me', { key: token })).status, 401);
});

test('the cookie is Secure behind TLS', async () => {
  await using server = await createTestServer();
  await setUp(server);
  const response = await login(server, ANNA, { headers: { 'x-forwarded-proto': 'https' } });
  assert.match(response.headers.get('set-cookie') ?? '', /; Secure$/);
});

test('a new password ends the other sessions and keeps this one', async () => {
  await using server = await createTestServer();
  const { token } = await setUp(server);
  const other = (await (await login(server, ANNA)).json()) as { token: string };
  const change = { current_password: 'wrong', new_password: 'another long password' };
  const refused = await server.request('POST', '/api/v1/auth/password', { key: token, body: change });
  assert.equal(refused.status, 400);
  const body = { ...change, current_password: ANNA.password };
  assert.equal((await server.request('POST', '/api/v1/auth/password', { key: token, body })).status, 204);
  assert.equal((await server.request('GET', '/api/v1/auth/me', { key: token })).status, 200);
  assert.equal((await server.request('GET', '/api/v1/auth/me', { key: other.token })).status, 401);
  assert.equal((await login(server, ANNA)).status, 401);
  assert.equal((await login(server, { ...ANNA, password: 'another long password' })).status, 200);
});

test('disabling a user ends the sessions; the last administrator stays', async () => {
  await using server = await createTestServer();
  const { token: key } = await setUp(server);
  const last = await server.request('PATCH', '/api/v1/users/1', { key, body: { role: 'viewer' } });
  assert.equal(last.status, 400);
  assert.match(await last.text(), /last administrator/);
  const ben = { username: 'ben', password: 'a long enough password', role: 'operator' };
  assert.equal((await server.request('POST', '/api/v1/users', { key, body: ben })).status, 201);
  const session = (await (await login(server, { username: 'ben', password: ben.password })).json()) as {
    token: string;
  };
  assert.equal((await server.request('PATCH', '/api/v1/users/2', { key, body: { disabled: true } })).status, 200);
  assert.equal((await server.request('GET', '/api/v1/auth/me', { key: session.token })).status, 401);
  assert.equal((await login(server, { username: 'ben', password: ben.password })).status, 401);
  assert.equal((await server.request('POST', '/api/v1/users', { key, body: { ...ben, username: 'BEN' } })).status, 409);
  assert.equal((await server.request('DELETE', '/api/v1/users/2', { key })).status, 204);
});

test('more than a thousand requests a minute are too many, for that key alone', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('viewer');
  let limited: Response | undefined;
  for (let i = 0; i <= 1000 && !limited; i++) {
    const response = await server.request('GET', '/api/v1/settings', { key });
    if (response.status === 429) limited = response;
  }
  assert.equal(limited?.headers.get('retry-after'), '1');
  assert.equal((await server.request('GET', '/api/v1/settings', { key: server.keyOf('viewer') })).status, 200);
  await server.clock.advance(1000);
  assert.equal((await server.request('GET', '/api/v1/settings', { key })).status, 200);
});

test('a key that is revoked or past its time is nobody', async () => {
  await using server = await createTestServer();
  const admin = server.keyOf('admin');
  const expires_at = new Date(server.clock.nowMs() + 60_000).toISOString();
  const body = { name: 'telegraf', role: 'viewer', expires_at };
  const made = await server.request('POST', '/api/v1/api-keys', { key: admin, body });
  const { key, id } = (await made.json()) as { key: string; id: number };
  assert.equal((await server.request('GET', '/api/v1/devices', { key })).status, 200);
  assert.equal((await server.request('GET', '/api/v1/devices', { headers: { 'x-api-key': key } })).status, 200);
  await server.clock.advance(60_000);
  assert.equal((await server.request('GET', '/api/v1/devices', { key })).status, 401);
  assert.equal((await server.request('DELETE', `/api/v1/api-keys/${id}`, { key: admin })).status, 204);
});
