import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Templates } from '../../src/app/templates.ts';
import { PluginFolders } from '../../src/probes/executable/plugin-folders.ts';
import { temporaryFolder } from '../support/executable.ts';
import { arrangePlant, play } from '../support/scenario.ts';
import { createTestServer, OTHER_TENANT, type TestServer } from '../support/server.ts';

/** One of everything in tenant 1, all with the ID 1. */
function arrangeEverything(server: TestServer): void {
  const { repositories, clock } = server;
  const at = new Date(clock.nowMs());
  arrangePlant(server);
  repositories.users.insert({ tenant_id: 1, username: 'anna', password_hash: 'x', role: 'admin' }, at);
  repositories.plugins.insert(
    1,
    'own',
    {
      name: 'Own',
      description: '',
      executable: 'own.sh',
      arguments: [],
      timeout_s: 5,
      default_interval_s: 60,
      credential_types: [],
      settings_schema: { type: 'object' },
      fields: [],
    },
    at,
  );
  const profile = {
    name: 'office',
    subnet: '10.0.0.0/24',
    exclude: null,
    site_id: 1,
    component_id: null,
    port_scan: false,
    tcp_ports: [],
  };
  repositories.discovery.insertProfile(
    1,
    { ...profile, schedule: null, auto_import: false, import_rule: null, credential_profile_ids: [1] },
    at,
  );
  repositories.discovery.insertRun({ id: 1, tenant_id: 1, name: 'office' }, 254, at);
  repositories.discoveredDevices.save({
    tenant_id: 1,
    run_id: 1,
    profile_id: 1,
    site_id: 1,
    address: '10.0.0.9',
    address_key: '10.0.0.9',
    hostname: null,
    answered: ['icmp'],
    credential_profile_id: 1,
    template: null,
    confidence: null,
    reasons: [],
    facts: {},
    last_seen_at: at,
  });
  const rule = {
    name: 'hot',
    expression: 'up == 0',
    for_s: 0,
    severity: 'warning',
    labels: {},
    annotations: {},
  } as const;
  repositories.alertRules.insert(1, { ...rule, enabled: true, channel_ids: null, origin: 'user' }, at);
  repositories.alerts.insert({
    tenant_id: 1,
    rule_id: 1,
    rule: 'hot',
    fingerprint: 'f',
    state: 'firing',
    severity: 'warning',
    labels: { device_id: '1' },
    annotations: {},
    value: 1,
    device_id: 1,
    started_at: at,
    fired_at: at,
    resolved_at: null,
  });
  const channel = { name: 'hook', type: 'webhook', enabled: true, send_resolved: true, min_severity: 'info' } as const;
  repositories.channels.insert(1, { ...channel, config: { url: 'http://x.example/' } }, () => ({}), at);
}

