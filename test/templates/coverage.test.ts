/** The measuring behind `npm run coverage`: what counts as suspicious, and what as the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anomaliesOf } from '../../scripts/coverage/anomalies.ts';
import { compare } from '../../scripts/coverage/comparison.ts';
import type { PolledRow } from '../../src/templates/poll-plan.ts';

const sensor = (kind: string, value: number, name = 'x'): PolledRow => ({
  measurement: 'sensor',
  tags: { sensor: name, class: kind },
  fields: { value },
});

const SUSPICIOUS: readonly (readonly [string, PolledRow, RegExp])[] = [
  ['an impossible temperature', sensor('temperature', 361), /361 beyond/],
  ['a sentinel', sensor('voltage', 65535), /sentinel 65535/],
  ['more than all', { measurement: 'cpu', tags: { core: 'total' }, fields: { percent: 101 } }, /percent 101/],
  ['nothing at all', { measurement: 'memory', tags: { pool: 'x' }, fields: { total_bytes: 0 } }, /total_bytes 0/],
  [
    'more used than there is',
    { measurement: 'storage', tags: { mount: '/' }, fields: { used_bytes: 9, total_bytes: 5 } },
    /used 9 of 5/,
  ],
  ['a tag without text', sensor('fan', 100, ''), /empty tag sensor/],
];

test('output that can hardly be true is named', () => {
  for (const [what, row, problem] of SUSPICIOUS) assert.match(anomaliesOf({}, [row]).join('\n'), problem, what);
  assert.match(anomaliesOf({}, [sensor('fan', 1), sensor('fan', 1)]).join('\n'), /twice/);
  assert.match(anomaliesOf({ serial: 'Not Specified' }, []).join('\n'), /fact serial: says nothing/);
});

test('what is plausible is not', () => {
  const rows = [sensor('temperature', 41.5), sensor('voltage', 230), sensor('fan', 0)];
  assert.deepEqual(anomaliesOf({ serial: 'AB12', model: 'X-1' }, rows), []);
});

test('facts differ when neither text contains the other, whatever their punctuation', () => {
  const held = { facts: new Map(), families: new Set<string>(), readings: [] };
  const differing = (ours: string, theirs: string) =>
    compare({ ...held, facts: new Map([['model', theirs]]) }, { model: ours }, []).factsDiffering.length;
  assert.equal(differing('WS-C2960X', 'ws c2960x 48'), 0);
  assert.equal(differing('WS-C2960X', 'WS-C3560'), 1);
});
