import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillAnnotation } from '../../src/rules/annotation.ts';
import { alertFingerprint } from '../../src/rules/fingerprint.ts';
import type { Rule, RuleSample } from '../../src/rules/rule.ts';
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
/** Evaluates and takes the step, as if it had been stored; returns its transitions. */
function advance(alerts: RuleAlerts, by: Rule, samples: readonly RuleSample[], nowMs: number, mayResolve = true) {
  const step = alerts.advance(by, { samples, nowMs, joinedNames: JOINED, mayResolve });
  alerts.take(
    step,
    step.transitions.map((_, i) => i + 11),
  );
  return step.transitions;
}
const sample = (device: string, value = 95) => ({
  labels: { __name__: 'cpu_percent', device_id: '3', core: 'total', device },
  value,
});

test('an alert is pending for its time, then fires once, then resolves', () => {
  const alerts = new RuleAlerts();
  const states = [0, 30_000, 60_000, 70_000].map((ms) =>
    advance(alerts, rule, [sample('sw1')], ms).map(({ from, alert }) => [from, alert.state]),
  );
  assert.deepEqual(states, [[[undefined, 'pending']], [], [['pending', 'firing']], []]);
  const [end] = advance(alerts, rule, [], 80_000);
  assert.equal(end?.from, 'firing');
  assert.deepEqual(
    [end?.alert.state, end?.alert.startedAtMs, end?.alert.firedAtMs, end?.alert.resolvedAtMs],
    ['resolved', 0, 60_000, 80_000],
  );
  assert.deepEqual(alerts.active, []);
});

test('an alert without a waiting time fires at once', () => {
  const [first] = advance(new RuleAlerts(), { ...rule, forMs: 0 }, [sample('sw1')], 5);
  assert.deepEqual([first?.from, first?.alert.state, first?.alert.firedAtMs], [undefined, 'firing', 5]);
});

test('renaming a device changes neither the fingerprint nor the state', () => {
  const alerts = new RuleAlerts();
  advance(alerts, { ...rule, forMs: 0 }, [sample('old name')], 0);
  assert.deepEqual(advance(alerts, { ...rule, forMs: 0 }, [sample('new name')], 10_000), []);
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
  const [first] = advance(new RuleAlerts(), rule, [sample('sw1', 97.123456)], 0);
  assert.deepEqual(first?.alert.labels, { device_id: '3', core: 'total', device: 'sw1', team: 'net' });
  assert.equal(first?.alert.annotations.summary, 'sw1 is at 97.12 %');
});

test('values that are no numbers print as Prometheus prints them', () => {
  assert.equal(fillAnnotation('{{$value}}', {}, Number.NaN), 'NaN');
});

test('missing series resolve nothing during the grace after a start', () => {
  const now = { ...rule, forMs: 0 };
  const [fired] = advance(new RuleAlerts(), now, [sample('sw1')], 0);
  const restarted = new RuleAlerts([fired!.alert]);
  assert.deepEqual(advance(restarted, now, [], 1000, false), []);
  assert.equal(advance(restarted, now, [], 2000, true)[0]?.alert.state, 'resolved');
});

test('a step that is not taken happens again', () => {
  const alerts = new RuleAlerts();
  const evaluation = { samples: [sample('sw1')], nowMs: 0, joinedNames: JOINED };
  const now = { ...rule, forMs: 0 };
  assert.equal(alerts.advance(now, evaluation).transitions.length, 1);
  assert.equal(advance(alerts, now, [sample('sw1')], 10)[0]?.alert.state, 'firing');
  const end = { samples: [], nowMs: 20, joinedNames: JOINED };
  assert.equal(alerts.advance(now, end).transitions.length, 1);
  assert.equal(advance(alerts, now, [], 30)[0]?.alert.state, 'resolved');
});

test('an alert that a person resolves stays silent until its expression has let go of it, over a restart too', () => {
  let alerts = new RuleAlerts();
  const now = { ...rule, forMs: 0 };
  advance(alerts, now, [sample('sw1')], 0);
  assert.equal(alerts.mute(2, 11, 5, 'anna resolved it.'), undefined, 'another tenant cannot');
  const step = alerts.mute(1, 11, 5, 'anna resolved it.');
  assert.deepEqual(
    step?.transitions.map(({ alert, resolution, isMuted }) => [alert.state, resolution, isMuted]),
    [['resolved', 'anna resolved it.', true]],
  );
  alerts.take(step!, [11]);
  assert.deepEqual(advance(alerts, now, [sample('sw1')], 10), []);
  alerts = new RuleAlerts([], [...step!.muted]);
  assert.deepEqual(advance(alerts, now, [], 15, false), [], 'a missing series says nothing yet');
  assert.deepEqual(advance(alerts, now, [sample('sw1')], 20), []);
  const silent = alerts.advance(now, { samples: [], nowMs: 30, joinedNames: JOINED });
  assert.deepEqual(silent.unmuted, [...step!.muted]);
  alerts.take(silent, []);
  assert.equal(advance(alerts, now, [sample('sw1')], 40)[0]?.alert.state, 'firing');
});

test('a clock that is turned back makes nobody wait longer', () => {
  const alerts = new RuleAlerts();
  const day = 86_400_000;
  assert.equal(advance(alerts, rule, [sample('sw1')], day)[0]?.alert.state, 'pending');
  assert.deepEqual(advance(alerts, rule, [sample('sw1')], 1000), []);
  assert.equal(advance(alerts, rule, [sample('sw1')], 61_000)[0]?.alert.state, 'firing');
});

test('a rule that becomes more severe says so of what fires already', () => {
  const alerts = new RuleAlerts();
  const now = { ...rule, forMs: 0 };
  advance(alerts, now, [sample('sw1')], 0);
  const [raised] = advance(alerts, { ...now, severity: 'critical' }, [sample('sw1')], 10_000);
  assert.deepEqual([raised?.from, raised?.alert.state, raised?.alert.severity], ['firing', 'firing', 'critical']);
  assert.equal(raised?.alert.firedAtMs, 0);
});

test('what is over for another reason says which', () => {
  const alerts = new RuleAlerts();
  advance(alerts, { ...rule, forMs: 0 }, [sample('sw1')], 0);
  const step = alerts.end(({ labels }) => labels.device_id === '3', 10, 'The device was removed.');
  assert.deepEqual(
    step.transitions.map(({ alert, resolution }) => [alert.state, resolution]),
    [['resolved', 'The device was removed.']],
  );
  assert.deepEqual(alerts.end(({ labels }) => labels.device_id === '4', 10, '').transitions, []);
});
