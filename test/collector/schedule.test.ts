/** When monitors are polled: evenly spread, on their own grid, one device at a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceQueue } from '../../src/collector/device-queue.ts';
import { type GateTicket, PollGate } from '../../src/collector/poll-gate.ts';
import { fraction, Schedule, type ScheduleEntry } from '../../src/collector/schedule.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

function monitors(count: number, intervalMs: number, runs: [string, number][], clock: SimulatedClock): ScheduleEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `m${i}`,
    intervalMs,
    run: () => runs.push([`m${i}`, clock.monotonicMs()]),
  }));
}

test('a thousand monitors are spread over the whole interval, each at its own place', async () => {
  const clock = new SimulatedClock();
  const schedule = new Schedule(clock);
  const runs: [string, number][] = [];
  schedule.add(monitors(1000, 10_000, runs, clock));
  await clock.advance(15_000);
  runs.length = 0;
  await clock.advance(100_000);
  assert.equal(runs.length, 10_000);
  const perSecond = new Array(10).fill(0);
  for (const [, atMs] of runs) perSecond[Math.floor(atMs / 1000) % 10]++;
  for (const count of perSecond) assert.ok(count > 700 && count < 1300, String(perSecond));
  const ofOne = runs.filter(([id]) => id === 'm7').map(([, atMs]) => atMs);
  for (let i = 1; i < ofOne.length; i++) assert.ok(Math.abs(ofOne[i]! - ofOne[i - 1]! - 10_000) <= 20);
});

test('a first poll need not wait for a long interval, and one added device is polled within a second', async () => {
  const clock = new SimulatedClock();
  const schedule = new Schedule(clock);
  const runs: [string, number][] = [];
  schedule.add(monitors(100, 300_000, runs, clock));
  await clock.advance(10_000);
  assert.equal(runs.length, 100);
  schedule.add([{ id: 'new', intervalMs: 300_000, run: () => runs.push(['new', clock.monotonicMs()]) }]);
  await clock.advance(1000);
  assert.equal(runs.at(-1)?.[0], 'new');
});

test('a removed monitor is polled no more, a changed interval takes effect, an unchanged one keeps its time', async () => {
  const clock = new SimulatedClock();
  const schedule = new Schedule(clock);
  const runs: [string, number][] = [];
  schedule.add(monitors(3, 10_000, runs, clock));
  await clock.advance(20_000);
  schedule.remove('m0');
  const [one, two] = monitors(3, 10_000, runs, clock).slice(1);
  schedule.add([one!, { ...two!, intervalMs: 1000 }]);
  const last = runs.filter(([id]) => id === 'm1').at(-1)?.[1] ?? 0;
  runs.length = 0;
  await clock.advance(20_000);
  assert.equal(
    runs.some(([id]) => id === 'm0'),
    false,
  );
  assert.ok(Math.abs((runs.find(([id]) => id === 'm1')?.[1] ?? 0) - last - 10_000) <= 20);
  assert.ok(runs.filter(([id]) => id === 'm2').length >= 19);
});

test('after a pause of the machine missed polls are not made up for', async () => {
  const clock = new SimulatedClock();
  const schedule = new Schedule(clock);
  let polls = 0;
  let isAsleep = false;
  const after = clock.after.bind(clock);
  clock.after = (ms, callback) => after(isAsleep ? ms + 600_000 : ms, callback);
  schedule.add([{ id: 'm', intervalMs: 10_000, run: () => polls++ }]);
  await clock.advance(25_000);
  isAsleep = true;
  await clock.advance(10_000);
  isAsleep = false;
  const before = polls;
  await clock.advance(600_000);
  assert.ok(polls - before <= 2, `${polls - before} polls at once`);
});

test('the place of a monitor is stable and even', () => {
  assert.equal(fraction('17'), fraction('17'));
  const places = Array.from({ length: 10_000 }, (_, i) => fraction(String(i)));
  for (let decile = 0; decile < 10; decile++) {
    const count = places.filter((place) => Math.floor(place * 10) === decile).length;
    assert.ok(count > 850 && count < 1150, `${count} in decile ${decile}`);
  }
});

test('polls of one device never overlap, and a person goes first', async () => {
  const queue = new DeviceQueue();
  const order: string[] = [];
  let running = 0;
  const poll = (id: string) => ({
    id,
    async run() {
      running++;
      assert.equal(running, 1);
      order.push(id);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    },
  });
  for (const id of ['a', 'b', 'c']) queue.add(poll(id));
  queue.add(poll('now'), true);
  assert.ok(queue.has('a') && queue.has('c') && !queue.has('z'));
  while (order.length < 4) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(order, ['a', 'now', 'b', 'c']);
});

test('more polls than the machine can do wait in order; slow ones give their place back', async () => {
  const clock = new SimulatedClock();
  const gate = new PollGate(clock);
  const entered: number[] = [];
  const tickets: GateTicket[] = [];
  for (let i = 0; i < 450; i++) {
    void Promise.resolve(gate.enter()).then((ticket) => {
      entered.push(i);
      tickets.push(ticket);
    });
  }
  await clock.advance(10);
  assert.equal(entered.length, 200);
  gate.leave(tickets[0]!);
  await clock.advance(10);
  assert.deepEqual(entered.slice(200), [200]);
  await clock.advance(1000);
  assert.equal(entered.length, 401);
  await clock.advance(1000);
  assert.deepEqual(
    entered,
    Array.from({ length: 450 }, (_, i) => i),
  );
  gate.close();
});
