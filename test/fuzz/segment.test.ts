/**
 * Whatever is done to a segment file: it is refused, or says that it is damaged, or serves what was written. Never other
 * data, another error, or much time.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { writeUint32 } from '../../src/lib/bytes.ts';
import { crc32c } from '../../src/lib/crc32c.ts';
import { compressIndex, decompressIndex } from '../../src/tsdb/segment-index.ts';
import { SegmentDamage, UnsupportedFormat } from '../../src/tsdb/segment-types.ts';
import { verifySegment } from '../../src/tsdb/segment-verifier.ts';
import { type FuzzRandom, fuzz, mutate } from '../support/fuzz.ts';
import { type SmallSegment, smallSegment, smallTierSegment } from '../support/segments.ts';

const TRAILER_BYTES = 64;
const samples: readonly SmallSegment[] = [await smallSegment(), await smallTierSegment()];

/** Reads the changed file as the engine would; anything but known errors goes through. */
function read({ disk, file }: SmallSegment, bytes: Uint8Array): string[] {
  const good = disk.contents.get(file)!;
  disk.contents.set(file, Buffer.from(bytes));
  try {
    verifySegment(disk, file);
    return smallSegment.read(disk, file);
  } catch (error) {
    if (error instanceof SegmentDamage || error instanceof UnsupportedFormat) return [];
    throw error;
  } finally {
    disk.contents.set(file, good);
  }
}

function cutOrMutate(bytes: Uint8Array, random: FuzzRandom): Uint8Array {
  if (random.chance(0.2)) return bytes.subarray(0, random.below(bytes.length));
  if (random.chance(0.2)) return Buffer.concat([bytes, bytes.subarray(random.below(bytes.length))]);
  return mutate(bytes, random);
}

test('changed and shortened segments serve nothing that was not written', async () => {
  const known = samples.map(({ content }) => new Set(content));
  await fuzz(2000, (random) => {
    const n = random.below(samples.length);
    const sample = samples[n]!;
    const lines = read(sample, cutOrMutate(sample.disk.contents.get(sample.file)!, random));
    for (const line of lines) assert.ok(known[n]!.has(line), line);
  });
});

/** Puts right the checksum of header and trailer, and of the index when it still has its place. */
async function sealIndex(bytes: Buffer, index: Uint8Array): Promise<Buffer> {
  const stored = await compressIndex(index);
  const trailer = Buffer.from(bytes.subarray(bytes.length - TRAILER_BYTES));
  const body = bytes.subarray(0, bytes.length - TRAILER_BYTES - trailer.readUInt32LE(0));
  trailer.writeUInt32LE(stored.length, 0);
  trailer.writeUInt32LE(index.length, 4);
  writeUint32(trailer, 8, crc32c(stored));
  writeUint32(trailer, 60, crc32c(trailer, 0, 60));
  return Buffer.concat([body, stored, trailer]);
}

test('an index that is wrong under right checksums is damage, not a crash', async () => {
  await fuzz(500, async (random) => {
    const sample = random.pick(samples);
    const bytes = sample.disk.contents.get(sample.file)!;
    const trailerAt = bytes.length - TRAILER_BYTES;
    const storedBytes = bytes.readUInt32LE(trailerAt);
    const index = decompressIndex(
      bytes.subarray(trailerAt - storedBytes, trailerAt),
      bytes.readUInt32LE(trailerAt + 4),
    );
    read(sample, await sealIndex(bytes, mutate(index, random)));
  });
});

test('a trailer or header that is wrong under right checksums is damage, not a crash', async () => {
  await fuzz(500, (random) => {
    const sample = random.pick(samples);
    const bytes = Buffer.from(sample.disk.contents.get(sample.file)!);
    const trailerAt = bytes.length - TRAILER_BYTES;
    const [from, length] = random.chance(0.7) ? [trailerAt, 60] : [0, 16];
    for (let n = 1 + random.below(4); n > 0; n--) bytes[from + random.below(length)] = random.below(256);
    writeUint32(bytes, from + length, crc32c(bytes, from, from + length));
    read(sample, bytes);
  });
});
