/**
 * The process ends at an operation of the disk: killed, or by a power cut that takes what was not synced. What was
 * acknowledged (after a power cut: what is still there) is there at the next start, and the tiers hold all of it.
 * `TELLTALE_FAULT_STEP=1` takes every operation; by default every 40th.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { finish } from '../../src/lib/parts.ts';
import type { Engine } from '../../src/tsdb/engine.ts';
import {
  bitsOf,
  EngineModel,
  type ModelRow,
  openEngine,
  putRow,
  samplesOf,
  survives,
} from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const HOUR_MS = 3_600_000;
const STEP = Number(process.env.TELLTALE_FAULT_STEP ?? 40);

/** Flushes with late rows, a merge, and rows that stay in the log; up to the end of the process. */
async function work(disk: FaultDisk, clock: SimulatedClock, model: EngineModel): Promise<void> {
  let opened: Engine | undefined;
  if (!(await survives(() => (opened = openEngine(disk, clock))))) return;
  const engine = opened!;
  const append = async (rows: number, lateMs = 0) => {
    const batch = Array.from({ length: rows }, (_, i): ModelRow => {
      const fields = new Map([
        ['a', bitsOf(i + lateMs)],
        [`b${i % 2}`, bitsOf(clock.nowMs() / 3)],
      ]);
      const timeMs = clock.nowMs() - lateMs - i * 7000;
      return { tenant: 1, measurement: 'm', tags: ['host', `h${i % 5}`], timeMs, fields };
    });
    for (const row of batch) putRow(engine, row);
    if (await survives(() => engine.commit())) for (const row of batch) model.add(row);
  };
  const steps: (() => unknown)[] = [];
  for (let i = 0; i < 4; i++) {
    steps.push(() => append(30));
    steps.push(() => clock.advance(HOUR_MS));
    steps.push(() => append(30, 9 * HOUR_MS));
    steps.push(() => survives(() => engine.flush()));
  }
  steps.push(() => clock.advance(8 * HOUR_MS));
  for (let i = 0; i < 6; i++) {
    steps.push(() => engine.tick());
    steps.push(() => engine.idle());
  }
  steps.push(() => append(10, 2 * HOUR_MS));
  steps.push(() => survives(() => engine.flush()));
  for (const step of steps) {
    await step();
    if (disk.failed !== undefined) return;
  }
}

/** What is in the engine, as a model. */
function modelOf(engine: Engine): EngineModel {
  const model = new EngineModel();
  for (const series of finish(engine.select({ tenants: [1], matchers: [], fromMs: 0, toMs: 8e15 }))) {
    const [, name = '', ...tags] = series.labels;
    for (const [timeMs, value] of samplesOf(engine.read(series, 0, 8e15))) {
      model.add({ tenant: 1, measurement: 'm', tags, timeMs, fields: new Map([[name.slice(2), value]]) });
    }
  }
  return model;
}

for (const how of ['killed', 'power cut'] as const) {
  test(`${how} at any operation: samples are there at the next start, and in the tiers`, async () => {
    for (let n = 1; ; n += STEP) {
      const disk = new FaultDisk();
      const clock = new SimulatedClock();
      const model = new EngineModel();
      disk.dieAfter(n, n % 2 === 0);
      await work(disk, clock, model);
      const failed = disk.failed;
      disk.heal();
      if (how === 'power cut') disk.cutPower();
      const note = `operation ${n} (${failed})`;
      let engine = openEngine(disk, clock);
      const expected = how === 'killed' ? model : modelOf(engine);
      expected.check(engine, [1], 0, 8e15, `${note}, reopened`);
      await clock.advance(700_000);
      await engine.flush();
      expected.check(engine, [1], 0, 8e15, `${note}, flushed`);
      for (const tierMs of [300_000, HOUR_MS] as const) expected.checkTier(engine, [1], tierMs, clock.nowMs(), note);
      assert.deepEqual(engine.health().problems, [], note);
      await engine.close();
      engine = openEngine(disk, clock);
      for (const tierMs of [300_000, HOUR_MS] as const) expected.checkTier(engine, [1], tierMs, clock.nowMs(), note);
      if (failed === undefined) return;
    }
  });
}
