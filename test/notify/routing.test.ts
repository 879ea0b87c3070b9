import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelsToTell, type RoutedAlert, type RoutedChannel } from '../../src/notify/routing.ts';

const channels: RoutedChannel[] = [
  { id: 1, enabled: true, sendResolved: true, minSeverity: 'info' },
  { id: 2, enabled: true, sendResolved: false, minSeverity: 'critical' },
  { id: 3, enabled: false, sendResolved: true, minSeverity: 'info' },
];
const NOW = 999_999;
const firing: RoutedAlert = {
  kind: 'firing',
  severity: 'critical',
  channelIds: null,
  toldChannelIds: [],
  lastToldMs: new Map(),
};
const told = (...entries: [number, number][]) => ({ lastToldMs: new Map(entries) });
/** Channels with the time from which they are told. */
const cases: [string, Partial<RoutedAlert>, [number, number][]][] = [
  [
    'a critical alert goes to every enabled channel',
    {},
    [
      [1, NOW],
      [2, NOW],
    ],
  ],
  ['a warning stays away from a channel for critical ones', { severity: 'warning' }, [[1, NOW]]],
  ['a rule can name its channels', { channelIds: [2, 3] }, [[2, NOW]]],
  [
    'the same alert again within the window waits for its end, at the channel that was told',
    told([1, 100_000]),
    [
      [1, 1_000_000],
      [2, NOW],
    ],
  ],
  [
    'after the window it is told at once',
    told([1, 99_999], [2, 0]),
    [
      [1, NOW],
      [2, NOW],
    ],
  ],
  [
    'a time that lies ahead, because the clock was turned back, holds nothing up',
    told([1, NOW + 900_000]),
    [
      [1, NOW],
      [2, NOW],
    ],
  ],
  ['a channel that knows it already is not told twice', { toldChannelIds: [1] }, [[2, NOW]]],
  ['resolved goes to those who were told and want it', { kind: 'resolved', toldChannelIds: [1, 2] }, [[1, NOW]]],
  [
    'resolved goes there too when the rule names other channels by now',
    { kind: 'resolved', toldChannelIds: [1], channelIds: [2] },
    [[1, NOW]],
  ],
  ['resolved without a told firing is silent', { kind: 'resolved' }, []],
];
for (const [name, change, expected] of cases) {
  test(name, () => {
    const tellings = channelsToTell({ ...firing, ...change }, channels, NOW, 900_000);
    assert.deepEqual(
      tellings.map(({ channelId, atMs }) => [channelId, atMs]),
      expected,
    );
  });
}
