/** Many devices in one request: each judged for itself, all bounded, one entry in the audit log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PollOutcome } from '../../src/api/services.ts';
import { arrangePlant, play, scenarios } from '../support/scenario.ts';
import { createTestServer, OTHER_TENANT, type TestServer } from '../support/server.ts';

/** Device 1 has an SNMP profile, 2 and 3 only ping; 4 belongs to another tenant. */
function arrangeFour(server: TestServer): void {
  const { devices } = server.services.fleet;
  arrangePlant(server);
  devices.create(1, { address: '10.0.0.2', labels: { line: '7', old: 'x' } });
  devices.create(1, { address: '10.0.0.3' });
  devices.create(OTHER_TENANT, { address: '10.0.0.4' });
}

const lastAudit = (server: TestServer, action: string) =>
  server.repositories.journal.audit(1, { action }).data[0]?.detail as Record<string, unknown>;

const DONE: PollOutcome = { at_ms: 0, duration_ms: 1, metrics: [] };

scenarios([
  {
    name: 'one change is made to many; what is not theirs is refused, each with its answer',
    method: 'PATCH',
    path: '/devices/bulk',
    as: 'operator',
    arrange: arrangeFour,
    body: { ids: [1, 2, 4, 99], change: { ot: true, offline_after_s: 60, set_labels: { line: '8', old: null } } },
    status: 200,
    contains: ['"done":2', '"refused":2', '{"id":4,"status":404,"detail":"Device not found"', '"id":99,"status":404'],
    expect: (server) => {
      const { devices } = server.repositories;
      assert.deepEqual(
        [devices.get(1, 1)?.ot, devices.get(1, 2)?.offline_after_s, devices.get(1, 3)?.ot],
        [true, 60, false],
      );
      assert.deepEqual([devices.get(1, 1)?.labels, devices.get(1, 2)?.labels], [{ line: '8' }, { line: '8' }]);
      assert.equal(devices.get(OTHER_TENANT, 4)?.ot, false);
      const { ids, done, refused } = lastAudit(server, 'device.bulk_update');
      assert.deepEqual([ids, done, refused], [[1, 2, 4, 99], 2, 2]);
      // The name that a device gives itself is not taken for one that a person gave.
      assert.equal(devices.get(1, 2)?.name_given, false);
    },
  },
  {
    name: 'a change that is wrong for all changes none',
    method: 'PATCH',
    path: '/devices/bulk',
    as: 'operator',
    arrange: arrangeFour,
    body: { ids: [1, 2], change: { site: 'nowhere' } },
    status: 200,
    contains: ['"done":0', '"path":"site"', 'there is no site nowhere'],
  },
  {
    name: 'a credential profile of another tenant cannot be given to many either',
    method: 'PATCH',
    path: '/devices/bulk',
    as: 'other',
    arrange: arrangeFour,
    body: { ids: [4], change: { credential_profile_id: 1 } },
    status: 200,
    contains: ['"done":0', '"path":"credential_profile_id"'],
  },
  {
    name: 'addresses and names are not the same for many',
    method: 'PATCH',
    path: '/devices/bulk',
    as: 'operator',
    body: { ids: [1], change: { address: '10.0.0.9' } },
    status: 400,
    contains: ['"path":"change.address"'],
  },
  {
    name: 'no change is a mistake',
    method: 'PATCH',
    path: '/devices/bulk',
    as: 'operator',
    body: { ids: [1], change: {} },
    status: 400,
    contains: ['must hold at least one change'],
  },
  {
    name: 'too many at once are refused',
    method: 'PATCH',
    path: '/devices/bulk',
    as: 'operator',
    body: { ids: Array.from({ length: 1001 }, (_, i) => i + 1), change: { ot: true } },
    status: 400,
    contains: ['must not hold more than 1000 devices'],
  },
  {
    name: 'a device is named once',
    method: 'POST',
    path: '/devices/bulk/delete',
    as: 'operator',
    body: { ids: [1, 1] },
    status: 400,
    contains: ['must not name a device twice'],
  },
  {
    name: 'labels beyond the limit are refused for the device that would have them',
    method: 'PATCH',
    path: '/devices/bulk',
    as: 'operator',
    arrange: arrangeFour,
    body: {
      ids: [2, 3],
      change: { set_labels: Object.fromEntries(Array.from({ length: 29 }, (_, i) => [`l${i}`, 'x'])) },
    },
    status: 200,
    contains: ['"done":1', '{"id":2,"status":400', 'must not hold more than 30 labels'],
  },
  {
    name: 'many are removed with what they measured; without cascade those with monitors stay',
    method: 'POST',
    path: '/devices/bulk/delete',
    as: 'operator',
    arrange: arrangeFour,
    body: { ids: [1, 2, 4], cascade: true },
    status: 200,
    contains: ['"done":2', '"refused":1'],
    expect: (server) => {
      const { repositories, store, services } = server;
      assert.deepEqual(
        repositories.devices.all().map(({ id }) => id),
        [3, 4],
      );
      assert.deepEqual(
        store.deleted.filter((selector) => selector.startsWith('{monitor_id')),
        ['{monitor_id="1"}', '{monitor_id="2"}', '{monitor_id="3"}'],
      );
      assert.equal(store.deleted.filter((selector) => selector.includes('device_id="2"')).length, 1);
      assert.deepEqual(
        services.fleet.configuration.document.devices.map(({ device_id }) => device_id),
        ['3', '4'],
      );
      const { devices } = lastAudit(server, 'device.bulk_delete') as { devices: { name: string }[] };
      assert.deepEqual(devices[0], { id: 1, name: 'core-sw-1', address: '10.0.0.1' });
      const events = repositories.journal.events(1, { kind: 'device_removed' }).data;
      assert.equal(events.length, 2);
    },
  },
  {
    name: 'without cascade, a device with monitors stays',
    method: 'POST',
    path: '/devices/bulk/delete',
    as: 'operator',
    arrange: arrangeFour,
    body: { ids: [1, 2] },
    status: 200,
    contains: ['"done":0', 'Device in use by 2 monitor(s)', 'Device in use by 1 monitor(s)'],
  },
  {
    name: 'all enabled monitors of many devices are polled',
    method: 'POST',
    path: '/devices/bulk/poll',
    as: 'operator',
    arrange: (server) => {
      arrangeFour(server);
      server.services.fleet.monitors.patch(1, 3, { enabled: false });
    },
    body: { ids: [1, 2, 3, 4] },
    status: 200,
    contains: [
      '"succeeded":3',
      '"failed":0',
      '"left":0',
      '{"id":4,"status":404',
      '{"id":2,"status":200,"monitors":[]}',
    ],
    expect: (server) => assert.equal(lastAudit(server, 'device.bulk_poll').succeeded, 3),
  },
  {
    name: 'who only looks does not poll',
    method: 'POST',
    path: '/devices/bulk/poll',
    as: 'viewer',
    body: { ids: [1] },
    status: 403,
  },
]);

