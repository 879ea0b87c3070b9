import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InterfaceRule, indexOfRule, rulingOf } from '../../src/model/interface-rule.ts';

const port = { name: 'Gi1/0/1', descr: 'GigabitEthernet1/0/1', alias: 'Uplink to core', type: 6 };
const vlan = { name: 'Vl20', descr: 'Vlan20', alias: '', type: 53 };

test('the first rule that fits decides; without one nothing is decided', () => {
  const rules: InterfaceRule[] = [
    { alias: '*uplink*', polled: true },
    { name: 'Gi*', polled: false },
  ];
  const ruling = rulingOf(rules);
  assert.equal(ruling(port), true);
  assert.equal(ruling({ ...port, alias: '' }), false);
  assert.equal(ruling(vlan), undefined);
  assert.deepEqual([indexOfRule(rules, port), indexOfRule(rules, vlan)], [0, -1]);
});

test('all that a rule says must fit; a name is that of ifName or of ifDescr', () => {
  const fits = (rule: Omit<InterfaceRule, 'polled'>) => indexOfRule([{ ...rule, polled: true }], vlan) === 0;
  assert.ok(fits({ name: 'vlan*' }) && fits({ name: 'vl20' }) && fits({ types: [6, 53] }));
  assert.ok(fits({ name: 'vlan*', types: [53] }));
  assert.ok(!fits({ name: 'vlan*', types: [6] }));
  assert.ok(!fits({ name: 'vlan*', alias: '*x*' }));
});
