import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsOf } from '../../src/api/api.ts';
import { redact } from '../../src/api/redact.ts';
import { createTestServer } from '../support/server.ts';

const SECRETS = [
  'S3cret-community',
  'S3cret-auth-pass',
  'S3cret-priv-pass',
  'S3cret-mail-pass',
  'S3cret-hook-sign',
  'S3cret-user-pass',
];

const BODIES: readonly [path: string, body: unknown][] = [
  ['/credential-profiles', { name: 'two', type: 'snmp_v2c', community: SECRETS[0] }],
  [
    '/credential-profiles',
    {
      name: 'three',
      type: 'snmp_v3',
      username: 'monitor',
      security_level: 'authPriv',
      auth_protocol: 'sha256',
      auth_password: SECRETS[1],
      priv_protocol: 'AES_256',
      priv_password: SECRETS[2],
    },
  ],
  [
    '/channels',
    {
      name: 'mail',
      type: 'email',
      config: {
        host: 'mail.example',
        username: 'u',
        password: SECRETS[3],
        from: 'a@example.org',
        to: ['b@example.org'],
      },
    },
  ],
  ['/channels', { name: 'hook', type: 'webhook', config: { url: 'https://hooks.example/T0/B0', secret: SECRETS[4] } }],
  ['/users', { username: 'ben', password: SECRETS[5], role: 'viewer' }],
];

test('no secret that went in comes out: not in answers, lists, audit, or the tables', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('admin');
  const seen: string[] = [];
  for (const [path, body] of BODIES) {
    const response = await server.request('POST', `/api/v1${path}`, { key, body });
    const text = await response.text();
    assert.equal(response.status, 201, text);
    seen.push(text);
  }
  for (const endpoint of endpointsOf(server.services)) {
    if (endpoint.method !== 'get') continue;
    const path = endpoint.path.replaceAll(':id', '1');
    if (path.includes(':')) continue;
    seen.push(await (await server.request('GET', `/api/v1${path}`, { key })).text());
  }
  const { repositories, services } = server;
  seen.push(JSON.stringify([repositories.credentialProfiles.list(1, {}), repositories.channels.list(1, {})]));
  seen.push(
    JSON.stringify([
      repositories.users.list(1, {}),
      repositories.apiKeys.list(1, {}),
      repositories.journal.audit(1, {}),
    ]),
  );
  seen.push(JSON.stringify(services.fleet.configuration.document));
  for (const text of seen) {
    for (const secret of [...SECRETS, key]) assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 400)}`);
  }
});

test('answers name the secrets that are set, and what is no secret stands beside', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('admin');
  const body = BODIES[1]?.[1];
  const made = (await (await server.request('POST', '/api/v1/credential-profiles', { key, body })).json()) as object;
  const { name, type, username, security_level, auth_protocol, priv_protocol, secrets } = made as Record<
    string,
    unknown
  >;
  assert.deepEqual([name, type, username, security_level], ['three', 'snmp_v3', 'monitor', 'authPriv']);
  assert.deepEqual([auth_protocol, priv_protocol, secrets], ['SHA-256', 'AES-256', ['auth_password', 'priv_password']]);
});

test('a secret that PUT leaves out keeps its value; it opens only in its own record', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('admin');
  const { fleet } = server.services;
  await server.request('POST', '/api/v1/credential-profiles', { key, body: BODIES[0]?.[1] });
  const body = { name: 'two again', type: 'snmp_v2c', port: 1161 };
  const put = await server.request('PUT', '/api/v1/credential-profiles/1', { key, body });
  assert.equal(put.status, 200);
  assert.deepEqual(fleet.credentials.open(1, 1), {
    type: 'snmp_v2c',
    public: { port: 1161 },
    secrets: { community: SECRETS[0] },
  });
  const sealed = fleet.credentials.get(1, 1).sealed.community ?? '';
  assert.throws(() => server.services.secrets.open(sealed, { tenant: 1, record: 'credential_profile:2:community' }));
  assert.throws(() => server.services.secrets.open(sealed, { tenant: 2, record: 'credential_profile:1:community' }));
});

test('secrets that a lower security level does not need are forgotten', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('admin');
  await server.request('POST', '/api/v1/credential-profiles', { key, body: BODIES[1]?.[1] });
  const body = {
    name: 'three',
    type: 'snmp_v3',
    username: 'monitor',
    security_level: 'authNoPriv',
    auth_protocol: 'SHA-256',
  };
  const put = await server.request('PUT', '/api/v1/credential-profiles/1', { key, body });
  assert.deepEqual(((await put.json()) as { secrets: string[] }).secrets, ['auth_password']);
  assert.deepEqual(server.services.fleet.credentials.open(1, 1).secrets, { auth_password: SECRETS[1] });
});

test('a stored credential is opened for a test, and an unsaved one is only passed on', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('admin');
  await server.request('POST', '/api/v1/credential-profiles', { key, body: BODIES[0]?.[1] });
  const stored = await server.request('POST', '/api/v1/credential-profiles/1/test', {
    key,
    body: { address: '10.0.0.1' },
  });
  assert.equal(stored.status, 200);
  const body = { type: 'snmp_v1', community: 'another', address: '10.0.0.2' };
  const unsaved = await server.request('POST', '/api/v1/credential-profiles/test', { key, body });
  assert.equal(unsaved.status, 200);
  assert.deepEqual(
    server.tests.map((entry) => [entry.address, entry.credential.type, entry.credential.secrets.community]),
    [
      ['10.0.0.1', 'snmp_v2c', SECRETS[0]],
      ['10.0.0.2', 'snmp_v1', 'another'],
    ],
  );
  const audit = JSON.stringify(server.repositories.journal.audit(1, {}).data);
  assert.ok(!audit.includes('another') && audit.includes('10.0.0.2'), audit);
});

test('secrets are taken out by name, at any depth, and long texts are cut', () => {
  const redacted = redact({
    password: 'x',
    nested: [{ auth_password: 'x', API_TOKEN: 'x', community: 'x', port: 161 }],
    url: 'https://hooks.example/T0/B0?x=1',
    monkey: 'stays',
    empty_password: null,
    long: 'y'.repeat(600),
  });
  assert.deepEqual(redacted, {
    password: '***',
    nested: [{ auth_password: '***', API_TOKEN: '***', community: '***', port: 161 }],
    url: 'https://hooks.example/…',
    monkey: 'stays',
    empty_password: null,
    long: `${'y'.repeat(500)}…`,
  });
});
