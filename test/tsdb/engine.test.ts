/** What the engine shows to its users: selection, joined labels, ends, deletion, limits, conflicts, damage, versions. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { finish } from '../../src/lib/parts.ts';
import { ConflictError, LimitError } from '../../src/model/limit-error.ts';
import type { Matcher } from '../../src/model/series.ts';
import type { Engine } from '../../src/tsdb/engine.ts';
import { FolderError } from '../../src/tsdb/engine-errors.ts';
import { GroupTable } from '../../src/tsdb/group-table.ts';
import { DEFAULT_LIMITS } from '../../src/tsdb/limits.ts';
import { bitsOf, EngineModel, openEngine, putRow, samplesOf } from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const ALL = { fromMs: 0, toMs: 8e15 };

function setUp(options: Parameters<typeof openEngine>[2] = {}) {
  const disk = new FaultDisk();
  const clock = new SimulatedClock();
  const engine = openEngine(disk, clock, options);
  const put = (
    measurement: string,
    tags: readonly string[],
    fields: Record<string, number>,
    tenant = 1,
    timeMs = clock.nowMs(),
  ) => {
    const bits = new Map(Object.entries(fields).map(([field, value]) => [field, bitsOf(value)] as const));
    const refusal = putRow(engine, { tenant, measurement, tags, timeMs, fields: bits });
    engine.commit();
    return refusal;
  };
  return { disk, clock, engine, put };
}

/** `name op value` with `=`, `!=`, `=~` or `!~`. */
function matcher(text: string): Matcher {
  const [, name, op, value] = /^(\w+)(=~|!~|!=|=)(.*)$/.exec(text)!;
  return { name: name!, op: op as Matcher['op'], value: value! };
}

function selected(engine: Engine, texts: readonly string[], tenants = [1]): string[] {
  const series = finish(engine.select({ tenants, matchers: texts.map(matcher), ...ALL }));
  return series.map(({ labels }) => pairs(labels)).sort();
}

function pairs(labels: readonly string[]): string {
  return labels.flatMap((name, i) => (i % 2 === 0 ? [`${name}=${labels[i + 1]}`] : [])).join(' ');
}

const SELECTIONS: readonly (readonly [matchers: string[], found: string[]])[] = [
  [['__name__=cpu_percent'], ['__name__=cpu_percent host=a', '__name__=cpu_percent host=b']],
  [['__name__=cpu_percent', 'host=a'], ['__name__=cpu_percent host=a']],
  [
    ['__name__=~cpu_.*', 'host=b'],
    ['__name__=cpu_load host=b', '__name__=cpu_percent host=b'],
  ],
  [['__name__=~cpu_(load|nothing)'], ['__name__=cpu_load host=b']],
  [['host=~a|b', '__name__!=cpu_percent'], ['__name__=cpu_load host=b']],
  [
    ['site='],
    [
      '__name__=cpu_load host=b',
      '__name__=cpu_percent host=a',
      '__name__=cpu_percent host=b',
      '__name__=up_total job=x',
    ],
  ],
  [['site!='], ['__name__=disk_free host=c site=north']],
  [
    ['site!~n.*', 'host=~.+'],
    ['__name__=cpu_load host=b', '__name__=cpu_percent host=a', '__name__=cpu_percent host=b'],
  ],
  [['host=~[a-c]', 'site=~(?i)NORTH'], ['__name__=disk_free host=c site=north']],
  [['__name__=up_total'], ['__name__=up_total job=x']],
  [['__name__=nothing'], []],
];

