/** The server's rooms over a database in memory, with a fake store and collector: for tests of auth, fleet and api. */

import { createApi } from '../../src/api/api.ts';
import type { CredentialTest, PollOutcome, Services } from '../../src/api/services.ts';
import { StaticWeb } from '../../src/api/static-web.ts';
import { type Auth, createAuth } from '../../src/auth/auth.ts';
import { SecretBox } from '../../src/config/secrets.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createRepositories, type Repositories } from '../../src/db/repositories.ts';
import { createFleet, type FleetOptions } from '../../src/fleet/fleet.ts';
import type { BuiltInPlugin } from '../../src/fleet/plugins.ts';
import { type Logger, silentLogger } from '../../src/lib/logger.ts';
import type { FieldMetadata } from '../../src/model/field.ts';
import type { Live } from '../../src/model/live.ts';
import type { Role } from '../../src/model/role.ts';
import type { JoinedLabels, PrometheusAnswer, Store } from '../../src/store/store.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** Remembers what it was told; answers queries from a table. */
export class FakeStore implements Store {
  readonly deleted: string[] = [];
  readonly ended: string[] = [];
  readonly fields: FieldMetadata[] = [];
  readonly labels = new Map<string, JoinedLabels>();
  readonly intervals = new Map<string, number>();
  /** By query; each series with `value` for instant queries and `values` for ranges. */
  readonly answers = new Map<string, readonly Record<string, unknown>[]>();
  readonly queries: string[] = [];

  #answer(query: string, resultType: string): Promise<PrometheusAnswer> {
    this.queries.push(query);
    const unwanted = resultType === 'vector' ? 'values' : 'value';
    const result = (this.answers.get(query) ?? []).map(({ [unwanted]: _, ...series }) => series);
    const data = { resultType, result };
    const body = new TextEncoder().encode(JSON.stringify({ status: 'success', data }));
    return Promise.resolve({ status: 200, body });
  }
  append = () => Promise.reject(new Error('not of this test'));
  query = ({ query }: { query: string }) => this.#answer(query, 'vector');
  queryRange = ({ query }: { query: string }) => this.#answer(query, 'matrix');
  series = () => this.#answer('', 'vector');
  labelNames = () => this.#answer('', 'vector');
  labelValues = () => this.#answer('', 'vector');
  metadata = () => this.#answer('', 'vector');
  formatQuery = () => this.#answer('', 'vector');
  deleteRowGroups = (_tenant: number, selectors: readonly string[]) => {
    this.deleted.push(...selectors);
    return Promise.resolve(selectors.length);
  };
  endSeries = (_tenant: number, selectors: readonly string[]) => {
    this.ended.push(...selectors);
    return Promise.resolve();
  };
  declareFields = async (fields: readonly FieldMetadata[]) => void this.fields.push(...fields);
  declareInterval = (_tenant: number, monitorId: string, intervalMs: number) => {
    this.intervals.set(monitorId, intervalMs);
    return Promise.resolve();
  };
  joinLabels = (labels: readonly JoinedLabels[]) => {
    for (const entry of labels) this.labels.set(JSON.stringify(entry.match), entry);
    return Promise.resolve();
  };
  health = () => ({ status: 'ok', problems: [] }) as const;
  metrics = () => Promise.resolve('telltale_store_rows_total 5\n');
  appendPort = () => {
    throw new Error('not of this test');
  };
  close = () => Promise.resolve();
}

export class FakeLive implements Live {
  readonly published: { tenant: number; topic: string; payload: unknown }[] = [];
  publish(tenant: number, topic: string, payload: unknown): void {
    this.published.push({ tenant, topic, payload });
  }
  wanted(): boolean {
    return true;
  }
}

export const PLUGINS: readonly BuiltInPlugin[] = [
  {
    id: 'icmp',
    name: 'Ping',
    description: 'Echo requests',
    credential_types: [],
    default_interval_s: 10,
    settings_schema: { type: 'object', properties: {}, additionalProperties: false },
  },
  {
    id: 'snmp',
    name: 'SNMP',
    description: 'What its template asks',
    credential_types: ['snmp_v1', 'snmp_v2c', 'snmp_v3'],
    default_interval_s: 10,
    settings_schema: { type: 'object', properties: {}, additionalProperties: false },
  },
  {
    id: 'tcp',
    name: 'TCP',
    description: 'Connects to a port',
    credential_types: [],
    default_interval_s: 30,
    settings_schema: {
      type: 'object',
      properties: { port: { type: 'integer', minimum: 1, maximum: 65535 } },
      required: ['port'],
      additionalProperties: false,
    },
  },
];

