import assert from 'node:assert/strict';
import { arrangePlant, scenarios } from '../support/scenario.ts';

const POST = { method: 'POST', path: '/devices', as: 'operator' } as const;

scenarios([
  {
    name: 'a device without a credential profile is pinged',
    ...POST,
    body: { address: '10.0.0.7' },
    status: 201,
    contains: [
      '"name":"10.0.0.7"',
      '"site":"default"',
      '"health":"discovering"',
      '"monitor_count":1',
      '"offline_after_s":300',
    ],
    expect: ({ repositories, live, store }) => {
      assert.deepEqual(
        repositories.monitors.all().map((monitor) => [monitor.plugin_id, monitor.polling_interval]),
        [['icmp', 10]],
      );
      assert.deepEqual(
        live.published.map((message) => message.topic),
        ['event'],
      );
      assert.deepEqual(store.labels.get('{"device_id":"1"}')?.labels, {
        device: '10.0.0.7',
        site: 'default',
        address: '10.0.0.7',
        template: '',
      });
    },
  },
  {
    name: 'a device with an SNMP credential profile is pinged and asked by SNMP',
    ...POST,
    arrange: ({ services }) =>
      services.fleet.credentials.create(1, { name: 'c', type: 'snmp_v2c', public: {}, secrets: { community: 'x' } }),
    body: { address: 'Switch-1.Plant.example.', credential_profile_id: 1, labels: { line: 'A' }, ot: true },
    status: 201,
    contains: ['"address":"switch-1.plant.example"', '"monitor_count":2', '"labels":{"line":"A"}', '"ot":true'],
    expect: ({ repositories }) => {
      assert.deepEqual(
        repositories.monitors.all().map((monitor) => [monitor.plugin_id, monitor.credential_profile_id]),
        [
          ['icmp', null],
          ['snmp', 1],
        ],
      );
    },
  },
  {
    name: 'an IPv6 address is stored in its short form and unique however it is written',
    ...POST,
    arrange: ({ services }) => services.fleet.devices.create(1, { address: '2001:db8:0:0:0:0:0:1' }),
    body: { address: '2001:DB8::0001' },
    status: 409,
    contains: ['"path":"address"', 'in use by another device of the site: 2001:db8::1'],
  },
  {
    name: 'two sites may use one address',
    ...POST,
    arrange: ({ services, repositories, clock }) => {
      repositories.sites.insert(1, { name: 'Plant 2', time_zone: 'UTC', description: '' }, new Date(clock.nowMs()));
      services.fleet.devices.create(1, { address: '10.0.0.1' });
    },
    body: { address: '10.0.0.1', site: 'plant 2' },
    status: 201,
    contains: ['"site":"Plant 2"'],
  },
  {
    name: 'a mistyped IPv4 address is refused',
    ...POST,
    body: { address: '10.0.0.256' },
    status: 400,
    contains: ['IPv4 address'],
  },
  {
    name: 'a multicast address is refused',
    ...POST,
    body: { address: '224.0.0.1' },
    status: 400,
    contains: ['multicast'],
  },
  {
    name: 'an unknown site is refused',
    ...POST,
    body: { address: '10.0.0.1', site: 'Mars' },
    status: 400,
    contains: ['there is no site Mars'],
  },
  {
    name: 'an unknown template is refused',
    ...POST,
    body: { address: '10.0.0.1', template: 'x/y' },
    status: 400,
    contains: ['"path":"template"'],
  },
  {
    name: 'an unknown component is refused',
    ...POST,
    body: { address: '10.0.0.1', component_id: 4 },
    status: 400,
    contains: ['"path":"component_id"'],
  },
  {
    name: 'an unknown parent is refused',
    ...POST,
    body: { address: '10.0.0.1', parent_id: 4 },
    status: 400,
    contains: ['"path":"parent_id"'],
  },
  {
    name: 'a label that would hide a tag is refused',
    ...POST,
    body: { address: '10.0.0.1', labels: { site: 'x' } },
    status: 400,
    contains: ['"path":"labels.site"'],
  },
  {
    name: 'all that is wrong is told at once',
    ...POST,
    body: { address: 'not an address', site: 'Mars', template: 'x/y' },
    status: 400,
    contains: ['"path":"address"', '"path":"site"', '"path":"template"'],
  },
  {
    name: 'many devices at once: the good ones are added, the others say why',
    method: 'POST',
    path: '/devices/bulk',
    as: 'operator',
    body: { devices: [{ address: '10.0.0.1' }, { address: '10.0.0.1' }, { address: 5 }, { address: '10.0.0.2' }] },
    status: 200,
    contains: ['"created":2', '"refused":2', '"status":409', '"status":400'],
    expect: ({ repositories }) => assert.equal(repositories.devices.all().length, 2),
  },
  {
    name: 'renaming a device keeps its ID, tells the store and is an event',
    method: 'PATCH',
    path: '/devices/1',
    as: 'operator',
    arrange: arrangePlant,
    body: { name: 'core-sw-9' },
    status: 200,
    contains: ['"id":1', '"name":"core-sw-9"', '"address":"10.0.0.1"', '"credential_profile_id":1'],
    expect: ({ repositories, store }) => {
      const [event] = repositories.journal.events(1, { kind: 'renamed' }).data;
      assert.deepEqual([event?.before, event?.after], ['core-sw-1', 'core-sw-9']);
      assert.equal(store.labels.get('{"device_id":"1"}')?.labels.device, 'core-sw-9');
    },
  },
  {
    name: 'PUT takes back what it does not name',
    method: 'PUT',
    path: '/devices/1',
    as: 'operator',
    arrange: ({ services }) =>
      services.fleet.devices.create(1, { address: '10.0.0.1', name: 'a', contact: 'b', labels: { c: 'd' } }),
    body: { address: '10.0.0.1' },
    status: 200,
    contains: ['"name":"10.0.0.1"', '"contact":""', '"labels":{}'],
  },
  {
    name: 'taking away the SNMP profile stops SNMP and keeps its history',
    method: 'PATCH',
    path: '/devices/1',
    as: 'operator',
    arrange: arrangePlant,
    body: { credential_profile_id: null },
    status: 200,
    expect: ({ repositories, store }) => {
      assert.deepEqual(
        repositories.monitors.all().map((monitor) => [monitor.plugin_id, monitor.enabled]),
        [
          ['icmp', true],
          ['snmp', false],
        ],
      );
      assert.deepEqual(store.deleted, []);
    },
  },
  {
    name: 'a device is not its own parent',
    method: 'PATCH',
    path: '/devices/1',
    as: 'operator',
    arrange: ({ services }) => {
      services.fleet.devices.create(1, { address: '10.0.0.1' });
      services.fleet.devices.create(1, { address: '10.0.0.2', parent_id: 1 });
    },
    body: { parent_id: 2 },
    status: 400,
    contains: ['must not be the device itself or one behind it'],
  },
  {
    name: 'devices are found by part of a name',
    method: 'GET',
    path: '/devices?q=CORE',
    as: 'viewer',
    arrange: arrangePlant,
    status: 200,
    contains: ['core-sw-1', '"next_cursor":null'],
    excludes: ['very-secret-community'],
  },
  {
    name: 'a percent sign in a search is a percent sign',
    method: 'GET',
    path: '/devices?q=%25',
    as: 'viewer',
    arrange: arrangePlant,
    status: 200,
    contains: ['"data":[]'],
  },
  {
    name: 'devices are found by address, however it is written',
    method: 'GET',
    path: '/devices?address=2001:db8:0::1',
    as: 'viewer',
    arrange: ({ services }) => services.fleet.devices.create(1, { address: '2001:db8::1' }),
    status: 200,
    contains: ['"address":"2001:db8::1"'],
  },
  {
    name: 'an unknown sort says what there is',
    method: 'GET',
    path: '/devices?sort=colour',
    as: 'viewer',
    status: 400,
    contains: ['must be one of name'],
  },
  {
    name: 'a foreign cursor is refused',
    method: 'GET',
    path: '/devices?cursor=bm90',
    as: 'viewer',
    status: 400,
    contains: ['"path":"cursor"'],
  },
  {
    name: 'an unknown filter value is refused',
    method: 'GET',
    path: '/devices?health=great',
    as: 'viewer',
    status: 400,
    contains: ['"path":"health"'],
  },
  { name: 'an ID that cannot be one is nothing', method: 'GET', path: '/devices/abc', as: 'viewer', status: 404 },
  {
    name: 'the overview counts healths',
    method: 'GET',
    path: '/devices/summary',
    as: 'viewer',
    arrange: arrangePlant,
    status: 200,
    contains: ['"total":1', '"discovering":1', '"worst":"discovering"'],
  },
  {
    name: 'facts of a device that was not reached yet are empty',
    method: 'GET',
    path: '/devices/1/facts',
    as: 'viewer',
    arrange: arrangePlant,
    status: 200,
    contains: ['"facts":{}', '"found_at":null'],
  },
  {
    name: 'choosing an unknown interface changes nothing',
    method: 'PATCH',
    path: '/devices/1/interfaces',
    as: 'operator',
    arrange: arrangePlant,
    body: { interfaces: [{ ifname: 'Gi1/0/1', polled: false }] },
    status: 400,
    contains: ['"path":"interfaces.0.ifname"'],
  },
]);
