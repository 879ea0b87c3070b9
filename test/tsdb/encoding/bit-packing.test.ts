import assert from 'node:assert/strict';
import test from 'node:test';
import {
  bitWidth,
  MAX_PACKED_WIDTH,
  PACKING_SLACK_BYTES,
  pack,
  packedSize,
  unpack,
  unpackSums,
} from '../../../src/tsdb/encoding/bit-packing.ts';
import { seededRandom } from '../../support/fuzz.ts';

test('the width of a number is the bits it takes', () => {
  for (const [value, width] of [
    [0, 0],
    [1, 1],
    [2, 2],
    [255, 8],
    [256, 9],
    [2 ** 32 - 1, 32],
    [2 ** 32, 33],
    [2 ** 53, 54],
  ] as const) {
    assert.equal(bitWidth(value), width, `${value}`);
  }
});

test('numbers of every width come back from every offset', () => {
  const random = seededRandom(11);
  for (let width = 0; width <= MAX_PACKED_WIDTH; width++) {
    const count = 1 + random.below(70);
    const limit = 2 ** width;
    const base = random.below(1000) - 500;
    const values = Float64Array.from(
      { length: count },
      () => base + Math.floor((random.below(2 ** 32) / 2 ** 32) * limit),
    );
    values[0] = base + limit - 1;
    const offset = random.below(9);
    const bytes = new Uint8Array(offset + packedSize(count, width) + PACKING_SLACK_BYTES);
    const end = pack(values, 0, count, base, width, bytes, offset);
    assert.equal(end, offset + packedSize(count, width), `width ${width}`);
    const found = new Float64Array(count);
    unpack(bytes, offset, 0, width, base, found, 0, count);
    assert.deepEqual(found, values, `width ${width}`);
  }
});

test('differences add up, also when read in parts', () => {
  for (const width of [0, 7, 25, 26, 40]) {
    const differences = Float64Array.from({ length: 50 }, (_, i) =>
      width === 0 ? 0 : (i * 7919) % 2 ** Math.min(width, 20),
    );
    const bytes = new Uint8Array(packedSize(50, width) + PACKING_SLACK_BYTES);
    pack(differences, 1, 49, 0, width, bytes, 0);
    const expected = new Float64Array(50);
    expected[0] = 5;
    for (let i = 1; i < 50; i++) expected[i] = expected[i - 1]! + differences[i]! + 3;
    const found = new Float64Array(50);
    found[0] = 5;
    const half = unpackSums(bytes, 0, 1, width, 3, 5, found, 1, 20);
    unpackSums(bytes, 0, 1, width, 3, half, found, 20, 50);
    assert.deepEqual(found, expected, `width ${width}`);
  }
});

test('a number that does not fit is stored as zero, for its owner to patch', () => {
  const bytes = new Uint8Array(8);
  pack(Float64Array.of(1, 900, 3, -4), 0, 4, 0, 4, bytes, 0);
  const found = new Float64Array(4);
  unpack(bytes, 0, 0, 4, 0, found, 0, 4);
  assert.deepEqual([...found], [1, 0, 3, 0]);
});
