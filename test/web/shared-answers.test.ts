import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedAnswers } from '../../web/data/shared-answers.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

/** Answers that a test gives when it wants to. */
function harness() {
  const clock = new SimulatedClock();
  const answers = new SharedAnswers({
    nowMs: () => clock.monotonicMs(),
    after: (ms, action) => clock.after(ms, action),
    cancel: (timer) => (timer as (() => void) | undefined)?.(),
  });
  const requests: { signal: AbortSignal; answer: (value: unknown) => void; fail: (error: Error) => void }[] = [];
  const fetchPath = (_path: string, signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    requests.push({ signal, answer: resolve, fail: reject });
    return promise;
  };
  let told = 0;
  const watch = () => answers.watch('/alerts', fetchPath, () => told++);
  return { clock, answers, requests, watch, told: () => told };
}

test('two that show the same ask once', async () => {
  const { clock, answers, requests, watch, told } = harness();
  watch();
  watch();
  assert.equal(requests.length, 1);
  requests[0]?.answer('a');
  await clock.advance(0);
  assert.equal(answers.answer('/alerts'), 'a');
  assert.equal(told(), 2);
});

test('a thousand messages in two seconds are three requests, and the last one comes after the last message', async () => {
  const { clock, answers, requests, watch } = harness();
  watch();
  for (let i = 0; i < 1000; i++) {
    answers.ask('/alerts');
    await clock.advance(2);
    requests.at(-1)?.answer(i);
  }
  await clock.advance(1000);
  assert.equal(requests.length, 3);
});

test('what is asked while an answer is awaited is asked again after it', async () => {
  const { clock, answers, requests, watch } = harness();
  watch();
  await clock.advance(5000);
  answers.ask('/alerts');
  assert.equal(requests.length, 1);
  requests[0]?.answer('old');
  await clock.advance(0);
  assert.equal(requests.length, 2);
  assert.equal(requests[0]?.signal.aborted, false);
});

test('once the server is back, all that is shown is asked again', async () => {
  const { clock, answers, requests, watch } = harness();
  watch();
  requests[0]?.fail(new Error('The server does not answer.'));
  await clock.advance(5000);
  answers.askAll();
  requests[1]?.answer('good');
  await clock.advance(0);
  assert.equal(answers.error('/alerts'), undefined);
});

test('a change of our own is read at once, whatever is under way', async () => {
  const { clock, answers, requests, watch } = harness();
  watch();
  answers.invalidate(['/al']);
  assert.equal(requests.length, 2);
  assert.equal(requests[0]?.signal.aborted, true);
  requests[0]?.answer('old');
  requests[1]?.answer('new');
  await clock.advance(0);
  assert.equal(answers.answer('/alerts'), 'new');
});

test('a failure keeps the last good answer; whoever leaves cancels what nobody waits for', async () => {
  const { clock, answers, requests, watch } = harness();
  const leave = watch();
  requests[0]?.answer('good');
  await clock.advance(2000);
  answers.ask('/alerts');
  requests[1]?.fail(new Error('gone'));
  await clock.advance(2000);
  assert.equal(answers.answer('/alerts'), 'good');
  assert.equal(answers.error('/alerts')?.message, 'gone');
  answers.ask('/alerts');
  leave();
  assert.equal(requests[2]?.signal.aborted, true);
  answers.ask('/alerts');
  await clock.advance(5000);
  assert.equal(requests.length, 3);
  assert.equal(answers.answer('/alerts'), 'good', 'kept for the next time');
  answers.invalidate(['/alerts']);
  assert.equal(answers.answer('/alerts'), undefined);
});
