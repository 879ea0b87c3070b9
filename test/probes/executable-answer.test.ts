/** Answers of plugins that were changed at random: never an exception, and nothing that cannot be stored. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRIC_NAME, readAnswer } from '../../src/probes/executable/answer.ts';
import { parseJson } from '../../src/probes/executable/json-error.ts';
import { fuzz, mutate } from '../support/fuzz.ts';

const GOOD = new TextEncoder().encode(
  JSON.stringify({
    metrics: [
      { measurement: 'pump', tags: { stage: 'first', device: 'x' }, fields: { litres: 12.5, on: 1 } },
      { measurement: 'cpu', fields: { percent: 1e3 } },
    ],
    facts: { vendor: 'Pumps', version: '1.0' },
    error: { code: 'low_water', message: 'There is little water.' },
  }),
);

test('what is taken from a mutilated answer can be stored', async () => {
  await fuzz(3000, (random) => {
    const bytes = mutate(GOOD, random);
    const answer = readAnswer(bytes);
    if (answer.kind === 'wrong') {
      assert.ok(answer.message.length > 0);
      return;
    }
    for (const { measurement, tags, fields } of answer.rows) {
      for (const name of [measurement, ...Object.keys(tags), ...Object.keys(fields)]) assert.match(name, METRIC_NAME);
      assert.ok(Object.values(fields).every(Number.isFinite));
      assert.ok(!('device_id' in tags) && !('monitor_id' in tags));
    }
  });
});

test('the place of a mistake is one where the text before is still a beginning of JSON', async () => {
  const decoder = new TextDecoder();
  await fuzz(3000, (random) => {
    const text = decoder.decode(mutate(GOOD, random));
    const parsed = parseJson(text);
    if (parsed.kind === 'value') return;
    assert.ok(parsed.offset <= text.length);
    assert.equal(parsed.found, text.slice(parsed.offset, parsed.offset + 1));
    // The beginning up to there has no mistake but that it ends.
    const before = parseJson(text.slice(0, parsed.offset));
    if (before.kind === 'error') assert.equal(before.offset, parsed.offset, text);
  });
});
