import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scenarios } from '../support/scenario.ts';
import { createTestServer, type TestServer } from '../support/server.ts';

const PROFILE = { name: 'office', subnet: '10.0.0.0/24' };

/** A profile with a credential, a run of it, and two findings. */
function arrangeFindings({ services, repositories, clock }: TestServer): void {
  const at = new Date(clock.nowMs());
  services.fleet.credentials.create(1, { name: 'c', type: 'snmp_v2c', public: {}, secrets: { community: 'x' } });
  const rest = {
    exclude: null,
    site_id: 1,
    component_id: null,
    port_scan: false,
    tcp_ports: [],
    schedule: null,
    auto_import: false,
    import_rule: null,
  };
  repositories.discovery.insertProfile(1, { ...PROFILE, ...rest, credential_profile_ids: [1] }, at);
  repositories.discovery.insertRun({ id: 1, tenant_id: 1, name: 'office' }, 254, at);
  const found = {
    tenant_id: 1,
    run_id: 1,
    profile_id: 1,
    site_id: 1,
    template: null,
    confidence: null,
    reasons: [],
    facts: {},
    last_seen_at: at,
  };
  repositories.discoveredDevices.save({
    ...found,
    address: '10.0.0.5',
    address_key: '10.0.0.5',
    hostname: 'nas.example',
    answered: ['icmp', 'snmp'],
    credential_profile_id: 1,
  });
  repositories.discoveredDevices.save({
    ...found,
    address: '10.0.0.6',
    address_key: '10.0.0.6',
    hostname: null,
    answered: ['icmp'],
    credential_profile_id: null,
  });
}

