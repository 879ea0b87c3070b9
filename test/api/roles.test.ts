import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsOf } from '../../src/api/api.ts';
import { ROLES, type Role } from '../../src/model/role.ts';
import { createTestServer } from '../support/server.ts';

/** Who may do what, pinned: the first word is the least role that may. */
const PINNED: Readonly<Record<string, 'anyone' | 'self' | Role>> = {
  'get /health': 'anyone',
  'get /setup': 'anyone',
  'post /setup': 'anyone',
  'post /auth/login': 'anyone',
  'post /auth/logout': 'self',
  'get /auth/me': 'self',
  'post /auth/password': 'self',
  'get /users': 'admin',
  'post /users': 'admin',
  'get /users/:id': 'admin',
  'patch /users/:id': 'admin',
  'delete /users/:id': 'admin',
  'get /api-keys': 'admin',
  'post /api-keys': 'admin',
  'patch /api-keys/:id': 'admin',
  'delete /api-keys/:id': 'admin',
  'get /sites': 'viewer',
  'post /sites': 'operator',
  'get /sites/:id': 'viewer',
  'put /sites/:id': 'operator',
  'patch /sites/:id': 'operator',
  'delete /sites/:id': 'operator',
  'get /credential-profiles': 'viewer',
  'post /credential-profiles': 'admin',
  'post /credential-profiles/test': 'operator',
  'get /credential-profiles/:id': 'viewer',
  'put /credential-profiles/:id': 'admin',
  'delete /credential-profiles/:id': 'admin',
  'post /credential-profiles/:id/test': 'operator',
  'get /devices': 'viewer',
  'get /devices/summary': 'viewer',
  'post /devices': 'operator',
  'post /devices/bulk': 'operator',
  'patch /devices/bulk': 'operator',
  'post /devices/bulk/delete': 'operator',
  'post /devices/bulk/poll': 'operator',
  'get /devices/:id': 'viewer',
  'put /devices/:id': 'operator',
  'patch /devices/:id': 'operator',
  'delete /devices/:id': 'operator',
  'get /devices/:id/interfaces': 'viewer',
  'patch /devices/:id/interfaces': 'operator',
  'get /devices/:id/facts': 'viewer',
  'get /interface-rules': 'viewer',
  'put /interface-rules': 'operator',
  'post /interface-rules/preview': 'operator',
  'get /monitors': 'viewer',
  'post /monitors': 'operator',
  'get /monitors/:id': 'viewer',
  'put /monitors/:id': 'operator',
  'patch /monitors/:id': 'operator',
  'delete /monitors/:id': 'operator',
  'post /monitors/:id/poll': 'operator',
  'get /monitors/:id/metrics': 'viewer',
  'get /monitors/:id/metrics/history': 'viewer',
  'get /plugins': 'viewer',
  'post /plugins': 'admin',
  'get /plugins/:id': 'viewer',
  'get /plugin-programs': 'admin',
  'put /plugins/:id': 'admin',
  'delete /plugins/:id': 'admin',
  'get /templates': 'viewer',
  'post /templates': 'operator',
  'post /templates/validate': 'viewer',
  'get /templates/:vendor': 'viewer',
  'put /templates/:vendor': 'operator',
  'delete /templates/:vendor': 'operator',
  'get /templates/:vendor/:family': 'viewer',
  'put /templates/:vendor/:family': 'operator',
  'delete /templates/:vendor/:family': 'operator',
  'get /discovery-profiles': 'viewer',
  'post /discovery-profiles': 'operator',
  'get /discovery-profiles/:id': 'viewer',
  'put /discovery-profiles/:id': 'operator',
  'delete /discovery-profiles/:id': 'operator',
  'post /discovery-profiles/:id/run': 'operator',
  'get /discovery-runs': 'viewer',
  'get /discovery-runs/:id': 'viewer',
  'post /discovery-runs/:id/cancel': 'operator',
  'get /discovered-devices': 'viewer',
  'post /discovered-devices/import': 'operator',
  'get /alert-rules': 'viewer',
  'post /alert-rules': 'operator',
  'get /alert-rules/:id': 'viewer',
  'put /alert-rules/:id': 'operator',
  'patch /alert-rules/:id': 'operator',
  'delete /alert-rules/:id': 'operator',
  'get /alerts': 'viewer',
  'get /alerts/:id': 'viewer',
  'post /alerts/bulk/acknowledge': 'operator',
  'post /alerts/bulk/resolve': 'operator',
  'post /alerts/:id/acknowledge': 'operator',
  'post /alerts/:id/resolve': 'operator',
  'post /alerts/:id/comment': 'operator',
  'get /channels': 'operator',
  'post /channels': 'admin',
  'get /channels/:id': 'operator',
  'put /channels/:id': 'admin',
  'delete /channels/:id': 'admin',
  'post /channels/:id/test': 'operator',
  'get /events': 'viewer',
  'get /audit': 'admin',
  'get /settings': 'viewer',
  'patch /settings': 'admin',
};

test('every endpoint lets in exactly the roles that it is meant for', async () => {
  await using server = await createTestServer();
  const endpoints = endpointsOf(server.services);
  const names = endpoints.map((endpoint) => `${endpoint.method} ${endpoint.path}`);
  assert.deepEqual(names.toSorted(), Object.keys(PINNED).toSorted(), 'the table names every endpoint');
  const keys = new Map(ROLES.map((role) => [role, server.keyOf(role)]));
  for (const endpoint of endpoints) {
    const name = `${endpoint.method} ${endpoint.path}`;
    const least = PINNED[name] ?? 'admin';
    const path = `/api/v1${endpoint.path.replaceAll(/:\w+/g, '4711')}`;
    const ask = async (key: string | undefined) =>
      (await server.request(endpoint.method.toUpperCase(), path, { key })).status;
    const nobody = await ask(undefined);
    assert.equal(nobody === 401, least !== 'anyone', `${name} without log-in: ${nobody}`);
    if (least === 'anyone') continue;
    for (const [role, key] of keys) {
      const isAllowed: boolean = least === 'self' || ROLES.indexOf(role) >= ROLES.indexOf(least);
      const status: number = await ask(key);
      // Whoever is let in meets an unknown ID or a missing body next; a key has no password to change.
      if (name === 'post /auth/password') assert.ok(status === 400 || status === 403, `${name} as ${role}: ${status}`);
      else assert.equal(status !== 403 && status !== 401, isAllowed, `${name} as ${role}: ${status}`);
    }
  }
  assert.deepEqual(server.errors, []);
});

test('every endpoint that changes something is named in the audit log', async () => {
  await using server = await createTestServer();
  const changing = endpointsOf(server.services).filter((endpoint) => endpoint.method !== 'get');
  const silent = changing.filter((endpoint) => endpoint.action === undefined).map((endpoint) => endpoint.path);
  const harmless = ['/interface-rules/preview', '/templates/validate'];
  assert.deepEqual(silent.toSorted(), harmless, 'only what changes nothing may have no action');
});
