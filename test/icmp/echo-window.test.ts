import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EchoWindow, type WaitingEcho } from '../../src/icmp/echo-window.ts';
import { seededRandom } from '../support/fuzz.ts';

test('any echo is found by its sequence while it waits, whatever came and went before', () => {
  const random = seededRandom(11);
  const window = new EchoWindow<WaitingEcho>(0xfff0);
  const waiting = new Set<WaitingEcho>();
  for (let i = 0; i < 200_000; i++) {
    if (random.below(100) < (i < 100_000 ? 55 : 45)) {
      const echo = { number: -1 };
      if (window.add(echo)) waiting.add(echo);
    } else {
      const [first] = waiting;
      const sequence = random.below(0x10000);
      const found = random.below(2) === 0 ? first : window.find(sequence);
      if (!found) continue;
      if (found !== first) assert.ok(waiting.has(found) && (found.number & 0xffff) === sequence);
      window.remove(found);
      window.remove(found);
      waiting.delete(found);
      assert.equal(window.find(found.number & 0xffff), undefined);
    }
    assert.equal(window.size, waiting.size);
  }
  assert.ok(waiting.size > 100);
  for (const echo of waiting) assert.equal(window.find(echo.number & 0xffff), echo);
  assert.deepEqual([...window], [...waiting]);
});

test('no sequence waits twice: with one that is too old, no more are taken until it is over', () => {
  const window = new EchoWindow<WaitingEcho>(7);
  const oldest = { number: 0 };
  assert.ok(window.add(oldest));
  for (let i = 1; i < 0x10000; i++) {
    const echo = { number: 0 };
    assert.ok(window.add(echo));
    window.remove(echo);
  }
  assert.equal(window.add({ number: 0 }), false);
  assert.equal(window.find(7), oldest);
  window.remove(oldest);
  const next = { number: 0 };
  assert.ok(window.add(next));
  assert.equal(next.number, 7 + 0x10000);
  assert.equal(window.find(7), next);
});

test('echoes may be removed while the window is gone through', () => {
  const window = new EchoWindow<WaitingEcho>(0);
  for (let i = 0; i < 1000; i++) window.add({ number: 0 });
  const seen: number[] = [];
  for (const echo of window) {
    seen.push(echo.number);
    window.remove(echo);
  }
  assert.equal(seen.length, 1000);
  assert.equal(window.size, 0);
});
