import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { silentLogger } from '../../src/lib/logger.ts';
import { testMessage } from '../../src/notify/message.ts';
import { NotificationQueue, type QueueItem, type QueueOutcome, retryDelayMs } from '../../src/notify/queue.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

test('retries come after 5 s, doubling up to 5 min', () => {
  assert.deepEqual([1, 2, 3, 7, 8, 100].map(retryDelayMs), [5000, 10_000, 20_000, 300_000, 300_000, 300_000]);
});

test('a message is delivered once its receiver works again', async () => {
  const clock = new SimulatedClock();
  let status = 500;
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const waiting: (QueueItem & { dueMs: number })[] = [
    { id: 1, tenant: 1, channelId: 9, attempts: 0, message: testMessage(0), dueMs: 0 },
    { id: 2, tenant: 1, channelId: 404, attempts: 0, message: testMessage(0), dueMs: 0 },
  ];
  const outcomes: [number, QueueOutcome][] = [];
  let recorded = Promise.withResolvers<void>();
  const queue = new NotificationQueue({
    clock,
    logger: silentLogger,
    due: (nowMs) => waiting.filter(({ dueMs }) => dueMs <= nowMs),
    nextDueMs: () => waiting[0]?.dueMs,
    channel: (_tenant, id) => (id === 9 ? { id, type: 'webhook', config: { url }, secrets: {} } : undefined),
    record: (item, outcome) => {
      outcomes.push([item.id, outcome]);
      const index = waiting.findIndex(({ id }) => id === item.id);
      const [entry] = waiting.splice(index, 1);
      if (outcome.kind === 'retry') waiting.push({ ...entry!, attempts: item.attempts + 1, dueMs: outcome.atMs });
      if (item.id === 1) recorded.resolve();
    },
  });
  const stop = new AbortController();
  const running = queue.start(stop.signal);
  await recorded.promise;
  recorded = Promise.withResolvers();
  status = 200;
  await clock.advance(5000);
  await recorded.promise;
  stop.abort();
  await running;
  server.close();
  assert.deepEqual(
    outcomes.map(([id, { kind }]) => [id, kind]),
    [
      [2, 'given_up'],
      [1, 'retry'],
      [1, 'sent'],
    ],
  );
});
