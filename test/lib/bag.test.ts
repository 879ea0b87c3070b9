import assert from 'node:assert/strict';
import test from 'node:test';
import { Bag, type BagItem } from '../../src/lib/bag.ts';
import { seededRandom } from '../support/fuzz.ts';

test('a bag holds what was added and not removed', () => {
  const random = seededRandom(5);
  const bag = new Bag<BagItem>();
  const expected = new Set<BagItem>();
  for (let i = 0; i < 5000; i++) {
    const items = [...expected];
    const gone = items[random.below(items.length + 1)];
    if (random.below(2) === 0 && gone) {
      bag.remove(gone);
      expected.delete(gone);
    } else {
      const item = { place: 0 };
      bag.add(item);
      expected.add(item);
    }
    assert.equal(bag.size, expected.size);
  }
  assert.deepEqual(new Set(bag), expected);
});
