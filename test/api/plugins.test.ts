/** Added plugins over the API: who may add what, and that it reaches the collector. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsOf } from '../../src/api/api.ts';
import { arrangePlant, play, scenarios } from '../support/scenario.ts';
import { createTestServer, type TestServer } from '../support/server.ts';

const own = {
  id: 'own',
  name: 'Own',
  executable: 'own.sh',
  arguments: ['--fast'],
  timeout_s: 5,
  credential_types: ['http_basic'],
  settings_schema: { type: 'object', properties: { port: { type: 'integer' } }, required: ['port'] },
  fields: [{ measurement: 'own', field: 'watts', kind: 'gauge', unit: 'watts', help: 'Power' }],
};

async function arrangePlugin(server: TestServer): Promise<void> {
  arrangePlant(server);
  const response = await server.request('POST', '/api/v1/plugins', { key: server.keyOf('admin'), body: own });
  assert.equal(response.status, 201, await response.text());
}

async function arrangeMonitor(server: TestServer): Promise<void> {
  await arrangePlugin(server);
  server.services.fleet.monitors.create(1, { device_id: 1, plugin_id: 'own', settings: { port: 1 } });
  server.services.fleet.configuration.flush();
}

scenarios([
  {
    name: 'an administrator adds a plugin, and the audit log knows of it',
    method: 'POST',
    path: '/plugins',
    as: 'admin',
    body: own,
    status: 201,
    contains: ['"type":"executable"', '"unit":"watts"', '"timeout_s":5', '"default_interval_s":60'],
    expect: async (server) => {
      const text = await play(server, { name: '', method: 'GET', path: '/audit', as: 'admin', status: 200 });
      assert.match(text, /"action":"plugin.create".*plugins\/own/);
    },
  },
  { name: 'an operator may not', method: 'POST', path: '/plugins', as: 'operator', body: own, status: 403 },
  {
    name: 'an operator may not change one',
    method: 'PUT',
    path: '/plugins/own',
    as: 'operator',
    body: own,
    arrange: arrangePlugin,
    status: 403,
  },
  {
    name: 'a program that cannot be run is not added',
    method: 'POST',
    path: '/plugins',
    as: 'admin',
    body: { ...own, executable: 'missing.sh' },
    status: 400,
    contains: ['"path":"executable"', 'There is no file missing.sh'],
    expect: ({ repositories }) => assert.deepEqual(repositories.plugins.all(1), []),
  },
  {
    name: 'nor put in the place of one',
    method: 'PUT',
    path: '/plugins/own',
    as: 'admin',
    arrange: arrangePlugin,
    body: { ...own, executable: 'missing.sh' },
    status: 400,
    contains: ['"path":"executable"'],
    expect: ({ repositories }) => assert.equal(repositories.plugins.get(1, 'own')?.executable, 'own.sh'),
  },
  {
    name: 'the ID of a built-in plugin is taken',
    method: 'POST',
    path: '/plugins',
    as: 'admin',
    body: { ...own, id: 'snmp' },
    status: 409,
    contains: ['"path":"id"'],
  },
  {
    name: 'an ID is taken once',
    method: 'POST',
    path: '/plugins',
    as: 'admin',
    arrange: arrangePlugin,
    body: own,
    status: 409,
    contains: ['"path":"id"'],
  },
  {
    name: 'another tenant may use the same ID',
    method: 'POST',
    path: '/plugins',
    as: 'other',
    arrange: arrangePlugin,
    body: own,
    status: 201,
  },
  {
    name: 'what is known of a field cannot be said otherwise',
    method: 'POST',
    path: '/plugins',
    as: 'admin',
    arrange: arrangePlugin,
    body: { ...own, id: 'second', fields: [{ measurement: 'own', field: 'watts', kind: 'counter' }] },
    status: 400,
    contains: ['"path":"fields.0.field"', 'known already as gauge in watts'],
  },
  {
    name: 'a plugin may change what it declared itself',
    method: 'PUT',
    path: '/plugins/own',
    as: 'admin',
    arrange: arrangePlugin,
    body: { ...own, fields: [{ measurement: 'own', field: 'watts', kind: 'counter' }] },
    status: 200,
    contains: ['"kind":"counter"'],
  },
  {
    name: 'names that cannot be stored are refused',
    method: 'POST',
    path: '/plugins',
    as: 'admin',
    body: { ...own, fields: [{ measurement: 'a b', field: '__x', kind: 'gauge' }] },
    status: 400,
    contains: ['"path":"fields.0.measurement"', '"path":"fields.0.field"'],
  },
  {
    name: 'a time limit beyond that of polls is refused',
    method: 'POST',
    path: '/plugins',
    as: 'admin',
    body: { ...own, timeout_s: 101 },
    status: 400,
    contains: ['"path":"timeout_s"'],
  },
  {
    name: "a monitor's settings are held against the plugin's schema",
    method: 'POST',
    path: '/monitors',
    as: 'operator',
    arrange: arrangePlugin,
    body: { device_id: 1, plugin_id: 'own', settings: { port: 'x' } },
    status: 400,
    contains: ['"path":"settings.port"'],
  },
  {
    name: 'a plugin in use stays',
    method: 'DELETE',
    path: '/plugins/own',
    as: 'admin',
    arrange: arrangeMonitor,
    status: 400,
    contains: ['"detail":"Plugin in use by 1 monitor(s)"'],
  },
  {
    name: 'one that nobody uses goes',
    method: 'DELETE',
    path: '/plugins/own',
    as: 'admin',
    arrange: arrangePlugin,
    status: 204,
  },
  {
    name: 'changing a plugin reaches the collector though no device changed',
    method: 'PUT',
    path: '/plugins/own',
    as: 'admin',
    arrange: arrangeMonitor,
    body: { ...own, arguments: ['--slow'] },
    status: 200,
    expect: ({ services }) => {
      services.fleet.configuration.flush();
      assert.deepEqual(services.fleet.configuration.document.plugins['1/own']?.arguments, ['--slow']);
    },
  },
]);

test('where no programs are run, none can be added', async () => {
  await using server = await createTestServer({ executables: undefined });
  const changes = endpointsOf(server.services).filter((endpoint) => /^(post|put)$/.test(endpoint.method));
  assert.ok(changes.every((endpoint) => !endpoint.path.startsWith('/plugins')));
});
