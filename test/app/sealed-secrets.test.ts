import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SealedSecrets } from '../../src/app/sealed-secrets.ts';
import { SecretBox } from '../../src/config/secrets.ts';
import { arrangePlant } from '../support/scenario.ts';
import { createTestServer } from '../support/server.ts';

test('secrets that do not open with the key file are counted, until they are entered again', async () => {
  await using server = await createTestServer();
  const { repositories, clock, services } = server;
  const { credential } = arrangePlant(server);
  const healthy = new SealedSecrets({ repositories, secrets: services.secrets, clock });
  assert.deepEqual(healthy.healthChecks(), {});
  const other = new SecretBox(new Map([[1, new Uint8Array(32).fill(9)]]));
  const lost = new SealedSecrets({ repositories, secrets: other, clock });
  assert.match(lost.healthChecks().secrets?.message ?? '', /^The secrets of 1 credential profile/);
  const sealed = {
    community: other.seal('again', { tenant: 1, record: `credential_profile:${credential.id}:community` }),
  };
  const { name, type, public: plain } = credential;
  repositories.credentialProfiles.update(1, credential.id, { name, type, public: plain, sealed }, new Date());
  await clock.advance(60_000);
  assert.equal(lost.problem(), undefined);
});

test('a credential that does not open is said so when it is tested', async () => {
  await using server = await createTestServer();
  const { credential } = arrangePlant(server);
  const { name, type, public: plain } = credential;
  const values = { name, type, public: plain, sealed: { community: 's9:AAAA' } };
  server.repositories.credentialProfiles.update(1, credential.id, values, new Date());
  const path = `/api/v1/credential-profiles/${credential.id}/test`;
  const answer = await server.request('POST', path, { key: server.keyOf('operator'), body: { address: '10.0.0.1' } });
  assert.equal(answer.status, 409);
  assert.match(await answer.text(), /sealed with a key that is not here/);
});
