import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../src/db/database.ts';
import type { DiscoveryProfileRecord } from '../../src/db/discovery.ts';
import { createRepositories } from '../../src/db/repositories.ts';
import { DiscoveryRuns } from '../../src/discovery/runs.ts';
import type { Network } from '../../src/discovery/scan.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { ImportRule } from '../../src/model/import-rule.ts';
import { Refusal } from '../../src/model/refusal.ts';
import { FakeLive } from '../support/server.ts';

const NETWORK: Network = {
  ping: async (address) => !address.endsWith('.9'),
  openPorts: async () => [],
  identify: async (address) =>
    address.endsWith('.1')
      ? { ok: true, template: 'cisco/ios', confidence: 0.7, reasons: ['x'], facts: { name: 'sw', vendor: 'Acme Ltd' } }
      : { ok: false, code: 'timeout' },
  addressOf: async () => undefined,
  reverseName: async () => undefined,
};

async function setUp(network: Network = NETWORK) {
  const db = await openDatabase(':memory:');
  const repositories = createRepositories(db);
  const live = new FakeLive();
  const imported: number[] = [];
  const credential = repositories.credentialProfiles.insert(
    1,
    { name: 'read', type: 'snmp_v2c', public: {} },
    () => ({}),
    new Date(),
  );
  const runs = new DiscoveryRuns({
    repositories,
    network: () => network,
    credential: (_tenant, id) => ({ id }),
    importFound: (_tenant, id) => imported.push(id),
    live,
    clock: systemClock,
    logger: silentLogger,
  });
  const profile = (change: Partial<DiscoveryProfileRecord> = {}): DiscoveryProfileRecord => {
    const site = repositories.sites.byName(1, 'default');
    const id = repositories.discovery.insertProfile(
      1,
      {
        name: change.name ?? 'plant',
        subnet: change.subnet ?? '10.0.0.1-3',
        exclude: change.exclude ?? null,
        site_id: site!.id,
        component_id: null,
        port_scan: change.port_scan ?? false,
        tcp_ports: change.tcp_ports ?? [],
        schedule: change.schedule ?? null,
        auto_import: change.auto_import ?? false,
        import_rule: change.import_rule ?? null,
        credential_profile_ids: [credential],
      },
      new Date(),
    );
    return repositories.discovery.profile(1, id)!;
  };
  return { repositories, credential, live, imported, runs, profile };
}

test('a run keeps what it found, tells how far it is and ends finished', async () => {
  const { repositories, credential, live, imported, runs, profile } = await setUp();
  const run = runs.start(profile());
  assert.deepEqual([run.state, run.total], ['running', 3]);
  await runs.finished(run.id, new AbortController().signal);
  const ended = repositories.discovery.run(1, run.id)!;
  assert.deepEqual([ended.state, ended.scanned, ended.found, ended.message], ['finished', 3, 3, null]);
  const found = repositories.discoveredDevices.ofRun(1, run.id);
  assert.deepEqual(found.map((one) => [one.address, one.template, one.credential_profile_id]).toSorted(), [
    ['10.0.0.1', 'cisco/ios', credential],
    ['10.0.0.2', null, null],
    ['10.0.0.3', null, null],
  ]);
  assert.deepEqual(imported, []);
  assert.deepEqual(live.published.at(-1)?.payload, {
    run_id: run.id,
    profile_id: run.profile_id,
    state: 'finished',
    message: null,
  });
});

test('the ports of Windows and those that a profile names are asked, each once', async () => {
  const asked: (readonly number[])[] = [];
  const openPorts: Network['openPorts'] = async (_address, ports) => {
    asked.push(ports);
    return [];
  };
  const { runs, profile } = await setUp({ ...NETWORK, openPorts });
  const run = runs.start(profile({ subnet: '10.0.0.1', port_scan: true, tcp_ports: [102, 135, 502] }));
  await runs.finished(run.id, new AbortController().signal);
  assert.deepEqual(asked, [[135, 5985, 5986, 102, 502]]);
});

