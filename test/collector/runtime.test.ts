/** The runtime with made-up probes and a simulated clock: configuration in, rows and observations out. */

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { z } from 'zod';
import type { SinkAnswer } from '../../src/collector/rows-sink.ts';
import { CollectorRuntime } from '../../src/collector/runtime.ts';
import { SecretError } from '../../src/config/secrets.ts';
import type { Cancellation } from '../../src/lib/cancellation.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { CollectorConfig, DeviceSection } from '../../src/model/collector-config.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { OpenCredential, Probe, ProbeResult } from '../../src/probes/probe.ts';
import type { TemplateLibrary } from '../../src/templates/library.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const clock = new SimulatedClock();
const lines: string[] = [];
const told: Observation[] = [];
let runtime: CollectorRuntime;
let sinkAnswer: () => Promise<SinkAnswer> = async () => ({ kind: 'stored', rows: 0, refused: 0 });

/** What the made-up probe does, by device. */
const polls = new Map<string, () => Promise<ProbeResult>>();
const started: { deviceId: string; credential: OpenCredential | undefined; templates: TemplateLibrary }[] = [];
let running = 0;
let mostRunning = 0;

const made: Probe = {
  id: 'made',
  name: 'Made up',
  description: '',
  settings: z.strictObject({ port: z.int().optional() }),
  defaultIntervalS: 10,
  credentials: [],
  fields: [{ measurement: 'made', field: 'up', kind: 'state', unit: '', help: '' }],
  start(target, _settings, { plans }) {
    started.push({ deviceId: target.deviceId, credential: target.credential, templates: plans.library });
    return {
      async poll() {
        running++;
        mostRunning = Math.max(mostRunning, running);
        try {
          return await (polls.get(target.deviceId)?.() ?? { rows: [row({ up: 1 })] });
        } finally {
          running--;
        }
      },
      close() {},
    };
  },
};

function row(fields: Record<string, number>, tags: Record<string, string> = {}) {
  return { measurement: 'made', tags, fields };
}

async function start(): Promise<void> {
  lines.length = 0;
  told.length = 0;
  started.length = 0;
  polls.clear();
  runtime = await CollectorRuntime.start({
    clock,
    log: silentLogger,
    probes: new Map([['made', made]]),
    addedProbe: ({ id, arguments: args }) => ({
      ...made,
      id,
      settings: z.unknown(),
      start: () => ({
        poll: async () => ({ rows: [row({ up: 1 }, { arguments: args.join(' ') })], addedFacts: { model: 'M' } }),
        close() {},
      }),
    }),
    emit: (observations) => told.push(...observations),
    open(sealed, { tenant, record }) {
      if (sealed !== `${tenant}/${record}`) throw new SecretError('does not open');
      return 'opened';
    },
    knownInterfaces: async () => [],
    sink: {
      append(tenant, bytes) {
        lines.push(
          ...Buffer.from(bytes)
            .toString()
            .trimEnd()
            .split('\n')
            .map((line) => `${tenant}: ${line}`),
        );
        return sinkAnswer();
      },
    },
  });
}

afterEach(() => runtime.close());

function device(id: string, changes: Partial<DeviceSection> = {}): DeviceSection {
  return {
    device_id: id,
    tenant_id: 1,
    hash: JSON.stringify([id, changes]),
    address: '127.0.0.1',
    packets_per_second: 50,
    interfaces: {},
    monitors: [{ monitor_id: `m${id}`, plugin_id: 'made', interval_s: 10, settings: {} }],
    ...changes,
  };
}

function config(devices: readonly DeviceSection[], changes: Partial<CollectorConfig> = {}): CollectorConfig {
  return { format: 1, revision: 'r1', credentials: {}, templates: {}, plugins: {}, devices, ...changes };
}

const of = <K extends Observation['kind']>(kind: K) =>
  told.filter((one): one is Extract<Observation, { kind: K }> => one.kind === kind);

