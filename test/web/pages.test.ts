// What pages decide: routes, rows, filters, and what they send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device, Event } from '../../src/api/contract.ts';
import { ApiError, messageOf, problemOf } from '../../web/api.ts';
import { nextRow } from '../../web/components/row-keys.ts';
import { type Column, sortRows } from '../../web/components/table.ts';
import { reconnectPauseMs } from '../../web/live.ts';
import { channelInput, channelValues } from '../../web/pages/channel/channel-values.ts';
import { credentialInput, NEW_CREDENTIAL } from '../../web/pages/credential/credential-form.ts';
import { bulkChangeOf } from '../../web/pages/device/bulk-change.ts';
import { availability, bandsOf, healthSegments } from '../../web/pages/device/health-segments.ts';
import { matchesDevice } from '../../web/pages/devices.ts';
import { ruleOfText, textOfRule } from '../../web/pages/discovery/import-fields.ts';
import { eventText } from '../../web/pages/event-text.ts';
import { rankCandidates, wantedAt } from '../../web/pages/explore/completion.ts';
import { guessUnit } from '../../web/pages/explore/guess-unit.ts';
import { moved, ruleInput, ruleText, ruleValues } from '../../web/pages/interface-rule/rule-values.ts';
import { judgeMonitor } from '../../web/pages/monitor/monitor-table.ts';
import { sentence, settingsInput } from '../../web/pages/monitor/settings-fields.ts';
import { pluginInput, pluginValues } from '../../web/pages/plugin/plugin-values.ts';
import { matchRoute, withParams } from '../../web/router.ts';

test('a rule about interfaces is sent as its form says, told in words, and moved', () => {
  const rule = { name: 'Vlan*', types: [53, 4000], polled: false };
  assert.deepEqual(ruleInput(ruleValues(rule)), rule);
  assert.deepEqual(ruleInput({ name: ' ', alias: '*up*', types: '', polled: 'yes' }), { alias: '*up*', polled: true });
  assert.equal(ruleText(rule), 'name Vlan*, type 53 virtual, 4000: do not poll');
  assert.deepEqual(moved(['a', 'b', 'c'], 1, -1), ['b', 'a', 'c']);
  assert.deepEqual(moved(['a', 'b', 'c'], 2, 1), ['a', 'b', 'c']);
});

test('a plugin is sent as its form says, and comes back into it', () => {
  const values = { ...pluginValues(), id: ' mast ', name: 'Mast', executable: 'mast.sh', arguments: '-x\na b' };
  const input = pluginInput({ ...values, timeout: '', credentials: ['winrm'], schema: ' ' });
  assert.deepEqual(
    [input.id, input.arguments, input.credential_types, input.default_interval_s],
    ['mast', ['-x', 'a b'], ['winrm'], 60],
  );
  assert.ok(!('timeout_s' in input), 'the server has a limit of its own');
  assert.deepEqual(input.settings_schema, { type: 'object', properties: {}, additionalProperties: false });
  assert.deepEqual(pluginInput(values).fields, []);
  for (const schema of ['{', '[]', '"x"', 'null']) {
    assert.throws(
      () => pluginInput({ ...values, schema }),
      (error) => error instanceof ApiError && error.fields[0]?.path === 'settings_schema',
    );
  }
});

test('of a change of many devices only what differs is sent; a label without a value is taken away', () => {
  const same = { site: '=', credential: '=', template: '=', industrial: '=', offline: '', labels: '' };
  assert.deepEqual(bulkChangeOf(same), {});
  const change = { ...same, site: 'Plant 2', credential: '', template: 'cisco/ios', industrial: 'no' };
  assert.deepEqual(bulkChangeOf({ ...change, offline: '60', labels: 'line=7\nold=\n' }), {
    site: 'Plant 2',
    credential_profile_id: null,
    template: 'cisco/ios',
    ot: false,
    offline_after_s: 60,
    set_labels: { line: '7', old: null },
  });
});

test('routes match whole paths, with parameters decoded', () => {
  const routes = [
    { pattern: '/', value: 'home' },
    { pattern: '/devices/add', value: 'add' },
    { pattern: '/devices/:id', value: 'device' },
    { pattern: '/devices/:id/interfaces/:ifname', value: 'interface' },
  ];
  assert.equal(matchRoute(routes, '/')?.value, 'home');
  assert.equal(matchRoute(routes, '/devices/add')?.value, 'add');
  assert.deepEqual(matchRoute(routes, '/devices/7/interfaces/1%2F1%2F3')?.params, { id: '7', ifname: '1/1/3' });
  assert.equal(matchRoute(routes, '/devices'), undefined);
  assert.equal(matchRoute(routes, '/devices/%zz')?.params.id, '%zz');
});

test('query parameters are changed one by one', () => {
  assert.equal(withParams('?a=1&b=2', { a: '', c: 'x y' }), '?b=2&c=x+y');
  assert.equal(withParams('?a=1', { a: undefined }), '');
});

