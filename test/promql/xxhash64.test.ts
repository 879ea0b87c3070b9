import assert from 'node:assert/strict';
import { test } from 'node:test';
import { xxhash64 } from '../../src/promql/aggregate/xxhash64.ts';

test('hashes are those of the reference implementation', () => {
  const cases: readonly (readonly [text: string, hash: bigint])[] = [
    ['', 0xef46db3751d8e999n],
    ['a', 0xd24ec4f1a98c6e5bn],
    ['abc', 0x44bc2cf5ad770999n],
    ['Nobody inspects the spammish repetition', 0xfbcea83c8a378bf1n],
  ];
  for (const [text, hash] of cases) assert.equal(xxhash64(new TextEncoder().encode(text)), hash, text);
});