test('rows go out as line protocol with tags escaped, observations follow, fields are told once', async () => {
  await start();
  polls.set('1', async () => ({
    rows: [
      row({ up: 1, bad: Number.NaN, ratio: 0.25 }, { name: 'a b,c=d', empty: '', back: 'x\\', umlaut: 'Tür\n1' }),
      row({ bad: Number.POSITIVE_INFINITY }),
    ],
  }));
  await runtime.configure(config([device('1', { tenant_id: 7 }), device('2')]));
  await clock.advance(12_000);
  assert.match(
    lines.find((line) => line.startsWith('7: ')) ?? '',
    /^7: made,device_id=1,monitor_id=m1,name=a\\ b\\,c\\=d,back=x,umlaut=Tür\\ 1 up=1,ratio=0.25 \d{13}$/,
  );
  assert.ok(lines.some((line) => line.startsWith('1: made,device_id=2,monitor_id=m2 up=1 ')));
  assert.equal(of('fields').length, 1);
  assert.ok(of('poll').every((poll) => poll.error === undefined));
});

test('a failing probe, an unknown plugin, bad settings and a missing credential say what is wrong', async () => {
  await start();
  polls.set('1', () => Promise.reject(new TypeError('a bug')));
  const monitor = { monitor_id: 'x', plugin_id: 'made', interval_s: 10, settings: {} };
  await runtime.configure(
    config(
      [
        device('1'),
        device('2', { monitors: [{ ...monitor, monitor_id: 'm2', plugin_id: 'other' }] }),
        device('3', { monitors: [{ ...monitor, monitor_id: 'm3', settings: { port: 'x' } }] }),
        device('4', { monitors: [{ ...monitor, monitor_id: 'm4', credential_id: 'gone' }] }),
        device('5', { monitors: [{ ...monitor, monitor_id: 'm5', credential_id: 'stolen' }] }),
        device('6', { monitors: [{ ...monitor, monitor_id: 'm6', credential_id: 'good' }] }),
      ],
      {
        credentials: {
          stolen: {
            id: 'stolen',
            type: 'snmp_v2c',
            public: {},
            sealed: { community: '2/credential_profile:stolen:community' },
          },
          good: {
            id: 'good',
            type: 'snmp_v2c',
            public: { port: 5 },
            sealed: { community: '1/credential_profile:good:community' },
          },
        },
      },
    ),
  );
  await clock.advance(2000);
  const codes = Object.fromEntries(of('poll').map((poll) => [poll.monitor_id, poll.error?.code]));
  assert.deepEqual(codes, {
    m1: 'internal_error',
    m2: 'unknown_plugin',
    m3: 'bad_settings',
    m4: 'bad_credential',
    m5: 'bad_credential',
    m6: undefined,
  });
  assert.deepEqual(started.find(({ deviceId }) => deviceId === '6')?.credential?.values, {
    port: 5,
    community: 'opened',
  });
  assert.equal(runtime.status().polls.crashes, 1);
});

test('a slow device delays nobody, is never polled twice at once, and its missed polls are counted', async () => {
  await start();
  let release: (() => void) | undefined;
  polls.set('slow', () => new Promise((resolve) => (release = () => resolve({ rows: [] }))));
  await runtime.configure(config([device('slow'), ...Array.from({ length: 60 }, (_, i) => device(String(i)))]));
  await clock.advance(45_000);
  const ofFast = of('poll').filter((poll) => poll.device_id !== 'slow');
  assert.ok(ofFast.length >= 60 * 4);
  assert.equal(
    of('poll').some((poll) => poll.device_id === 'slow'),
    false,
  );
  const { late, skipped } = runtime.status().polls;
  assert.equal(late, 0);
  assert.ok(skipped >= 3);
  release?.();
  await clock.advance(1000);
  assert.equal(of('poll').filter((poll) => poll.device_id === 'slow').length, 1);
});

test('two monitors of one device take turns', async () => {
  await start();
  running = 0;
  mostRunning = 0;
  polls.set('1', async () => {
    await clock.sleep(3000);
    return { rows: [] };
  });
  const monitor = (id: string) => ({ monitor_id: id, plugin_id: 'made', interval_s: 10, settings: {} });
  await runtime.configure(config([device('1', { monitors: [monitor('a'), monitor('b'), monitor('c')] })]));
  await clock.advance(60_000);
  assert.equal(mostRunning, 1);
  assert.ok(of('poll').length >= 12);
});

