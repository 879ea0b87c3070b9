/** Rules about interfaces over the API: who may, what they would do, and that they reach the collector. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrangePlant, play, scenarios } from '../support/scenario.ts';
import { createTestServer, OTHER_TENANT, type TestServer } from '../support/server.ts';

const RULES = {
  rules: [
    { name: 'Vlan*', types: [53], polled: false },
    { alias: '*uplink*', polled: true },
  ],
};

function arrangeInterfaces(server: TestServer): void {
  arrangePlant(server);
  const at = new Date(server.clock.nowMs());
  const of = { device_id: 1, tenant_id: 1, descr: '', mac: '', speed_bits_per_second: 1e9, admin_status: 1 };
  const row = (ifname: string, if_index: number, type: number, polled: boolean, alias = '') =>
    server.repositories.interfaces.upsert({
      ...of,
      ...{ ifname, if_index, name: ifname, type, alias, polled, oper_status: 1, chosen: null, gone: false },
      first_seen_at: at,
      last_seen_at: at,
    });
  row('Gi1', 1, 6, true);
  row('Vlan20', 2, 53, true);
  row('Vlan30', 3, 53, true);
  row('Lo0', 4, 24, false, 'the uplink address');
  server.repositories.interfaces.choose(1, 1, 'Vlan30', true);
}

scenarios([
  {
    name: 'there are none at first',
    method: 'GET',
    path: '/interface-rules',
    as: 'viewer',
    status: 200,
    contains: ['{"rules":[]}'],
  },
  {
    name: 'an operator replaces them, they reach the collector and the audit log',
    method: 'PUT',
    path: '/interface-rules',
    as: 'operator',
    arrange: arrangeInterfaces,
    body: RULES,
    status: 200,
    expect: (server) => {
      const { configuration } = server.services.fleet;
      configuration.flush();
      assert.deepEqual(configuration.document.devices[0]?.interface_rules, RULES.rules);
      const [entry] = server.repositories.journal.audit(1, { action: 'interface_rules.update' }).data;
      assert.deepEqual(entry?.detail, RULES);
    },
  },
  { name: 'who only looks may not', method: 'PUT', path: '/interface-rules', as: 'viewer', body: RULES, status: 403 },
  {
    name: 'a rule about nothing is refused',
    method: 'PUT',
    path: '/interface-rules',
    as: 'operator',
    body: { rules: [{ polled: true }] },
    status: 400,
    contains: ['"path":"rules.0.name"', 'must say a name, an alias or types'],
  },
  {
    name: 'a type that is none is refused',
    method: 'PUT',
    path: '/interface-rules',
    as: 'operator',
    body: { rules: [{ types: ['vlan'], polled: true }] },
    status: 400,
    contains: ['"path":"rules.0.types.0"'],
  },
  {
    name: 'a preview says what would change, and changes nothing; what a person chose stays',
    method: 'POST',
    path: '/interface-rules/preview',
    as: 'operator',
    arrange: arrangeInterfaces,
    body: RULES,
    status: 200,
    contains: ['"decided":[1,1]', '"begin":1', '"end":1', '"device":"core-sw-1","ifname":"Vlan20"', '"ifname":"Lo0"'],
    expect: ({ services }) => assert.deepEqual(services.fleet.settings.of(1).interface_rules, []),
  },
  {
    name: 'settings are told without them',
    method: 'GET',
    path: '/settings',
    as: 'viewer',
    status: 200,
    excludes: ['interface_rules'],
  },
]);

test('rules are those of the tenant', async () => {
  await using server = await createTestServer();
  arrangeInterfaces(server);
  server.services.fleet.devices.create(OTHER_TENANT, { address: '10.0.0.1' });
  await play(server, { name: '', method: 'PUT', path: '/interface-rules', as: 'operator', body: RULES, status: 200 });
  const theirs = await play(server, { name: '', method: 'GET', path: '/interface-rules', as: 'other', status: 200 });
  assert.equal(theirs, '{"rules":[]}');
  const { configuration } = server.services.fleet;
  configuration.flush();
  assert.deepEqual(
    configuration.document.devices.map(({ tenant_id, interface_rules }) => [tenant_id, interface_rules?.length]),
    [
      [1, 2],
      [2, undefined],
    ],
  );
  const preview = await play(server, {
    name: '',
    method: 'POST',
    path: '/interface-rules/preview',
    as: 'other',
    body: RULES,
    status: 200,
  });
  assert.deepEqual(JSON.parse(preview), { decided: [0, 0], begin: 0, end: 0, examples: [] });
});
