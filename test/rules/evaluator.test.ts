import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../src/lib/logger.ts';
import { RuleEvaluator } from '../../src/rules/evaluator.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { AlertRecord, AlertTransition } from '../../src/rules/rule-alerts.ts';
import type { PrometheusAnswer } from '../../src/store/store.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const rule: Rule = {
  id: 1,
  tenant: 1,
  name: 'r',
  expression: 'up == 0',
  forMs: 0,
  severity: 'critical',
  labels: {},
  annotations: {},
  revision: 'a',
};
const answer = (body: unknown): PrometheusAnswer => ({
  status: 200,
  body: new Uint8Array(Buffer.from(JSON.stringify(body))),
});
const vector = (...values: string[]) =>
  answer({
    status: 'success',
    data: {
      resultType: 'vector',
      result: values.map((value, i) => ({ metric: { device_id: String(i) }, value: [1, value] })),
    },
  });

interface HarnessOptions {
  readonly graceMs?: number;
  readonly active?: readonly AlertRecord[];
  readonly startMs?: number;
}

function harness(
  reply: () => PrometheusAnswer | Promise<PrometheusAnswer>,
  { graceMs = 0, active = [], startMs }: HarnessOptions = {},
) {
  const clock = new SimulatedClock(startMs);
  const stored: AlertTransition[] = [];
  const errors: (string | undefined)[] = [];
  const state = { rules: [rule] as Rule[], off: [] as Rule[], isDiskFull: false };
  let nextId = 1;
  const evaluator = new RuleEvaluator({
    clock,
    logger: silentLogger,
    intervalMs: 10_000,
    graceMs,
    rules: () => state.rules,
    rule: (_tenant, id) => {
      const found = [...state.rules, ...state.off].find((entry) => entry.id === id);
      return found && { revision: found.revision, enabled: state.rules.includes(found) };
    },
    query: async () => reply(),
    joinedNames: () => new Set(),
    activeAlerts: () => active,
    mutedAlerts: () => [],
    store: (_ruleId, { transitions }) => {
      if (state.isDiskFull) throw new Error('database or disk is full');
      stored.push(...transitions);
      return transitions.map(({ alert }) => alert.id ?? nextId++);
    },
    evaluated: (_rule, _at, error) => errors.push(error),
  });
  return { clock, stored, errors, state, evaluator };
}

test('every series of the answer is an alert, stored with the ID it was given', async () => {
  let values = ['0', '0'];
  const { evaluator, stored } = harness(() => vector(...values));
  await evaluator.evaluateAll();
  values = ['0'];
  await evaluator.evaluateAll();
  assert.deepEqual(
    stored.map(({ from, alert }) => [from, alert.state, alert.id]),
    [
      [undefined, 'firing', undefined],
      [undefined, 'firing', undefined],
      ['firing', 'resolved', 2],
    ],
  );
});

test('a query that fails keeps the alerts and is reported with its reason', async () => {
  let reply = vector('0');
  const { evaluator, stored, errors } = harness(() => reply);
  await evaluator.evaluateAll();
  reply = answer({ status: 'error', errorType: 'bad_data', error: 'parse error' });
  await evaluator.evaluateAll();
  assert.equal(stored.length, 1);
  assert.deepEqual(errors, [undefined, 'parse error']);
});

test('a store that throws is reported, and the next rule is still evaluated', async () => {
  const { evaluator, errors, state } = harness(() => Promise.reject(new Error('store is starting again')));
  state.rules = [rule, { ...rule, id: 2 }];
  await evaluator.evaluateAll();
  assert.deepEqual(errors, ['store is starting again', 'store is starting again']);
  assert.deepEqual(evaluator.figures, { evaluations: 2, failures: 2 });
});

test('removing a rule, or switching it off, resolves what it raised and says why', async () => {
  const { evaluator, stored, state } = harness(() => vector('0'));
  await evaluator.evaluateAll();
  state.rules = [];
  evaluator.rulesChanged();
  state.rules = [rule];
  await evaluator.evaluateAll();
  state.off = state.rules;
  state.rules = [];
  await evaluator.evaluateAll();
  assert.deepEqual(
    stored.map(({ alert, resolution }) => [alert.state, resolution]),
    [
      ['firing', undefined],
      ['resolved', 'The rule was removed.'],
      ['firing', undefined],
      ['resolved', 'The rule was switched off.'],
    ],
  );
});

test('editing a rule keeps the alerts that it still raises and resolves the others', async () => {
  let values = ['0', '0'];
  const { evaluator, stored, state } = harness(() => vector(...values));
  await evaluator.evaluateAll();
  state.rules = [{ ...rule, revision: 'b' }];
  values = ['0'];
  await evaluator.evaluateAll();
  assert.deepEqual(
    stored.map(({ alert, resolution }) => [alert.labels.device_id, alert.state, resolution]),
    [
      ['0', 'firing', undefined],
      ['1', 'firing', undefined],
      ['1', 'resolved', 'The rule was changed.'],
    ],
  );
});

test('what cannot be stored is stored in the next round, and the loop goes on', async () => {
  const { evaluator, stored, state, clock, errors } = harness(() => vector('0'));
  state.isDiskFull = true;
  const stop = new AbortController();
  const running = evaluator.start(stop.signal);
  await clock.advance(10_000);
  assert.equal(stored.length, 0);
  assert.deepEqual(errors.at(-1), 'database or disk is full');
  state.isDiskFull = false;
  await clock.advance(10_000);
  assert.deepEqual(
    stored.map(({ alert }) => alert.state),
    ['firing'],
  );
  state.isDiskFull = true;
  state.rules = [];
  await clock.advance(10_000);
  state.isDiskFull = false;
  await clock.advance(10_000);
  assert.equal(stored.at(-1)?.alert.state, 'resolved');
  stop.abort();
  await running;
});

test('an answer from before a rule or a device was removed raises nothing', async () => {
  const { evaluator, stored, state } = harness(() => {
    state.rules = [];
    return vector('0');
  });
  await evaluator.evaluateAll();
  assert.deepEqual(stored, []);
  const other = harness(() => {
    other.evaluator.end(() => true, 'The device was removed.');
    return vector('0');
  });
  await other.evaluator.evaluateAll();
  assert.deepEqual(other.stored, []);
});

test('after the machine slept, missing series resolve nothing at first', async () => {
  let values = ['0'];
  const { evaluator, stored, clock } = harness(() => vector(...values), { graceMs: 60_000 });
  await evaluator.evaluateAll();
  await clock.advance(60_000);
  await evaluator.evaluateAll();
  clock.jump(8 * 3_600_000);
  values = [];
  await evaluator.evaluateAll();
  await clock.advance(50_000);
  await evaluator.evaluateAll();
  assert.deepEqual(
    stored.map(({ alert }) => alert.state),
    ['firing'],
  );
  await clock.advance(10_000);
  await evaluator.evaluateAll();
  assert.equal(stored.at(-1)?.alert.state, 'resolved');
});

test('a range vector is refused with a sentence', async () => {
  const { evaluator, errors } = harness(() =>
    answer({ status: 'success', data: { resultType: 'matrix', result: [] } }),
  );
  await evaluator.evaluateAll();
  assert.match(String(errors[0]), /needs an instant vector/);
});

test('the loop runs every interval until it is told to stop', async () => {
  let queries = 0;
  const { evaluator, clock } = harness(() => {
    queries++;
    return vector();
  });
  const stop = new AbortController();
  const running = evaluator.start(stop.signal);
  await clock.advance(35_000);
  stop.abort();
  await running;
  assert.equal(queries, 4);
});