const LISTS = [
  '/users',
  '/credential-profiles',
  '/devices',
  '/monitors',
  '/plugins?type=executable',
  '/discovery-profiles',
  '/discovery-runs',
  '/discovered-devices',
  '/alert-rules',
  '/alerts',
  '/channels',
  '/events',
];
const RECORDS = [
  '/users/1',
  '/sites/1',
  '/credential-profiles/1',
  '/devices/1',
  '/devices/1/interfaces',
  '/devices/1/facts',
  '/monitors/1',
  '/monitors/1/metrics',
  '/monitors/1/metrics/history',
  '/plugins/own',
  '/discovery-profiles/1',
  '/discovery-runs/1',
  '/alert-rules/1',
  '/alerts/1',
  '/channels/1',
];
const CHANGES: readonly [method: string, path: string, body?: unknown][] = [
  ['PATCH', '/users/1', { role: 'viewer' }],
  ['DELETE', '/users/1'],
  ['PATCH', '/api-keys/1', { owner_id: null }],
  ['DELETE', '/api-keys/1'],
  ['PATCH', '/sites/1', { description: 'mine' }],
  ['DELETE', '/sites/1'],
  ['PUT', '/credential-profiles/1', { name: 'mine', type: 'snmp_v2c', community: 'x' }],
  ['DELETE', '/credential-profiles/1'],
  ['POST', '/credential-profiles/1/test', { address: '10.0.0.1' }],
  ['PUT', '/devices/1', { address: '10.9.9.9' }],
  ['PATCH', '/devices/1', { name: 'mine' }],
  ['PATCH', '/devices/1/interfaces', { interfaces: [{ ifname: 'x', polled: false }] }],
  ['DELETE', '/devices/1?cascade=true'],
  ['POST', '/monitors', { device_id: 1, plugin_id: 'icmp' }],
  ['PUT', '/monitors/1', { device_id: 1, plugin_id: 'icmp' }],
  ['PATCH', '/monitors/1', { enabled: false }],
  ['DELETE', '/monitors/1'],
  ['POST', '/monitors/1/poll'],
  ['PUT', '/plugins/own', { name: 'mine', executable: 'x' }],
  ['DELETE', '/plugins/own'],
  ['PUT', '/discovery-profiles/1', { name: 'mine', subnet: '10.0.0.0/8' }],
  ['DELETE', '/discovery-profiles/1'],
  ['POST', '/discovery-profiles/1/run'],
  ['POST', '/discovery-runs/1/cancel'],
  ['POST', '/discovered-devices/import', { ids: [1] }],
  ['POST', '/discovery-profiles', { name: 'mine', subnet: '10.0.0.0/8', credential_profile_id: 1 }],
  ['PUT', '/alert-rules/1', { name: 'mine', expression: 'up' }],
  ['PATCH', '/alert-rules/1', { enabled: false }],
  ['DELETE', '/alert-rules/1'],
  ['POST', '/alerts/1/acknowledge'],
  ['POST', '/alerts/1/resolve'],
  ['POST', '/alerts/1/comment', { comment: 'mine' }],
  ['PUT', '/channels/1', { name: 'mine', type: 'webhook', config: { url: 'http://evil.example/' } }],
  ['DELETE', '/channels/1'],
  ['POST', '/channels/1/test'],
];

test('another tenant sees nothing, finds nothing and changes nothing', async () => {
  await using server = await createTestServer();
  server.keyOf('admin');
  arrangeEverything(server);
  const snapshot = () =>
    JSON.stringify([
      server.repositories.devices.all(),
      server.repositories.monitors.all(),
      server.repositories.alerts.active(),
      server.repositories.alertRules.enabled(),
      server.repositories.channels.list(1, {}),
      server.repositories.users.list(1, {}),
      server.repositories.credentialProfiles.list(1, {}),
      server.repositories.discovery.profiles(1, {}),
      server.repositories.sites.list(1, {}),
    ]);
  const before = snapshot();
  for (const path of LISTS) {
    await play(server, { name: path, method: 'GET', path, as: 'other', status: 200, contains: ['"data":[]'] });
    await play(server, { name: path, method: 'GET', path, as: 'admin', status: 200, excludes: ['"data":[]'] });
  }
  for (const path of RECORDS) {
    await play(server, { name: path, method: 'GET', path, as: 'other', status: 404 });
    await play(server, { name: path, method: 'GET', path, as: 'admin', status: 200 });
  }
  for (const [method, path, body] of CHANGES) {
    await play(server, { name: path, method, path, as: 'other', status: 404, ...(body === undefined ? {} : { body }) });
  }
  assert.equal(snapshot(), before);
  assert.deepEqual(server.tests, [], 'no credential of tenant 1 was used');
});

test('a credential profile of another tenant cannot be given to a device', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const body = { address: '10.0.0.1', credential_profile_id: 1 };
  await play(server, {
    name: '',
    method: 'POST',
    path: '/devices',
    as: 'other',
    body,
    status: 400,
    contains: ['credential_profile_id'],
  });
  assert.deepEqual(server.repositories.devices.list(OTHER_TENANT, {}).data, []);
});

