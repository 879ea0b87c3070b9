import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatQuery } from '../../src/promql/format.ts';

const SHORT: readonly (readonly [query: string, formatted: string])[] = [
  ['sum(rate(a{b="c"}[5m]))by(d,e)', 'sum by (d, e) (rate(a{b="c"}[5m]))'],
  ['a+on(x)group_left(y)b', 'a + on (x) group_left (y) b'],
  ['a == bool 1', 'a == bool 1'],
  ['-a[5m:30s]  offset 90s @ 12', 'error'],
  ['avg_over_time(a[300:]@end() offset -1m)', 'avg_over_time(a[5m:] @ end() offset -1m)'],
  ['a offset 1h @ 1.5', 'a @ 1.500 offset 1h'],
  ['{z="1",a=~"b.*", __name__="x y"}', '{__name__="x y",a=~"b.*",z="1"}'],
  ['{"x y"}', '{"x y"}'],
  ['topk(3, (a))', 'topk(3, (a))'],
  ['rate(a[5m] anchored)', 'rate(a[5m] anchored)'],
  ['a[2*step()+1m]', 'a[2s * step() + 1m]'],
  ["a{b='it\\'s'}", 'a{b="it\'s"}'],
  ['a + fill_left(0) b', 'a + fill_left (0) b'],
];

test('a short query is printed on one line in its canonical form', () => {
  for (const [query, formatted] of SHORT) {
    if (formatted === 'error') assert.throws(() => formatQuery(query), /parse error/);
    else assert.equal(formatQuery(query), formatted);
  }
});

test('a formatted query formats to itself', () => {
  for (const [query, formatted] of SHORT) {
    if (formatted !== 'error') assert.equal(formatQuery(formatQuery(query)), formatted);
  }
});

test('a long query is broken at its operators and brackets', () => {
  const metric = 'interface_in_octets{device="core-sw-1",ifname="GigabitEthernet1/0/1",site="Plant 2"}';
  assert.equal(
    formatQuery(`sum by (device) (rate(${metric}[5m])) / max(${metric})`),
    ['  sum by (device) (', `    rate(${metric}[5m])`, '  )', '/', `  max(${metric})`].join('\n'),
  );
});
