import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrangePlant, play } from '../support/scenario.ts';
import { createTestServer } from '../support/server.ts';

/** What is sent, and what the problem must say. */
const MALFORMED: readonly [method: string, path: string, body: unknown, says: string][] = [
  ['POST', '/devices', {}, '"path":"address"'],
  ['POST', '/devices', [], 'must be an object'],
  ['POST', '/devices', null, 'must be an object'],
  ['POST', '/devices', 'text', 'must be an object'],
  ['POST', '/devices', 42, 'must be an object'],
  ['POST', '/devices', { address: null }, '"path":"address"'],
  ['POST', '/devices', { address: '' }, 'must not be empty'],
  ['POST', '/devices', { address: '   ' }, 'must not be empty'],
  ['POST', '/devices', { address: '10.0.0.1/24' }, '"path":"address"'],
  ['POST', '/devices', { address: 'http://10.0.0.1' }, '"path":"address"'],
  ['POST', '/devices', { address: '10.0.0.1; rm -rf /' }, '"path":"address"'],
  ['POST', '/devices', { address: '::ffff:10.0.0.1' }, 'IPv4-mapped'],
  ['POST', '/devices', { address: '0.0.0.0' }, 'unspecified'],
  ['POST', '/devices', { address: 'a'.repeat(300) }, '"path":"address"'],
  ['POST', '/devices', { address: '10.0.0.2', adress: 'x' }, '"path":"adress"'],
  ['POST', '/devices', { address: '10.0.0.2', __proto__: null, constructor: {} }, 'is not a known key'],
  ['POST', '/devices', {}, 'address: is missing'],
  ['POST', '/devices', { address: '10.0.0.2', name: 5 }, 'name: must be a text'],
  ['POST', '/devices', { address: '10.0.0.2', name: 'a\r\nSet-Cookie: x' }, 'control characters'],
  ['POST', '/devices', { address: '10.0.0.2', name: 'a\u202eb' }, 'control characters'],
  ['POST', '/devices', { address: '10.0.0.2', name: '\ud800' }, 'control characters'],
  ['POST', '/devices', { address: '10.0.0.2', name: 'x'.repeat(201) }, '"path":"name"'],
  ['POST', '/devices', { address: '10.0.0.2', labels: [] }, '"path":"labels"'],
  ['POST', '/devices', { address: '10.0.0.2', labels: { 'a-b': 'x' } }, '"path":"labels.a-b"'],
  ['POST', '/devices', { address: '10.0.0.2', labels: { __name__: 'x' } }, 'labels.__name__'],
  ['POST', '/devices', { address: '10.0.0.2', labels: { a: 5 } }, '"path":"labels.a"'],
  ['POST', '/devices', { address: '10.0.0.2', offline_after_s: -1 }, 'offline_after_s: must be at least 10'],
  ['POST', '/devices', { address: '10.0.0.2', offline_after_s: 1e300 }, '"path":"offline_after_s"'],
  ['POST', '/devices', { address: '10.0.0.2', offline_after_s: '300' }, '"path":"offline_after_s"'],
  ['POST', '/devices', { address: '10.0.0.2', parent_id: 1.5 }, '"path":"parent_id"'],
  ['POST', '/devices', { address: '10.0.0.2', credential_profile_id: '1' }, '"path":"credential_profile_id"'],
  ['POST', '/devices', { address: '10.0.0.2', id: 77 }, '"path":"id"'],
  ['POST', '/devices', { address: '10.0.0.2', tenant_id: 2 }, '"path":"tenant_id"'],
  ['POST', '/devices', { address: '10.0.0.2', health: 'healthy' }, '"path":"health"'],
  ['POST', '/devices/bulk', { devices: [] }, 'must not be empty'],
  ['POST', '/devices/bulk', [], 'must be an object'],
  ['PATCH', '/devices/1', { address: null }, '"path":"address"'],
  ['PUT', '/devices/1', { name: 'x' }, '"path":"address"'],
  ['PATCH', '/devices/1/interfaces', { interfaces: {} }, '"path":"interfaces"'],
  ['PATCH', '/devices/1/interfaces', { interfaces: [{ ifname: 'a' }] }, '"path":"interfaces.0.polled"'],
  ['POST', '/monitors', { plugin_id: 'icmp' }, '"path":"device_id"'],
  ['POST', '/monitors', { device_id: '1', plugin_id: 'icmp' }, '"path":"device_id"'],
  ['POST', '/monitors', { device_id: 1, plugin_id: 'icmp', polling_interval: 0 }, 'at least 1 second'],
  ['POST', '/monitors', { device_id: 1, plugin_id: 'icmp', polling_interval: 1e9 }, '"path":"polling_interval"'],
  ['POST', '/monitors', { device_id: 1, plugin_id: 'icmp', enabled: 'yes' }, '"path":"enabled"'],
  ['POST', '/monitors', { device_id: 1, plugin_id: 'snmp' }, '"path":"credential_profile_id"'],
  ['POST', '/monitors', { device_id: 1, plugin_id: 'tcp', settings: { port: 99999 } }, '"path":"settings.port"'],
  ['POST', '/monitors', { device_id: 1, plugin_id: 'tcp' }, '"path":"settings.port"'],
  [
    'POST',
    '/monitors',
    { device_id: 1, plugin_id: 'icmp', last_polled: '2026-01-01T00:00:00Z' },
    '"path":"last_polled"',
  ],
  ['PATCH', '/monitors/1', { device_id: 2 }, '"path":"device_id"'],
  ['POST', '/credential-profiles', { name: 'x' }, '"path":"type"'],
  ['POST', '/credential-profiles', { name: 'x', type: 'telnet' }, 'type: must be one of snmp_v1, snmp_v2c'],
  ['POST', '/credential-profiles', { name: 'x', type: 'snmp_v2c' }, '"path":"community"'],
  ['POST', '/credential-profiles', { name: 'x', type: 'snmp_v2c', community: 'c', port: 70_000 }, '"path":"port"'],
  ['POST', '/credential-profiles', { name: 'x', type: 'snmp_v2c', community: 'c', username: 'u' }, '"path":"username"'],
  [
    'POST',
    '/credential-profiles',
    { name: 'x', type: 'snmp_v3', username: 'u', security_level: 'authPriv' },
    '"path":"auth_password"',
  ],
  [
    'POST',
    '/credential-profiles',
    {
      name: 'x',
      type: 'snmp_v3',
      username: 'u',
      security_level: 'authNoPriv',
      auth_protocol: 'SHA',
      auth_password: 'short',
    },
    'at least 8 characters',
  ],
  [
    'POST',
    '/credential-profiles',
    {
      name: 'x',
      type: 'snmp_v3',
      username: 'u',
      security_level: 'authNoPriv',
      auth_protocol: 'ROT13',
      auth_password: 'longenough',
    },
    '"path":"auth_protocol"',
  ],
  ['POST', '/credential-profiles/test', { type: 'snmp_v2c', community: 'c' }, '"path":"address"'],
  ['POST', '/sites', { name: 'x', time_zone: 'Mars/Olympus' }, 'IANA'],
  ['POST', '/users', { username: 'a b', password: 'long enough password', role: 'admin' }, '"path":"username"'],
  ['POST', '/users', { username: 'eve', password: 'short', role: 'admin' }, 'at least 10 characters'],
  [
    'POST',
    '/users',
    { username: 'eve', password: 'long enough password', role: 'root' },
    'role: must be one of viewer, operator, admin',
  ],
  ['POST', '/api-keys', { name: 'x', role: 'god' }, '"path":"role"'],
  ['POST', '/api-keys', { name: 'x', role: 'viewer', expires_at: 'tomorrow' }, '"path":"expires_at"'],
  ['POST', '/api-keys', { name: 'x', role: 'viewer', expires_at: '2020-01-01T00:00:00Z' }, 'in the future'],
  ['POST', '/plugins', { id: '../x', name: 'x', executable: 'x' }, '"path":"id"'],
  ['POST', '/plugins', { id: 'own', name: 'x', executable: '../../bin/sh' }, 'plain file name'],
  [
    'POST',
    '/plugins',
    { id: 'own', name: 'x', executable: 'x', settings_schema: { type: 'nonsense' } },
    '"path":"settings_schema"',
  ],
  ['POST', '/discovery-profiles', { name: 'x' }, '"path":"subnet"'],
  ['POST', '/discovery-profiles', { name: 'x', subnet: 'everything' }, '"path":"subnet"'],
  [
    'POST',
    '/discovery-profiles',
    { name: 'x', subnet: '10.0.0.0/24', credential_profile_id: 1, credential_profile_ids: [1] },
    '"path":"credential_profile_id"',
  ],
  ['POST', '/discovered-devices/import', {}, 'body'],
  ['POST', '/alert-rules', { name: 'x' }, '"path":"expression"'],
  ['POST', '/alert-rules', { name: 'x', expression: 'sum(((' }, 'unclosed parenthesis'],
  ['POST', '/alert-rules', { name: 'x', expression: 'up', severity: 'apocalyptic' }, '"path":"severity"'],
  ['POST', '/alert-rules', { name: 'x', expression: 'up', channel_ids: [99] }, '"path":"channel_ids.0"'],
  [
    'POST',
    '/channels',
    { name: 'x', type: 'email', config: { host: 'h', from: 'nobody', to: [] } },
    '"path":"config.from"',
  ],
  ['POST', '/channels', { name: 'x', type: 'webhook', config: { url: 'file:///etc/passwd' } }, 'http or https'],
  [
    'POST',
    '/channels',
    { name: 'x', type: 'webhook', config: { url: 'http://u:p@127.0.0.1/' } },
    'user name or password',
  ],
  ['POST', '/channels', { name: 'x', type: 'pigeon', config: {} }, '"path":"type"'],
  ['PATCH', '/settings', { polling_interval_s: 0 }, '"path":"polling_interval_s"'],
  ['PATCH', '/settings', { colour: 'red' }, '"path":"colour"'],
  ['POST', '/templates', { yaml: '' }, '"path":"yaml"'],
  ['POST', '/templates', { yaml: 'nonsense' }, '"path":"id"'],
];

