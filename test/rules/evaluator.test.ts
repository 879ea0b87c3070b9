import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../src/lib/logger.ts';
import { RuleEvaluator } from '../../src/rules/evaluator.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { AlertTransition } from '../../src/rules/rule-alerts.ts';
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

function harness(reply: () => PrometheusAnswer | Promise<PrometheusAnswer>) {
  const clock = new SimulatedClock();
  const stored: AlertTransition[] = [];
  const errors: (string | undefined)[] = [];
  const state = { rules: [rule] as Rule[] };
  let nextId = 1;
  const evaluator = new RuleEvaluator({
    clock,
    logger: silentLogger,
    intervalMs: 10_000,
    graceMs: 0,
    rules: () => state.rules,
    query: async () => reply(),
    joinedNames: () => new Set(),
    activeAlerts: () => [],
    store: (transitions) => {
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

test('editing or removing a rule resolves what it raised', async () => {
  const { evaluator, stored, state } = harness(() => vector('0'));
  await evaluator.evaluateAll();
  state.rules = [{ ...rule, revision: 'b' }];
  await evaluator.evaluateAll();
  state.rules = [];
  await evaluator.evaluateAll();
  assert.deepEqual(
    stored.map(({ alert }) => alert.state),
    ['firing', 'resolved', 'firing', 'resolved'],
  );
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
