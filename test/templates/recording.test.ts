import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recording } from '../../src/templates/recording.ts';

const recording = (...lines: string[]) => new Recording(Buffer.from(lines.join('\n'), 'latin1'));

test('values of all types are read', async () => {
  const device = recording(
    '1.1|2|-5',
    '1.2|4|plain',
    '1.3|4x|00ff10',
    '1.4|6|.1.3.6',
    '1.5|64|10.0.0.1',
    '1.6|64x|0a000002',
    '1.7|70|18446744073709551615',
    '1.8|67|123',
    '1.9|4e|a\\x01b',
  );
  assert.deepEqual(
    device.all().map(({ type, value }) => [type, value]),
    [
      [2, -5],
      [4, Buffer.from('plain')],
      [4, Buffer.from([0, 255, 16])],
      [6, '1.3.6'],
      [64, '10.0.0.1'],
      [64, '10.0.0.2'],
      [70, 18446744073709551615n],
      [67, 123],
      [4, Buffer.from([0x61, 1, 0x62])],
    ],
  );
});

test('lines may be unsorted, repeated, broken and hold the separator', async () => {
  const device = recording(
    '1.10|2|10',
    '1.9|2|9',
    '1.9|2|99',
    '',
    '# a comment',
    'nonsense',
    '1.x|2|1',
    '1.4|2|many',
    '1.5|4x|0g',
    '1.6|99|x',
    '|2|1',
    '1.11|4|a|b|c\r',
  );
  assert.deepEqual(
    device.all().map(({ oid, value }) => [oid, typeof value === 'object' ? String(value) : value]),
    [
      ['1.9', 9],
      ['1.10', 10],
      ['1.11', 'a|b|c'],
    ],
  );
  assert.equal(device.brokenLines, 6);
});

test('it is asked as a device is', async () => {
  const device = recording('1.2.1.1|2|1', '1.2.1.2|2|2', '1.2.2.1|2|3', '1.20.1|2|4');
  const values = (varbinds: readonly { oid: string; value: unknown }[]) =>
    varbinds.map(({ oid, value }) => `${oid}=${value}`);
  assert.deepEqual(values(await device.get(['1.2.1.2', '1.2.1'])), ['1.2.1.2=2', '1.2.1=null']);
  assert.deepEqual(values(await device.next(['1.2.1', '1.2.2.1', '1.20.1'])), ['1.2.1.1=1', '1.20.1=4', '1.20.1=null']);
  assert.deepEqual(values(await device.walk(['1.2.1', '1.2.2'])), ['1.2.1.1=1', '1.2.1.2=2', '1.2.2.1=3']);
  assert.deepEqual(values(await device.walk(['1.2.1', '1.2.2'], ['2'])), ['1.2.1.2=2', '1.2.2.2=null']);
});