test('with auto_import, what answers to a credential becomes a device; what only answers ping does not', async () => {
  const { imported, runs, profile } = await setUp();
  const run = runs.start(profile({ auto_import: true }));
  await runs.finished(run.id, new AbortController().signal);
  assert.equal(imported.length, 1);
});

const RULES: readonly (readonly [ImportRule, boolean])[] = [
  [{ template: 'cisco/*' }, true],
  [{ template: 'juniper/*' }, false],
  [{ vendor: 'acme*' }, true],
  [{ vendor: 'Other' }, false],
  [{ addresses: '10.0.0.0/30', min_confidence: 0.7 }, true],
  [{ addresses: '10.0.0.2-3' }, false],
  [{ min_confidence: 0.71 }, false],
  [{ answered: 'icmp' }, true],
  [{ answered: 'tcp/5985' }, false],
  [{ template: 'cisco/*', vendor: 'Other' }, false],
];

test('of what a profile imports by itself, a rule says which: all that it says must fit', async () => {
  for (const [import_rule, expected] of RULES) {
    const { imported, runs, profile } = await setUp();
    const run = runs.start(profile({ auto_import: true, import_rule }));
    await runs.finished(run.id, new AbortController().signal);
    assert.equal(imported.length, expected ? 1 : 0, JSON.stringify(import_rule));
  }
});

test('a profile does not run twice at once, and can be cancelled', async () => {
  const { promise: hang, resolve } = Promise.withResolvers<boolean>();
  const { repositories, runs, profile } = await setUp({
    ...NETWORK,
    ping: (_address, signal) => {
      signal.addEventListener('abort', () => resolve(false));
      return hang;
    },
  });
  const one = profile();
  const run = runs.start(one);
  assert.throws(
    () => runs.start(one),
    (error) => error instanceof Refusal && error.kind === 'conflict',
  );
  runs.cancel(run.id);
  await runs.finished(run.id, new AbortController().signal);
  assert.equal(repositories.discovery.run(1, run.id)!.state, 'cancelled');
});

test('an error of the network ends the run as failed, with its sentence', async () => {
  const { repositories, runs, profile } = await setUp({
    ...NETWORK,
    ping: () => Promise.reject(new Error('no collector')),
  });
  const run = runs.start(profile());
  await runs.finished(run.id, new AbortController().signal);
  const ended = repositories.discovery.run(1, run.id)!;
  assert.deepEqual([ended.state, ended.message], ['failed', 'no collector']);
});

test('after a restart, runs of before are failed', async () => {
  const { repositories, runs, profile } = await setUp();
  const run = repositories.discovery.insertRun(profile(), 3, new Date());
  runs.open();
  assert.equal(repositories.discovery.run(1, run.id)!.state, 'failed');
  await runs.close();
});

const CHECKS: readonly (readonly [string, string | null, string | null, readonly RegExp[]])[] = [
  ['10.0.0.0/24', null, null, []],
  ['10.0.0.0/24', '10.0.0.7', '0 3 * * *', []],
  ['10.0.0.0/40', null, null, [/^subnet .* no network/]],
  ['10.0.0.0/24', 'nonsense!', null, [/^exclude /]],
  ['10.0.0.0/24', null, 'every day', [/^schedule is no cron expression/]],
  ['10.0.0.0/24', null, '* * * * * *', [/^schedule comes more often/]],
];

test('profiles are checked before they are kept', async () => {
  const { runs } = await setUp();
  for (const [subnet, exclude, schedule, expected] of CHECKS) {
    const checked = { subnet, exclude, schedule, import_rule: null };
    const problems = runs.check(checked).map(({ path, message }) => `${path} ${message}`);
    assert.equal(problems.length, expected.length, `${subnet} ${exclude} ${schedule}: ${problems.join()}`);
    for (const [i, pattern] of expected.entries()) assert.match(problems[i]!, pattern);
  }
  const rule = { addresses: '10.0.0.0/40' };
  const [problem] = runs.check({ subnet: '10.0.0.0/24', exclude: null, schedule: null, import_rule: rule });
  assert.equal(problem?.path, 'import_rule.addresses');
});
