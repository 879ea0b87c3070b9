import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillAnnotation } from '../../src/rules/annotation.ts';
import { alertFingerprint } from '../../src/rules/fingerprint.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { RuleAlerts } from '../../src/rules/rule-alerts.ts';

const JOINED = new Set(['device', 'site']);
const rule: Rule = {
  id: 7,
  tenant: 1,
  name: 'CPU high',
  expression: 'cpu_percent > 90',
  forMs: 60_000,
  severity: 'warning',
  labels: { team: 'net' },
  annotations: { summary: '{{ $labels.device }} is at {{ $value }} %{{ $labels.nothing }}' },
  revision: '1',
};
const sample = (device: string, value = 95) => ({
  labels: { __name__: 'cpu_percent', device_id: '3', core: 'total', device },
  value,
});

test('an alert is pending for its time, then fires once, then resolves', () => {
  const alerts = new RuleAlerts();
  const states = [0, 30_000, 60_000, 70_000].map((ms) =>
    alerts.advance(rule, [sample('sw1')], ms, JOINED).map(({ from, alert }) => [from, alert.state]),
  );
  assert.deepEqual(states, [[[undefined, 'pending']], [], [['pending', 'firing']], []]);
  const [end] = alerts.advance(rule, [], 80_000, JOINED);
  assert.equal(end?.from, 'firing');
  assert.deepEqual(
    [end?.alert.state, end?.alert.startedAtMs, end?.alert.firedAtMs, end?.alert.resolvedAtMs],
    ['resolved', 0, 60_000, 80_000],
  );
  assert.deepEqual(alerts.active, []);
});

test('an alert without a waiting time fires at once', () => {
  const [first] = new RuleAlerts().advance({ ...rule, forMs: 0 }, [sample('sw1')], 5, JOINED);
  assert.deepEqual([first?.from, first?.alert.state, first?.alert.firedAtMs], [undefined, 'firing', 5]);
});

test('renaming a device changes neither the fingerprint nor the state', () => {
  const alerts = new RuleAlerts();
  alerts.advance({ ...rule, forMs: 0 }, [sample('old name')], 0, JOINED);
  assert.deepEqual(alerts.advance({ ...rule, forMs: 0 }, [sample('new name')], 10_000, JOINED), []);
  assert.equal(alerts.active[0]?.labels.device, 'new name');
});

test('joined labels tell series apart where no ID does', () => {
  const a = alertFingerprint(1, { device: 'a' }, JOINED);
  const b = alertFingerprint(1, { device: 'b' }, JOINED);
  assert.notEqual(a, b);
});

test('two rules never share a fingerprint', () => {
  assert.notEqual(alertFingerprint(1, { device_id: '1' }, JOINED), alertFingerprint(2, { device_id: '1' }, JOINED));
});

test('an alert is described by its labels without the metric name, its rule and its filled texts', () => {
  const [first] = new RuleAlerts().advance(rule, [sample('sw1', 97.123456)], 0, JOINED);
  assert.deepEqual(first?.alert.labels, { device_id: '3', core: 'total', device: 'sw1', team: 'net' });
  assert.equal(first?.alert.annotations.summary, 'sw1 is at 97.12 %');
});

test('values that are no numbers print as Prometheus prints them', () => {
  assert.equal(fillAnnotation('{{$value}}', {}, Number.NaN), 'NaN');
});

test('missing series resolve nothing during the grace after a start', () => {
  const alerts = new RuleAlerts();
  const now = { ...rule, forMs: 0 };
  const [fired] = alerts.advance(now, [sample('sw1')], 0, JOINED);
  const restarted = new RuleAlerts();
  restarted.restore([fired!.alert]);
  assert.deepEqual(restarted.advance(now, [], 1000, JOINED, false), []);
  assert.equal(restarted.advance(now, [], 2000, JOINED, true)[0]?.alert.state, 'resolved');
});

test('an alert that a person resolves stays silent until its expression has let go of it', () => {
  const alerts = new RuleAlerts();
  const now = { ...rule, forMs: 0 };
  const [fired] = alerts.advance(now, [sample('sw1')], 0, JOINED);
  alerts.stored(fired!.alert.fingerprint, 11);
  assert.equal(alerts.resolve(2, 11, 5), undefined, 'another tenant cannot');
  assert.equal(alerts.resolve(1, 11, 5)?.alert.state, 'resolved');
  assert.deepEqual(alerts.advance(now, [sample('sw1')], 10, JOINED), []);
  assert.deepEqual(alerts.advance(now, [], 20, JOINED), []);
  assert.equal(alerts.advance(now, [sample('sw1')], 30, JOINED)[0]?.alert.state, 'firing');
});
