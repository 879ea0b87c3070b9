import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readTextAsset } from '../../src/lib/assets.ts';
import type { CollectorConfig, CollectorConfigDelta } from '../../src/model/collector-config.ts';
import { arrangePlant } from '../support/scenario.ts';
import { createTestServer, type TestServer } from '../support/server.ts';

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
  JSON.parse(readTextAsset('schema/collector-config.json')),
);

function assertValid(document: CollectorConfig): void {
  assert.ok(validate(document), JSON.stringify(validate.errors));
}

/** Deltas as a collector receives them, applied to what it has. */
function follow({ services }: TestServer) {
  const { configuration } = services.fleet;
  const deltas: CollectorConfigDelta[] = [];
  configuration.onDelta((delta) => deltas.push(delta));
  return { configuration, deltas };
}

test('a device with SNMP has a section with both monitors, and its credential sealed', async () => {
  await using server = await createTestServer();
  const { configuration } = follow(server);
  arrangePlant(server);
  configuration.flush();
  const { document } = configuration;
  assertValid(document);
  const [section] = document.devices;
  assert.deepEqual(section?.monitors, [
    { monitor_id: '1', plugin_id: 'icmp', interval_s: 10, settings: {} },
    { monitor_id: '2', plugin_id: 'snmp', interval_s: 10, settings: {}, credential_id: '1' },
  ]);
  assert.equal(section?.packets_per_second, 50);
  assert.deepEqual(document.credentials['1']?.public, { port: 161 });
  const sealed = document.credentials['1']?.sealed.community ?? '';
  const context = { tenant: 1, record: 'credential_profile:1:community' };
  assert.equal(server.services.secrets.open(sealed, context), 'very-secret-community');
});

test('changes within five seconds go out together, as one delta', async () => {
  await using server = await createTestServer();
  const { deltas, configuration } = follow(server);
  const before = configuration.document.revision;
  arrangePlant(server);
  await server.clock.advance(3000);
  server.services.fleet.devices.create(1, { address: '10.0.0.2', ot: true });
  await server.clock.advance(1999);
  assert.equal(deltas.length, 0);
  await server.clock.advance(1);
  assert.equal(deltas.length, 1);
  const [delta] = deltas;
  assert.deepEqual([delta?.from_revision, delta?.revision], [before, configuration.document.revision]);
  assert.deepEqual(
    delta?.changed.map((section) => [section.device_id, section.packets_per_second]),
    [
      ['1', 50],
      ['2', 10],
    ],
  );
  assert.deepEqual(Object.keys(delta?.credentials ?? {}), ['1']);
});

test('a delta holds only the sections that changed', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { fleet } = server.services;
  fleet.devices.create(1, { address: '10.0.0.2' });
  fleet.configuration.flush();
  const { deltas } = follow(server);
  fleet.devices.patch(1, 2, { contact: 'nobody polls a contact' });
  fleet.configuration.flush();
  assert.equal(deltas.length, 0, 'what the collector need not know is no change');
  fleet.monitors.patch(1, 3, { polling_interval: 60 });
  fleet.configuration.flush();
  assert.deepEqual(
    deltas[0]?.changed.map((section) => section.device_id),
    ['2'],
  );
  fleet.monitors.patch(1, 3, { enabled: false });
  fleet.configuration.flush();
  assert.deepEqual(deltas[1]?.changed[0]?.monitors, []);
});

test('a new community reaches the collector though no section changed', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { fleet } = server.services;
  fleet.configuration.flush();
  const { deltas } = follow(server);
  fleet.credentials.replace(1, 1, { name: 'x', type: 'snmp_v2c', public: {}, secrets: { community: 'new' } });
  fleet.configuration.flush();
  assert.deepEqual(deltas[0]?.changed, []);
  const sealed = deltas[0]?.credentials['1']?.sealed.community ?? '';
  assert.equal(server.services.secrets.open(sealed, { tenant: 1, record: 'credential_profile:1:community' }), 'new');
});

test('deleting a device goes out at once and takes its credential along', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { fleet } = server.services;
  fleet.configuration.flush();
  const { deltas } = follow(server);
  await fleet.devices.delete(1, 1, true);
  assert.equal(deltas.length, 1);
  assert.deepEqual([deltas[0]?.removed, deltas[0]?.credentials], [['1'], { 1: null }]);
});

