import assert from 'node:assert/strict';
import { arrangePlant, scenarios } from '../support/scenario.ts';
import type { TestServer } from '../support/server.ts';

const AT_S = Date.UTC(2026, 0, 1) / 1000;

/** What the store answers for monitor 2: memory of a device, with joined labels. */
function arrangeMemory(server: TestServer): void {
  arrangePlant(server);
  const labels = {
    device_id: '1',
    monitor_id: '2',
    pool: 'ram',
    device: 'core-sw-1',
    site: 'default',
    address: '10.0.0.1',
  };
  const series = (name: string, value: string) => ({
    metric: { __name__: name, ...labels },
    value: [AT_S, value],
    values: [
      [AT_S - 10, '1'],
      [AT_S, value],
    ],
  });
  server.store.answers.set('{monitor_id="2"}', [
    series('memory_used_bytes', '512'),
    series('memory_total_bytes', '2048'),
    { metric: { __name__: 'snmp_up', device_id: '1', monitor_id: '2' }, value: [AT_S, '1'], values: [[AT_S, '1']] },
  ]);
  const timestamp = (metric: string) => `max(timestamp({__name__="${metric}",monitor_id="2"}))`;
  server.store.answers.set(timestamp('memory_used_bytes'), [{ metric: {}, value: [AT_S, String(AT_S - 4)] }]);
  server.store.answers.set(timestamp('snmp_up'), [{ metric: {}, value: [AT_S, String(AT_S - 3)] }]);
}

