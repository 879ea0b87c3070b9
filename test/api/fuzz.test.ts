import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { endpointsOf } from '../../src/api/api.ts';
import { fuzz } from '../support/fuzz.ts';
import { arrangePlant } from '../support/scenario.ts';
import { createTestServer } from '../support/server.ts';

const JUNK: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  1.5,
  1e308,
  '',
  ' ',
  '10.0.0.1',
  'x'.repeat(5000),
  '\u0000',
  '\ud800',
  "'; DROP TABLE devices; --",
  '{{ $value }}',
  '__proto__',
  '2026-01-01T00:00:00Z',
  [],
  [null],
  {},
  { a: { b: { c: {} } } },
  { type: 'object', $ref: '#/nothing' },
];

/** Every key that a schema knows, at any depth. */
function keysOf(schema: z.ZodType): string[] {
  const keys = new Set<string>();
  JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), (key, value) => {
    if (key === 'properties') for (const name of Object.keys(value)) keys.add(name);
    return value;
  });
  return [...keys];
}

test('junk in bodies and queries is never a failure of ours', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  // Hashing passwords is slow, and what is tested here comes before it.
  const endpoints = endpointsOf(server.services)
    .filter(({ path }) => !path.startsWith('/auth') && path !== '/setup')
    .map((endpoint) => ({
      method: endpoint.method.toUpperCase(),
      path: `/api/v1${endpoint.path.replaceAll(/:\w+/g, '1')}`,
      bodyKeys: endpoint.body ? keysOf(endpoint.body) : [],
      queryKeys: endpoint.query ? keysOf(endpoint.query) : [],
    }));
  await fuzz(8, async (random) => {
    const key = server.keyOf('admin');
    for (const { method, path, bodyKeys, queryKeys } of endpoints) {
      const query = new URLSearchParams(
        queryKeys.filter(() => random.chance(0.3)).map((name) => [name, String(random.pick(JUNK))]),
      );
      const object = Object.fromEntries(
        bodyKeys.filter(() => random.chance(0.6)).map((name) => [name, random.pick(JUNK)]),
      );
      const body = random.chance(0.2) ? random.pick(JUNK) : object;
      const response = await server.request(method, `${path}?${query}`, method === 'GET' ? { key } : { key, body });
      const text = await response.text();
      assert.ok(response.status < 500, `${method} ${path}?${query} ${JSON.stringify(body)}: ${text}`);
    }
  });
  assert.deepEqual(server.errors, []);
});
