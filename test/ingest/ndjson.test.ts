import assert from 'node:assert/strict';
import test from 'node:test';
import { BodyError } from '../../src/ingest/unpack.ts';
import { ingestIntoMemory, NOW_MS } from '../support/ingest-into-memory.ts';

const batch = (records: readonly unknown[]) => records.map((record) => JSON.stringify(record)).join('\n');

test('records become rows: numbers and booleans are stored, strings counted, null is missing', async () => {
  const { sink, tally } = await ingestIntoMemory({
    format: 'ndjson',
    bytes: batch([
      {
        measurement: 'room',
        tags: { name: 'a b', floor: 2 },
        fields: { t: 21.5, on: true, note: 'x', gone: null },
        timestamp: 1000,
      },
      { measurement: 'room', tags: null, fields: { t: 1 } },
    ]),
  });
  assert.deepEqual(sink.rows, [
    { tenant: 1, measurement: 'room', tags: { floor: '2', name: 'a b' }, timeMs: 1000, fields: { t: 21.5, on: 1 } },
    { tenant: 1, measurement: 'room', tags: {}, timeMs: NOW_MS, fields: { t: 1 } },
  ]);
  assert.equal(tally.skippedStrings, 1);
});

test('a number is milliseconds, a string ISO 8601 with a zone, anything else is refused', async () => {
  const times = [
    1_700_000_000_123,
    '2023-11-14T22:13:20.123Z',
    '2023-11-14T23:13:20+01:00',
    '2023-11-14T22:13:20',
    'now',
    true,
  ];
  const { sink, tally } = await ingestIntoMemory({
    format: 'ndjson',
    bytes: batch(times.map((timestamp) => ({ measurement: 'm', fields: { f: 1 }, timestamp }))),
  });
  assert.deepEqual(
    sink.rows.map((row) => row.timeMs),
    [1_700_000_000_123, 1_700_000_000_123, 1_700_000_000_000],
  );
  assert.deepEqual(
    tally.refusals.map((refusal) => refusal.line),
    [4, 5, 6],
  );
});

test('each bad record is named, the good ones are stored', async () => {
  const { sink, tally } = await ingestIntoMemory({
    format: 'ndjson',
    bytes: [
      '{"measurement":"m","fields":{"f":1}}',
      '{"measurement":"m","fields":{"f":1}',
      '[]',
      '{"fields":{"f":1}}',
      '{"measurement":"m","fields":{}}',
      '{"measurement":"m","fields":{"f":{}}}',
      '{"measurement":"m","fields":{"f":1e999}}',
      '{"measurement":"m","tags":{"a\\u0000":"b"},"fields":{"f":1}}',
      '',
      '{"measurement":"m","fields":{"f":2}}',
    ].join('\r\n'),
  });
  assert.equal(sink.rows.length, 2);
  assert.deepEqual(
    tally.refusals.map((refusal) => refusal.line),
    [2, 3, 4, 5, 6, 7, 8],
  );
});

test('a row group is the same whether it comes as NDJSON or as line protocol', async () => {
  const { sink } = await ingestIntoMemory({ bytes: 'a\\ b,x\\,y=1\\ 2 f=1 1\n' });
  await ingestIntoMemory(
    { format: 'ndjson', bytes: batch([{ measurement: 'a b', tags: { 'x,y': '1 2' }, fields: { f: 2 } }]) },
    {},
    sink,
  );
  assert.equal(sink.groups.length, 1);
});

test('more than 3,000 records are refused as a whole', async () => {
  const bytes = '{"measurement":"m","fields":{"f":1}}\n'.repeat(3001);
  await assert.rejects(ingestIntoMemory({ format: 'ndjson', bytes }), (error: Error) => {
    assert.ok(error instanceof BodyError);
    assert.equal(error.message, 'more than 3000 records in a batch (setting max_batch_records)');
    return true;
  });
});

test('names that end with a backslash are no escapes: their rows stay apart', async () => {
  const record = (measurement: string, tags: Record<string, string>) => ({
    measurement,
    tags,
    fields: { f: 1 },
    timestamp: 1,
  });
  const { sink } = await ingestIntoMemory({
    format: 'ndjson',
    bytes: batch([
      record('a\\', { b: 'c' }),
      record('a,b=c', {}),
      record('a\\', { b: 'c\\' }),
      record('a,b=c\\', {}),
      record('d', { path: 'C:\\', x: 'y' }),
    ]),
  });
  assert.deepEqual(
    sink.rows.map(({ measurement, tags }) => [measurement, tags]),
    [
      ['a\\', { b: 'c' }],
      ['a,b=c', {}],
      ['a\\', { b: 'c\\' }],
      ['a,b=c\\', {}],
      ['d', { path: 'C:\\', x: 'y' }],
    ],
  );
});
