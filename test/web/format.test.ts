// How numbers, times and tables are written for people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv } from '../../web/format/csv.ts';
import { labelsOf, labelsText } from '../../web/format/labels.ts';
import { quote, selector, withWindows } from '../../web/format/promql.ts';
import { relativeTime } from '../../web/format/time.ts';
import { count, formatDuration, formatValue, sensorUnit, type Unit, unitOf } from '../../web/format/units.ts';

const VALUES: readonly (readonly [number | null, Unit, string])[] = [
  [null, 'percent', '–'],
  [Number.NaN, 'bytes', '–'],
  [Number.POSITIVE_INFINITY, 'none', '∞'],
  [0, 'bitsPerSecond', '0 bps'],
  [999, 'bitsPerSecond', '999 bps'],
  [999_600, 'bitsPerSecond', '1.00 Mbps'],
  [12_440_000, 'bitsPerSecond', '12.4 Mbps'],
  [1_000_000_000, 'bitsPerSecond', '1.00 Gbps'],
  [-2_500_000, 'bitsPerSecond', '−2.50 Mbps'],
  [1024, 'bytes', '1.00 KiB'],
  [3.2 * 2 ** 30, 'bytes', '3.20 GiB'],
  [41.25, 'celsius', '41.3 °C'],
  [-4, 'celsius', '−4.0 °C'],
  [100, 'percent', '100 %'],
  [99.96, 'percent', '100 %'],
  [0.5, 'percent', '0.5 %'],
  [0.0474, 'milliseconds', '0.047 ms'],
  [12.34, 'milliseconds', '12.3 ms'],
  [1406.4, 'perSecond', '1 406 /s'],
  [0.25, 'seconds', '250 ms'],
  [4136, 'rpm', '4 136 rpm'],
  [1583, 'none', '1 583'],
  [1_234_567, 'none', '1.23 M'],
  [0.00002, 'none', '2.0e-5'],
];

test('values carry their unit, with three digits and the prefix that fits', () => {
  for (const [value, unit, text] of VALUES) {
    assert.equal(formatValue(value, unit).replaceAll('\u202f', ' '), text, `${value} ${unit}`);
  }
});

test('durations show their two largest parts', () => {
  const plain = (seconds: number) => formatDuration(seconds).replaceAll('\u202f', ' ');
  assert.equal(plain(0), '0 s');
  assert.equal(plain(59.6), '1 min');
  assert.equal(plain(200), '3 min 20 s');
  assert.equal(plain(3600), '1 h');
  assert.equal(plain(98 * 86_400 + 19 * 3600 + 59), '98 d 19 h');
  assert.equal(plain(Number.NaN), '–');
});

test('the unit of a metric is read off its name', () => {
  assert.equal(unitOf('interface_speed_bits_per_second'), 'bitsPerSecond');
  assert.equal(unitOf('memory_used_bytes'), 'bytes');
  assert.equal(unitOf('icmp_rtt_avg_ms'), 'milliseconds');
  assert.equal(unitOf('icmp_up'), 'none');
  assert.equal(sensorUnit('temperature'), 'celsius');
  assert.equal(sensorUnit('state'), 'none');
});

test('counts agree with their noun', () => {
  assert.equal(count(1, 'device'), '1 device');
  assert.equal(count(0, 'device'), '0 devices');
  assert.equal(count(2, 'entry', 'entries'), '2 entries');
});

test('times are told relative to now, and as a date when they are long ago', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  assert.equal(relativeTime(now - 2000, now), 'just now');
  assert.equal(relativeTime(now - 40_000, now), '40 s ago');
  assert.equal(relativeTime(now - 5 * 60_000, now), '5 min ago');
  assert.equal(relativeTime(now - 3 * 3_600_000, now), '3 h ago');
  assert.equal(relativeTime(now + 2 * 86_400_000, now), 'in 2 d');
  assert.match(relativeTime(now - 60 * 86_400_000, now), /^2026-09-2\d$/);
});

test('a table as CSV is quoted by RFC 4180 and runs no formula in a spreadsheet', () => {
  const text = toCsv(
    ['name', 'n'],
    [
      ['a,"b"', 1],
      ['=cmd()', null],
    ],
  );
  assert.equal(text, 'name,n\r\n"a,""b""",1\r\n\'=cmd(),\r\n');
});

test('labels go to lines of text and back', () => {
  const labels = { line: 'L1', note: 'a=b' };
  assert.deepEqual(labelsOf(labelsText(labels)), labels);
  assert.deepEqual(labelsOf(' a = 1 \n\n b\n'), { a: '1', b: '' });
});

test('PromQL is made safely from values', () => {
  assert.equal(quote('a"b\\c\n'), '"a\\"b\\\\c\\n"');
  assert.equal(selector('up', { device: 'x"y' }), 'up{device="x\\"y"}');
  assert.equal(withWindows('rate(x[$r]) + avg_over_time(y[$w])', 5, 10), 'rate(x[40s]) + avg_over_time(y[25s])');
  assert.equal(withWindows('rate(x[$r])', 300, 10), 'rate(x[300s])');
});
