import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LimitError } from '../../src/model/limit-error.ts';
import { serializeResult, serializeWithManners } from '../../src/promql/prometheus-json.ts';
import { PromqlError } from '../../src/promql/promql-error.ts';
import { evaluateInstant, evaluateRange } from '../../src/promql/query.ts';
import { MemorySource } from '../support/memory-source.ts';

const source = new MemorySource();
source.add(
  ['__name__', 'odd', 'text', 'a"b\\c\né😀\u0001'],
  [
    [1_000, 0.1],
    [61_000, 1e21],
    [121_000, 1e-7],
    [181_000, -0],
    [241_000, Number.NaN],
    [301_000, Number.NEGATIVE_INFINITY],
    [361_000, 123_456_789_012_345],
    [421_000, -98_765.432_1],
    [481_000, 5e-324],
    [541_000, 1.7976931348623157e308],
  ],
);
for (let i = 0; i < 300; i++) {
  const samples = Array.from({ length: 100 }, (_, k) => [k * 10_000, i * k] as const);
  source.add(['__name__', 'many', 'i', String(i)], samples, { kind: 'counter' });
}
source.add(
  ['__name__', 'slow'],
  [
    [0, 1],
    [1_000_000, 2],
  ],
  { intervalMs: 300_000 },
);

const common = { source, tenants: [1], limits: { maxSamples: 1_000_000, timeoutMs: 10_000 } };
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function failure(promise: Promise<unknown>): Promise<PromqlError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PromqlError, String(error));
  return error;
}

test('a range result has the bytes that Prometheus writes', async () => {
  const result = await evaluateRange({ ...common, query: 'odd', startMs: 1500, endMs: 541_500, stepMs: 60_000 });
  const values = [
    '0.1',
    '1e+21',
    '1e-07',
    '-0',
    'NaN',
    '-Inf',
    '123456789012345',
    '-98765.4321',
    '5e-324',
    '1.7976931348623157e+308',
  ];
  const points = values.map((value, i) => `[${1.5 + i * 60},"${value}"]`).join(',');
  const metric = '{"__name__":"odd","text":"a\\"b\\\\c\\né😀\\u0001"}';
  assert.equal(
    decode(serializeResult(result)),
    `{"status":"success","data":{"resultType":"matrix","result":[{"metric":${metric},"values":[${points}]}]}}`,
  );
});

test('the other kinds of results, too', async () => {
  const at = async (query: string, timeMs = 541_000) =>
    decode(serializeResult(await evaluateInstant({ ...common, query, timeMs })));
  assert.equal(await at('1/0', 1001), '{"status":"success","data":{"resultType":"scalar","result":[1.001,"+Inf"]}}');
  assert.equal(await at('"a\\"b"', 10), '{"status":"success","data":{"resultType":"string","result":[0.01,"a\\"b"]}}');
  assert.equal(await at('nothing'), '{"status":"success","data":{"resultType":"vector","result":[]}}');
  assert.equal(
    await at('slow[5m]', 1_000_100),
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"slow"},"values":[[1000,"2"]]}]}}',
  );
  assert.equal(
    await at('sort(quantile(2, slow))', 1000),
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"+Inf"]}]},"warnings":["PromQL warning: quantile value should be between 0 and 1, got 2 (1:15)"]}',
  );
});

test('a long evaluation gives way, and stops when it is cancelled', async () => {
  const controller = new AbortController();
  let pauses = 0;
  const pause = async () => {
    if (++pauses === 3) controller.abort();
  };
  const query = 'sum(sum_over_time(many[500s])) + sum(avg_over_time(many[500s])) + sum(stddev_over_time(many[500s]))';
  const times = { startMs: 0, endMs: 1_000_000, stepMs: 1000 };
  const limits = { maxSamples: 1e9, timeoutMs: 60_000 };
  const error = await failure(evaluateRange({ ...common, ...times, query, limits, pause, signal: controller.signal }));
  assert.equal(error.kind, 'canceled');
  assert.equal(pauses, 3);
});

test('an evaluation ends at its deadline', async () => {
  const limits = { maxSamples: 1_000_000, timeoutMs: -1 };
  const error = await failure(evaluateInstant({ ...common, query: 'many', timeMs: 1000, limits }));
  assert.equal(error.kind, 'timeout');
});