test('series are selected by any mixture of matchers, an absent label being empty', () => {
  const { engine, put } = setUp();
  put('cpu', ['host', 'a'], { percent: 1 });
  put('cpu', ['host', 'b'], { percent: 1, load: 2 });
  put('disk', ['site', 'north', 'host', 'c'], { free: 3 });
  put('up_total', ['job', 'x', 'empty', ''], { '': 4 });
  put('cpu', ['host', 'a'], { percent: 9 }, 2);
  for (const [matchers, found] of SELECTIONS) assert.deepEqual(selected(engine, matchers), found, matchers.join());
  assert.deepEqual(selected(engine, ['host=a'], [2]), ['__name__=cpu_percent host=a'], 'tenants do not see each other');
  assert.equal(selected(engine, ['host=a'], [1, 2]).length, 2);
});

test('joined labels match, win over stored tags, and can be changed and removed', () => {
  const { engine, put } = setUp();
  put('if', ['device_id', '7', 'ifname', 'Gi1', 'site', 'old'], { octets: 1 });
  put('if', ['device_id', '8', 'ifname', 'Gi1'], { octets: 1 });
  engine.joinLabels([
    { tenant: 1, match: { device_id: '7' }, labels: { device: 'core', site: 'Plant 2', alias: 'device' } },
    { tenant: 1, match: { device_id: '7', ifname: 'Gi1' }, labels: { alias: 'uplink' } },
    { tenant: 2, match: { device_id: '8' }, labels: { device: 'foreign' } },
  ]);
  const joined = '__name__=if_octets alias=uplink device=core device_id=7 exported_site=old ifname=Gi1 site=Plant 2';
  const plain = '__name__=if_octets device_id=8 ifname=Gi1';
  assert.deepEqual(selected(engine, ['device=core']), [joined]);
  assert.deepEqual(selected(engine, ['site=~Plant.*']), [joined]);
  assert.deepEqual(selected(engine, ['site=old']), []);
  assert.deepEqual(selected(engine, ['exported_site=old']), [joined]);
  assert.deepEqual(selected(engine, ['alias=uplink', 'ifname=Gi1']), [joined]);
  assert.deepEqual(selected(engine, ['alias=device']), []);
  assert.deepEqual(selected(engine, ['__name__=if_octets', 'device!=core']), [plain]);
  assert.deepEqual(selected(engine, ['__name__=if_octets', 'device=']), [plain]);
  const request = { tenants: [1], selectors: [], limit: 0, ...ALL };
  assert.deepEqual(finish(engine.labelNames(request)), [
    '__name__',
    'alias',
    'device',
    'device_id',
    'exported_site',
    'ifname',
    'site',
  ]);
  assert.deepEqual(finish(engine.labelValues('site', request)), ['Plant 2']);
  assert.deepEqual(finish(engine.labelValues('__name__', request)), ['if_octets']);
  engine.joinLabels([{ tenant: 1, match: { device_id: '7' }, labels: { device: 'renamed' } }]);
  assert.deepEqual(selected(engine, ['device=core']), []);
  assert.deepEqual(selected(engine, ['site=old']), [
    '__name__=if_octets alias=uplink device=renamed device_id=7 ifname=Gi1 site=old',
  ]);
  engine.joinLabels([{ tenant: 1, match: { device_id: '7' }, labels: {} }]);
  assert.deepEqual(selected(engine, ['device!=']), []);
});

test('two row groups that would make the same series: the later is refused', () => {
  const { put } = setUp();
  put('a_b', ['host', 'x'], { c: 1 });
  assert.throws(
    () => put('a', ['host', 'x'], { b_c: 1 }),
    (error) => error instanceof ConflictError && /a_b_c/.test(error.message),
  );
  put('a', ['host', 'y'], { b_c: 1 });
  put('a', ['host', 'x'], { b_c: 1 }, 2);
});

