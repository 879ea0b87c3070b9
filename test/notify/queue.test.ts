import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../src/lib/logger.ts';
import type { ChannelKind, Delivery } from '../../src/notify/channels/channel.ts';
import { type AlertMessage, testMessage } from '../../src/notify/message.ts';
import { NotificationQueue, type QueueItem, type QueueOutcome, retryDelayMs } from '../../src/notify/queue.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const SENT: Delivery = { kind: 'sent' };
const failed = (retry: 'soon' | 'mended' | 'never'): Delivery => ({ kind: 'failed', reason: 'no', retry });

const MAIL = 1;
const HOOK = 2;

/** A queue in memory with a mail channel and a webhook, whose answers tests decide. */
function harness() {
  const clock = new SimulatedClock();
  const items: (QueueItem & { dueMs: number })[] = [];
  const outcomes: [id: number, outcome: QueueOutcome['kind']][] = [];
  /** What was sent to whom: each entry is one mail or request, with the alerts in it. */
  const sent: [channel: number, alerts: (number | null)[]][] = [];
  const state = {
    answer: (_channel: number, _message: AlertMessage): Delivery | Promise<Delivery> => SENT,
    isGone: false,
    isDiskFull: false,
  };
  const send = (channel: number): ChannelKind['send'] => {
    return async (_target, message) => {
      sent.push([channel, [message.alert_id]]);
      return state.answer(channel, message);
    };
  };
  const queue = new NotificationQueue({
    clock,
    logger: silentLogger,
    kinds: {
      email: {
        send: send(MAIL),
        sendTogether: async (_target, messages) => {
          sent.push([MAIL, messages.map(({ alert_id }) => alert_id)]);
          return state.answer(MAIL, messages[0]!);
        },
      },
      webhook: { send: send(HOOK) },
    },
    dueChannels: (nowMs) => {
      const due = items.filter(({ dueMs }) => dueMs <= nowMs);
      return [...new Set(due.map(({ channelId }) => channelId))].map((channelId) => ({ tenant: 1, channelId }));
    },
    due: (channelId, nowMs) => items.filter((item) => item.channelId === channelId && item.dueMs <= nowMs),
    nextDueMs: (without) => {
      const times = items.filter(({ channelId }) => !without.includes(channelId)).map(({ dueMs }) => dueMs);
      return times.length > 0 ? Math.min(...times) : undefined;
    },
    channel: (_tenant, id) =>
      state.isGone ? undefined : { id, type: id === MAIL ? 'email' : 'webhook', config: {}, secrets: {} },
    record: (done, outcome) => {
      if (state.isDiskFull) throw new Error('database or disk is full');
      for (const { id } of done) {
        outcomes.push([id, outcome.kind]);
        const index = items.findIndex((item) => item.id === id);
        const [item] = items.splice(index, 1);
        if (outcome.kind === 'retry') items.push({ ...item!, attempts: item!.attempts + 1, dueMs: outcome.atMs });
      }
    },
  });
  let nextId = 1;
  return {
    clock,
    state,
    sent,
    outcomes,
    queue,
    add: (channelId: number, count = 1, alertId?: number) => {
      for (let i = 0; i < count; i++) {
        const id = nextId++;
        const message = { ...testMessage(0), kind: 'firing' as const, alert_id: alertId ?? id };
        const nowMs = clock.nowMs();
        items.push({ id, tenant: 1, channelId, attempts: 0, queuedAtMs: nowMs, message, dueMs: nowMs });
      }
    },
    /** Runs the queue for so long. */
    run: async (ms: number) => {
      const stop = new AbortController();
      const running = queue.start(stop.signal);
      await clock.advance(ms);
      stop.abort();
      await running;
    },
  };
}

test('retries come after 5 s, doubling up to 5 min', () => {
  assert.deepEqual([1, 2, 3, 7, 8, 100].map(retryDelayMs), [5000, 10_000, 20_000, 300_000, 300_000, 300_000]);
});

test('a message is delivered once its receiver works again', async () => {
  const { add, run, state, clock, outcomes, sent } = harness();
  state.answer = () => (clock.monotonicMs() < 4000 ? failed('soon') : SENT);
  add(HOOK);
  await run(5000);
  assert.deepEqual(outcomes, [
    [1, 'retry'],
    [1, 'sent'],
  ]);
  assert.equal(sent.length, 2);
});

