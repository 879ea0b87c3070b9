import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32c } from '../../src/lib/crc32c.ts';

/** RFC 3720, appendix B.4, and the usual check string. */
const VECTORS: readonly [name: string, bytes: Uint8Array, checksum: number][] = [
  ['check string', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['nothing', new Uint8Array(0), 0],
];

for (const [name, bytes, checksum] of VECTORS) {
  test(`the checksum of ${name} is the published one`, () => assert.equal(crc32c(bytes), checksum));
}

test('a checksum can be continued at any place and does not depend on alignment', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) & 255);
  const whole = crc32c(bytes);
  for (let cut = 0; cut <= 100; cut++) {
    assert.equal(crc32c(bytes, cut, 100, crc32c(bytes, 0, cut)), whole);
    const moved = new Uint8Array(300);
    moved.set(bytes, cut);
    assert.equal(crc32c(moved.subarray(cut), 0, 100), whole);
  }
});
