/**
 * Whatever comes in: no throw, every line accounted for, good lines around bad ones survive, and the hot loop agrees with
 * the careful one (the same body twice: the second time every row group and layout is known).
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type FuzzRandom, fuzz, mutate } from '../support/fuzz.ts';
import { ingestIntoMemory } from '../support/ingest-into-memory.ts';

const NAMES = ['cpu', 'a', 'if\\ name', 'x\\,y', 'é', 'value', 'b\\=c', 'long_field_name'];
const NUMBERS = [
  '0',
  '1i',
  '-5i',
  '18u',
  '1.5',
  '-0.25',
  '1e3',
  '.5',
  '7.',
  '123456789012345678',
  '0.1234567890123456789',
  't',
  'FALSE',
  '"s"',
  '"a\\"b, c"',
];

function goodLine(random: FuzzRandom): string {
  const tags = [...new Set(Array.from({ length: random.below(4) }, () => random.pick(NAMES)))];
  const key = [random.pick(['m', 'interface', 'a\\ b']), ...tags.map((tag) => `${tag}=${random.pick(NAMES)}`)].join(
    ',',
  );
  const fields = Array.from({ length: 1 + random.below(6) }, () => `${random.pick(NAMES)}=${random.pick(NUMBERS)}`);
  const time = random.chance(0.8) ? ` ${random.below(1e9)}${random.below(1e9)}` : '';
  return `${key} ${fields.join()}${time}`;
}

test('mutated bodies never throw, and reading them again gives the same rows', async () => {
  await fuzz(1500, async (random) => {
    const text = Array.from({ length: 1 + random.below(5) }, () => goodLine(random)).join(random.pick(['\n', '\r\n']));
    const bytes = random.chance(0.1) ? new TextEncoder().encode(text) : mutate(Buffer.from(text), random);
    const first = await ingestIntoMemory({ bytes });
    const rows = first.sink.rows.length;
    const second = await ingestIntoMemory({ bytes }, {}, first.sink);
    assert.deepEqual(second.sink.rows.slice(rows), first.sink.rows.slice(0, rows));
    assert.equal(second.tally.refusedRows, first.tally.refusedRows);
    assert.equal(second.tally.acceptedRows, first.tally.acceptedRows);
    assert.deepEqual(second.tally.refusals, first.tally.refusals);
  });
});

test('unmutated lines are all accepted, whatever stands between them', async () => {
  await fuzz(500, async (random) => {
    const good = Array.from({ length: 4 }, () => goodLine(random));
    const bad = random.pick(['m', 'm,a f=1', 'm f=', 'm f=1 x', ',', 'm f=1,', '= =', 'm\u0001 f=1', 'm f="x']);
    const { tally } = await ingestIntoMemory({ bytes: good.flatMap((line) => [line, bad]).join('\n') });
    // A quote that is not closed may take the next line with it when that holds a string.
    if (!bad.includes('"')) assert.deepEqual([tally.acceptedRows, tally.refusedRows], [4, 4], bad);
    else assert.ok(tally.refusedRows >= 1);
  });
});