test('500 alerts at once are one mail, and 500 requests to a webhook', async () => {
  const { add, run, sent, outcomes } = harness();
  add(MAIL, 500);
  add(HOOK, 500);
  await run(10);
  assert.equal(sent.filter(([channel]) => channel === MAIL).length, 1);
  assert.equal(sent.filter(([channel]) => channel === HOOK).length, 500);
  assert.equal(outcomes.filter(([, outcome]) => outcome === 'sent').length, 1000);
});

test('a few alerts are mails of their own; when they keep coming, one mail a minute tells of all since the last', async () => {
  const { add, run, sent } = harness();
  for (let i = 0; i < 30; i++) {
    add(MAIL);
    await run(6000);
  }
  const sizes = sent.map(([, alerts]) => alerts.length);
  assert.deepEqual(sizes.slice(0, 5), [1, 1, 1, 1, 1]);
  assert.ok(sizes.length <= 9, `${sizes.length} mails in three minutes: ${sizes}`);
  assert.ok(
    sizes.slice(5).some((size) => size >= 5),
    `${sizes}`,
  );
});

test('a dead mail server is asked once in a while, not once a message, and holds up no webhook', async () => {
  const { add, run, state, sent, outcomes } = harness();
  state.answer = (channel) => (channel === MAIL ? failed('soon') : SENT);
  add(MAIL, 200);
  add(HOOK, 3);
  await run(600_000);
  assert.deepEqual(
    outcomes.filter(([, outcome]) => outcome === 'sent').map(([id]) => id),
    [201, 202, 203],
  );
  const attempts = sent.filter(([channel]) => channel === MAIL).length;
  assert.ok(attempts >= 5 && attempts <= 10, `${attempts} attempts in ten minutes`);
  state.answer = () => SENT;
  await run(300_000);
  assert.equal(outcomes.filter(([, outcome]) => outcome === 'sent').length, 203);
});

test('messages that fail in one moment count as one failure', async () => {
  const { add, run, state, sent, clock } = harness();
  state.answer = () => (clock.monotonicMs() < 4000 ? failed('soon') : SENT);
  add(HOOK, 4);
  await run(5000);
  assert.equal(sent.length, 8);
});

test('a receiver that hangs keeps no other channel waiting', async () => {
  const { add, run, state, sent } = harness();
  state.answer = (channel) => (channel === HOOK ? new Promise<never>(() => {}) : SENT);
  add(HOOK);
  add(MAIL);
  void run(1000);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(sent.map(([channel]) => channel).sort(), [MAIL, HOOK]);
});

test('two messages about one alert arrive in their order, also when the first fails', async () => {
  const { add, run, state, sent, clock } = harness();
  state.answer = () => (clock.monotonicMs() < 4000 ? failed('soon') : SENT);
  add(HOOK, 2, 7);
  await run(4000);
  assert.equal(sent.length, 1, 'the second waits for the first');
  await run(10_000);
  assert.equal(sent.length, 3);
});

test('what only a person can mend is tried every quarter of an hour, and at once when the channel was changed', async () => {
  const { add, run, state, sent, queue, outcomes, clock } = harness();
  state.answer = () => failed('mended');
  add(MAIL);
  await run(899_000);
  assert.equal(sent.length, 1);
  await run(2000);
  assert.equal(sent.length, 2);
  state.answer = () => SENT;
  clock.jump(900_000);
  queue.resume(MAIL);
  await run(10);
  assert.deepEqual(outcomes.at(-1), [1, 'sent']);
});

test('a message that its receiver does not want is given up, the next one is sent', async () => {
  const { add, run, state, outcomes } = harness();
  state.answer = (_channel, { alert_id }) => (alert_id === 1 ? failed('never') : SENT);
  add(HOOK, 2);
  await run(10);
  assert.deepEqual(outcomes, [
    [1, 'given_up'],
    [2, 'sent'],
  ]);
});

test('what fails for a day is given up, what waits for a channel that is gone is dropped', async () => {
  const { add, run, state, outcomes } = harness();
  state.answer = () => failed('soon');
  add(HOOK);
  await run(87_000_000);
  assert.deepEqual(outcomes.at(-1), [1, 'given_up']);
  add(MAIL);
  state.isGone = true;
  await run(100_000);
  assert.deepEqual(outcomes.at(-1), [2, 'dropped']);
});

test('what was sent and could not be recorded, because the disk is full, is not sent again', async () => {
  const { add, run, state, sent, outcomes } = harness();
  state.isDiskFull = true;
  add(HOOK);
  await run(60_000);
  assert.equal(sent.length, 1);
  state.isDiskFull = false;
  await run(60_000);
  assert.equal(sent.length, 1);
  assert.deepEqual(outcomes, [[1, 'sent']]);
});