test('a delta changes what it names; a removed monitor ends its series; one that does not follow is refused', async () => {
  await start();
  await runtime.configure(config([device('1'), device('2'), device('3')]));
  await clock.advance(12_000);
  const delta = {
    format: 1,
    from_revision: 'r1',
    revision: 'r2',
    credentials: {},
    templates: {},
    plugins: {},
  } as const;
  const changed = device('2', {
    address: '127.0.0.2',
    monitors: [{ monitor_id: 'm2b', plugin_id: 'made', interval_s: 5, settings: {} }],
  });
  started.length = 0;
  assert.equal(await runtime.configure({ ...delta, changed: [changed], removed: ['3'] }), true);
  assert.deepEqual(
    started.map(({ deviceId }) => deviceId),
    ['2'],
  );
  await clock.advance(500);
  assert.deepEqual(
    of('series_end')
      .map((one) => one.monitor_id)
      .sort(),
    ['m2', 'm3'],
  );
  told.length = 0;
  await clock.advance(30_000);
  assert.deepEqual([...new Set(of('poll').map((poll) => poll.monitor_id))].sort(), ['m1', 'm2b']);
  assert.equal(
    await runtime.configure({ ...delta, from_revision: 'r9', revision: 'r10', changed: [], removed: [] }),
    false,
  );
  assert.equal(runtime.status().revision, 'r2');
});

test('a credential that changes restarts the monitors that use it, and only those', async () => {
  await start();
  const monitor = { monitor_id: 'm1', plugin_id: 'made', interval_s: 10, settings: {}, credential_id: 'c' };
  const credential = { id: 'c', type: 'snmp_v2c', public: { port: 1 }, sealed: {} } as const;
  const devices = [device('1', { monitors: [monitor] }), device('2')];
  await runtime.configure(config(devices, { credentials: { c: credential } }));
  started.length = 0;
  const changed = { c: { ...credential, public: { port: 2 } } };
  await runtime.configure({
    format: 1,
    from_revision: 'r1',
    revision: 'r2',
    credentials: changed,
    templates: {},
    plugins: {},
    changed: [],
    removed: [],
  });
  assert.deepEqual(
    started.map(({ deviceId, credential: open }) => [deviceId, open?.values.port]),
    [['1', 2]],
  );
});

test('an added plugin polls as its tenant has it; a change restarts its monitors; without it the monitor says so', async () => {
  await start();
  const section = (tenant_id: number, args: string[]) => ({
    id: 'own',
    tenant_id,
    name: 'Own',
    executable: 'own.sh',
    arguments: args,
    timeout_s: 5,
    credential_types: [],
    settings_schema: {},
    fields: [],
  });
  const monitor = { plugin_id: 'own', interval_s: 10, settings: {} };
  const devices = [1, 2, 3].map((tenant_id) =>
    device(`${tenant_id}`, { tenant_id, monitors: [{ ...monitor, monitor_id: `m${tenant_id}` }] }),
  );
  const plugins = { '1/own': section(1, ['one']), '2/own': section(2, ['two']) };
  await runtime.configure(config(devices, { plugins }));
  const told = async (id: string) => {
    const report = await runtime.pollNow(id);
    return report?.error?.code ?? report?.rows[0]?.tags.arguments;
  };
  assert.deepEqual([await told('m1'), await told('m2'), await told('m3')], ['one', 'two', 'unknown_plugin']);
  await clock.advance(1000);
  assert.deepEqual(of('added_facts')[0]?.facts, { model: 'M' });
  await runtime.configure({
    format: 1,
    from_revision: 'r1',
    revision: 'r2',
    credentials: {},
    templates: {},
    plugins: { '1/own': section(1, ['new']), '2/own': null },
    changed: [],
    removed: [],
  });
  assert.deepEqual([await told('m1'), await told('m2'), await told('m3')], ['new', 'unknown_plugin', 'unknown_plugin']);
});