test('limits and bad tags are refused, naming limit and setting', () => {
  const { engine, put } = setUp({
    limits: {
      maxSeries: 3,
      maxLabelsPerSeries: 2,
      maxFieldsPerRowGroup: 2,
      maxLabelValueBytes: 10,
      maxSeriesPerQuery: 2,
    },
  });
  const refused = (action: () => unknown, setting: string) =>
    assert.throws(
      action,
      (error) => error instanceof LimitError && error.setting === setting && error.message.includes(setting),
    );
  refused(() => put('m', ['a', '1', 'b', '2', 'c', '3'], { v: 1 }), 'max_tags');
  refused(() => put('m', ['a', '12345678901'], { v: 1 }), 'max_label_size');
  refused(() => put('m', ['a', '1'], { v: 1, w: 2, x: 3 }), 'max_fields');
  put('m', ['a', '1'], { v: 1, w: 1 });
  put('m', ['a', '2'], { v: 1 });
  refused(() => put('m', ['a', '3'], { v: 1 }), 'max_series');
  refused(() => finish(engine.select({ tenants: [1], matchers: [], ...ALL })), 'max_query_series');
  for (const tags of [
    ['a', '1', 'a', '2'],
    ['__name__', 'x'],
    ['', 'x'],
  ])
    assert.throws(() => put('m', tags, { v: 1 }), ConflictError);
});

test('rows that the series limit refuses leave nothing behind in memory, however many they are', () => {
  const groups = new GroupTable({ ...DEFAULT_LIMITS, maxSeries: 3 });
  for (const field of ['a', 'b', 'c']) groups.column(groups.intern(1, 'm', ['host', 'a']), field);
  const { count } = groups.symbols;
  for (let i = 0; i < 100; i++) {
    assert.throws(() => groups.intern(1, `m${i}`, ['host', `new-${i}`]), LimitError);
    assert.throws(() => groups.column(0, `new-${i}`), LimitError);
  }
  assert.equal(groups.symbols.count, count);
  assert.equal(groups.groupCount, 1);
  assert.equal(groups.intern(1, 'm', ['host', 'a']), 0, 'what is known is known');
});

test('a query that outlives a deletion reads nothing of the row group that gets the number', async () => {
  const { engine, put, clock } = setUp();
  put('m', ['host', 'a'], { v: 1 });
  await engine.flush();
  const [held] = finish(engine.select({ tenants: [1], matchers: [matcher('host=a')], ...ALL }));
  assert.equal(engine.read(held!, 0, 8e15).count, 1);
  engine.deleteRowGroups(1, [[matcher('host=a')]]);
  assert.equal(engine.read(held!, 0, 8e15).count, 0);
  for (let i = 0; i < 3; i++) {
    await clock.advance(600_000);
    engine.tick();
    await engine.idle();
  }
  put('m', ['host', 'secret'], { v: 2 }, 2);
  await engine.flush();
  const [other] = finish(engine.select({ tenants: [2], matchers: [], ...ALL }));
  const numbers = [held, other].map((series) => (series as unknown as { group: number }).group);
  assert.equal(numbers[0], numbers[1], 'the number is used again, or this test tests nothing');
  assert.equal(engine.read(held!, 0, 8e15).count, 0);
  assert.equal(engine.readTier(held!, 300_000, 0, 8e15).count, 0);
  assert.equal(engine.read(other!, 0, 8e15).count, 1);
});

test('selection and listing stop after each part, and show nobody what changed hands meanwhile', async () => {
  const { engine, put, clock } = setUp();
  for (let i = 0; i < 3_000; i++) put('m', ['host', `h${i}`, 'kind', 'x'], { v: i });
  await engine.flush();
  const selectors = [[matcher('host=~h.*7')]];
  const request = { tenants: [1], selectors, ...ALL, limit: 0 };
  const works = {
    select: () => engine.select({ tenants: [1], matchers: [matcher('host=~h.*7')], ...ALL }),
    series: () => engine.seriesIdentities(request),
    names: () => engine.labelNames(request),
    values: () => engine.labelValues('host', request),
  };
  for (const [name, start] of Object.entries(works)) {
    let parts = 0;
    for (const _ of start()) parts++;
    assert.ok(parts >= 5, `${name}: ${parts} parts`);
  }
  const running = engine.select({ tenants: [1], matchers: [matcher('kind=x')], ...ALL });
  assert.equal(running.next().done, false);
  engine.deleteRowGroups(1, [[matcher('host=~h2...')]]);
  for (let i = 0; i < 3; i++) {
    await clock.advance(600_000);
    engine.tick();
    await engine.idle();
  }
  for (let i = 0; i < 500; i++) put('m', ['host', `secret${i}`, 'kind', 'x'], { v: i }, 2);
  const found = finish(running);
  assert.ok(found.length >= 1_900 && found.every(({ labels }) => !labels.join().includes('secret')), `${found.length}`);
});

