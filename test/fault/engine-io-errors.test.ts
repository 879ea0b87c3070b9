/**
 * The same work again and again, each time with another disk operation failing, until none is left to fail.
 * `TELLTALE_FAULT_STEP=1` takes every operation (two minutes); by default every 16th, each test other ones.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Engine } from '../../src/tsdb/engine.ts';
import { bitsOf, EngineModel, openEngine, putRow, survives } from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const HOUR_MS = 3_600_000;
const STEP = Number(process.env.TELLTALE_FAULT_STEP ?? 16);

async function work(disk: FaultDisk, clock: SimulatedClock, model: EngineModel): Promise<Engine | undefined> {
  let engine: Engine | undefined;
  if (!(await survives(() => (engine = openEngine(disk, clock))))) return undefined;
  const open = engine!;
  const append = async (rows: number, lateMs = 0) => {
    const batch = Array.from({ length: rows }, (_, i) => ({
      tenant: 1,
      measurement: 'm',
      tags: ['host', `h${i % 5}`],
      timeMs: clock.nowMs() - lateMs - i,
      fields: new Map([
        ['a', bitsOf(i)],
        [`b${i % 2}`, bitsOf(clock.nowMs() / 3)],
      ]),
    }));
    for (const row of batch) putRow(open, row);
    if (await survives(() => open.commit())) for (const row of batch) model.add(row);
  };
  for (let i = 0; i < 3; i++) {
    await append(20);
    await clock.advance(HOUR_MS);
    await append(20, 30 * HOUR_MS);
    await survives(() => open.flush());
  }
  if (await survives(() => open.deleteRowGroups(1, [[{ name: 'host', op: '=', value: 'h3' }]])))
    model.delete(1, 'host', 'h3');
  await append(20);
  await survives(() => Promise.all([open.durable(), clock.advance(2_000)]));
  await clock.advance(8 * HOUR_MS);
  for (let i = 0; i < 4; i++) {
    open.tick();
    await open.idle();
  }
  await append(10);
  return open;
}

for (const isTorn of [false, true]) {
  test(`no acknowledged row is lost whichever operation fails${isTorn ? ', writes leaving half of their bytes' : ''}`, async () => {
    for (let n = isTorn ? 1 : Math.ceil(STEP / 2); ; n += STEP) {
      const disk = new FaultDisk();
      const clock = new SimulatedClock();
      const model = new EngineModel();
      disk.failAfter(n, 'EIO', isTorn);
      const engine = await work(disk, clock, model);
      const failed = disk.failed;
      disk.heal();
      if (engine) {
        model.check(engine, [1], 0, 8e15, `operation ${n} (${failed}) failed, same process`);
        await engine.close();
      }
      const reopened = openEngine(disk, clock);
      model.check(reopened, [1], 0, 8e15, `operation ${n} (${failed}) failed, reopened`);
      if (failed === undefined) {
        assert.ok(n > 100, 'the work does many operations');
        break;
      }
    }
  });
}

test('after a kill everything acknowledged is there whichever operation failed before', async () => {
  for (let n = Math.ceil(STEP / 4); ; n += STEP) {
    const disk = new FaultDisk();
    const clock = new SimulatedClock();
    const model = new EngineModel();
    disk.failAfter(n);
    await work(disk, clock, model);
    const failed = disk.failed;
    disk.heal();
    model.check(openEngine(disk, clock), [1], 0, 8e15, `operation ${n} (${failed}) failed, killed`);
    if (failed === undefined) break;
  }
});

test('after a power cut everything that was durable is there', async () => {
  const disk = new FaultDisk();
  const clock = new SimulatedClock();
  const model = new EngineModel();
  const engine = await work(disk, clock, model);
  await Promise.all([engine!.durable(), clock.advance(2_000)]);
  disk.cutPower();
  model.check(openEngine(disk, clock), [1], 0, 8e15, 'after the power cut');
});
