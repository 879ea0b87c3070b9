/** The store's client, thread and engine together. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { AppendPort } from '../../src/store/append-port.ts';
import type { AppendRequest, PrometheusAnswer, Store } from '../../src/store/store.ts';
import { openTestStore } from '../support/metric-server.ts';

const NOW_MS = Date.now();
const DAY_MS = 86_400_000;
/** Takes many seconds over 500 series. */
const ENDLESS = Array.from({ length: 50 }, () => 'sum(max_over_time(count_over_time(m_f[1d])[1d:1s]))').join(' + ');

function append(store: Store, lines: string, options: Partial<AppendRequest> = {}) {
  const body = new Uint8Array(Buffer.from(lines));
  return store.append({ tenant: 1, format: 'influx', encoding: 'identity', precision: 'ms', body, ...options });
}

function json(answer: PrometheusAnswer): {
  status: string;
  errorType?: string;
  data: { result: { metric: object; value: [number, string] }[] };
} {
  return JSON.parse(Buffer.from(answer.body).toString());
}

async function values(store: Store, query: string, tenant = 1): Promise<string[]> {
  const answer = json(await store.query({ tenants: [tenant], query, timeMs: NOW_MS + 1000 }));
  return answer.data.result.map(({ value }) => value[1]);
}

/** Ends the thread as a crash would and waits until the next one is ready. */
async function crash({
  store,
  worker,
}: {
  store: Store;
  worker: () => { terminate(): Promise<number> };
}): Promise<void> {
  await worker().terminate();
  while (store.health().status === 'down') await new Promise((resolve) => setTimeout(resolve, 10));
}

test('rows are stored for their tenant and read by nobody else', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const answer = await append(store, `m,a=x f=1,s="text" ${NOW_MS}\nm f=\n`);
  assert.deepEqual(answer, {
    kind: 'done',
    acceptedRows: 1,
    acceptedSamples: 1,
    refusedRows: 1,
    refusals: [{ line: 2, reason: 'field "f": "" is empty' }],
    skippedStrings: 1,
  });
  assert.deepEqual(await values(store, 'm_f'), ['1']);
  assert.deepEqual(await values(store, 'm_f', 2), []);
});

test('a body that cannot be read stores nothing', async () => {
  await using opened = await openTestStore();
  const answer = await append(opened.store, 'no gzip', { encoding: 'gzip' });
  assert.equal(answer.kind, 'bad_body');
});

test('durable appends answer after the sync', async () => {
  await using opened = await openTestStore();
  assert.equal((await append(opened.store, `m f=1 ${NOW_MS}`, { durable: true })).kind, 'done');
});

test('after a crash the thread is started again, acknowledged rows are there, declarations are repeated', async () => {
  const logged: string[] = [];
  const log = (_fields: object, message: string) => void logged.push(message);
  const logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
  await using opened = await openTestStore({ logger });
  const { store } = opened;
  await store.declareFields([{ measurement: 'm', field: 'f', kind: 'counter', unit: 'bytes', help: 'Help.' }]);
  await store.joinLabels([{ tenant: 1, match: { device_id: '7' }, labels: { device: 'core' } }]);
  await append(store, `m,device_id=7 f=1 ${NOW_MS}`);
  const inFlight = append(store, `m,device_id=8 f=2 ${NOW_MS}\n`.repeat(50_000));
  await crash(opened);
  assert.equal((await inFlight).kind, 'unavailable');
  assert.deepEqual(await values(store, 'm_f{device="core"}'), ['1']);
  const metadata = json(await store.metadata([1])) as unknown as { data: Record<string, unknown> };
  assert.deepEqual(metadata.data.m_f, [{ type: 'counter', help: 'Help.', unit: 'bytes' }]);
  assert.equal(store.health().status, 'degraded');
  assert.match(store.health().problems[0] ?? '', /started again once/);
  assert.match(await store.metrics(), /^telltale_store_restarts_total 1$/m);
  assert.ok(logged.includes('the store thread ended and is started again'));
});

