import assert from 'node:assert/strict';
import test from 'node:test';
import { Cancellation } from '../../src/lib/cancellation.ts';

test('whoever asks for the signal learns of the end, before and after it', () => {
  const reason = new Error('it is over');
  const asked = new Cancellation();
  const { signal } = asked;
  assert.deepEqual([asked.aborted, signal.aborted], [false, false]);
  asked.abort(reason);
  asked.abort(new Error('again'));
  assert.deepEqual([asked.aborted, signal.aborted, signal.reason], [true, true, reason]);
  const late = new Cancellation();
  late.abort(reason);
  assert.deepEqual([late.signal.aborted, late.signal.reason], [true, reason]);
});
