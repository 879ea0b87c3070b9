import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressSet } from '../../src/lib/ip-range.ts';

const SETS: readonly (readonly [string, string, number, string, string])[] = [
  // text, excluded, size, first, last
  ['10.0.0.0/24', '', 254, '10.0.0.1', '10.0.0.254'],
  ['10.0.0.7/24', '', 254, '10.0.0.1', '10.0.0.254'],
  ['10.0.0.4/31', '', 2, '10.0.0.4', '10.0.0.5'],
  ['10.0.0.4/32', '', 1, '10.0.0.4', '10.0.0.4'],
  ['10.0.0.250-10.0.1.5', '', 12, '10.0.0.250', '10.0.1.5'],
  ['10.0.0.5-20', '', 16, '10.0.0.5', '10.0.0.20'],
  ['10.0.0.5 - 10.0.0.6', '', 2, '10.0.0.5', '10.0.0.6'],
  ['10.0.0.1, 10.0.0.2;10.0.0.1\n10.0.0.3', '', 3, '10.0.0.1', '10.0.0.3'],
  ['10.0.0.0/30', '10.0.0.1', 1, '10.0.0.2', '10.0.0.2'],
  ['10.0.0.1-10', '10.0.0.4-5', 8, '10.0.0.1', '10.0.0.10'],
  // Who leaves out a network leaves out all of it.
  ['10.0.0.14-21', '10.0.0.16/30', 4, '10.0.0.14', '10.0.0.21'],
  ['switch.example', '', 1, 'switch.example', 'switch.example'],
  ['core-sw-1.example, other.example', 'other.example', 1, 'core-sw-1.example', 'core-sw-1.example'],
  ['fd00::10-fd00::12', '', 3, 'fd00::10', 'fd00::12'],
  ['fd00::/126', '', 4, 'fd00::', 'fd00::3'],
  ['10.0.0.0/16', '', 65_534, '10.0.0.1', '10.0.255.254'],
];

test('networks, ranges, lists and exclusions give the addresses that people mean', () => {
  for (const [text, exclude, size, first, last] of SETS) {
    const parsed = AddressSet.parse(text, exclude);
    assert.equal(parsed.kind, 'ok', text);
    if (parsed.kind !== 'ok') continue;
    const all = [...parsed.set];
    assert.deepEqual([parsed.set.size, all.length, all[0], all.at(-1)], [size, size, first, last], text);
  }
});

test('what is in a set and what was left out of it can be asked', () => {
  const parsed = AddressSet.parse('10.0.0.0/24, sw.example, fd00::/120', '10.0.0.16/30');
  assert.ok(parsed.kind === 'ok');
  const { set } = parsed;
  const has = ['10.0.0.1', '10.0.0.17', '10.0.1.1', 'SW.example', 'other.example', 'fd00::5', 'fd01::5'];
  assert.deepEqual(
    has.filter((address) => set.has(address)),
    ['10.0.0.1', 'SW.example', 'fd00::5'],
  );
  assert.deepEqual(
    ['10.0.0.16', '10.0.0.19', '10.0.0.20', 'sw.example'].filter((address) => set.excludes(address)),
    ['10.0.0.16', '10.0.0.19'],
  );
});

const BAD: readonly (readonly [string, string, RegExp])[] = [
  ['10.0.0.0/33', '', /no network such as/],
  ['10.0.0.300', '', /must be an IPv4 address/],
  ['10.0.0.9-10.0.0.3', '', /ends before it begins/],
  ['10.0.0.1-fd00::1', '', /mixes IPv4 and IPv6/],
  ['0.0.0.0/0', '', /at most 65536 can be scanned at once/],
  ['fd00::/64', '', /at most 65536/],
  ['224.0.0.0/24', '', /is a multicast network/],
  ['10.0.0.1-224.0.0.1', '', /must not be a multicast address/],
  ['10.0.0.1', '10.0.0.0/24', /excluded altogether/],
  [' , ', '', /names no address/],
  ['10.0.0.0/24', 'nonsense!', /must be an IPv4 address/],
  ['10.0.0.0/24', 'plc.example', /is a name: leave out its address/],
  ['fd00::/32', '', /has far too many addresses/],
];

test('of a long text that cannot be read, only its beginning is told', () => {
  const parsed = AddressSet.parse('x'.repeat(5000));
  assert.ok(parsed.kind === 'bad' && parsed.problems[0]!.piece.length < 70);
});

test('what cannot be read is refused with the reason', () => {
  for (const [text, exclude, message] of BAD) {
    const parsed = AddressSet.parse(text, exclude);
    assert.ok(parsed.kind === 'bad' && parsed.problems.some((problem) => message.test(problem.message)), text);
  }
});
