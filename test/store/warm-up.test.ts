import assert from 'node:assert/strict';
import test from 'node:test';
import { warmUp } from '../../src/store/warm-up.ts';

test('every query of the warm-up is one that the evaluator answers', async () => {
  let pauses = 0;
  await warmUp(async () => {
    pauses++;
  });
  assert.ok(pauses > 0);
});
