import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservedInterface } from '../../src/model/observation.ts';
import { DevicePoll } from '../../src/templates/device-poll.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { parseTemplate } from '../../src/templates/parse.ts';
import { buildPlan } from '../../src/templates/plan.ts';
import { fetchGroup, type PollResult } from '../../src/templates/poll-plan.ts';
import { Recording } from '../../src/templates/recording.ts';

type Objects = Record<string, string | number>;

/** `4|text` for texts, integers else. */
function device(objects: Objects): Recording {
  const lines = Object.entries(objects).map(([oid, value]) =>
    typeof value === 'number' ? `${oid}|2|${value}` : `${oid}|${value}`,
  );
  return new Recording(Buffer.from(lines.join('\n')));
}

function poller(yaml: string, knownInterfaces: readonly ObservedInterface[] = [], interfaces = {}) {
  const parsed = parseTemplate(yaml);
  if (parsed.kind !== 'ok') throw new Error(JSON.stringify(parsed.problems));
  const library = new TemplateLibrary([parsed.template]);
  const poll = new DevicePoll(buildPlan(library.resolve(parsed.template.id)), { knownInterfaces, interfaces });
  let asked: string[] = [];
  const at = async (second: number, objects: Objects, failing?: string): Promise<PollResult> => {
    asked = [];
    const recording = device(objects);
    for (let due = poll.due(second * 1000); due.length > 0; due = poll.due(second * 1000)) {
      for (const group of due) {
        asked.push(group.id);
        if (group.id === failing) poll.fail(group);
        else poll.accept(group, await fetchGroup(recording, group));
      }
    }
    return poll.result();
  };
  return { at, asked: () => asked };
}

const TABLE = `
id: a/b
name: x
metrics:
  fans:
    measurement: sensor
    table: 1.3.6.1.4.1.999.1.1
    columns: { speed: 3 }
    static: { name: 2 }
    tags: { sensor: "{name}", class: fan }
    fields: { value: speed }
`;
const fan = (i: number, name: string, speed: number): Objects => ({
  [`1.3.6.1.4.1.999.1.1.2.${i}`]: `4|${name}`,
  [`1.3.6.1.4.1.999.1.1.3.${i}`]: speed,
});
const values = ({ rows }: PollResult) => rows.map(({ tags, fields }) => [tags.sensor ?? tags.ifname, fields.value]);

test('names are read rarely, values in every poll, and a new row gets its name', async () => {
  const { at, asked } = poller(TABLE);
  const one = fan(1, 'Fan A', 100);
  assert.deepEqual(values(await at(0, one)), [['Fan A', 100]]);
  assert.deepEqual(asked(), ['system', 'probe', '1.3.6.1.4.1.999.1.1/0', '1.3.6.1.4.1.999.1.1/static']);
  assert.deepEqual(values(await at(60, fan(1, 'Fan A', 110))), [['Fan A', 110]]);
  assert.deepEqual(asked(), ['system', '1.3.6.1.4.1.999.1.1/0']);
  const both = { ...one, ...fan(2, 'Fan B', 50) };
  await at(400, both);
  assert.deepEqual(values(await at(460, both)), [
    ['Fan A', 100],
    ['Fan B', 50],
  ]);
});

test('two rows of one name are told apart by their index', async () => {
  const { at } = poller(TABLE);
  assert.deepEqual(values(await at(0, { ...fan(1, 'Fan', 1), ...fan(2, 'Fan', 2) })), [
    ['Fan #1', 1],
    ['Fan #2', 2],
  ]);
});

test('a table that the device does not have costs one look in half an hour', async () => {
  const { at, asked } = poller(TABLE);
  const nothing = { '1.3.6.1.2.1.1.3.0': 5 };
  assert.deepEqual((await at(0, nothing)).rows, []);
  await at(60, nothing);
  assert.deepEqual(asked(), ['system']);
  await at(1800, fan(1, 'Fan', 1));
  assert.ok(asked().includes('1.3.6.1.4.1.999.1.1/0'));
});

test('a row that is gone ends after three polls, not when the device is silent', async () => {
  const { at } = poller(TABLE);
  const both = { ...fan(1, 'A', 1), ...fan(2, 'B', 2) };
  await at(0, both);
  for (const second of [60, 120]) assert.deepEqual((await at(second, fan(1, 'A', 1))).ended, []);
  for (const second of [180, 240, 300, 360]) {
    assert.deepEqual((await at(second, both, '1.3.6.1.4.1.999.1.1/0')).ended, []);
  }
  assert.deepEqual((await at(420, fan(1, 'A', 1))).ended, [
    { measurement: 'sensor', tags: { sensor: 'B', class: 'fan' } },
  ]);
});

