import assert from 'node:assert/strict';
import test from 'node:test';
import { BufferPool } from '../../src/lib/buffer-pool.ts';

test('a large buffer that was given back is taken again, small ones are not kept', () => {
  const pool = new BufferPool();
  const large = pool.take(100_000);
  assert.equal(large.byteLength, 131_072);
  pool.give(large);
  assert.equal(pool.take(70_000), large);
  assert.notEqual(pool.take(70_000), large);
  const small = pool.take(100);
  assert.equal(small.byteLength, 100);
  pool.give(small);
  assert.notEqual(pool.take(100), small);
});

test('what is kept is bounded', () => {
  const pool = new BufferPool();
  const buffers = Array.from({ length: 10 }, () => pool.take(8 << 20));
  for (const buffer of buffers) pool.give(buffer);
  const again = Array.from({ length: 10 }, () => pool.take(8 << 20));
  assert.equal(again.filter((buffer) => buffers.includes(buffer)).length, 4);
});
