import assert from 'node:assert/strict';
import test from 'node:test';
import { ingestIntoMemory, NOW_MS } from '../support/ingest-into-memory.ts';
import { MemorySink } from '../support/memory-sink.ts';

const fieldsOf = (sink: MemorySink) => sink.rows.map((row) => row.fields);

test('good lines of a body are stored and each bad one is named with its line and reason', async () => {
  const { sink, tally } = await ingestIntoMemory({
    bytes: [
      'cpu,host=a percent=1 1000000',
      'cpu,host=a percent=1.2.3 1000000',
      '',
      '# a comment',
      'cpu,host=a',
      'cpu,host= percent=1',
      'cpu,host=a percent="no end',
      'cpu,host=a percent=2 12x',
      'cpu,host=a percent=2 2000000',
    ].join('\n'),
  });
  assert.deepEqual(fieldsOf(sink), [{ percent: 1 }, { percent: 2 }]);
  assert.equal(tally.acceptedRows, 2);
  assert.equal(tally.refusedRows, 5);
  assert.deepEqual(tally.refusals, [
    { line: 2, reason: 'field "percent": "1.2.3" is not a number, boolean or quoted string' },
    { line: 5, reason: 'no fields' },
    { line: 6, reason: 'tag "host" has an empty value' },
    { line: 7, reason: 'the string of field "percent" has no end' },
    { line: 8, reason: 'bad timestamp "12x"' },
  ]);
});

test('a refused line makes no row group', async () => {
  const { sink } = await ingestIntoMemory({ bytes: 'cpu,host=a x=1,y=\ncpu,host=b x=1 1z\n' });
  assert.equal(sink.groups.length, 0);
});

test('precisions', async () => {
  for (const [precision, text] of [
    ['ns', '1700000000123999999'],
    ['us', '1700000000123999'],
    ['ms', '1700000000123'],
  ] as const) {
    const { sink } = await ingestIntoMemory({ bytes: `m f=1 ${text}`, precision });
    assert.equal(sink.rows[0]?.timeMs, 1_700_000_000_123, precision);
  }
  const seconds = await ingestIntoMemory({ bytes: 'm f=1 1700000000\nm f=2', precision: 's' });
  assert.deepEqual(
    seconds.sink.rows.map((row) => row.timeMs),
    [1_700_000_000_000, Math.floor(NOW_MS / 1000) * 1000],
  );
});

test('a line without a timestamp gets the time of arrival', async () => {
  const { sink } = await ingestIntoMemory({ bytes: 'm f=1' });
  assert.equal(sink.rows[0]?.timeMs, NOW_MS);
});

test('booleans are 1 and 0, integers beyond 2^53 round, strings are counted and not stored', async () => {
  const { sink, tally } = await ingestIntoMemory({
    bytes: 'm a=true,b=F,c=9223372036854775807i,d=18446744073709551615u,e="text",f=0.1,g=-0,h=1e300\nm e="only text"\n',
  });
  assert.deepEqual(fieldsOf(sink), [{ a: 1, b: 0, c: 2 ** 63, d: 2 ** 64, f: 0.1, g: -0, h: 1e300 }]);
  assert.equal(tally.skippedStrings, 2);
  assert.equal(tally.acceptedRows, 2);
});

test('decimals are read to the last bit, whatever their length', async () => {
  const texts = [
    '0.1',
    '123456.789',
    '0.000000000000001',
    '999999999999999',
    '9999999999999999',
    '0.30000000000000004',
    '.5',
    '5.',
  ];
  const { sink } = await ingestIntoMemory({ bytes: texts.map((text, i) => `m f=${text} ${i}`).join('\n') });
  assert.deepEqual(
    fieldsOf(sink).map((fields) => fields.f),
    texts.map(Number),
  );
});

test('fields may change order, come and go, repeat, and turn from string to number', async () => {
  const { sink, tally } = await ingestIntoMemory({
    bytes: [
      'm a=1,b=2,c=3',
      'm c=3,a=1',
      'm b=2',
      'm d=4,b=2',
      'm a=1,b=2,a=9',
      'm s="x",a=1',
      'm s=5,a=1',
      'm a=1,s="x"',
    ].join('\n'),
  });
  assert.deepEqual(fieldsOf(sink), [
    { a: 1, b: 2, c: 3 },
    { c: 3, a: 1 },
    { b: 2 },
    { d: 4, b: 2 },
    { a: 9, b: 2 },
    { a: 1 },
    { s: 5, a: 1 },
    { a: 1 },
  ]);
  assert.equal(tally.refusedRows, 0);
});

