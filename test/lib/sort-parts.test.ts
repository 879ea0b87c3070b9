import assert from 'node:assert/strict';
import test from 'node:test';
import { sortInParts } from '../../src/lib/sort-parts.ts';
import { seededRandom } from '../support/fuzz.ts';

test('any number of items is sorted, stably, in parts', () => {
  const random = seededRandom(3);
  for (const count of [0, 1, 2, 2047, 2048, 2049, 4096, 5000, 20_000]) {
    const values = Array.from({ length: count }, () => random.below(count / 3 + 1));
    const order = Int32Array.from(values, (_, i) => i);
    let parts = 0;
    for (const _ of sortInParts(order, (a, b) => values[a]! - values[b]!)) parts++;
    const expected = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
    assert.deepEqual([...order], expected, `${count}`);
    assert.ok(parts >= count / 2048, `${count}: ${parts} parts`);
  }
});