test('what a tenant added as a template is there for its devices alone, and a change restarts only them', async () => {
  await start();
  const devices = [1, 2, 3].map((tenant_id) => device(`${tenant_id}`, { tenant_id }));
  const templates = {
    '1/generic/snmp': { id: 'generic/snmp', name: 'Theirs' },
    '2/acme/pump': { id: 'acme/pump', name: 'Pump', inherits: ['generic/snmp'] },
    '2/acme/broken': { id: 'acme/broken', metrics: 5 },
  };
  await runtime.configure(config(devices, { templates }));
  const seen = started.map(({ templates: library }) => [
    library.source('generic/snmp')?.name === 'Theirs',
    library.source('acme/pump')?.name,
    library.source('acme/broken'),
  ]);
  assert.deepEqual(seen, [
    [true, undefined, undefined],
    [false, 'Pump', undefined],
    [false, undefined, undefined],
  ]);
  assert.equal(runtime.toolsOf(2).plans.library, started[1]?.templates);
  started.length = 0;
  const changed = { ...templates, '2/acme/pump': { ...templates['2/acme/pump'], name: 'Better pump' } };
  const delta = { format: 1, credentials: {}, plugins: {}, changed: [], removed: [] } as const;
  await runtime.configure({ ...delta, from_revision: 'r1', revision: 'r2', templates: changed });
  assert.deepEqual(
    started.map(({ deviceId, templates: library }) => [deviceId, library.source('acme/pump')?.name]),
    [['2', 'Better pump']],
  );
  started.length = 0;
  await runtime.configure({ ...delta, from_revision: 'r2', revision: 'r3', templates: {} });
  assert.deepEqual(
    started.map(({ deviceId, templates: library }) => [deviceId, library.source('acme/pump')?.name]),
    [
      ['1', undefined],
      ['2', undefined],
    ],
  );
});

test('a poll on demand gives its result at once and is stored like any other', async () => {
  await start();
  await runtime.configure(config([device('1')]));
  const report = await runtime.pollNow('m1');
  assert.equal(report?.error, undefined);
  assert.deepEqual(report?.rows, [row({ up: 1 })]);
  assert.equal(await runtime.pollNow('nobody'), undefined);
  await clock.advance(1000);
  assert.ok(lines.length >= 1);
});

test('a poll that hangs is cancelled after a while, and says so', async () => {
  await start();
  polls.set('1', () => new Promise(() => {}));
  const hanging = {
    ...made,
    start: () => ({
      close() {},
      poll: (stop: Cancellation) =>
        new Promise<ProbeResult>((resolve) =>
          stop.signal.addEventListener('abort', () => resolve({ rows: [], error: { code: 'cancelled', message: '' } })),
        ),
    }),
  };
  await runtime.close();
  runtime = await CollectorRuntime.start({
    clock,
    log: silentLogger,
    probes: new Map([['made', hanging]]),
    emit: (observations) => told.push(...observations),
    open: (sealed) => sealed,
    knownInterfaces: async () => [],
    sink: { append: async () => ({ kind: 'stored', rows: 0, refused: 0 }) },
  });
  await runtime.configure(config([device('1')]));
  await clock.advance(130_000);
  assert.equal(of('poll')[0]?.error?.code, 'too_slow');
});

test('a store that is behind stops polling instead of filling memory', async () => {
  await start();
  let let_go: ((answer: SinkAnswer) => void)[] = [];
  sinkAnswer = () => new Promise((resolve) => let_go.push(resolve));
  const big = Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`f${i}`, 1 / 3]));
  polls.set('1', async () => ({ rows: Array.from({ length: 40 }, (_, i) => row(big, { i: String(i) })) }));
  await runtime.configure(config([device('1')]));
  await clock.advance(100_000);
  const held = of('poll').length;
  assert.ok(held <= 5, `${held} polls`);
  sinkAnswer = async () => ({ kind: 'stored', rows: 0, refused: 0 });
  for (const release of let_go) release({ kind: 'stored', rows: 0, refused: 0 });
  let_go = [];
  await clock.advance(30_000);
  assert.ok(of('poll').length > held);
});