export interface TestServer extends AsyncDisposable {
  readonly app: ReturnType<typeof createApi>;
  readonly services: Services;
  readonly repositories: Repositories;
  readonly auth: Auth;
  readonly store: FakeStore;
  readonly live: FakeLive;
  readonly clock: SimulatedClock;
  readonly errors: unknown[];
  /** What the fake collector was asked. */
  readonly tests: CredentialTest[];
  /** A key of a role, made without password hashing. */
  keyOf(role: Role, tenant?: number): string;
  /** A request from another machine, unless `env` says otherwise. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
}

export interface RequestOptions {
  readonly key?: string | undefined;
  readonly body?: unknown;
  readonly rawBody?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly httpVersion?: string;
}

export const OTHER_TENANT = 2;

export async function createTestServer(
  override: Partial<Services> | ((made: Services) => Promise<Partial<Services>>) = {},
  fleetOverride: Partial<FleetOptions> = {},
): Promise<TestServer> {
  const db = await openDatabase(':memory:');
  const repositories = createRepositories(db);
  const now = new Date('2026-01-05T08:00:00Z');
  repositories.tenants.insert('other', now);
  const clock = new SimulatedClock();
  const store = new FakeStore();
  const live = new FakeLive();
  const errors: unknown[] = [];
  const logger: Logger = { ...silentLogger, error: (fields) => errors.push(fields), child: () => logger };
  const secrets = new SecretBox(new Map([[1, new Uint8Array(32).fill(7)]]));
  const auth = createAuth(repositories, secrets, clock);
  const fleet = createFleet({
    repositories,
    store,
    secrets,
    live,
    plugins: PLUGINS,
    templateExists: (_tenant, id) => id === 'generic-snmp' || id === 'cisco/ios',
    addedTemplates: () => ({}),
    devicesRemoved: () => {},
    clock,
    logger,
    ...fleetOverride,
  });
  const tests: CredentialTest[] = [];
  const poll: PollOutcome = {
    at_ms: clock.nowMs(),
    duration_ms: 12,
    metrics: [{ measurement: 'icmp', tags: {}, fields: { up: 1 } }],
  };
  const made: Services = {
    version: '0.0.0-test',
    repositories,
    auth,
    fleet,
    store,
    secrets,
    collect: {
      testCredential: (test) => {
        tests.push(test);
        return Promise.resolve({ ok: true, message: 'It answers.', duration_ms: 5 });
      },
      poll: () => Promise.resolve(poll),
    },
    templates: {
      list: () => [{ id: 'cisco/ios', name: 'Cisco IOS', vendor: 'cisco', origin: 'built_in' }],
      read: (_tenant, id) => (id === 'cisco/ios' ? 'id: cisco/ios\n' : undefined),
      check: (_tenant, yaml) =>
        yaml.startsWith('id: ') ? { id: yaml.slice(4).trim() } : { errors: [{ path: 'id', message: 'is missing' }] },
      heirs: () => [],
      changed: () => {},
    },
    executables: {
      problem: (_tenant, file) =>
        Promise.resolve(file === 'missing.sh' ? 'There is no file missing.sh in the plugins folder.' : undefined),
      placed: () => Promise.resolve({ folder: '/data/plugins', programs: [{ file: 'own.sh' }] }),
    },
    discovery: {
      check: ({ subnet }) =>
        /^[\d./, -]+$/.test(subnet) ? [] : [{ path: 'subnet', message: 'must be a CIDR, a range or a list' }],
      start: (profile) => repositories.discovery.insertRun(profile, 254, new Date(clock.nowMs())),
      finished: () => Promise.resolve(),
      cancel: () => {},
      changed: () => {},
    },
    alerts: {
      expressionProblem: (_tenant, expression) =>
        Promise.resolve(expression.includes('(((') ? 'unclosed parenthesis' : undefined),
      ruleStatus: () => ({ last_error: null, last_evaluated_at: null }),
      rulesChanged: () => {},
      resolve: () => {},
      channelChanged: () => {},
    },
    testChannel: () => Promise.resolve({ ok: true, message: 'The test message was delivered.' }),
    health: () => ({ icmp: { status: 'ok', message: 'raw socket' } }),
    metrics: () => 'telltale_up 1\n',
    fields: () => fleet.plugins.declaredFields(),
    clock,
    logger,
  };
  const services = { ...made, ...(typeof override === 'function' ? await override(made) : override) };
  const files = new Map([
    ['index.html', '<!doctype html><title>Telltale</title>'],
    ['app-12345678.js', 'console.log("telltale");'.repeat(50)],
  ]);
  const web = new StaticWeb({ names: [...files.keys()], read: (name) => new TextEncoder().encode(files.get(name)) });
  const app = createApi({ services, web, foreign: () => [] });
  let keys = 0;
  return {
    app,
    services,
    repositories,
    auth,
    store,
    live,
    clock,
    errors,
    tests,
    keyOf: (role, tenant = 1) =>
      auth.apiKeys.create(tenant, { name: `key ${++keys}`, role, expires_at: null, created_by: 'test', owner_id: null })
        .key,
    request: async (method, path, { key, body, rawBody, headers = {}, from = '192.0.2.7', httpVersion = '1.1' } = {}) =>
      app.request(
        path,
        {
          method,
          headers: {
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
            ...headers,
          },
          ...(rawBody === undefined ? (body === undefined ? {} : { body: JSON.stringify(body) }) : { body: rawBody }),
        },
        { incoming: { socket: { remoteAddress: from }, httpVersion } },
      ),
    [Symbol.asyncDispose]: () => {
      db.close();
      return Promise.resolve();
    },
  };
}
