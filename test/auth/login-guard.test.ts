import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoginGuard } from '../../src/auth/login-guard.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

function fail(guard: LoginGuard, times: number, name = 'anna', address = '192.0.2.1'): void {
  for (let i = 0; i < times; i++) guard.failed(name, address);
}

test('the lock doubles with each failure beyond the fifth, up to a quarter of an hour', () => {
  const guard = new LoginGuard(new SimulatedClock());
  fail(guard, 4);
  assert.equal(guard.waitMs('anna', '192.0.2.1'), 0);
  const waits = [5, 6, 7, 8, 9, 10, 11].map(() => {
    fail(guard, 1);
    return guard.waitMs('Anna', '192.0.2.1') / 1000;
  });
  assert.deepEqual(waits, [30, 60, 120, 240, 480, 900, 900]);
});

test('one address that tries many names is locked out of all', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 20; i++) fail(guard, 1, `name${i}`);
  assert.ok(guard.waitMs('another', '192.0.2.1') > 0);
  assert.equal(guard.waitMs('another', '192.0.2.2'), 0);
});

test('one name that is tried from everywhere is locked in the end', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 50; i++) fail(guard, 1, 'anna', `192.0.2.${i}`);
  assert.ok(guard.waitMs('anna', '198.51.100.1') > 0);
});

test('a success clears the name at its address and counts nowhere as a failure', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 200; i++) {
    guard.failed('anna', '192.0.2.1');
    guard.succeeded('anna', '192.0.2.1');
  }
  assert.equal(guard.waitMs('anna', '192.0.2.1'), 0);
  assert.equal(guard.waitMs('ben', '192.0.2.1'), 0);
});

test('after an hour without failures they are forgotten', async () => {
  const clock = new SimulatedClock();
  const guard = new LoginGuard(clock);
  fail(guard, 4);
  await clock.advance(3_600_000);
  fail(guard, 4);
  assert.equal(guard.waitMs('anna', '192.0.2.1'), 0);
});

test('a flood of names does not fill memory', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 30_000; i++) guard.failed(`name${i}`, `192.0.2.${i % 200}`);
  fail(guard, 5, 'anna', '203.0.113.1');
  assert.ok(guard.waitMs('anna', '203.0.113.1') > 0);
});
