import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../src/db/database.ts';
import { forgetOldHistory } from '../../src/db/housekeeping.ts';
import { createRepositories } from '../../src/db/repositories.ts';

test('history older than 400 days goes, the rest stays', async () => {
  const db = await openDatabase(':memory:');
  const repositories = createRepositories(db);
  const now = Date.UTC(2026, 5, 1);
  for (const days of [1, 399, 401, 1000]) {
    const at = new Date(now - days * 86_400_000);
    const place = { site_id: null, site: null, device_id: null, device: null, before: null, after: null };
    repositories.journal.addEvent({ tenant_id: 1, at, kind: `${days}`, ...place });
    const entry = { actor: 'user:anna', address: null, action: `${days}`, target: null, detail: null };
    repositories.journal.addAudit({ tenant_id: 1, at, ...entry });
  }
  assert.equal(forgetOldHistory(repositories, now), 4);
  assert.deepEqual(
    repositories.journal.events(1, {}).data.map((event) => event.kind),
    ['1', '399'],
  );
  assert.deepEqual(
    repositories.journal.audit(1, {}).data.map((entry) => entry.action),
    ['1', '399'],
  );
  assert.equal(forgetOldHistory(repositories, now), 0);
  db.close();
});
