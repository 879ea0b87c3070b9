import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FactsObservation, InterfacesObservation, ObservedInterface } from '../../src/model/observation.ts';
import { arrangePlant } from '../support/scenario.ts';
import { createTestServer, type TestServer } from '../support/server.ts';

const AT = Date.UTC(2026, 0, 1);
const FROM = { device_id: '1', monitor_id: '2' } as const;

function port(ifname: string, change: Partial<ObservedInterface> = {}): ObservedInterface {
  return {
    ifname,
    if_index: Number(ifname.slice(-1)),
    name: ifname,
    descr: ifname,
    alias: '',
    type: 6,
    mac: '00:00:5e:00:53:01',
    speed_bits_per_second: 1e9,
    admin_status: 1,
    oper_status: 1,
    polled: true,
    ...change,
  };
}

const table = (at_ms: number, ...interfaces: ObservedInterface[]): InterfacesObservation => ({
  kind: 'interfaces',
  ...FROM,
  at_ms,
  interfaces,
});

const facts = (change: Partial<FactsObservation> = {}): FactsObservation => ({
  kind: 'facts',
  ...FROM,
  at_ms: AT,
  template: 'cisco/ios',
  confidence: 0.95,
  reasons: ['sysObjectID 1.3.6.1.4.1.9.1'],
  facts: { vendor: 'Cisco', name: 'sw-hall-3', version: '15.2' },
  ...change,
});

/** Events since the device was added, oldest first. */
const kindsOf = ({ repositories }: TestServer) =>
  repositories.journal
    .events(1, { sort: 'at', limit: 1000 })
    .data.map((event) => event.kind)
    .filter((kind) => kind !== 'device_added');

test('what a device says of itself names it, unless a person did', async () => {
  await using server = await createTestServer();
  const { fleet } = server.services;
  const nameless = fleet.devices.create(1, { address: '10.0.0.1' });
  fleet.observations.apply([facts()]);
  const after = fleet.devices.get(1, nameless.id);
  assert.deepEqual([after.name, after.recognised_template, after.facts.vendor], ['sw-hall-3', 'cisco/ios', 'Cisco']);
  assert.deepEqual(kindsOf(server).toSorted(), ['device_recognised', 'renamed']);
  assert.deepEqual(server.store.labels.get('{"device_id":"1"}')?.labels, {
    device: 'sw-hall-3',
    site: 'default',
    address: '10.0.0.1',
    template: 'cisco/ios',
  });
  fleet.devices.patch(1, nameless.id, { name: 'Hall 3' });
  fleet.observations.apply([facts({ facts: { name: 'renamed-again' } })]);
  assert.equal(fleet.devices.get(1, nameless.id).name, 'Hall 3');
});

test('a change of facts that tells something is an event, with before and after', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { observations } = server.services.fleet;
  observations.apply([facts()]);
  observations.apply([facts({ facts: { vendor: 'Cisco', version: '17.9' } })]);
  observations.apply([facts({ facts: { vendor: 'Cisco', version: '17.9' } })]);
  assert.deepEqual(kindsOf(server), ['device_recognised', 'version_changed']);
  const [event] = server.repositories.journal.events(1, { kind: 'version_changed' }).data;
  assert.deepEqual([event?.before, event?.after, event?.at.getTime()], ['15.2', '17.9', AT]);
});

test('facts from an added plugin fill gaps; of a device that is not recognised they are all that is known', async () => {
  await using server = await createTestServer();
  const { fleet } = server.services;
  fleet.devices.create(1, { address: '10.0.0.1' });
  const added = (facts: FactsObservation['facts']) =>
    fleet.observations.apply([{ kind: 'added_facts', ...FROM, at_ms: AT, facts }]);
  added({ name: 'pump', version: '1', model: 'P1' });
  added({ name: 'pump', version: '2' });
  assert.deepEqual(fleet.devices.get(1, 1).facts, { name: 'pump', version: '2', model: 'P1' });
  assert.equal(fleet.devices.get(1, 1).name, 'pump');
  assert.deepEqual(kindsOf(server), ['renamed', 'version_changed']);
  fleet.observations.apply([facts()]);
  added({ version: '3', serial: 'S1' });
  const { facts: known } = fleet.devices.get(1, 1);
  assert.deepEqual([known.version, known.serial, known.vendor], ['15.2', 'S1', 'Cisco']);
});

test('the first table of interfaces is no news; what changes later is', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { observations } = server.services.fleet;
  observations.apply([table(AT, port('Gi1'), port('Gi2'), port('Gi3', { polled: false }))]);
  assert.deepEqual(kindsOf(server), []);
  observations.apply([
    table(AT + 10_000, port('Gi1', { oper_status: 2 }), port('Gi2', { if_index: 12, alias: 'uplink' }), port('Gi4')),
  ]);
  assert.deepEqual(kindsOf(server).toSorted(), [
    'interface_added',
    'interface_alias_changed',
    'interface_removed',
    'interface_renumbered',
    'interface_status_changed',
  ]);
  assert.deepEqual(server.store.labels.get('{"device_id":"1","ifname":"Gi2"}')?.labels, {
    interface_name: 'Gi2',
    interface_alias: 'uplink',
  });
  const rows = server.repositories.interfaces.ofDevice(1).map((row) => [row.ifname, row.gone, row.if_index]);
  assert.deepEqual(rows, [
    ['Gi1', false, 1],
    ['Gi3', true, 3],
    ['Gi4', false, 4],
    ['Gi2', false, 12],
  ]);
});

