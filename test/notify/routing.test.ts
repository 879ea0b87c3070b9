import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelsToTell, type RoutedAlert, type RoutedChannel } from '../../src/notify/routing.ts';

const channels: RoutedChannel[] = [
  { id: 1, enabled: true, sendResolved: true, minSeverity: 'info' },
  { id: 2, enabled: true, sendResolved: false, minSeverity: 'critical' },
  { id: 3, enabled: false, sendResolved: true, minSeverity: 'info' },
];
const firing: RoutedAlert = {
  kind: 'firing',
  severity: 'critical',
  channelIds: null,
  toldChannelIds: [],
  lastToldMs: undefined,
};
const cases: [string, Partial<RoutedAlert>, number[]][] = [
  ['a critical alert goes to every enabled channel', {}, [1, 2]],
  ['a warning stays away from a channel for critical ones', { severity: 'warning' }, [1]],
  ['a rule can name its channels', { channelIds: [2, 3] }, [2]],
  ['the same alert again within the window is not told again', { lastToldMs: 100_000 }, []],
  ['after the window it is', { lastToldMs: 99_999 }, [1, 2]],
  ['resolved goes to those who were told and want it', { kind: 'resolved', toldChannelIds: [1, 2] }, [1]],
  ['resolved without a told firing is silent', { kind: 'resolved' }, []],
];
for (const [name, change, expected] of cases) {
  test(name, () => {
    assert.deepEqual(channelsToTell({ ...firing, ...change }, channels, 999_999, 900_000), expected);
  });
}
