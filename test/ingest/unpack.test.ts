import assert from 'node:assert/strict';
import test from 'node:test';
import zlib from 'node:zlib';
import { DEFAULT_INGEST_LIMITS } from '../../src/ingest/limits.ts';
import { SnappyError, unpackSnappy } from '../../src/ingest/snappy.ts';
import { BodyError, unpackBody } from '../../src/ingest/unpack.ts';
import { snappyLiterals } from '../support/remote-write-body.ts';

const LIMITS = { ...DEFAULT_INGEST_LIMITS, unpackedBytes: 1000 };
const packers = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, zstd: zlib.zstdCompressSync };

test('gzip, deflate and zstd are unpacked up to the limit and no further', async () => {
  for (const [encoding, pack] of Object.entries(packers)) {
    const plain = Buffer.from('m f=1\n'.repeat(100));
    const name = encoding as keyof typeof packers;
    assert.deepEqual(Buffer.from(await unpackBody(pack(plain), name, LIMITS)), plain);
    await assert.rejects(unpackBody(pack(Buffer.alloc(100_000)), name, LIMITS), (error: Error) => {
      assert.ok(error instanceof BodyError);
      assert.match(error.message, /more than 1000 bytes after unpacking \(setting max_unpacked_size\)/);
      return true;
    });
    await assert.rejects(unpackBody(Buffer.from('no archive'), name, LIMITS), BodyError);
    await assert.rejects(unpackBody(pack(plain).subarray(0, 15), name, LIMITS), BodyError);
  }
});

test('snappy: literals, copies of all three kinds, and copies that overlap themselves', () => {
  const cases: readonly [number[], string][] = [
    [[0], ''],
    [[3, 2 * 4, 97, 98, 99], 'abc'],
    // Literal "ab", then a copy of 4 from offset 2: (length - 4) << 2 | 1.
    [[6, 1 * 4, 97, 98, 0x01, 2], 'ababab'],
    [[9, 0, 97, (7 << 2) | 2, 1, 0], 'aaaaaaaaa'],
    [[9, 0, 97, (7 << 2) | 3, 1, 0, 0, 0], 'aaaaaaaaa'],
    [[5, 60 * 4, 4, 104, 101, 108, 108, 111], 'hello'],
  ];
  for (const [block, text] of cases)
    assert.equal(Buffer.from(unpackSnappy(Uint8Array.from(block), 1000)).toString(), text);
  const long = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i & 255));
  assert.deepEqual(Buffer.from(unpackSnappy(snappyLiterals(long), 1e6)), long);
});

test('damaged snappy blocks are refused', () => {
  const blocks: readonly number[][] = [
    [],
    [255, 255, 255, 255, 255, 1],
    [3, 2 * 4, 97],
    [3, 1 * 4, 97, 98],
    [6, 1 * 4, 97, 98, 0x01, 3],
    [6, 1 * 4, 97, 98, 0x01, 0],
    [4, 1 * 4, 97, 98, 0x01, 2],
    [1, 63 * 4, 255, 255, 255, 255],
    [128, 128, 1, 0, 97],
  ];
  for (const block of blocks)
    assert.throws(() => unpackSnappy(Uint8Array.from(block), 1 << 20), SnappyError, block.join());
});