test('while the thread is down, appends and reads say so at once', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const reading = store.query({ tenants: [1], query: 'm_f', timeMs: NOW_MS });
  const exit = once(opened.worker(), 'exit');
  void opened.worker().terminate();
  await exit;
  assert.equal((await append(store, 'm f=1')).kind, 'unavailable');
  for (const answer of [await reading, await store.query({ tenants: [1], query: 'm_f', timeMs: NOW_MS })]) {
    if (answer.status === 200) continue; // It may have been answered before the thread ended.
    assert.deepEqual([answer.status, json(answer).errorType], [503, 'unavailable']);
  }
  await assert.rejects(store.deleteRowGroups(1, ['m_f']), { name: 'StoreUnavailableError' });
});

test('an append port outlives the thread and loses no row', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  const port = new AppendPort(store.appendPort());
  const send = (line: string) => port.append({ tenant: 1, lines: Buffer.from(line), precision: 'ms', durable: false });
  assert.equal((await send(`m,n=0 f=1 ${NOW_MS}`)).kind, 'done');
  const answers = Array.from({ length: 50 }, (_, i) => send(`m,n=${i + 1} f=1 ${NOW_MS}`));
  await crash(opened);
  for (const answer of await Promise.all(answers)) assert.equal(answer.kind, 'done');
  assert.deepEqual(await values(store, 'count(m_f)'), ['51']);
  port.close();
});

test('a query ends when nobody wants its answer any more', async () => {
  await using opened = await openTestStore({ readLimits: { querySamples: 1e12 } });
  const { store } = opened;
  await append(
    store,
    Array.from({ length: 500 }, (_, i) => `m,n=${i} f=1 ${NOW_MS - DAY_MS}\nm,n=${i} f=1 ${NOW_MS}`).join('\n'),
  );
  const abort = new AbortController();
  const query = store.query({ tenants: [1], query: ENDLESS, timeMs: NOW_MS, signal: abort.signal });
  // While it runs, other queries are answered.
  assert.deepEqual(await values(store, 'count(m_f)'), ['500']);
  abort.abort();
  const answer = await query;
  assert.deepEqual([answer.status, json(answer).errorType], [503, 'canceled']);
  assert.match(await store.metrics(), /^telltale_queries_running 0$/m);
});

test('more queries than allowed wait, and more than may wait are refused', async () => {
  await using opened = await openTestStore({
    readLimits: { concurrentQueries: 1, waitingQueries: 1, querySamples: 1e12 },
  });
  const { store } = opened;
  await append(
    store,
    Array.from({ length: 500 }, (_, i) => `m,n=${i} f=1 ${NOW_MS - DAY_MS}\nm,n=${i} f=1 ${NOW_MS}`).join('\n'),
  );
  const abort = new AbortController();
  const running = store.query({ tenants: [1], query: ENDLESS, timeMs: NOW_MS, signal: abort.signal });
  const waiting = store.query({ tenants: [1], query: '1', timeMs: NOW_MS });
  const late = store.query({ tenants: [1], query: '1', timeMs: NOW_MS, timeoutMs: 5 });
  const refused = json(await late);
  assert.equal(refused.errorType, 'unavailable');
  abort.abort();
  assert.equal((await running).status, 503);
  assert.equal((await waiting).status, 200);
});

test('deleted row groups are gone at once, ended series are stale', async () => {
  await using opened = await openTestStore();
  const { store } = opened;
  await append(store, `m,monitor_id=1 f=1 ${NOW_MS}\nm,monitor_id=2 f=2 ${NOW_MS}\nm,monitor_id=3 f=3 ${NOW_MS}\n`);
  assert.equal(await store.deleteRowGroups(1, ['{monitor_id="1"}']), 1);
  await store.endSeries(1, ['{monitor_id="2"}'], NOW_MS + 1);
  assert.deepEqual(await values(store, 'm_f'), ['3']);
  await assert.rejects(store.deleteRowGroups(1, ['not a selector(']), { name: 'StoreRequestError' });
});

test('a closed store answers, and opens again with everything', async () => {
  await using opened = await openTestStore();
  await append(opened.store, `m f=1 ${NOW_MS}`);
  await opened.store.close();
  assert.equal((await append(opened.store, 'm f=2')).kind, 'unavailable');
  assert.equal(opened.store.health().status, 'down');
});
