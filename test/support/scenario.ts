/**
 * API tests as tables: a request, the status it must get, what the answer must and must not contain. Every successful
 * answer is also held against the contract that the OpenAPI document is made of.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsOf } from '../../src/api/api.ts';
import type { Endpoint } from '../../src/api/endpoint.ts';
import type { Role } from '../../src/model/role.ts';
import { createTestServer, OTHER_TENANT, type TestServer } from './server.ts';

export interface Scenario {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Role of the key that asks; `other`: an administrator of another tenant; absent: nobody. */
  readonly as?: Role | 'other';
  readonly body?: unknown;
  readonly rawBody?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly arrange?: (server: TestServer) => unknown;
  readonly status: number;
  /** Texts that the answer must hold. */
  readonly contains?: readonly string[];
  readonly excludes?: readonly string[];
  readonly expect?: (server: TestServer, response: Response, text: string) => unknown;
}

export function scenarios(table: readonly Scenario[]): void {
  for (const scenario of table) {
    test(scenario.name, async () => {
      await using server = await createTestServer();
      await scenario.arrange?.(server);
      await play(server, scenario);
    });
  }
}

/** One request and its judgement. */
export async function play(server: TestServer, scenario: Scenario): Promise<string> {
  const { as, method, path, status } = scenario;
  const key = as === undefined ? undefined : as === 'other' ? server.keyOf('admin', OTHER_TENANT) : server.keyOf(as);
  const response = await server.request(method, `/api/v1${path}`, { ...scenario, key });
  const text = await response.text();
  assert.equal(response.status, status, `${method} ${path}: ${text}`);
  for (const part of scenario.contains ?? []) assert.ok(text.includes(part), `must contain ${part}: ${text}`);
  for (const part of scenario.excludes ?? []) assert.ok(!text.includes(part), `must not contain ${part}: ${text}`);
  holdAgainstContract(server, method, path, response, text);
  await scenario.expect?.(server, response, text);
  assert.deepEqual(server.errors, [], 'nothing must fail on our side');
  return text;
}

function holdAgainstContract(server: TestServer, method: string, path: string, response: Response, text: string): void {
  if (response.status >= 400) {
    assert.equal(response.headers.get('content-type'), 'application/problem+json', text);
    const problem = JSON.parse(text);
    assert.equal(problem.status, response.status);
    assert.ok(problem.title.length > 0 && problem.detail.length > 0, text);
    assert.ok(!/\bat \S+:\d+/.test(text) && !text.includes('SQLITE'), `an inner detail is told: ${text}`);
    return;
  }
  const endpoint = endpointOf(server, method, path);
  if (!endpoint?.answer) {
    assert.equal(text, '');
    return;
  }
  const parsed = endpoint.answer.safeParse(JSON.parse(text));
  assert.ok(parsed.success, `${method} ${path} breaks the contract: ${parsed.error?.message} in ${text}`);
}

export function endpointOf(server: TestServer, method: string, path: string): Endpoint | undefined {
  const plain = path.split('?')[0] ?? '';
  return endpointsOf(server.services).find(
    (endpoint) =>
      endpoint.method === method.toLowerCase() &&
      new RegExp(`^${endpoint.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(plain),
  );
}

/** A device with an SNMP credential profile, so with two monitors, as most tests need it. */
export function arrangePlant({ services }: TestServer) {
  const { fleet } = services;
  const credential = fleet.credentials.create(1, {
    name: 'plant v2c',
    type: 'snmp_v2c',
    public: { port: 161 },
    secrets: { community: 'very-secret-community' },
  });
  const device = fleet.devices.create(1, {
    address: '10.0.0.1',
    name: 'core-sw-1',
    credential_profile_id: credential.id,
  });
  return { credential, device };
}
