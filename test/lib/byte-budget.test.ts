import assert from 'node:assert/strict';
import test from 'node:test';
import { ByteBudget } from '../../src/lib/byte-budget.ts';

test('those who do not fit wait in order', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(8);
  const order: string[] = [];
  const named = async (name: string, bytes: number) => {
    const release = await budget.take(bytes);
    order.push(name);
    return release;
  };
  const large = named('large', 9);
  const small = named('small', 1);
  assert.equal(budget.tryTake(1), undefined);
  assert.equal(budget.waitingCount, 2);
  first();
  first();
  (await large)();
  (await small)();
  assert.deepEqual(order, ['large', 'small']);
  assert.equal(budget.usedBytes, 0);
});

test('more than the whole budget passes alone', async () => {
  const budget = new ByteBudget(10);
  const release = await budget.take(100);
  assert.equal(budget.tryTake(1), undefined);
  release();
  assert.ok(budget.tryTake(10));
});

test('who gives up leaves the line to those behind', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(5);
  const abort = new AbortController();
  const large = budget.take(9, abort.signal);
  const small = budget.take(5);
  abort.abort(new Error('gone'));
  await assert.rejects(large, /gone/);
  (await small)();
  first();
  assert.equal(budget.usedBytes, 0);
});
