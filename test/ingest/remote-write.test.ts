import assert from 'node:assert/strict';
import test from 'node:test';
import { FieldLayouts } from '../../src/ingest/field-layout.ts';
import { DEFAULT_INGEST_LIMITS } from '../../src/ingest/limits.ts';
import { RemoteWriteParser, SeriesCursor } from '../../src/ingest/remote-write.ts';
import { IngestTally } from '../../src/ingest/tally.ts';
import { BodyError } from '../../src/ingest/unpack.ts';
import { ingestIntoMemory } from '../support/ingest-into-memory.ts';
import { MemorySink } from '../support/memory-sink.ts';
import { snappyLiterals, writeRequest } from '../support/remote-write-body.ts';

const send = (bytes: Uint8Array, sink?: MemorySink) =>
  ingestIntoMemory({ format: 'remote_write', encoding: 'snappy', bytes: snappyLiterals(bytes) }, {}, sink);

test('a metric is a measurement with the empty field, its labels are tags', async () => {
  const { sink, tally } = await send(
    writeRequest([
      {
        labels: { __name__: 'http_requests_total', job: 'api', path: '/a b,c=d\n', empty: '' },
        samples: [
          { value: 1.5, timeMs: 1_700_000_000_000 },
          { value: -2, timeMs: -5 },
        ],
      },
    ]),
  );
  const tags = { job: 'api', path: '/a b,c=d\n' };
  assert.deepEqual(sink.rows, [
    { tenant: 1, measurement: 'http_requests_total', tags, timeMs: 1_700_000_000_000, fields: { '': 1.5 } },
    { tenant: 1, measurement: 'http_requests_total', tags, timeMs: -5, fields: { '': -2 } },
  ]);
  assert.equal(tally.acceptedSamples, 2);
});

test('stale markers and other NaNs keep every bit', () => {
  const stale = Uint8Array.of(2, 0, 0, 0, 0, 0, 0xf0, 0x7f);
  const body = writeRequest([{ labels: { __name__: 'm' }, samples: [{ value: stale, timeMs: 1 }] }]);
  const seen: Uint8Array[] = [];
  class BitSink extends MemorySink {
    override row(_group: number, _timeMs: number, _columns: Uint16Array, values: Float64Array): 0 {
      seen.push(new Uint8Array(values.buffer.slice(0, 8)));
      return 0;
    }
  }
  const parser = new RemoteWriteParser(new BitSink(), DEFAULT_INGEST_LIMITS, new FieldLayouts());
  parser.parse(1, body, 0, body.length, new IngestTally(), [], new SeriesCursor());
  assert.deepEqual(seen, [stale]);
});

test('metadata declares the fields that are stored of a family', async () => {
  const { fields } = await send(
    writeRequest(
      [],
      [
        { type: 1, family: 'requests_total', help: 'Requests.', unit: '' },
        { type: 3, family: 'latency_seconds', help: 'Latency.', unit: 'seconds' },
      ],
    ),
  );
  assert.deepEqual(
    fields.map(({ measurement, field, kind, unit, help }) => [measurement, field, kind, unit, help]),
    [
      ['requests_total', '', 'counter', '', 'Requests.'],
      ['latency_seconds_bucket', '', 'counter', 'seconds', 'Latency.'],
      ['latency_seconds_count', '', 'counter', 'seconds', 'Latency.'],
      ['latency_seconds_sum', '', 'counter', 'seconds', 'Latency.'],
    ],
  );
});

test('a body of metadata alone does not fill the memory', async () => {
  const metadata = Array.from({ length: 30_000 }, (_, i) => ({
    type: 1,
    family: `f${i}`,
    help: i === 0 ? 'x'.repeat(100_000) : '',
    unit: '',
  }));
  const { fields, tally } = await send(writeRequest([], metadata));
  assert.equal(fields.length, 10_000);
  assert.equal(tally.ignored, 20_000);
  assert.equal(fields[0]!.help.length, 4_096);
});

test('exemplars are counted and not stored; a series without a name is refused', async () => {
  const { sink, tally } = await send(
    writeRequest([
      { labels: { __name__: 'm' }, samples: [{ value: 1, timeMs: 1 }], exemplars: 2 },
      { labels: { job: 'x' }, samples: [{ value: 1, timeMs: 1 }] },
    ]),
  );
  assert.equal(sink.rows.length, 1);
  assert.equal(tally.ignored, 2);
  assert.deepEqual(tally.refusals, [{ line: 2, reason: 'a series without the label __name__' }]);
});

test('a series that is longer than a slice is committed in between, and other series stay apart', async () => {
  const commits: number[] = [];
  class CountingSink extends MemorySink {
    override commit(): void {
      super.commit();
      commits.push(this.rows.length);
    }
  }
  const sink = new CountingSink();
  const samples = (count: number, at: number) =>
    Array.from({ length: count }, (_, i) => ({ value: i, timeMs: at + i }));
  const series = [
    { labels: { __name__: 'a' }, samples: samples(3, 0) },
    { labels: { __name__: 'long', x: 'y' }, samples: samples(100_000, 1_000), exemplars: 2 },
    { labels: { nameless: 'z' }, samples: samples(50_000, 0) },
    { labels: { __name__: 'b' }, samples: samples(2, 5) },
  ];
  const { tally } = await send(writeRequest(series), sink);
  assert.ok(commits.length > 3 && commits[0]! < 60_000, `rows at each commit: ${commits}`);
  assert.deepEqual([tally.acceptedRows, tally.refusedRows, tally.ignored, tally.line], [100_005, 1, 2, 4]);
  const long = sink.rows.filter(({ measurement }) => measurement === 'long');
  assert.equal(long.length, 100_000);
  assert.ok(long.every(({ timeMs, tags }, i) => timeMs === 1_000 + i && tags.x === 'y'));
  assert.deepEqual(
    sink.rows.filter(({ measurement }) => measurement !== 'long').map(({ measurement }) => measurement),
    ['a', 'a', 'a', 'b', 'b'],
  );
});

test('bodies that are no write request are refused as a whole', async () => {
  for (const bytes of [Buffer.from([0x0a, 0x7f, 1]), Buffer.from([0x0f]), Buffer.from([0x0a, 2, 0x12, 0x05])]) {
    await assert.rejects(send(bytes), BodyError, bytes.toString('hex'));
  }
});