test('a start of the device is noticed, and everything is read anew; the wrap of sysUpTime is none', async () => {
  const { at, asked } = poller(TABLE);
  const up = (ticks: number): Objects => ({ '1.3.6.1.2.1.1.3.0': ticks, ...fan(1, 'A', 1) });
  assert.equal((await at(0, up(500_000))).rebooted, false);
  assert.equal((await at(60, up(506_000))).rebooted, false);
  const started = await at(120, { ...up(100), ...fan(1, 'Renamed', 1) });
  assert.deepEqual([started.rebooted, started.uptimeSeconds], [true, 1]);
  assert.ok(asked().includes('1.3.6.1.4.1.999.1.1/static'));
  assert.deepEqual(values(started), [['Renamed', 1]]);
  assert.equal((await at(180, up(4_294_967_000))).rebooted, false);
  assert.equal((await at(240, up(5000))).rebooted, false);
});

test('metrics have their own intervals, and stand back for better ones', async () => {
  const { at } = poller(`
id: a/b
name: x
metrics:
  better:
    measurement: cpu
    scalars: { load: 1.3.6.1.4.1.999.2.1.0 }
    tags: { core: total }
    fields: { percent: load }
  worse:
    measurement: cpu
    unless: better
    scalars: { load: 1.3.6.1.4.1.999.2.2.0 }
    tags: { core: guess }
    fields: { percent: load }
  slow:
    measurement: memory
    interval: 300
    scalars: { used: 1.3.6.1.4.1.999.2.3.0 }
    tags: { pool: ram }
    fields: { used_bytes: used * 1024 }
`);
  const all: Objects = {
    '1.3.6.1.4.1.999.2.1.0': 10,
    '1.3.6.1.4.1.999.2.2.0': 20,
    '1.3.6.1.4.1.999.2.3.0': 2,
  };
  const fields = (result: PollResult) => result.rows.map((row) => [Object.values(row.tags)[0], row.fields]);
  assert.deepEqual(fields(await at(0, all)), [
    ['total', { percent: 10 }],
    ['ram', { used_bytes: 2048 }],
  ]);
  assert.deepEqual(fields(await at(60, all)), [['total', { percent: 10 }]]);
  assert.deepEqual(fields(await at(299, all)), [
    ['total', { percent: 10 }],
    ['ram', { used_bytes: 2048 }],
  ]);
  const { at: without } = poller(`
id: a/b
name: x
metrics:
  better: { measurement: cpu, scalars: { a: 1.3.6.1.4.1.999.2.9.0 }, tags: { core: total }, fields: { percent: a } }
  worse: { measurement: cpu, unless: better, scalars: { b: 1.3.6.1.4.1.999.2.2.0 }, tags: { core: g }, fields: { percent: b } }
`);
  assert.deepEqual(fields(await without(0, all)), [['g', { percent: 20 }]]);
});

test('an OID may begin where the sysObjectID ends; facts come from the first rule that says something', async () => {
  const { at, asked } = poller(`
id: a/b
name: x
scalars: { own: ~.1.5.0, descr: 1.3.6.1.2.1.1.1.0 }
facts:
  model: ["{own}", "{capture(descr, 'Model (\\\\w+)')}"]
  version: "{capture(descr, 'Version ([\\\\d.]+)')}"
metrics:
  load: { measurement: cpu, scalars: { load: ~.1.7.0 }, tags: { core: total }, fields: { percent: load } }
`);
  const objects: Objects = {
    '1.3.6.1.2.1.1.1.0': '4|Model T1000 Version 2.0.1',
    '1.3.6.1.2.1.1.2.0': '6|1.3.6.1.4.1.999.77',
    '1.3.6.1.4.1.999.77.1.7.0': 12,
  };
  const first = await at(0, objects);
  assert.deepEqual(first.facts, { model: 'T1000', version: '2.0.1' });
  assert.deepEqual(first.rows, [{ measurement: 'cpu', tags: { core: 'total' }, fields: { percent: 12 } }]);
  assert.equal((await at(60, objects)).facts, undefined);
  assert.ok(!asked().includes('get/static'));
});

const PORTS = 'id: a/b\nname: x\n';
const port = (index: number, name: string, more: Record<string, number | string> = {}): Objects => {
  const { octets = 1000, wide = 1, type = 6, oper = 1, admin = 1, mac = index, alias = '' } = more;
  return {
    [`1.3.6.1.2.1.2.2.1.1.${index}`]: index,
    [`1.3.6.1.2.1.2.2.1.2.${index}`]: `4|${name}`,
    [`1.3.6.1.2.1.2.2.1.3.${index}`]: type,
    [`1.3.6.1.2.1.2.2.1.5.${index}`]: 4_294_967_295,
    [`1.3.6.1.2.1.2.2.1.6.${index}`]: `4x|0200000000${Number(mac).toString(16).padStart(2, '0')}`,
    [`1.3.6.1.2.1.2.2.1.7.${index}`]: admin,
    [`1.3.6.1.2.1.2.2.1.8.${index}`]: oper,
    [`1.3.6.1.2.1.2.2.1.10.${index}`]: Number(octets) % 2 ** 32,
    ...(wide ? { [`1.3.6.1.2.1.31.1.1.1.6.${index}`]: octets } : {}),
    [`1.3.6.1.2.1.31.1.1.1.15.${index}`]: 10_000,
    [`1.3.6.1.2.1.31.1.1.1.18.${index}`]: `4|${alias}`,
  };
};
const octets = ({ rows }: PollResult) => rows.map(({ tags, fields }) => [tags.ifname, fields.in_octets]);

