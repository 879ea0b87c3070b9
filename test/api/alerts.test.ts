import assert from 'node:assert/strict';
import { arrangePlant, scenarios } from '../support/scenario.ts';
import type { TestServer } from '../support/server.ts';

function arrangeAlert(server: TestServer, state: 'pending' | 'firing' | 'resolved' = 'firing'): void {
  arrangePlant(server);
  const at = new Date(server.clock.nowMs());
  const rule = {
    name: 'hot',
    expression: 'x > 5',
    for_s: 60,
    severity: 'critical',
    labels: {},
    annotations: {},
  } as const;
  const rule_id = server.repositories.alertRules.insert(
    1,
    { ...rule, enabled: true, channel_ids: null, origin: 'user' },
    at,
  );
  server.repositories.alerts.insert({
    tenant_id: 1,
    rule_id,
    rule: 'hot',
    fingerprint: 'f',
    state,
    severity: 'critical',
    labels: { device_id: '1' },
    annotations: { summary: 'It is hot.' },
    value: 7,
    device_id: 1,
    started_at: at,
    fired_at: at,
    resolved_at: state === 'resolved' ? at : null,
  });
}

const RULE = { name: 'up', expression: 'up == 0', for_s: 30, severity: 'critical', labels: { team: 'net' } };

scenarios([
  {
    name: 'removing a rule resolves what it raised',
    method: 'DELETE',
    path: '/alert-rules/1',
    as: 'operator',
    arrange: (server) => arrangeAlert(server),
    status: 204,
    expect: ({ repositories }) => {
      const [alert] = repositories.alerts.list(1, {}).data;
      assert.deepEqual([alert?.state, alert?.rule, alert?.rule_id], ['resolved', 'hot', null]);
    },
  },
  {
    name: 'a rule with its defaults',
    method: 'POST',
    path: '/alert-rules',
    as: 'operator',
    body: { name: 'up', expression: 'up == 0' },
    status: 201,
    contains: [
      '"for_s":0',
      '"severity":"warning"',
      '"enabled":true',
      '"channel_ids":null',
      '"origin":"user"',
      '"last_error":null',
    ],
  },
  {
    name: 'a rule name is there once',
    method: 'POST',
    path: '/alert-rules',
    as: 'operator',
    arrange: (server) => arrangeAlert(server),
    body: { ...RULE, name: 'HOT' },
    status: 409,
    contains: ['"path":"name"'],
  },
  {
    name: 'switching a rule off keeps the rest of it',
    method: 'PATCH',
    path: '/alert-rules/1',
    as: 'operator',
    arrange: (server) => arrangeAlert(server),
    body: { enabled: false },
    status: 200,
    contains: ['"enabled":false', '"expression":"x > 5"', '"for_s":60', '"severity":"critical"'],
  },
  {
    name: 'a rule that came with the product stays known as such when it is changed',
    method: 'PUT',
    path: '/alert-rules/1',
    as: 'operator',
    arrange: ({ repositories, clock }) => {
      const row = {
        ...RULE,
        severity: 'critical',
        annotations: {},
        enabled: true,
        channel_ids: null,
        origin: 'built_in',
      } as const;
      repositories.alertRules.insert(1, row, new Date(clock.nowMs()));
    },
    body: { ...RULE, for_s: 90 },
    status: 200,
    contains: ['"origin":"built_in"', '"for_s":90'],
  },
  {
    name: 'alerts are found by state',
    method: 'GET',
    path: '/alerts?state=pending,firing&severity=critical&acknowledged=false&device_id=1',
    as: 'viewer',
    arrange: (server) => arrangeAlert(server),
    status: 200,
    contains: ['"rule":"hot"', '"device":"core-sw-1"', '"value":7'],
  },
  {
    name: 'resolved alerts are not among the firing ones',
    method: 'GET',
    path: '/alerts?state=firing',
    as: 'viewer',
    arrange: (server) => arrangeAlert(server, 'resolved'),
    status: 200,
    contains: ['"data":[]'],
  },
  {
    name: 'an unknown state is refused',
    method: 'GET',
    path: '/alerts?state=angry',
    as: 'viewer',
    status: 400,
    contains: ['pending, firing, resolved'],
  },
  {
    name: 'acknowledging says who, and may say why',
    method: 'POST',
    path: '/alerts/1/acknowledge',
    as: 'operator',
    arrange: (server) => arrangeAlert(server),
    body: { comment: 'on my way' },
    status: 200,
    contains: ['"acknowledged_by":"key 1"', '"acknowledged_at":"2026-', '"text":"on my way"', '"state":"firing"'],
    expect: ({ live, repositories }) => {
      assert.equal(live.published.at(-1)?.topic, 'alert');
      assert.equal(repositories.journal.audit(1, { action: 'alert.acknowledge' }).data[0]?.target, 'alerts/1');
    },
  },
  {
    name: 'acknowledging needs no body',
    method: 'POST',
    path: '/alerts/1/acknowledge',
    as: 'operator',
    arrange: (server) => arrangeAlert(server),
    status: 200,
    contains: ['"comments":[]'],
  },
  {
    name: 'what is over cannot be acknowledged',
    method: 'POST',
    path: '/alerts/1/acknowledge',
    as: 'operator',
    arrange: (server) => arrangeAlert(server, 'resolved'),
    status: 409,
  },
  {
    name: 'what is over cannot be resolved again',
    method: 'POST',
    path: '/alerts/1/resolve',
    as: 'operator',
    arrange: (server) => arrangeAlert(server, 'resolved'),
    status: 409,
  },
  {
    name: 'comments are kept in order',
    method: 'POST',
    path: '/alerts/1/comment',
    as: 'operator',
    arrange: (server) => arrangeAlert(server),
    body: { comment: 'fan "2" replaced' },
    status: 200,
    contains: ['fan \\"2\\" replaced'],
  },
  {
    name: 'an empty comment is none',
    method: 'POST',
    path: '/alerts/1/comment',
    as: 'operator',
    arrange: (server) => arrangeAlert(server),
    body: { comment: ' ' },
    status: 400,
  },
  {
    name: 'many are acknowledged at once, each judged for itself',
    method: 'POST',
    path: '/alerts/bulk/acknowledge',
    as: 'operator',
    arrange: (server) => {
      arrangeAlert(server);
      const { id: _, ...fired } = server.repositories.alerts.get(1, 1)!;
      server.repositories.alerts.insert({ ...fired, state: 'resolved', resolved_at: fired.started_at });
    },
    body: { ids: [1, 2, 99], comment: 'one cause' },
    status: 200,
    contains: ['"done":1', '"refused":2', '"id":2,"status":409', '"id":99,"status":404'],
    expect: ({ repositories }) => {
      const alert = repositories.alerts.get(1, 1);
      assert.equal(alert?.acknowledged_by, 'key 1');
      assert.equal(alert?.comments[0]?.text, 'one cause');
      assert.equal(repositories.journal.audit(1, { action: 'alert.bulk_acknowledge' }).data.length, 1);
    },
  },
  {
    name: 'many are resolved at once by those who may',
    method: 'POST',
    path: '/alerts/bulk/resolve',
    as: 'viewer',
    body: { ids: [1] },
    status: 403,
  },
  {
    name: 'the secret in the URL of a hook is shown to nobody who could not change it',
    method: 'GET',
    path: '/channels/1',
    as: 'operator',
    arrange: (server) =>
      server.request('POST', '/api/v1/channels', {
        key: server.keyOf('admin'),
        body: { name: 'chat', type: 'webhook', config: { url: 'https://hooks.example/T0/verysecret' } },
      }),
    status: 200,
    contains: ['"url":"https://hooks.example/…"'],
    excludes: ['verysecret'],
  },
  {
    name: 'a channel that a rule names stays',
    method: 'DELETE',
    path: '/channels/1',
    as: 'admin',
    arrange: async (server) => {
      const key = server.keyOf('admin');
      const hook = { name: 'hook', type: 'webhook', config: { url: 'http://hook.example/' } };
      assert.equal((await server.request('POST', '/api/v1/channels', { key, body: hook })).status, 201);
      const rule = { ...RULE, channel_ids: [1] };
      assert.equal((await server.request('POST', '/api/v1/alert-rules', { key, body: rule })).status, 201);
    },
    status: 400,
    contains: ['"detail":"Channel in use by 1 alert rule(s)"'],
  },
  {
    name: 'a channel is tested now',
    method: 'POST',
    path: '/channels/1/test',
    as: 'operator',
    arrange: (server) =>
      server.request('POST', '/api/v1/channels', {
        key: server.keyOf('admin'),
        body: { name: 'hook', type: 'webhook', config: { url: 'http://hook.example/' } },
      }),
    status: 200,
    contains: ['"ok":true', '"duration_ms":0'],
  },
]);