test('of many polls only so many run at a time, failures are told, and after a minute the rest is left', async () => {
  let running = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  await using server = await createTestServer({
    collect: {
      testCredential: () => Promise.reject(new Error('not of this test')),
      poll: async (id) => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => waiting.push(resolve));
        running--;
        return id === 1 ? { ...DONE, error: { code: 'timeout', message: 'No answer.' } } : DONE;
      },
    },
  });
  const ids = Array.from({ length: 100 }, (_, i) => {
    return server.services.fleet.devices.create(1, { address: `10.1.0.${i + 1}` }).id;
  });
  const asked = server.request('POST', '/api/v1/devices/bulk/poll', { key: server.keyOf('operator'), body: { ids } });
  while (waiting.length < 64) await new Promise((resolve) => setImmediate(resolve));
  for (const release of waiting.splice(0, 10)) release();
  while (waiting.length < 64) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(most, 64);
  await server.clock.advance(60_000);
  for (const release of waiting.splice(0)) release();
  const answer = (await (await asked).json()) as Record<string, unknown> & { results: { monitors: unknown[] }[] };
  assert.deepEqual([answer.succeeded, answer.failed, answer.left], [73, 1, 26]);
  assert.deepEqual(answer.results[0]?.monitors, [
    { monitor_id: 1, plugin_id: 'icmp', state: 'failed', error: { code: 'timeout', message: 'No answer.' } },
  ]);
  assert.equal(running, 0);
});

test('one entry of a bulk request is what a request for it alone would have answered', async () => {
  await using server = await createTestServer();
  arrangeFour(server);
  const body = { ids: [1], change: { parent_id: 1 } };
  const bulk = JSON.parse(
    await play(server, { name: '', method: 'PATCH', path: '/devices/bulk', as: 'operator', body, status: 200 }),
  );
  const alone = JSON.parse(
    await play(server, {
      name: '',
      method: 'PATCH',
      path: '/devices/1',
      as: 'operator',
      body: body.change,
      status: 400,
    }),
  );
  assert.deepEqual(bulk.results[0], { id: 1, status: 400, detail: alone.detail, errors: alone.errors });
});
