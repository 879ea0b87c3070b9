/** Which pages of the executable may be taken out of the process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanMappings, keepMemorySmall } from '../../src/lib/resident-memory.ts';

const mapping = (range: string, rights: string, name: string, anonymousKb: number) =>
  [
    `${range} ${rights} 00000000 fe:00 1234                       ${name}`,
    'Size:               4280 kB',
    'Rss:                3064 kB',
    `Anonymous:      ${String(anonymousKb).padStart(8)} kB`,
    'VmFlags: rd mr mw me sd',
    '',
  ].join('\n');

test('only mappings of the file that cannot be written and never were are clean', () => {
  const smaps = [
    mapping('00400000-0082e000', 'r--p', '/opt/telltale', 0),
    mapping('0082e000-03489000', 'r-xp', '/opt/telltale', 0),
    // Constants that were relocated at the start: what was changed is nowhere else.
    mapping('07000000-07002000', 'r--p', '/opt/telltale', 8),
    mapping('07002000-07003000', 'rw-p', '/opt/telltale', 0),
    mapping('7f0000000000-7f0000001000', 'r-xp', '/usr/lib/libc.so.6', 0),
    mapping('7f0000001000-7f0000002000', 'r--p', '', 0),
  ].join('');
  assert.deepEqual(cleanMappings(smaps, '/opt/telltale'), [
    { address: 0x400000n, sizeBytes: 0x42e000 },
    { address: 0x82e000n, sizeBytes: 0x2c5b000 },
  ]);
});

test('it works beside the process and ends with its signal', async () => {
  const stop = new AbortController();
  await keepMemorySmall(stop.signal);
  stop.abort();
});