scenarios([
  {
    name: 'a monitor of a device takes the interval of its plugin',
    method: 'POST',
    path: '/monitors',
    as: 'operator',
    arrange: arrangePlant,
    body: { device_id: 1, plugin_id: 'tcp', settings: { port: 22 } },
    status: 201,
    contains: [
      '"polling_interval":30',
      '"enabled":true',
      '"settings":{"port":22}',
      '"last_polled":null',
      '"last_error":null',
    ],
    expect: ({ store }) => assert.equal(store.intervals.get('3'), 30_000),
  },
  {
    name: 'without its device there is no monitor',
    method: 'POST',
    path: '/monitors',
    as: 'operator',
    body: { device_id: 9, plugin_id: 'icmp' },
    status: 404,
    contains: ['"detail":"Device not found"'],
  },
  {
    name: 'without its credential profile there is no monitor',
    method: 'POST',
    path: '/monitors',
    as: 'operator',
    arrange: arrangePlant,
    body: { device_id: 1, plugin_id: 'snmp', credential_profile_id: 9 },
    status: 404,
    contains: ['"detail":"Credential Profile not found"'],
  },
  {
    name: 'without its plugin there is no monitor',
    method: 'POST',
    path: '/monitors',
    as: 'operator',
    arrange: arrangePlant,
    body: { device_id: 1, plugin_id: 'x' },
    status: 404,
    contains: ['"detail":"Plugin not found"'],
  },
  {
    name: 'a credential profile of another type is refused',
    method: 'POST',
    path: '/monitors',
    as: 'operator',
    arrange: (server) => {
      arrangePlant(server);
      const { credentials } = server.services.fleet;
      credentials.create(1, { name: 'web', type: 'http_basic', public: { username: 'u' }, secrets: { password: 'p' } });
    },
    body: { device_id: 1, plugin_id: 'snmp', credential_profile_id: 2 },
    status: 400,
    contains: ['must be a profile of type snmp_v1, snmp_v2c, snmp_v3, it is http_basic'],
  },
  {
    name: 'PATCH changes the interval and nothing else',
    method: 'PATCH',
    path: '/monitors/2',
    as: 'operator',
    arrange: arrangePlant,
    body: { polling_interval: 60 },
    status: 200,
    contains: ['"polling_interval":60', '"credential_profile_id":1', '"plugin_id":"snmp"'],
    expect: ({ store }) => assert.equal(store.intervals.get('2'), 60_000),
  },
  {
    name: 'what polls say of a monitor is shown before it is written',
    method: 'GET',
    path: '/monitors?device_id=1&plugin_id=icmp',
    as: 'viewer',
    arrange: (server) => {
      arrangePlant(server);
      const at_ms = Date.UTC(2026, 0, 1);
      const error = { code: 'timeout', message: 'No answer within 2 s.' };
      const poll = { kind: 'poll', monitor_id: '1', device_id: '1', duration_ms: 5 } as const;
      server.services.fleet.observations.apply([
        { ...poll, at_ms },
        { ...poll, at_ms: at_ms + 10_000, error },
      ]);
    },
    status: 200,
    contains: [
      '"last_polled":"2026-01-01T00:00:00.000Z"',
      '"last_attempted":"2026-01-01T00:00:10.000Z"',
      '"last_error":"No answer within 2 s."',
      '"last_error_at":"2026-01-01T00:00:10.000Z"',
    ],
    expect: ({ repositories }) => assert.equal(repositories.monitors.all()[0]?.last_polled, null),
  },
  {
    name: 'the latest metrics have the time of their poll and derived percentages, and no joined labels among the tags',
    method: 'GET',
    path: '/monitors/2/metrics',
    as: 'viewer',
    arrange: arrangeMemory,
    status: 200,
    expect: (_server, _response, text) => {
      assert.deepEqual(JSON.parse(text), {
        monitor_id: 2,
        timestamp: new Date((AT_S - 3) * 1000).toISOString(),
        metrics: [
          {
            measurement: 'memory',
            tags: { device_id: '1', monitor_id: '2', pool: 'ram' },
            timestamp: new Date((AT_S - 4) * 1000).toISOString(),
            fields: { used_bytes: 512, total_bytes: 2048, used_percent: 25 },
          },
          {
            measurement: 'snmp',
            tags: { device_id: '1', monitor_id: '2' },
            timestamp: new Date((AT_S - 3) * 1000).toISOString(),
            fields: { up: 1 },
          },
        ],
      });
    },
  },
  {
    name: 'a monitor that measured nothing yet has no metrics',
    method: 'GET',
    path: '/monitors/1/metrics',
    as: 'viewer',
    arrange: arrangePlant,
    status: 200,
    contains: ['"timestamp":null', '"metrics":[]'],
  },
  {
    name: 'history is a row a step, oldest first, with percentages',
    method: 'GET',
    path: `/monitors/2/metrics/history?from=${AT_S - 600}&to=2026-01-01T00:00:00Z`,
    as: 'viewer',
    arrange: arrangeMemory,
    status: 200,
    contains: ['"step_s":10', '"from":"2025-12-31T23:50:00.000Z"', '"used_percent":25'],
    expect: (_server, _response, text) => {
      const { data } = JSON.parse(text);
      assert.deepEqual(
        data.map((row: { timestamp: string }) => row.timestamp),
        ['2025-12-31T23:59:50.000Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
      );
    },
  },
  {
    name: 'history needs times',
    method: 'GET',
    path: '/monitors/2/metrics/history?from=yesterday',
    as: 'viewer',
    arrange: arrangePlant,
    status: 400,
    contains: ['"path":"from"'],
  },
  {
    name: 'history goes forward',
    method: 'GET',
    path: '/monitors/2/metrics/history?from=20&to=10',
    as: 'viewer',
    arrange: arrangePlant,
    status: 400,
    contains: ['must be before to'],
  },
  {
    name: 'history is not endless',
    method: 'GET',
    path: '/monitors/2/metrics/history?from=0&step_s=1',
    as: 'viewer',
    arrange: arrangePlant,
    status: 400,
    contains: ['11000 are allowed'],
  },
  {
    name: 'polling now answers what came of it',
    method: 'POST',
    path: '/monitors/1/poll',
    as: 'operator',
    arrange: arrangePlant,
    status: 200,
    contains: ['"ok":true', '"error":null', '"fields":{"up":1}'],
  },
  {
    name: 'a disabled monitor is not polled',
    method: 'POST',
    path: '/monitors/1/poll',
    as: 'operator',
    arrange: (server) => {
      arrangePlant(server);
      server.services.fleet.monitors.patch(1, 1, { enabled: false });
    },
    status: 409,
    contains: ['enable it first'],
  },
  {
    name: 'an added plugin can be used, changed and not renamed',
    method: 'PUT',
    path: '/plugins/own',
    as: 'admin',
    arrange: async (server) => {
      const body = { id: 'own', name: 'Own', executable: 'own.sh' };
      const made = await server.request('POST', '/api/v1/plugins', { key: server.keyOf('admin'), body });
      assert.equal(made.status, 201);
    },
    body: { id: 'other', name: 'Own', executable: 'own.sh' },
    status: 400,
    contains: ['"path":"id"'],
  },
  {
    name: 'a plugin may not take the ID of a built-in one',
    method: 'POST',
    path: '/plugins',
    as: 'admin',
    body: { id: 'icmp', name: 'Mine', executable: 'x' },
    status: 409,
    contains: ['"path":"id"'],
  },
  {
    name: 'plugins are listed with the schema of their settings',
    method: 'GET',
    path: '/plugins?limit=2',
    as: 'viewer',
    status: 200,
    contains: ['"id":"icmp"', '"settings_schema":{', '"next_cursor":"'],
    excludes: ['"id":"tcp"'],
  },
]);
