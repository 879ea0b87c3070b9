import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Passwords } from '../../src/auth/passwords.ts';
import { may } from '../../src/auth/principal.ts';
import { createTestServer } from '../support/server.ts';

const NOTHING = { cookieToken: undefined, authorization: undefined, apiKey: undefined };

test('tools may send a key as Token or as the password of Basic, people may not', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('ingest');
  const { authenticator } = server.auth;
  const basic = `Basic ${Buffer.from(`any:${key}`).toString('base64')}`;
  for (const authorization of [`Token ${key}`, `token ${key}`, basic]) {
    assert.equal(authenticator.principalOf({ ...NOTHING, authorization }, true)?.role, 'ingest');
    assert.equal(authenticator.principalOf({ ...NOTHING, authorization }), undefined);
  }
  assert.equal(authenticator.principalOf({ ...NOTHING, authorization: `Bearer ${key}` })?.role, 'ingest');
  assert.equal(authenticator.principalOf({ ...NOTHING, apiKey: key })?.tenant, 1);
});

test('what is no key is nobody', async () => {
  await using server = await createTestServer();
  const { authenticator } = server.auth;
  const key = server.keyOf('admin');
  for (const authorization of [
    '',
    'Bearer',
    'Bearer  ',
    `Bearer ${key}x`,
    `Bearer ${key.slice(0, -1)}`,
    'Basic !!!',
    key,
  ]) {
    assert.equal(authenticator.principalOf({ ...NOTHING, authorization }, true), undefined, authorization);
  }
  assert.equal(authenticator.principalOf({ ...NOTHING, cookieToken: key }), undefined, 'a key is no session');
  assert.equal(authenticator.principalOf(NOTHING), undefined);
});

test('keys and sessions are stored as hashes only', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('admin');
  const [record] = server.repositories.apiKeys.list(1, {}).data;
  assert.ok(!JSON.stringify(record).includes(key.slice(12)));
  assert.equal(record?.prefix, key.slice(0, 10));
});

test('an ingest key may write samples and nothing else', () => {
  const principal = { kind: 'api_key', id: 1, name: 'x', tenant: 1, userId: null, byCookie: false } as const;
  assert.equal(may({ ...principal, role: 'ingest' }, 'ingest'), true);
  for (const permission of ['read', 'operate', 'alert', 'administer'] as const) {
    assert.equal(may({ ...principal, role: 'ingest' }, permission), false);
  }
  assert.equal(may({ ...principal, role: 'viewer' }, 'ingest'), false);
});

test('passwords are argon2id, salted, and an unknown user costs a verification too', async () => {
  const passwords = new Passwords();
  const [one, two] = await Promise.all([passwords.hash('the same password'), passwords.hash('the same password')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
  assert.notEqual(one, two);
  assert.equal(await passwords.verify(one, 'the same password'), true);
  assert.equal(await passwords.verify(one, 'The same password'), false);
  assert.equal(await passwords.verify(undefined, 'the password of nobody'), false);
});
