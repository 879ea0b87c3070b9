import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../../src/lib/address.ts';

const GOOD: readonly [input: string, kind: string, key: string][] = [
  ['10.0.0.1', 'ipv4', '10.0.0.1'],
  [' 192.0.2.255 ', 'ipv4', '192.0.2.255'],
  ['2001:DB8:0:0::0001', 'ipv6', '2001:db8::1'],
  ['::1', 'ipv6', '::1'],
  ['fe80::1%eth0', 'ipv6', 'fe80::1%eth0'],
  ['localhost', 'dns', 'localhost'],
  ['Switch-1.Plant_2.example.', 'dns', 'switch-1.plant_2.example'],
  ['xn--mnchen-3ya.example', 'dns', 'xn--mnchen-3ya.example'],
  ['1plc', 'dns', '1plc'],
];
const BAD = [
  '',
  ' ',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.1/24',
  '1.2.3.4.5',
  '0x7f.1',
  'a..b',
  '-a',
  'a-',
  'a b',
  'ü.example',
  '::g',
  '[::1]',
  '1:2',
  'a'.repeat(64),
  'http://a',
  '0.0.0.0',
  '::',
  '224.0.0.5',
  'ff02::1',
  '255.255.255.255',
  '::ffff:10.0.0.1',
];

test('addresses have one key however they are written', () => {
  for (const [input, kind, key] of GOOD) {
    const parsed = parseAddress(input);
    assert.ok(typeof parsed !== 'string', `${input}: ${parsed}`);
    assert.deepEqual([parsed.kind, parsed.key], [kind, key]);
  }
});

test('what no device can have is refused with a reason', () => {
  for (const input of BAD) {
    const parsed = parseAddress(input);
    assert.ok(
      typeof parsed === 'string' && parsed.startsWith('must '),
      `${JSON.stringify(input)}: ${JSON.stringify(parsed)}`,
    );
  }
});
