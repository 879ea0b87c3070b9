/** Whatever comes in: either the body is refused as a whole or every record is accounted for. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BodyError } from '../../src/ingest/unpack.ts';
import { type FuzzRandom, fuzz, mutate } from '../support/fuzz.ts';
import { ingestIntoMemory } from '../support/ingest-into-memory.ts';

const VALUES = [1, -2.5, 1e300, true, 'text', null, {}, [], '2024-01-01T00:00:00Z', 1_700_000_000_000, '\u0000', ''];

function record(random: FuzzRandom): string {
  return JSON.stringify({
    measurement: random.chance(0.9) ? random.pick(['room', 'a b', 'é']) : random.pick(VALUES),
    tags: random.chance(0.9) ? { name: random.pick(VALUES), other: 'x' } : random.pick(VALUES),
    fields: random.chance(0.9) ? { f: random.pick(VALUES), g: 1 } : random.pick(VALUES),
    timestamp: random.pick(VALUES),
  });
}

test('mutated batches never throw anything but a body error', async () => {
  await fuzz(1500, async (random) => {
    const lines = Array.from({ length: 1 + random.below(4) }, () => record(random));
    const bytes = mutate(Buffer.from(lines.join('\n')), random);
    try {
      const { sink, tally } = await ingestIntoMemory({ format: 'ndjson', bytes });
      assert.ok(sink.rows.length <= tally.acceptedRows);
      for (const row of sink.rows) {
        assert.ok(Number.isFinite(row.timeMs));
        for (const value of Object.values(row.fields)) assert.ok(Number.isFinite(value));
      }
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
    }
  });
});
