/** Whatever comes in, packed or plain: rows, refusals or a body error, and nothing else. */
import test from 'node:test';
import { BodyError } from '../../src/ingest/unpack.ts';
import { type FuzzRandom, fuzz, mutate } from '../support/fuzz.ts';
import { ingestIntoMemory } from '../support/ingest-into-memory.ts';
import { snappyLiterals, writeRequest } from '../support/remote-write-body.ts';

function request(random: FuzzRandom): Buffer {
  const series = Array.from({ length: 1 + random.below(3) }, () => ({
    labels: { __name__: random.pick(['up', 'é', '']), job: random.pick(['a', '', 'b\n']) },
    samples: Array.from({ length: random.below(3) }, () => ({ value: random.below(1000), timeMs: random.below(1e9) })),
    exemplars: random.below(2),
  }));
  return writeRequest(
    series,
    random.chance(0.3) ? [{ type: random.below(9), family: 'up', help: 'Help.', unit: '' }] : [],
  );
}

test('mutated requests never throw anything but a body error', async () => {
  await fuzz(1500, async (random) => {
    const plain = random.chance(0.5) ? mutate(request(random), random) : request(random);
    const packed = snappyLiterals(plain);
    const bytes = random.chance(0.5) ? mutate(packed, random) : packed;
    try {
      await ingestIntoMemory({ format: 'remote_write', encoding: 'snappy', bytes }, { unpackedBytes: 1 << 20 });
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
    }
  });
});