test('the end of series is a stale marker behind their newest sample, and survives segments', async () => {
  const { engine, put, clock, disk } = setUp();
  put('m', ['host', 'a'], { v: 1 });
  put('m', ['host', 'b'], { v: 1 });
  assert.equal(engine.endSeries(1, [[matcher('host=a')]], clock.nowMs()), 1);
  await engine.close();
  const reopened = openEngine(disk, clock);
  const [series] = finish(reopened.select({ tenants: [1], matchers: [matcher('host=a')], ...ALL }));
  assert.deepEqual(samplesOf(reopened.read(series!, 0, 8e15)), [
    [clock.nowMs(), bitsOf(1)],
    [clock.nowMs() + 1, 0x7ff0000000000002n],
  ]);
});

test('deleted row groups are invisible at once, after a restart, and leave the disk', async () => {
  const { engine, put, clock, disk } = setUp();
  for (const host of ['a', 'b']) put('m', ['host', host, 'monitor_id', '5'], { v: 1 });
  put('m', ['host', 'c', 'monitor_id', '6'], { v: 1 });
  await engine.flush();
  assert.equal(engine.deleteRowGroups(1, [[matcher('monitor_id=5')]]), 2);
  assert.deepEqual(selected(engine, []), ['__name__=m_v host=c monitor_id=6']);
  assert.deepEqual(selected(openEngine(disk, clock), []), ['__name__=m_v host=c monitor_id=6']);
  const before = disk.usedBytes;
  for (let i = 0; i < 6; i++) {
    engine.tick();
    await engine.idle();
  }
  assert.ok(disk.usedBytes < before, 'segments were rewritten without them');
  put('m', ['host', 'a', 'monitor_id', '5'], { v: 7 });
  const [series] = finish(engine.select({ tenants: [1], matchers: [matcher('host=a')], ...ALL }));
  assert.deepEqual(
    samplesOf(engine.read(series!, 0, 8e15)),
    [[clock.nowMs(), bitsOf(7)]],
    'the same identity begins anew',
  );
});

test('a damaged segment is set aside and named; everything else works', async () => {
  const { disk, clock, engine } = setUp();
  const model = new EngineModel();
  const rowsAt = (host: string, startMs: number) => {
    for (let i = 0; i < 50; i++) {
      const row = {
        tenant: 1,
        measurement: 'm',
        tags: ['host', host],
        timeMs: startMs + i * 10_000,
        fields: new Map([['v', bitsOf(i / 7)]]),
      };
      putRow(engine, row);
      if (host === 'good') model.add(row);
    }
    engine.commit();
  };
  rowsAt('bad', clock.nowMs() - 600_000);
  await engine.flush();
  rowsAt('good', clock.nowMs() - 600_000);
  await engine.close();
  const [first] = disk.names().filter((name) => name.includes('/raw/'));
  const bytes = disk.bytesOf(first!).slice();
  for (let at = 0; at < bytes.length; at += 7) {
    const copy = new FaultDisk();
    for (const name of disk.names()) copy.put(name, disk.bytesOf(name));
    const damaged = bytes.slice();
    damaged[at]! ^= 0x5a;
    copy.put(first!, damaged);
    const reopened = openEngine(copy, clock);
    const [bad] = finish(reopened.select({ tenants: [1], matchers: [matcher('host=bad')], ...ALL }));
    if (bad) assert.equal(reopened.read(bad, 0, 8e15).count, 0, `byte ${at} changed: nothing of it is served`);
    model.check(reopened, [1], 0, 8e15, `byte ${at}`);
    assert.match(reopened.health().problems.join(), /raw\/0000000001-0000000001-0000\.seg is damaged/, `byte ${at}`);
  }
});

