import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrangePlant, play, scenarios } from '../support/scenario.ts';
import { createTestServer, type TestServer } from '../support/server.ts';

function arrangeDiscovery(server: TestServer) {
  const { credential } = arrangePlant(server);
  const { repositories, clock } = server;
  repositories.discovery.insertProfile(
    1,
    {
      name: 'office',
      subnet: '10.0.0.0/24',
      exclude: null,
      site_id: 1,
      component_id: null,
      port_scan: false,
      tcp_ports: [],
      schedule: null,
      auto_import: false,
      import_rule: null,
      credential_profile_ids: [credential.id],
    },
    new Date(clock.nowMs()),
  );
}

scenarios([
  {
    name: 'a credential profile in use by monitors stays',
    method: 'DELETE',
    path: '/credential-profiles/1',
    as: 'admin',
    arrange: (server) => {
      const { credential, device } = arrangePlant(server);
      server.services.fleet.monitors.create(1, {
        device_id: device.id,
        plugin_id: 'snmp',
        credential_profile_id: credential.id,
      });
    },
    status: 400,
    contains: ['"detail":"Credential Profile in use by 2 monitor(s)"'],
  },
  {
    name: 'a credential profile in use by a discovery profile stays',
    method: 'DELETE',
    path: '/credential-profiles/1',
    as: 'admin',
    arrange: async (server) => {
      arrangeDiscovery(server);
      await server.services.fleet.devices.delete(1, 1, true);
    },
    status: 400,
    contains: ['"detail":"Credential Profile in use by 1 discovery profile(s)"'],
  },
  {
    name: 'a device with monitors stays',
    method: 'DELETE',
    path: '/devices/1',
    as: 'operator',
    arrange: arrangePlant,
    status: 400,
    contains: ['"detail":"Device in use by 2 monitor(s)"'],
  },
  {
    name: 'with cascade a device goes with its monitors and their metrics',
    method: 'DELETE',
    path: '/devices/1?cascade=true',
    as: 'operator',
    arrange: arrangePlant,
    status: 204,
    expect: ({ repositories, store }) => {
      assert.deepEqual(repositories.monitors.all(), []);
      assert.deepEqual(store.deleted, [
        '{monitor_id="1"}',
        '{monitor_id="2"}',
        '{__name__=~"device_(health|offline|silent_seconds)",device_id="1"}',
      ]);
      assert.deepEqual(store.labels.get('{"device_id":"1"}')?.labels, {});
    },
  },
  {
    name: 'a plugin in use stays',
    method: 'DELETE',
    path: '/plugins/snmp',
    as: 'admin',
    arrange: arrangePlant,
    status: 400,
    contains: ['"detail":"Plugin in use by 1 monitor(s)"'],
  },
  {
    name: 'a built-in plugin stays',
    method: 'DELETE',
    path: '/plugins/tcp',
    as: 'admin',
    status: 403,
    contains: ['built in'],
  },
  {
    name: 'deleting a monitor deletes its metrics',
    method: 'DELETE',
    path: '/monitors/2',
    as: 'operator',
    arrange: arrangePlant,
    status: 204,
    expect: async ({ store, clock }) => {
      assert.deepEqual(store.deleted, ['{monitor_id="2"}']);
      // A poll that was under way may have brought rows after that.
      await clock.advance(31_000);
      assert.deepEqual(store.deleted, ['{monitor_id="2"}', '{monitor_id="2"}']);
    },
  },
  {
    name: 'deleting a discovery profile leaves devices and findings',
    method: 'DELETE',
    path: '/discovery-profiles/1',
    as: 'operator',
    arrange: arrangeDiscovery,
    status: 204,
    expect: ({ repositories }) => assert.equal(repositories.devices.all().length, 1),
  },
  {
    name: 'a site with devices stays',
    method: 'DELETE',
    path: '/sites/3',
    as: 'operator',
    arrange: ({ services, repositories, clock }) => {
      repositories.sites.insert(1, { name: 'Plant 2', time_zone: 'UTC', description: '' }, new Date(clock.nowMs()));
      services.fleet.devices.create(1, { address: '10.0.0.1', site: 'Plant 2' });
    },
    status: 400,
    contains: ['"detail":"Site in use by 1 device(s)"'],
  },
  { name: 'the default site stays', method: 'DELETE', path: '/sites/1', as: 'admin', status: 400 },
]);

test('in the right order everything can be deleted', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  for (const path of ['/monitors/1', '/monitors/2', '/devices/1', '/credential-profiles/1']) {
    await play(server, { name: path, method: 'DELETE', path, as: 'admin', status: 204 });
    await play(server, { name: path, method: 'DELETE', path, as: 'admin', status: 404 });
  }
});