test('a choice of a person outlives the tables that follow, and reaches the collector', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { fleet } = server.services;
  fleet.observations.apply([table(AT, port('Gi1'), port('Gi2'))]);
  fleet.devices.chooseInterfaces(1, 1, [{ ifname: 'Gi1', polled: false }]);
  fleet.observations.apply([table(AT + 10_000, port('Gi1', { polled: false }), port('Gi2'))]);
  assert.deepEqual(
    server.repositories.interfaces.ofDevice(1).map((row) => [row.ifname, row.polled, row.chosen]),
    [
      ['Gi1', false, false],
      ['Gi2', true, null],
    ],
  );
  fleet.configuration.flush();
  assert.deepEqual(fleet.configuration.document.devices[0]?.interfaces, { Gi1: false });
});

test('polls are told to who looks and written in one transaction later', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { fleet } = server.services;
  const poll = { kind: 'poll', ...FROM, duration_ms: 7 } as const;
  fleet.observations.apply([{ ...poll, at_ms: AT, error: { code: 'timeout', message: 'No answer.' } }]);
  assert.equal(fleet.states.lastSuccessMs(1), undefined);
  fleet.observations.apply([{ ...poll, at_ms: AT + 10_000 }]);
  assert.equal(fleet.states.lastSuccessMs(1), AT + 10_000);
  const live = server.live.published.filter((message) => message.topic === 'monitor_result');
  assert.deepEqual(
    live.map((message) => (message.payload as { error: unknown }).error),
    [{ code: 'timeout', message: 'No answer.' }, null],
  );
  assert.equal(server.repositories.monitors.get(1, 2)?.last_polled, null);
  assert.equal(fleet.states.flush(), 1);
  const row = server.repositories.monitors.get(1, 2);
  assert.deepEqual(
    [row?.last_polled?.getTime(), row?.last_attempted?.getTime(), row?.last_error, row?.last_error_at?.getTime()],
    [AT + 10_000, AT + 10_000, null, AT],
  );
  assert.equal(server.repositories.devices.get(1, 1)?.last_seen_at?.getTime(), AT + 10_000);
  assert.equal(fleet.states.flush(), 0);
});

test('the end of a series is passed to the store; an event keeps what it was told', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const { observations } = server.services.fleet;
  observations.apply([
    { kind: 'series_end', ...FROM, at_ms: AT },
    { kind: 'event', ...FROM, at_ms: AT, event: 'rebooted', before: { uptime_s: 900 }, after: { uptime_s: 5 } },
  ]);
  assert.deepEqual(server.store.ended, ['{device_id="1",monitor_id="2"}']);
  const [event] = server.repositories.journal.events(1, { kind: 'rebooted' }).data;
  assert.deepEqual(
    [event?.device, event?.site, event?.before, event?.after],
    ['core-sw-1', 'default', { uptime_s: 900 }, { uptime_s: 5 }],
  );
});

test('row groups that end alone are named by their tags, and new fields are declared', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  const field = { measurement: 'pump', field: 'rpm', kind: 'gauge', unit: 'rpm', help: 'Speed' } as const;
  server.services.fleet.observations.apply([
    { kind: 'series_end', ...FROM, at_ms: AT, rows: [{ measurement: 'interface', tags: { ifname: 'Gi1/0/1 "a"' } }] },
    { kind: 'fields', ...FROM, at_ms: AT, fields: [field] },
  ]);
  assert.deepEqual(server.store.ended, [
    '{__name__=~"interface(_.*)?",ifname="Gi1/0/1 \\"a\\"",device_id="1",monitor_id="2"}',
  ]);
  assert.deepEqual(server.store.fields, [field]);
});

test('what speaks of a device or monitor that is gone is passed over', async () => {
  await using server = await createTestServer();
  const { observations } = server.services.fleet;
  const poll = { kind: 'poll', ...FROM, at_ms: AT, duration_ms: 1 } as const;
  observations.apply([poll, facts(), table(AT, port('Gi1')), { kind: 'series_end', ...FROM, at_ms: AT }]);
  assert.deepEqual([server.live.published, server.store.ended, server.errors], [[], [], []]);
});

test('after a start the store is told the labels and intervals of everything', async () => {
  await using server = await createTestServer();
  arrangePlant(server);
  server.services.fleet.observations.apply([table(AT, port('Gi1', { alias: 'uplink' }))]);
  server.store.labels.clear();
  server.store.intervals.clear();
  await server.services.fleet.announce();
  assert.deepEqual([...server.store.labels.keys()], ['{"device_id":"1"}', '{"device_id":"1","ifname":"Gi1"}']);
  assert.deepEqual(
    [...server.store.intervals],
    [
      ['1', 10_000],
      ['2', 10_000],
    ],
  );
});

test('a site that is renamed is renamed for the series of its devices', async () => {
  await using server = await createTestServer();
  const key = server.keyOf('admin');
  await server.request('POST', '/api/v1/sites', { key, body: { name: 'Plant 2', time_zone: 'Europe/Berlin' } });
  server.services.fleet.devices.create(1, { address: '10.0.0.1', site: 'Plant 2' });
  const response = await server.request('PATCH', '/api/v1/sites/3', { key, body: { name: 'Plant Two' } });
  assert.equal(response.status, 200);
  assert.equal(server.store.labels.get('{"device_id":"1"}')?.labels.site, 'Plant Two');
});
