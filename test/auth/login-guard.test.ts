import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attempt, LoginGuard } from '../../src/auth/login-guard.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const by = (username = 'anna', address = '192.0.2.1', more: Partial<Attempt> = {}): Attempt => ({
  username,
  address,
  ...more,
});

function fail(guard: LoginGuard, times: number, attempt = by()): void {
  for (let i = 0; i < times; i++) guard.failed(attempt);
}

const waitMs = (guard: LoginGuard, attempt = by()): number => guard.lock(attempt)?.waitMs ?? 0;

/** As many wrong passwords for a name as somebody with many addresses can send. */
function attack(guard: LoginGuard, username: string): void {
  for (let i = 0; i < 300; i++) fail(guard, 1, by(username, `198.51.${i >> 8}.${i & 255}`));
}

test('the lock doubles with each failure beyond the fifth, up to a quarter of an hour', () => {
  const guard = new LoginGuard(new SimulatedClock());
  fail(guard, 4);
  assert.equal(waitMs(guard), 0);
  const waits = [5, 6, 7, 8, 9, 10, 11].map(() => {
    fail(guard, 1);
    return waitMs(guard, by('Anna')) / 1000;
  });
  assert.deepEqual(waits, [30, 60, 120, 240, 480, 900, 900]);
});

test('one address that tries many names is locked out of all', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 20; i++) fail(guard, 1, by(`name${i}`));
  assert.ok(waitMs(guard, by('another')) > 0);
  assert.equal(waitMs(guard, by('another', '192.0.2.2')), 0);
});

test('the addresses of one IPv6 network count as one, however they are written', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 20; i++) fail(guard, 1, by(`name${i}`, `2001:db8:0:7::${i + 1}`));
  assert.ok(waitMs(guard, by('another', '2001:0db8:0000:0007:ffff::1')) > 0);
  assert.equal(waitMs(guard, by('another', '2001:db8:0:8::1')), 0);
  assert.equal(waitMs(guard, by('another', '::1')), 0);
});

test('fifty wrong passwords from elsewhere do not lock a name', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 50; i++) fail(guard, 1, by('anna', `198.51.100.${i}`));
  assert.equal(waitMs(guard), 0);
});

test('a name that is tried from everywhere is locked for strangers, and says that there is another way', () => {
  const guard = new LoginGuard(new SimulatedClock());
  attack(guard, 'anna');
  assert.ok(waitMs(guard, by('anna', '203.0.113.1')) > 0);
  assert.equal(guard.lock(by('anna', '203.0.113.1'))?.isShared, true);
  assert.equal(waitMs(guard, by('ben', '203.0.113.1')), 0);
});

test('whoever is known, or sits at the machine, is not held up by what others do', () => {
  const guard = new LoginGuard(new SimulatedClock());
  attack(guard, 'anna');
  fail(guard, 30, by('anna', '192.0.2.1'));
  assert.equal(waitMs(guard, by('anna', '192.0.2.1', { known: 'browser 1' })), 0);
  assert.equal(waitMs(guard, by('anna', '127.0.0.1', { isLocal: true })), 0);
});

test('but is slowed down as well when he guesses, and then nobody else is', () => {
  const guard = new LoginGuard(new SimulatedClock());
  const known = by('anna', '192.0.2.1', { known: 'browser 1' });
  const local = by('anna', '127.0.0.1', { isLocal: true });
  fail(guard, 5, known);
  assert.deepEqual(guard.lock(known), { waitMs: 30_000, isShared: false });
  assert.equal(waitMs(guard, by('anna', '192.0.2.1', { known: 'browser 2' })), 0);
  fail(guard, 5, local);
  assert.equal(waitMs(guard, local), 30_000);
  assert.equal(waitMs(guard), 0);
});

test('a success clears the name at its address and counts nowhere as a failure', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 300; i++) {
    guard.failed(by());
    guard.succeeded(by());
  }
  assert.equal(waitMs(guard), 0);
  assert.equal(waitMs(guard, by('ben')), 0);
});

test('after an hour without failures they are forgotten', async () => {
  const clock = new SimulatedClock();
  const guard = new LoginGuard(clock);
  fail(guard, 4);
  await clock.advance(3_600_000);
  fail(guard, 4);
  assert.equal(waitMs(guard), 0);
});

test('a flood of names does not fill memory', () => {
  const guard = new LoginGuard(new SimulatedClock());
  for (let i = 0; i < 30_000; i++) guard.failed(by(`name${i}`, `192.0.2.${i % 200}`));
  fail(guard, 5, by('anna', '203.0.113.1'));
  assert.ok(waitMs(guard, by('anna', '203.0.113.1')) > 0);
});