test('a segment that someone else removed or cut off costs its rows alone, and is named', async () => {
  for (const isCut of [false, true]) {
    const { disk, clock, engine, put } = setUp({ budgetBytes: 4 * 2 ** 20 });
    put('m', ['host', 'a'], { v: 1 }, 1, clock.nowMs() - 4 * 24 * 3_600_000);
    await engine.flush();
    const [file] = disk.names().filter((name) => name.includes('/raw/'));
    if (isCut) disk.open(file!, 'append').truncate(30);
    disk.remove(file!);
    put('m', ['host', 'b'], { v: 2 });
    await engine.flush();
    const [a, b] = finish(engine.select({ tenants: [1], matchers: [], ...ALL }));
    // What was opened can still be read, as long as it is whole; of a cut one, what was read before.
    if (!isCut) assert.equal(engine.read(a!, 0, 8e15).count, 1);
    assert.equal(engine.read(b!, 0, 8e15).count, 1);
    // Its time comes: retention, and whatever else is to be done.
    for (let i = 0; i < 6; i++) {
      await clock.advance(24 * 3_600_000);
      engine.tick();
      await engine.idle();
      put('m', ['host', 'c'], { v: i });
      await engine.flush();
    }
    const problems = engine.health().problems.join();
    assert.match(problems, /raw\/0000000001-0000000001-0000\.seg/);
    assert.doesNotMatch(problems, /cannot be moved/);
    const raw = disk.names().filter((name) => name.includes('/raw/'));
    const bytes = raw.reduce((sum, name) => sum + disk.bytesOf(name).length, 0);
    assert.equal(engine.statistics().rawBytes, bytes, 'the ring counts what is there');
  }
});

test('a newer format is refused with a clear error', () => {
  const { disk, clock } = setUp();
  disk.put('/data/tsdb/format.json', Buffer.from('{"format":99}\n'));
  assert.throws(
    () => openEngine(disk, clock),
    (error) => error instanceof FolderError && /format 99.*newer version/.test(error.message),
  );
});

test('a close that has no time leaves the rest in the log', async () => {
  const { engine, put, clock, disk } = setUp({ pause: () => new Promise((resolve) => setImmediate(resolve)) });
  for (let i = 0; i < 40; i++) put('m', ['host', String(i)], { v: i });
  const closing = engine.close(0);
  await clock.advance(1);
  await closing;
  assert.equal(selected(openEngine(disk, clock), []).length, 40);
});

test('after a long time off, samples are not removed before their buckets are computed', async () => {
  const { engine, put, clock, disk } = setUp();
  // The last row falls into a bucket that has not ended when the engine closes.
  for (let i = 0; i < 100; i++) {
    put('m', ['host', 'a'], { v: i });
    await clock.advance(10_000);
  }
  await engine.close();
  await clock.advance(9 * 24 * 3_600_000);
  const reopened = openEngine(disk, clock);
  for (let i = 0; i < 3; i++) {
    await clock.advance(700_000);
    reopened.tick();
    await reopened.idle();
  }
  putRow(reopened, { tenant: 1, measurement: 'm', tags: ['host', 'b'], timeMs: clock.nowMs(), fields: new Map() });
  await reopened.flush();
  const [series] = finish(reopened.select({ tenants: [1], matchers: [matcher('host=a')], ...ALL }));
  const { count, samples, last } = reopened.readTier(series!, 300_000, 0, 8e15);
  assert.equal(
    samples.subarray(0, count).reduce((sum, n) => sum + n, 0),
    100,
  );
  assert.equal(last[count - 1], 99);
  assert.equal(reopened.read(series!, 0, 8e15).count, 0, 'then they go');
});

