/** Clocks that jump, and rows of other times than now. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { finish } from '../../src/lib/parts.ts';
import { ROW_REFUSAL } from '../../src/model/row-sink.ts';
import { bitsOf, EngineModel, type ModelRow, openEngine, putRow } from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function row(timeMs: number, value: number, host = 'a'): ModelRow {
  return { tenant: 1, measurement: 'm', tags: ['host', host], timeMs, fields: new Map([['v', bitsOf(value)]]) };
}

test('rows more than ten minutes ahead and rows older than raw samples are kept are refused with a reason', () => {
  const clock = new SimulatedClock();
  const engine = openEngine(new FaultDisk(), clock);
  const nowMs = clock.nowMs();
  assert.equal(putRow(engine, row(nowMs + 600_000, 1)), ROW_REFUSAL.none);
  assert.equal(putRow(engine, row(nowMs + 600_001, 1)), ROW_REFUSAL.tooFarAhead);
  assert.equal(putRow(engine, row(nowMs - 7 * DAY_MS, 1)), ROW_REFUSAL.none);
  assert.equal(putRow(engine, row(nowMs - 7 * DAY_MS - 1, 1)), ROW_REFUSAL.tooOld);
  assert.match(engine.explain(ROW_REFUSAL.tooFarAhead), /600 s ahead .*max_ahead/);
  assert.match(engine.explain(ROW_REFUSAL.tooOld), /168 h .*retention_raw/);
});

for (const jumpMs of [DAY_MS, -DAY_MS]) {
  test(`a clock that jumps by ${jumpMs / HOUR_MS} h and back loses nothing`, async () => {
    const clock = new SimulatedClock();
    const disk = new FaultDisk();
    const model = new EngineModel();
    let engine = openEngine(disk, clock);
    let refused = 0;
    const poll = async (rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        await clock.advance(60_000);
        const one = row(clock.nowMs(), i);
        if (putRow(engine, one) === ROW_REFUSAL.none) model.add(one);
        else refused++;
        engine.commit();
        engine.tick();
      }
      await engine.idle();
    };
    await poll(200);
    clock.jump(jumpMs);
    await poll(200);
    model.check(engine, [1], 0, 8e15, 'while the clock is wrong');
    clock.jump(-jumpMs);
    await poll(200);
    model.check(engine, [1], 0, 8e15, 'after the clock is right again');
    assert.equal(refused, 0, 'own rows fit the own clock');
    await engine.close();
    engine = openEngine(disk, clock);
    model.check(engine, [1], 0, 8e15, 'opened again');
    await engine.flush();
    model.checkTier(engine, [1], 300_000, clock.nowMs(), 'buckets');
  });
}

test('a clock that is a day ahead for hours makes no sample too old', async () => {
  const clock = new SimulatedClock();
  const model = new EngineModel();
  const engine = openEngine(new FaultDisk(), clock, { limits: { retentionRawMs: 2 * DAY_MS } });
  const startMs = clock.nowMs();
  for (let i = 1; i < 45; i++) {
    const one = row(startMs - i * HOUR_MS, i);
    putRow(engine, one);
    model.add(one);
  }
  engine.commit();
  await engine.flush();
  clock.jump(DAY_MS);
  for (let i = 0; i < 6; i++) {
    await clock.advance(HOUR_MS / 2);
    engine.tick();
    await engine.idle();
  }
  clock.jump(-DAY_MS);
  model.check(engine, [1], 0, 8e15, 'after the clock is right again');
  await clock.advance(3 * DAY_MS);
  for (let i = 0; i < 4; i++) {
    engine.tick();
    await engine.idle();
  }
  const [series] = finish(engine.select({ tenants: [1], matchers: [], fromMs: 0, toMs: 8e15 }));
  assert.equal(engine.read(series!, 0, 8e15).count, 0, 'in the end they are too old');
});

test('a backlog of a day enters while live rows go on, and fills raw samples and buckets', async () => {
  const clock = new SimulatedClock();
  const disk = new FaultDisk();
  const model = new EngineModel();
  const engine = openEngine(disk, clock);
  const add = (one: ModelRow) => {
    assert.equal(putRow(engine, one), ROW_REFUSAL.none);
    model.add(one);
  };
  const startMs = clock.nowMs();
  for (let i = 0; i < 400; i++) {
    await clock.advance(10_000);
    for (let k = 0; k < 20; k++) add(row(startMs - DAY_MS + (i * 20 + k) * 10_000 + 7, i * k, 'site'));
    add(row(clock.nowMs(), i, 'live'));
    engine.commit();
    engine.tick();
    if (i === 150) await engine.flush();
  }
  await engine.flush();
  model.check(engine, [1], 0, 8e15, 'after the backlog');
  model.checkTier(engine, [1], 300_000, clock.nowMs(), 'buckets');
  model.checkTier(engine, [1], 3_600_000, clock.nowMs(), 'hours');
});