test('errors are told in the words of the server, with the fields that are wrong', () => {
  const error = problemOf(
    400,
    JSON.stringify({
      title: 'Bad Request',
      detail: 'Check the input.',
      errors: [{ path: 'name', message: 'must not be empty' }],
    }),
  );
  assert.equal(messageOf(error), 'Check the input. name: must not be empty');
  assert.equal(problemOf(422, '{"status":"error","error":"parse error"}').message, 'parse error');
  assert.match(problemOf(502, '<html>').message, /could not do this \(502\)/);
});

test('rows are sorted as people count, and rows without a value come last both ways', () => {
  const columns: Column<{ readonly n: string | null }>[] = [
    { key: 'n', label: '', render: () => '', sortBy: (row) => row.n },
  ];
  const rows = [{ n: 'sw-10' }, { n: null }, { n: 'sw-2' }, { n: 'Sw-1' }];
  const sorted = (sort: string) => sortRows(rows, columns, sort).map((row) => row.n);
  assert.deepEqual(sorted('n'), ['Sw-1', 'sw-2', 'sw-10', null]);
  assert.deepEqual(sorted('-n'), ['sw-10', 'sw-2', 'Sw-1', null]);
  assert.deepEqual(
    sorted(''),
    rows.map((row) => row.n),
  );
});

test('arrow keys stay inside the table', () => {
  assert.equal(nextRow('ArrowDown', 0, 3), 1);
  assert.equal(nextRow('ArrowDown', 2, 3), 2);
  assert.equal(nextRow('ArrowUp', 0, 3), 0);
  assert.equal(nextRow('End', 0, 300), 299);
  assert.equal(nextRow('x', 0, 3), undefined);
});

test('reconnecting waits longer each time, up to fifteen seconds', () => {
  assert.equal(reconnectPauseMs(0, 0), 250);
  assert.equal(reconnectPauseMs(0, 1), 500);
  assert.equal(reconnectPauseMs(20, 1), 15_000);
});

const DEVICE = {
  name: 'core-sw-1',
  address: '10.0.0.1',
  contact: 'Anna',
  site: 'Plant 1',
  health: 'healthy',
  effective_template: 'cisco/ios',
  labels: { line: 'L1' },
  facts: { vendor: 'Cisco', model: 'C9300', serial: 'FOC1' },
} as unknown as Device;

test('devices are found by any of their words', () => {
  const none = { text: '', health: '', site: '', template: '' };
  assert.ok(matchesDevice(DEVICE, { ...none, text: 'cisco foc1' }));
  assert.ok(matchesDevice(DEVICE, { ...none, text: 'line=l1' }));
  assert.ok(!matchesDevice(DEVICE, { ...none, text: 'cisco juniper' }));
  assert.ok(!matchesDevice(DEVICE, { ...none, health: 'offline' }));
  assert.ok(!matchesDevice(DEVICE, { ...none, site: 'Plant 2' }));
});

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const change = (seconds: number, before: string, after: string) => ({ at: at(seconds), before, after });

test('health through time is told by its changes', () => {
  const device = { health: 'healthy', created_at: at(100) } as const;
  const events = [
    change(500, 'offline', 'healthy'),
    change(300, 'healthy', 'offline'),
    change(110, 'discovering', 'healthy'),
  ];
  const segments = healthSegments(device, events, { fromS: 0, toS: 1000 });
  assert.deepEqual(
    segments.map(({ fromS, toS, health }) => [fromS, toS, health]),
    [
      [100, 110, 'discovering'],
      [110, 300, 'healthy'],
      [300, 500, 'offline'],
      [500, 1000, 'healthy'],
    ],
  );
  assert.deepEqual(bandsOf(segments), [{ fromS: 300, toS: 500, kind: 'offline' }]);
  assert.equal(availability(segments)?.toFixed(4), (690 / 890).toFixed(4));
  assert.deepEqual(healthSegments(device, [], { fromS: 0, toS: 1000 }), [{ fromS: 100, toS: 1000, health: 'healthy' }]);
  assert.deepEqual(
    healthSegments(device, events, { fromS: 350, toS: 400 }),
    [{ fromS: 350, toS: 400, health: 'offline' }],
    'a span inside one state',
  );
});

test('maintenance and unknown times do not count against availability', () => {
  assert.equal(availability([{ fromS: 0, toS: 10, health: 'unknown' }]), undefined);
  assert.equal(
    availability([
      { fromS: 0, toS: 10, health: 'maintenance' },
      { fromS: 10, toS: 20, health: 'warning' },
    ]),
    1,
  );
});

test('events are told in words, also those that nobody thought of', () => {
  const told = (kind: string, before: unknown, after: unknown) =>
    eventText({ kind, before, after } as Pick<Event, 'kind' | 'before' | 'after'>);
  assert.equal(told('health_changed', 'healthy', 'offline').text, 'is offline, was healthy');
  assert.equal(told('health_changed', 'healthy', 'offline').mark, 'offline');
  const down = told('interface_status_changed', { ifname: 'Gi1', oper_status: 1 }, { ifname: 'Gi1', oper_status: 2 });
  assert.equal(down.text, 'Gi1 went down');
  assert.equal(told('engine_id_twice', null, { device_id: 3, other: 'x' }).text, 'engine id twice: other x');
});