test('declared kinds, units and intervals are shown with the series', () => {
  const { engine, put } = setUp();
  put('if', ['monitor_id', '3'], { octets: 1 });
  engine.declareFields([
    { measurement: 'if', field: 'octets', kind: 'counter', unit: 'bytes', help: 'Octets received.' },
  ]);
  engine.declareInterval(1, '3', 300_000);
  const [series] = finish(engine.select({ tenants: [1], matchers: [], ...ALL }));
  assert.equal(series!.kind, 'counter');
  assert.equal(series!.intervalMs, 300_000);
  assert.deepEqual(
    [...engine.metadata([1])],
    [
      {
        name: 'if_octets',
        measurement: 'if',
        field: 'octets',
        kind: 'counter',
        unit: 'bytes',
        help: 'Octets received.',
      },
    ],
  );
});

test('what the senders of a tenant declare is seen by that tenant alone, and there is a most', () => {
  const { engine, put } = setUp();
  put('up', ['host', 'a'], { '': 1 }, 1);
  put('up', ['host', 'a'], { '': 1 }, 2);
  const up = { measurement: 'up', field: '', kind: 'counter', unit: '', help: 'Our secret.' } as const;
  engine.declareFields([up], 1);
  assert.deepEqual([...engine.metadata([1])], [{ name: 'up', ...up }]);
  assert.deepEqual(
    [...engine.metadata([2])].map(({ kind, help }) => [kind, help]),
    [['unknown', '']],
  );
  const kinds = [1, 2].map((tenant) => finish(engine.select({ tenants: [tenant], matchers: [], ...ALL }))[0]!.kind);
  assert.deepEqual(kinds, ['counter', 'unknown']);
  const many = Array.from({ length: 60_000 }, (_, i) => ({ ...up, measurement: `m${i}`, help: 'x'.repeat(5_000) }));
  engine.declareFields(many, 2);
  put('m59999', [], { '': 1 }, 2);
  put('m1', [], { '': 1 }, 2);
  const lengths = Object.fromEntries([...engine.metadata([2])].map(({ name, help }) => [name, help.length]));
  assert.deepEqual(lengths, { up: 0, m1: 1_000, m59999: 0 });
});

test('a row group may have as many fields as the setting allows, in memory, log and segments', async () => {
  const width = 8_300;
  const options = { limits: { maxFieldsPerRowGroup: width } };
  const { disk, clock, engine } = setUp(options);
  for (let i = 0; i < 3; i++) {
    const fields = new Map<string, bigint>();
    // The second row has holes, the third comes late.
    for (let f = 0; f < width; f++) if (i === 0 || (f + i) % 3 > 0) fields.set(`f${f}`, bitsOf(f * 10 + i));
    const timeMs = clock.nowMs() - (i === 2 ? 10_000 : 5_000 - i);
    putRow(engine, { tenant: 1, measurement: 'm', tags: [], timeMs, fields });
    engine.commit();
  }
  const check = (reader: Engine, note: string) => {
    const all = finish(reader.select({ tenants: [1], matchers: [], ...ALL }));
    assert.equal(all.length, width, note);
    for (let f = 0; f < width; f += 997) {
      const found = samplesOf(reader.read(all[f]!, 0, 8e15)).map(([, value]) => value);
      const wanted = [2, 0, 1].filter((i) => i === 0 || (f + i) % 3 > 0).map((i) => bitsOf(f * 10 + i));
      assert.deepEqual(found, wanted, `${note}, field ${f}`);
    }
  };
  check(engine, 'in memory');
  const replayed = openEngine(disk, clock, options);
  check(replayed, 'replayed');
  await replayed.flush();
  check(replayed, 'in a segment');
});