test('added plugins that a monitor uses are in the document, by tenant, and go with their last monitor', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { fleet } = server.services;
  const values = {
    name: 'Own',
    description: 'for people',
    executable: 'own.sh',
    arguments: ['-v'],
    timeout_s: 5,
    default_interval_s: 60,
    credential_types: ['http_basic'] as const,
    settings_schema: { type: 'object' },
    fields: [{ measurement: 'own', field: 'up', kind: 'state', unit: '', help: '' }] as const,
  };
  const at = new Date(server.clock.nowMs());
  for (const tenant of [1, 2]) server.repositories.plugins.insert(tenant, 'own', values, at);
  fleet.configuration.flush();
  const { deltas, configuration } = follow(server);
  const { id } = fleet.monitors.create(1, { device_id: 1, plugin_id: 'own' });
  configuration.flush();
  assertValid(configuration.document);
  const { description: _, default_interval_s: __, ...section } = values;
  const plugins = { '1/own': { id: 'own', tenant_id: 1, ...section } };
  assert.deepEqual(configuration.document.plugins, plugins);
  assert.deepEqual(deltas[0]?.plugins, plugins);
  server.repositories.plugins.update(1, 'own', { ...values, timeout_s: 9 }, at);
  configuration.touchAll();
  configuration.flush();
  assert.deepEqual([deltas[1]?.changed, deltas[1]?.plugins['1/own']?.timeout_s], [[], 9]);
  fleet.monitors.patch(1, id, { enabled: false });
  configuration.flush();
  assert.deepEqual(deltas[2]?.plugins, { '1/own': null });
  assert.deepEqual(configuration.document.plugins, {});
});

test('rules about interfaces are in the sections of their tenant', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { settings, configuration } = server.services.fleet;
  settings.change(1, { interface_rules: [{ name: 'Vlan*', alias: '*x*', types: [53], polled: false }] });
  configuration.touchAll();
  configuration.flush();
  assertValid(configuration.document);
  assert.equal(configuration.document.devices[0]?.interface_rules?.[0]?.name, 'Vlan*');
});

test('added templates are in the document, by tenant', async () => {
  const source = { id: 'acme/pump', name: 'Pump' };
  const templates: Record<string, unknown> = { '1/acme/pump': source, '2/acme/pump': source };
  await using server = await createTestServer({}, { addedTemplates: () => templates });
  const { configuration, deltas } = follow(server);
  assertValid(configuration.document);
  assert.deepEqual(configuration.document.templates, templates);
  delete templates['2/acme/pump'];
  configuration.touchAll();
  configuration.flush();
  assert.deepEqual(deltas[0]?.templates, { '1/acme/pump': source });
});

test('deltas add up to the document, whatever is changed', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { fleet } = server.services;
  fleet.configuration.flush();
  const { configuration, deltas } = follow(server);
  const start = configuration.document;
  const steps: (() => unknown)[] = [
    () => fleet.devices.create(1, { address: '10.0.0.3', credential_profile_id: 1 }),
    () => fleet.devices.patch(1, 1, { address: '10.0.0.4', template: 'cisco/ios' }),
    () => fleet.devices.delete(1, 1, true),
    () => fleet.settings.change(1, { packets_per_second: 20 }),
    () => fleet.monitors.create(1, { device_id: 2, plugin_id: 'tcp', settings: { port: 22 } }),
  ];
  for (const step of steps) {
    await step();
    configuration.touchAll();
    configuration.flush();
  }
  const devices = new Map(start.devices.map((section) => [section.device_id, section]));
  const credentials: Record<string, unknown> = { ...start.credentials };
  let revision = start.revision;
  for (const delta of deltas) {
    assert.equal(delta.from_revision, revision);
    revision = delta.revision;
    for (const id of delta.removed) devices.delete(id);
    for (const section of delta.changed) devices.set(section.device_id, section);
    for (const [id, credential] of Object.entries(delta.credentials)) {
      if (credential) credentials[id] = credential;
      else delete credentials[id];
    }
  }
  const { document } = configuration;
  assertValid(document);
  assert.deepEqual(
    [revision, [...devices.values()], credentials],
    [document.revision, document.devices, document.credentials],
  );
});

test('a start from the database gives the same document', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { configuration } = server.services.fleet;
  configuration.flush();
  const before = configuration.document;
  configuration.touchAll();
  configuration.flush();
  assert.deepEqual(configuration.document, before);
});
