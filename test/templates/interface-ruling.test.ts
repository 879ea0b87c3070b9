/** Which interfaces a poll reads: what a person chose, then rules, then type and status. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InterfaceRule, rulingOf } from '../../src/model/interface-rule.ts';
import type { ObservedInterface } from '../../src/model/observation.ts';
import { DevicePoll } from '../../src/templates/device-poll.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { buildPlan } from '../../src/templates/plan.ts';
import { fetchGroup, type PollResult } from '../../src/templates/poll-plan.ts';
import { Recording } from '../../src/templates/recording.ts';

const library = new TemplateLibrary([{ id: 'a/b', name: 'x' }]);

/** A port that is up, a VLAN that is up, a loopback, a port that is switched off. */
const TABLE = [
  [1, 'Gi1', 6, 1, 'uplink'],
  [2, 'Vlan20', 53, 1, ''],
  [3, 'Lo0', 24, 1, ''],
  [4, 'Gi4', 6, 2, 'spare'],
]
  .flatMap(([i, name, type, admin, alias]) => [
    `1.3.6.1.2.1.2.2.1.1.${i}|2|${i}`,
    `1.3.6.1.2.1.2.2.1.2.${i}|4|${name}`,
    `1.3.6.1.2.1.2.2.1.3.${i}|2|${type}`,
    `1.3.6.1.2.1.2.2.1.7.${i}|2|${admin}`,
    `1.3.6.1.2.1.2.2.1.8.${i}|2|${admin}`,
    `1.3.6.1.2.1.2.2.1.10.${i}|65|1000`,
    `1.3.6.1.2.1.31.1.1.1.1.${i}|4|${name}`,
    `1.3.6.1.2.1.31.1.1.1.18.${i}|4|${alias}`,
  ])
  .join('\n');

async function poll(
  rules: readonly InterfaceRule[],
  interfaces: Record<string, boolean> = {},
  knownInterfaces: readonly ObservedInterface[] = [],
): Promise<PollResult> {
  const recording = new Recording(Buffer.from(TABLE));
  const run = new DevicePoll(buildPlan(library.resolve('a/b')), {
    interfaces,
    interfaceRuling: rulingOf(rules),
    knownInterfaces,
  });
  for (let due = run.due(0); due.length > 0; due = run.due(0)) {
    for (const group of due) run.accept(group, await fetchGroup(recording, group));
  }
  return run.result();
}

const read = ({ rows }: PollResult) => rows.map(({ tags }) => tags.ifname);

test('without rules, type and status decide', async () => {
  assert.deepEqual(read(await poll([])), ['Gi1', 'Vlan20']);
});

test('rules decide before the first poll, whatever type and status say', async () => {
  const rules: InterfaceRule[] = [
    { alias: 'spare', polled: true },
    { types: [24], polled: true },
    { name: 'vlan*', polled: false },
  ];
  assert.deepEqual(read(await poll(rules)), ['Gi1', 'Lo0', 'Gi4']);
});

test('what a person chose comes before rules', async () => {
  const rules: InterfaceRule[] = [{ name: '*', polled: false }];
  assert.deepEqual(read(await poll(rules)), []);
  assert.deepEqual(read(await poll(rules, { Lo0: true })), ['Lo0']);
});

test('an interface that is no longer polled ends its series, also when the poller began anew', async () => {
  const before = await poll([]);
  const after = await poll([{ name: 'Vlan*', polled: false }], {}, before.interfaces!);
  assert.deepEqual(read(after), ['Gi1']);
  assert.deepEqual(after.ended, [{ measurement: 'interface', tags: { ifname: 'Vlan20' } }]);
  assert.deepEqual((await poll([], {}, before.interfaces!)).ended, []);
});