test('row groups with many fields in random order keep each value under its name', async () => {
  const names = Array.from({ length: 60 }, (_, i) => `field_${i}`);
  const lines = Array.from(
    { length: 20 },
    (_, n) => `m ${names.map((_name, i) => `field_${(i * 7 + n) % 60}=${(i * 7 + n) % 60}`).join()}`,
  );
  const { sink } = await ingestIntoMemory({ bytes: lines.join('\n') });
  for (const fields of fieldsOf(sink))
    for (const [name, value] of Object.entries(fields)) assert.equal(name, `field_${value}`);
  assert.equal(sink.rows.length, 20);
});

test('keys that differ only in the order of their tags are one row group', async () => {
  const { sink } = await ingestIntoMemory({ bytes: 'm,a=1,b=2 f=1\nm,b=2,a=1 f=2\n' });
  assert.equal(sink.groups.length, 1);
  assert.deepEqual(fieldsOf(sink), [{ f: 1 }, { f: 2 }]);
});

test('limits name themselves and the setting that changes them', async () => {
  const cases: readonly [string, RegExp][] = [
    [`m f=${'1'.repeat(300)}`, /more than 200 bytes in a line \(setting max_line_size\)/],
    ['m a=1,b=2,c=3,d=4,e=5', /more than 4 fields in a row \(setting max_fields\)/],
    ['m,a=1,b=2,c=3 f=1', /more than 2 tags in a row \(setting max_tags\)/],
    [`m,a=${'x'.repeat(60)} f=1`, /tag value: more than 50 bytes in a name or tag value \(setting max_label_size\)/],
  ];
  for (const [line, reason] of cases) {
    const limits = { lineBytes: 200, fieldsPerRow: 4, tagsPerRow: 2, nameBytes: 50 };
    const { tally } = await ingestIntoMemory({ bytes: `${line}\nok f=1\n` }, limits);
    assert.equal(tally.acceptedRows, 1, line);
    assert.match(tally.refusals[0]?.reason ?? '', reason);
  }
});

test('a known row group also obeys the line length', async () => {
  const { tally } = await ingestIntoMemory({ bytes: `m f=1\nm f=1${' '.repeat(300)}\nm f=2\n` }, { lineBytes: 200 });
  assert.deepEqual([tally.acceptedRows, tally.refusedRows], [2, 1]);
});

test('rows that the engine refuses are named with its reason and their time', async () => {
  const sink = new MemorySink();
  sink.latestMs = 5;
  const { tally } = await ingestIntoMemory({ bytes: 'm f=1 5\nm f=1 6\nm f=1,g=2 7\n', precision: 'ms' }, {}, sink);
  assert.equal(tally.acceptedRows, 1);
  assert.deepEqual(tally.refusals, [
    { line: 2, reason: 'too far ahead of the clock (time 1970-01-01T00:00:00.006Z)' },
    { line: 3, reason: 'too far ahead of the clock (time 1970-01-01T00:00:00.007Z)' },
  ]);
});

test('a newline inside a quoted string belongs to its line, and later lines keep their numbers', async () => {
  const { tally } = await ingestIntoMemory({ bytes: 'm s="one\ntwo",f=1\nm f=x\n' });
  assert.equal(tally.acceptedRows, 1);
  assert.equal(tally.refusals[0]?.line, 3);
});

test('long bodies are read in slices without losing a line', async () => {
  const lines = Array.from(
    { length: 40_000 },
    (_, i) => `measurement,tag=value_${i % 100} field=${i},other=${i}.5 ${i}`,
  );
  const { sink, tally } = await ingestIntoMemory({ bytes: lines.join('\n'), precision: 'ms' });
  assert.equal(tally.acceptedRows, 40_000);
  assert.equal(sink.rows.at(-1)?.fields.field, 39_999);
});

test('only the first refusals are spelled out', async () => {
  const { tally } = await ingestIntoMemory({ bytes: 'm\n'.repeat(1000) });
  assert.equal(tally.refusedRows, 1000);
  assert.equal(tally.refusals.length, 20);
});