test('interfaces give 64-bit counters where they have them, and ifHighSpeed above 4.29 Gbit/s', async () => {
  const { at } = poller(PORTS);
  const wide = 5_000_000_000;
  const result = await at(0, { ...port(1, 'eth1', { octets: wide }), ...port(2, 'eth2', { octets: 7, wide: 0 }) });
  assert.deepEqual(octets(result), [
    ['eth1', wide],
    ['eth2', 7],
  ]);
  assert.equal(result.interfaces![0]!.speed_bits_per_second, 10_000_000_000);
  assert.equal(result.rows[0]!.fields.speed_bits_per_second, 10_000_000_000);
});

test('what is no wire or switched off is not polled; people may decide otherwise', async () => {
  const ports = {
    ...port(1, 'eth1', { oper: 2 }),
    ...port(2, 'eth2', { admin: 2 }),
    ...port(3, 'lo', { type: 24 }),
    ...port(4, 'Vlan10', { type: 53 }),
    ...port(5, 'Vlan20', { type: 53, oper: 2 }),
    ...port(6, 'eth6'),
  };
  const polled = ({ interfaces }: PollResult) => interfaces!.filter((one) => one.polled).map((one) => one.ifname);
  assert.deepEqual(polled(await poller(PORTS).at(0, ports)), ['eth1', 'Vlan10', 'eth6']);
  const decided = poller(PORTS, [], { lo: true, eth6: false });
  assert.deepEqual(polled(await decided.at(0, ports)), ['eth1', 'lo', 'Vlan10']);
});

test('interfaces keep their name when the device renumbers them, also over our own restart', async () => {
  const { at } = poller(PORTS);
  const first = await at(0, { ...port(1, 'eth1'), ...port(2, 'eth2') });
  const renumbered = { ...port(11, 'eth1', { octets: 5 }), ...port(12, 'eth2', { octets: 6 }) };
  const expected = [
    ['eth1', 5],
    ['eth2', 6],
  ];
  assert.deepEqual(octets(await at(300, renumbered)), expected);
  assert.deepEqual(octets(await poller(PORTS, first.interfaces).at(0, renumbered)), expected);
  // Renamed and renumbered: found again by its alias.
  const alias = { alias: 'uplink' };
  const named = await poller(PORTS).at(0, { ...port(1, 'eth1', alias), ...port(2, 'eth2') });
  const renamed = await poller(PORTS, named.interfaces).at(0, { ...port(7, 'ge-0/1', alias), ...port(2, 'eth2') });
  assert.deepEqual(renamed.interfaces!.map(({ ifname, name, descr }) => [ifname, name || descr]).toSorted(), [
    ['eth1', 'ge-0/1'],
    ['eth2', 'eth2'],
  ]);
});

test('interfaces of one name get names of their own', async () => {
  const result = await poller(PORTS).at(0, { ...port(1, 'port'), ...port(2, 'port'), ...port(3, '') });
  assert.deepEqual(
    result.interfaces!.map(({ ifname }) => ifname),
    ['port #1', 'port #2', 'if3'],
  );
});

test('a counter that steps back a little is held; one that starts anew is not', async () => {
  const { at } = poller(PORTS);
  const read = async (second: number, count: number) => octets(await at(second, port(1, 'eth1', { octets: count })))[0];
  assert.deepEqual(await read(0, 1000), ['eth1', 1000]);
  assert.deepEqual(await read(10, 990), ['eth1', undefined]);
  assert.deepEqual(await read(20, 1010), ['eth1', 1010]);
  assert.deepEqual(await read(30, 5), ['eth1', 5]);
});

test('an interface that is gone, or no longer chosen, ends', async () => {
  const { at } = poller(PORTS);
  const ports = { ...port(1, 'eth1'), ...port(2, 'eth2'), ...port(3, 'eth3') };
  await at(0, ports);
  const after = await at(300, { ...port(1, 'eth1'), ...port(3, 'eth3', { admin: 2 }) });
  assert.deepEqual(after.ended.map(({ tags }) => tags.ifname).toSorted(), ['eth2', 'eth3']);
});
