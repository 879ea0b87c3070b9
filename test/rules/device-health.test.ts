import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../src/lib/logger.ts';
import { type DeviceVitals, deviceHealth } from '../../src/rules/device-health.ts';
import { type HealthChange, HealthWatch } from '../../src/rules/health-watch.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const vitals: DeviceVitals = {
  createdAtMs: 0,
  lastSuccessMs: 990_000,
  lastAttemptMs: 995_000,
  offlineAfterMs: 300_000,
  shortestIntervalMs: 10_000,
  health: 'healthy',
  firing: [],
};
const cases: [string, Partial<DeviceVitals>, string][] = [
  ['answering', {}, 'healthy'],
  ['a warning fires', { firing: ['info', 'warning'] }, 'warning'],
  ['a critical alert outweighs a warning', { firing: ['warning', 'critical'] }, 'critical'],
  ['info alerts change nothing', { firing: ['info'] }, 'healthy'],
  ['silent for its offline time', { lastSuccessMs: 700_000 }, 'offline'],
  ['silent for just less', { lastSuccessMs: 700_001 }, 'healthy'],
  ['offline outweighs its alerts', { lastSuccessMs: 0, firing: ['critical'] }, 'offline'],
  ['new', { createdAtMs: 990_000, lastSuccessMs: undefined }, 'discovering'],
  ['never answered since it was added', { lastSuccessMs: undefined }, 'offline'],
  ['silent, but nobody asked it', { lastSuccessMs: 0, lastAttemptMs: 600_000 }, 'unknown'],
  ['without monitors that are on', { shortestIntervalMs: undefined }, 'unknown'],
  ['polled so seldom that its offline time is no time', { lastSuccessMs: 0, shortestIntervalMs: 600_000 }, 'healthy'],
  ['the clock was turned back since it answered', { lastSuccessMs: 5_000_000 }, 'offline'],
];
for (const [name, change, expected] of cases) {
  test(`a device is ${expected}: ${name}`, () => {
    assert.equal(deviceHealth({ ...vitals, ...change }, 1_000_000, 0), expected);
  });
}

const SILENT = { ...vitals, lastSuccessMs: 0 };
const started: [string, Partial<DeviceVitals>, number, string][] = [
  ['just now', {}, 990_000, 'healthy'],
  ['a while ago, and it does not answer', {}, 900_000, 'unknown'],
  ['as long ago as its offline time', {}, 700_000, 'offline'],
  ['just now, and it was offline before', { health: 'offline' }, 990_000, 'offline'],
  ['a while ago, and it was offline before', { health: 'offline' }, 900_000, 'offline'],
];
for (const [name, change, watchedSinceMs, expected] of started) {
  test(`after a long break, a silent device is ${expected}: we started ${name}`, () => {
    assert.equal(deviceHealth({ ...SILENT, ...change }, 1_000_000, watchedSinceMs), expected);
  });
}

test('a machine that slept calls nothing offline when it wakes up', async () => {
  const clock = new SimulatedClock(1_000_000);
  const changes: HealthChange[] = [];
  let health = vitals.health;
  let lastSuccessMs = 995_000;
  const watch = new HealthWatch({
    clock,
    logger: silentLogger,
    intervalMs: 10_000,
    devices: () => [{ ...vitals, id: 4, tenant: 1, health, lastSuccessMs, lastAttemptMs: clock.nowMs() }],
    changed: (all) => {
      changes.push(...all);
      health = all[0]!.after;
    },
    append: async () => {},
  });
  await watch.look();
  clock.jump(8 * 3_600_000);
  await watch.look();
  await clock.advance(10_000);
  await watch.look();
  assert.deepEqual(changes, []);
  lastSuccessMs = clock.nowMs();
  for (let i = 0; i < 30; i++) {
    await clock.advance(10_000);
    await watch.look();
  }
  assert.deepEqual(
    changes.map(({ after }) => after),
    ['offline'],
  );
});

test('a change of health is told once and every round is a row', async () => {
  const clock = new SimulatedClock(1_000_000);
  const changes: HealthChange[] = [];
  const rows: string[] = [];
  let health: DeviceVitals['health'] = 'discovering';
  const watch = new HealthWatch({
    clock,
    logger: silentLogger,
    intervalMs: 10_000,
    devices: () => [{ ...vitals, id: 4, tenant: 1, health }],
    changed: (all) => {
      changes.push(...all);
      health = 'healthy';
    },
    append: async (_tenant, lines) => void rows.push(lines),
  });
  await watch.look();
  await watch.look();
  assert.deepEqual(changes, [{ deviceId: 4, tenant: 1, before: 'discovering', after: 'healthy', atMs: 1_000_000 }]);
  assert.equal(rows[1], 'device,device_id=4 health=1,offline=0,silent_seconds=10 1000000000000\n');
});
