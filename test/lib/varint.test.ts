import assert from 'node:assert/strict';
import test from 'node:test';
import {
  cursorOver,
  readSigned,
  readVarint,
  VarintError,
  varintSize,
  writeSigned,
  writeVarint,
} from '../../src/lib/varint.ts';

const NUMBERS = [0, 1, 63, 64, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 42, 2 ** 52 + 1, 2 ** 53];

test('unsigned numbers come back and take the bytes foretold', () => {
  for (const number of NUMBERS) {
    const bytes = new Uint8Array(8);
    const end = writeVarint(bytes, 0, number);
    assert.equal(end, varintSize(number));
    const cursor = cursorOver(bytes, 0, end);
    assert.equal(readVarint(cursor), number);
    assert.equal(cursor.at, end);
  }
});

test('signed numbers of either sign come back', () => {
  for (const number of NUMBERS.flatMap((n) => (n === 0 ? [0] : [n, -n]))) {
    const bytes = new Uint8Array(8);
    const cursor = cursorOver(bytes, 0, writeSigned(bytes, 0, number));
    assert.equal(readSigned(cursor), number);
    assert.equal(cursor.at, cursor.end);
  }
});

test('small numbers of either sign take one byte', () => {
  const bytes = new Uint8Array(8);
  assert.equal(writeSigned(bytes, 0, 63), 1);
  assert.equal(writeSigned(bytes, 0, -63), 1);
  assert.equal(writeSigned(bytes, 0, 64), 2);
  assert.equal(writeVarint(bytes, 0, 127), 1);
});

test('a number that is cut off or too long is an error', () => {
  assert.throws(() => readVarint(cursorOver(Uint8Array.of(0x80))), VarintError);
  assert.throws(() => readVarint(cursorOver(new Uint8Array(0))), VarintError);
  assert.throws(() => readSigned(cursorOver(new Uint8Array(0))), VarintError);
  assert.throws(() => readVarint(cursorOver(new Uint8Array(12).fill(0x80))), VarintError);
});