test('a monitor is judged by its last attempt', () => {
  const monitor = { enabled: true, last_polled: null, last_error: null, last_error_at: null };
  assert.equal(judgeMonitor(monitor), 'waiting');
  assert.equal(judgeMonitor({ ...monitor, enabled: false }), 'off');
  assert.equal(judgeMonitor({ ...monitor, last_polled: at(20), last_error: 'x', last_error_at: at(10) }), 'good');
  assert.equal(judgeMonitor({ ...monitor, last_polled: at(20), last_error: 'x', last_error_at: at(30) }), 'failing');
});

test('a credential is sent with the fields of its type only', () => {
  const values = { ...NEW_CREDENTIAL, name: 'n', community: 'c', username: 'u', auth_password: 'p', port: '1161' };
  assert.deepEqual(credentialInput(values), { name: 'n', type: 'snmp_v2c', community: 'c', port: 1161 });
  assert.deepEqual(credentialInput({ ...values, type: 'snmp_v3', security_level: 'authNoPriv', port: '' }), {
    name: 'n',
    type: 'snmp_v3',
    username: 'u',
    security_level: 'authNoPriv',
    auth_protocol: 'SHA',
    auth_password: 'p',
  });
});

test('a rule of import is sent as it is typed; without a word there is none', () => {
  const typed = { template: ' cisco/* ', vendor: '', addresses: '', confidence: '80' };
  assert.deepEqual(JSON.parse(JSON.stringify(ruleOfText(typed, { answered: 'icmp' }))), {
    template: 'cisco/*',
    min_confidence: 0.8,
    answered: 'icmp',
  });
  const empty = textOfRule(null);
  assert.equal(ruleOfText(empty, null), null);
  assert.deepEqual(textOfRule({ vendor: 'Acme', min_confidence: 0.29 }), {
    ...empty,
    vendor: 'Acme',
    confidence: '29',
  });
});

test('a channel is sent with the settings of its type, and without a secret that stays', () => {
  const values = { ...channelValues(undefined), name: 'mail', host: 'h', from: 'a@b', to: 'x@y\n z@y, ' };
  assert.deepEqual(channelInput(values), {
    name: 'mail',
    type: 'email',
    enabled: true,
    send_resolved: true,
    min_severity: 'warning',
    config: { host: 'h', security: 'starttls', from: 'a@b', to: ['x@y', 'z@y'] },
  });
  const hook = channelInput({ ...values, type: 'webhook', url: 'https://x' });
  assert.deepEqual(hook.config, { url: 'https://x' });
});

test('settings of a plugin are sent in the types of its schema', () => {
  const schema = {
    properties: {
      port: { type: 'integer' },
      tls: { type: 'boolean' },
      host: { type: 'string' },
      codes: { type: 'array' },
    },
  };
  const texts = { port: '443', tls: 'true', host: '12', codes: '[200,204]', unknown: 'x' };
  assert.deepEqual(settingsInput(schema, texts), { port: 443, tls: true, host: '12', codes: [200, 204] });
  assert.deepEqual(settingsInput(schema, { port: '' }), {}, 'empty means the default');
  assert.deepEqual(['verify_tls', 'timeout_ms', 'url'].map(sentence), ['Verify TLS', 'Timeout (ms)', 'URL']);
});

test('completion knows names, labels and values', () => {
  const wanted = (text: string) => wantedAt(text, text.length);
  assert.deepEqual(wanted('rate(interf'), { kind: 'name', part: 'interf', from: 5 });
  assert.deepEqual(wanted('up{dev'), { kind: 'label', part: 'dev', from: 3, metric: 'up' });
  assert.deepEqual(wanted('up{a="}", site=~"Pl'), { kind: 'value', label: 'site', part: 'Pl', from: 17, metric: 'up' });
  assert.deepEqual(wanted('up{a="1"} + do'), { kind: 'name', part: 'do', from: 12 });
  assert.equal(wanted('up '), undefined);
  assert.deepEqual(rankCandidates(['xrate', 'rate', 'rate_x', 'other'], 'rate', 5), ['rate_x', 'xrate']);
});

test('the unit of an expression is guessed from its text', () => {
  assert.equal(guessUnit('topk(10, 8 * rate(interface_in_octets[2m]))'), 'bitsPerSecond');
  assert.equal(guessUnit('rate(interface_in_octets[2m])'), 'bytesPerSecond');
  assert.equal(guessUnit('100 * storage_used_bytes / storage_total_bytes'), 'percent');
  assert.equal(guessUnit('count(memory_used_bytes)'), 'none');
  assert.equal(guessUnit('sensor_value{class="temperature"}'), 'celsius');
  assert.equal(guessUnit('icmp_rtt_avg_ms'), 'milliseconds');
});