test('limits on samples, steps and series are errors that name them', async () => {
  const limits = { maxSamples: 1000, timeoutMs: 10_000 };
  const error = await failure(evaluateInstant({ ...common, query: 'rate(many[5m])', timeMs: 500_000, limits }));
  assert.equal(error.kind, 'limit');
  assert.match(error.message, /too many samples.* 1000/);
  const fine = { ...common, query: '1', startMs: 0, endMs: 1e9, stepMs: 1 };
  assert.equal((await failure(evaluateRange(fine))).kind, 'bad_data');
  assert.equal((await failure(evaluateRange({ ...fine, stepMs: 0 }))).kind, 'bad_data');
  assert.equal((await failure(evaluateRange({ ...fine, endMs: -1 }))).kind, 'bad_data');
  assert.equal((await failure(evaluateRange({ ...fine, query: 'many[5m]', stepMs: 1e9 }))).kind, 'bad_data');
  const refusing = Object.create(source, {
    select: {
      value: () => {
        throw new LimitError('a selector may return 3 series', 'max_query_series');
      },
    },
  }) as MemorySource;
  assert.equal(
    (await failure(evaluateInstant({ ...common, source: refusing, query: 'many', timeMs: 0 }))).kind,
    'limit',
  );
});

test('the look-back follows the declared interval of a series, or the request', async () => {
  const rows = async (timeMs: number, lookbackMs?: number) => {
    const options = { ...common, query: 'slow', timeMs, ...(lookbackMs !== undefined && { lookbackMs }) };
    const { value } = await evaluateInstant(options);
    return value.kind === 'vector' ? value.matrix.rows : -1;
  };
  assert.equal(await rows(749_999), 1);
  assert.equal(await rows(750_000), 0);
  assert.equal(await rows(100_000, 60_000), 0);
  assert.equal(await rows(59_999, 60_000), 1);
});

test('rates of a field that is declared a counter carry no remark about its name', async () => {
  const remarks = async (query: string) => (await evaluateInstant({ ...common, query, timeMs: 500_000 })).infos;
  assert.deepEqual(await remarks('rate(many[5m])'), []);
  assert.deepEqual(await remarks('rate(odd[5m])'), [
    'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "odd" (1:6)',
  ]);
});

test('labels that functions make have a longest length and weigh like samples', async () => {
  const tenfold = '$1'.repeat(10);
  const grow = (times: number, inner: string): string =>
    times === 0 ? inner : `label_replace(${grow(times - 1, inner)}, "x", "${tenfold}", "x", "(.+)")`;
  const limits = { maxSamples: 20_000, timeoutMs: 10_000, samplesSetting: 'max_query_samples' };
  const common = { source: new MemorySource(), tenants: [1], limits, timeMs: 0 };
  const start = 'label_replace(vector(1), "x", "ab", "", "")';
  await assert.rejects(evaluateInstant({ ...common, query: grow(5, start) }), /makes a label of more than 65536/);
  await evaluateInstant({ ...common, query: grow(4, start) });
  await assert.rejects(
    evaluateInstant({ ...common, limits: { ...limits, maxSamples: 1000 }, query: grow(4, start) }),
    /the limit is 1000 \(setting max_query_samples\)/,
  );
  const join = (times: number): string =>
    times === 0 ? start : `label_join(${join(times - 1)}, "x", "", ${'"x", '.repeat(20)}"x")`;
  await assert.rejects(evaluateInstant({ ...common, query: join(5) }), /label_join\(\) makes a label of more than/);
});

test('a large answer is written with rests, and not beyond its limit', async () => {
  const source = new MemorySource();
  for (let i = 0; i < 50; i++) source.add(['__name__', 'm', 'i', String(i)], [[0, i]]);
  const result = await evaluateInstant({
    source,
    tenants: [1],
    limits: { maxSamples: 1000, timeoutMs: 10_000 },
    query: 'm',
    timeMs: 0,
  });
  let rests = 0;
  const manners = {
    maxBytes: 1e6,
    sizeSetting: 'max_answer_size',
    due: () => true,
    rest: async () => {
      rests++;
    },
  };
  assert.deepEqual(await serializeWithManners(result, manners), serializeResult(result));
  assert.ok(rests >= 50);
  await assert.rejects(
    serializeWithManners(result, { ...manners, maxBytes: 500 }),
    /the answer has more than 500 bytes \(setting max_answer_size\)/,
  );
  const gone = new Error('gone');
  await assert.rejects(serializeWithManners(result, { ...manners, rest: () => Promise.reject(gone) }), gone);
});