test(`${MALFORMED.length} malformed bodies change nothing and say what is wrong`, async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { repositories } = server;
  const snapshot = () =>
    JSON.stringify([
      repositories.devices.all(),
      repositories.monitors.all(),
      repositories.users.list(1, {}),
      repositories.sites.list(1, {}),
      repositories.plugins.all(1),
      repositories.templates.all(1),
      repositories.alertRules.list(1, {}),
      repositories.channels.list(1, {}),
      repositories.discovery.profiles(1, {}),
      repositories.credentialProfiles.list(1, {}),
      repositories.tenants.settings(1),
      repositories.journal.audit(1, {}),
    ]);
  const before = snapshot();
  for (const [method, path, body, says] of MALFORMED) {
    await play(server, { name: path, method, path, as: 'admin', body, status: 400, contains: [says] });
  }
  assert.equal(snapshot(), before);
});

test('what is no JSON is refused with the reason', async () => {
  await using server = await createTestServer();
  const json = { 'content-type': 'application/json' };
  const post = { name: '', method: 'POST', path: '/devices', as: 'admin' } as const;
  await play(server, { ...post, headers: json, rawBody: '{"address": ', status: 400, contains: ['not valid JSON'] });
  await play(server, {
    ...post,
    headers: json,
    rawBody: new Uint8Array([0x22, 0xff, 0x22]),
    status: 400,
    contains: ['UTF-8'],
  });
  await play(server, { ...post, headers: json, rawBody: '', status: 400, contains: ['no body'] });
  await play(server, { ...post, rawBody: 'address=10.0.0.1', status: 415, contains: ['Content-Type'] });
  await play(server, { ...post, headers: json, rawBody: ' '.repeat(2 << 20), status: 413, contains: ['larger than'] });
  await play(server, {
    ...post,
    headers: json,
    rawBody: '['.repeat(100_000),
    status: 400,
    contains: ['not valid JSON'],
  });
  assert.deepEqual(server.repositories.devices.all(), []);
});

test('what is not there is a problem, not a page', async () => {
  await using server = await createTestServer();
  for (const path of ['/nothing', '/devices/1/nothing', '/tenants']) {
    await play(server, { name: path, method: 'GET', path, as: 'admin', status: 404 });
  }
  await play(server, {
    name: 'twice',
    method: 'GET',
    path: '/devices?q=a&q=b',
    as: 'admin',
    status: 400,
    contains: ['twice'],
  });
});
