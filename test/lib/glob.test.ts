import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesGlob } from '../../src/lib/glob.ts';

const CASES: readonly [pattern: string, text: string, fits: boolean][] = [
  ['Vlan*', 'vlan120', true],
  ['Vlan*', 'Vlan', true],
  ['Vlan*', 'MyVlan1', false],
  ['*uplink*', 'To core UPLINK 2', true],
  ['Gi1/0/?', 'gi1/0/7', true],
  ['Gi1/0/?', 'Gi1/0/17', false],
  ['Gi*/0/1', 'Gi12/0/1', true],
  ['a*b*c', 'aXXbYYbZc', true],
  ['a*b*c', 'aXXbYY', false],
  ['*', '', true],
  ['', '', true],
  ['', 'x', false],
  ['?', '', false],
  // Characters that mean something elsewhere mean themselves.
  ['eth0.[1-9]', 'eth0.1', false],
  ['eth0.[1-9]', 'ETH0.[1-9]', true],
  ['$x^(y)', '$x^(y)', true],
];

for (const [pattern, text, fits] of CASES) {
  test(`${JSON.stringify(pattern)} ${fits ? 'fits' : 'does not fit'} ${JSON.stringify(text)}`, () => {
    assert.equal(matchesGlob(pattern, text), fits);
  });
}

test('a pattern of many stars takes no time to speak of', () => {
  assert.equal(matchesGlob(`${'*a'.repeat(60)}*b`, 'a'.repeat(5000)), false);
});