test('an address that another tenant uses is free', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  await play(server, {
    name: '',
    method: 'POST',
    path: '/devices',
    as: 'other',
    body: { address: '10.0.0.1' },
    status: 201,
  });
});

test('a template that one tenant added, another neither sees nor changes, and it may use the same ID', async () => {
  await using server = await createTestServer(async ({ repositories, fleet }) => ({
    templates: await Templates.open({ repositories, changed: () => fleet.configuration.touchAll() }),
  }));
  const own = 'id: acme/pump\nname: Our pump\ninherits: generic/snmp\n';
  const shadow = 'id: generic/snmp\nname: Nothing left\n';
  const ask = (as: 'admin' | 'other', method: string, place: string, status: number, yaml?: string) =>
    play(server, { name: '', method, path: `/templates${place}`, as, status, ...(yaml ? { body: { yaml } } : {}) });
  await ask('admin', 'POST', '', 201, own);
  await ask('admin', 'POST', '', 201, shadow);
  await ask('other', 'GET', '/acme/pump', 404);
  await ask('other', 'DELETE', '/acme/pump', 404);
  assert.ok(!(await ask('other', 'GET', '?q=acme', 200)).includes('acme'));
  assert.match(await ask('other', 'GET', '/generic/snmp', 200), /"origin":"built_in"/);
  // A wish to inherit what only the other tenant has tells no more than that it is not there.
  await ask('other', 'POST', '', 400, 'id: acme/heir\nname: Heir\ninherits: acme/pump\n');
  await ask('other', 'POST', '', 201, own.replace('Our', 'Their'));
  assert.match(await ask('admin', 'GET', '/acme/pump', 200), /Our pump/);
  assert.match(await ask('other', 'GET', '/acme/pump', 200), /Their pump/);
  await ask('admin', 'POST', '', 201, 'id: acme/heir\nname: Heir\ninherits: acme/pump\n');
  assert.match(await ask('admin', 'DELETE', '/acme/pump', 400), /Template in use by 1 template\(s\).*acme\/heir/);
  await ask('other', 'DELETE', '/acme/pump', 204);
  assert.match(await ask('admin', 'GET', '/acme/pump', 200), /Our pump/);
});

test('a tenant makes plugins of the programs in its own folder only', {
  skip: process.platform === 'win32' ? 'modes of files are those of a POSIX system' : false,
}, async () => {
  const root = temporaryFolder();
  const folders = new PluginFolders(path.join(root, 'plugins'));
  for (const [tenant, name] of [
    [1, 'ours'],
    [OTHER_TENANT, 'theirs'],
  ] as const) {
    fs.writeFileSync(path.join(folders.of(tenant).path, name), '#!/bin/sh\n', { mode: 0o755 });
  }
  await using server = await createTestServer({
    executables: {
      problem: async (tenant, file) => {
        const found = await folders.of(tenant).find(file);
        return found.kind === 'refused' ? found.message : undefined;
      },
      placed: async (tenant) => ({ folder: folders.of(tenant).told, programs: await folders.of(tenant).list() }),
    },
  });
  const add = (as: 'admin' | 'other', executable: string, status: number) =>
    play(server, {
      name: '',
      method: 'POST',
      path: '/plugins',
      as,
      body: { id: executable, name: executable, executable },
      status,
      excludes: as === 'other' ? [root] : [],
    });
  const placed = async (as: 'admin' | 'other') =>
    JSON.parse(await play(server, { name: '', method: 'GET', path: '/plugin-programs', as, status: 200 }));
  await add('admin', 'ours', 201);
  await add('admin', 'theirs', 400);
  await add('other', 'theirs', 201);
  await add('other', 'ours', 400);
  const usable = { usable: true, problem: null };
  assert.deepEqual(await placed('admin'), { folder: folders.of(1).path, data: [{ file: 'ours', ...usable }] });
  assert.deepEqual(await placed('other'), { folder: 'plugins/tenants/2', data: [{ file: 'theirs', ...usable }] });
  fs.rmSync(root, { recursive: true });
});