scenarios([
  {
    name: 'one credential profile may be given by the short word',
    method: 'POST',
    path: '/discovery-profiles',
    as: 'operator',
    arrange: ({ services }) =>
      services.fleet.credentials.create(1, { name: 'c', type: 'snmp_v2c', public: {}, secrets: { community: 'x' } }),
    body: { ...PROFILE, credential_profile_id: 1, exclude: '10.0.0.1', port_scan: true },
    status: 201,
    contains: [
      '"credential_profile_ids":[1]',
      '"credential_profile_id":1',
      '"port_scan":true',
      '"last_run_id":null',
      '"site":"default"',
    ],
  },
  {
    name: 'without its credential profile there is no discovery profile',
    method: 'POST',
    path: '/discovery-profiles',
    as: 'operator',
    body: { ...PROFILE, credential_profile_ids: [7] },
    status: 404,
    contains: ['"detail":"Credential Profile not found"', '"path":"credential_profile_ids.0"'],
  },
  {
    name: 'a run is started and answered by its ID',
    method: 'POST',
    path: '/discovery-profiles/1/run',
    as: 'operator',
    arrange: arrangeFindings,
    status: 202,
    contains: ['{"run_id":2}'],
  },
  {
    name: 'who waits gets what was found',
    method: 'POST',
    path: '/discovery-profiles/1/run?wait=true',
    as: 'operator',
    arrange: arrangeFindings,
    status: 200,
    contains: ['"found":0', '"devices":[]'],
  },
  {
    name: 'findings of a run say whether they are devices',
    method: 'GET',
    path: '/discovered-devices?run_id=1&imported=false',
    as: 'viewer',
    arrange: arrangeFindings,
    status: 200,
    contains: ['"address":"10.0.0.5"', '"address":"10.0.0.6"', '"device_id":null'],
  },
  {
    name: 'importing all makes devices with their monitors',
    method: 'POST',
    path: '/discovered-devices/import',
    as: 'operator',
    arrange: arrangeFindings,
    body: { all: true },
    status: 200,
    contains: ['"imported":2', '"refused":0'],
    expect: ({ repositories }) => {
      const devices = repositories.devices.all().map((device) => [device.name, device.monitor_count]);
      assert.deepEqual(devices, [
        ['nas.example', 2],
        ['10.0.0.6', 1],
      ]);
    },
  },
  {
    name: 'importing by a rule makes devices of what fits it, and says which in the audit log',
    method: 'POST',
    path: '/discovered-devices/import',
    as: 'operator',
    arrange: arrangeFindings,
    body: { rule: { answered: 'snmp', addresses: '10.0.0.0/24' }, profile_id: 1 },
    status: 200,
    contains: ['"imported":1', '"refused":0'],
    expect: ({ repositories }) => {
      assert.deepEqual(
        repositories.devices.all().map((device) => device.name),
        ['nas.example'],
      );
      const [entry] = repositories.journal.audit(1, { action: 'discovered_device.import' }).data;
      assert.match(JSON.stringify(entry?.detail), /"addresses":"10.0.0.0\/24"/);
    },
  },
  {
    name: 'a rule that nothing fits imports nothing',
    method: 'POST',
    path: '/discovered-devices/import',
    as: 'operator',
    arrange: arrangeFindings,
    body: { rule: { template: 'cisco/*' } },
    status: 200,
    contains: ['{"imported":0,"refused":0,"results":[]}'],
  },
  {
    name: 'a rule must say something that can be read',
    method: 'POST',
    path: '/discovered-devices/import',
    as: 'operator',
    arrange: arrangeFindings,
    body: { rule: { addresses: '10.0.0.0/40' } },
    status: 400,
    contains: ['"path":"rule.addresses"', 'no network such as'],
  },
  {
    name: 'the rule of a profile is kept, and told',
    method: 'POST',
    path: '/discovery-profiles',
    as: 'operator',
    body: { ...PROFILE, auto_import: true, import_rule: { vendor: 'Acme*', min_confidence: 0.8 } },
    status: 201,
    contains: ['"import_rule":{"vendor":"Acme*","min_confidence":0.8}'],
  },
  {
    name: 'the ports of a profile are kept in order, each once',
    method: 'POST',
    path: '/discovery-profiles',
    as: 'operator',
    body: { ...PROFILE, tcp_ports: [502, 102, 502] },
    status: 201,
    contains: ['"tcp_ports":[102,502]'],
  },
  {
    name: 'a port that is none is told by its place',
    method: 'POST',
    path: '/discovery-profiles',
    as: 'operator',
    body: { ...PROFILE, tcp_ports: [502, 70_000] },
    status: 400,
    contains: ['"path":"tcp_ports.1"'],
  },
  {
    name: 'an empty rule is none',
    method: 'POST',
    path: '/discovery-profiles',
    as: 'operator',
    body: { ...PROFILE, import_rule: {} },
    status: 400,
    contains: ['"path":"import_rule"', 'must say at least one thing'],
  },
  {
    name: 'an unknown finding imports nothing',
    method: 'POST',
    path: '/discovered-devices/import',
    as: 'operator',
    arrange: arrangeFindings,
    body: { ids: [1, 77] },
    status: 404,
    contains: ['77'],
    expect: ({ repositories }) => assert.equal(repositories.devices.count(), 0),
  },
  {
    name: 'a run that is going on can be cancelled',
    method: 'POST',
    path: '/discovery-runs/1/cancel',
    as: 'operator',
    arrange: arrangeFindings,
    status: 200,
    contains: ['"total":254'],
  },
]);

test('a finding that was imported before is pointed at, not doubled', async () => {
  await using server = await createTestServer();
  arrangeFindings(server);
  const key = server.keyOf('operator');
  const path = '/api/v1/discovered-devices/import';
  await server.request('POST', path, { key, body: { ids: [1] } });
  const again = await server.request('POST', path, { key, body: { ids: [1, 2] } });
  const { imported, refused, results } = (await again.json()) as {
    imported: number;
    refused: number;
    results: unknown[];
  };
  assert.deepEqual([imported, refused], [1, 1]);
  assert.deepEqual(results[0], { id: 1, device_id: 1, detail: 'It is a device already.' });
});

test('without discovery its routes do not exist', async () => {
  await using server = await createTestServer({ discovery: undefined });
  const key = server.keyOf('admin');
  for (const path of ['/discovery-profiles', '/discovery-runs', '/discovered-devices']) {
    assert.equal((await server.request('GET', `/api/v1${path}`, { key })).status, 404);
  }
});
