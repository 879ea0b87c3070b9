/** A full disk and a small budget: clear errors, nothing acknowledged lost, recovery by itself, the ceiling kept. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { finish } from '../../src/lib/parts.ts';
import type { Engine } from '../../src/tsdb/engine.ts';
import { DiskFullError } from '../../src/tsdb/engine-errors.ts';
import { bitsOf, EngineModel, type ModelRow, openEngine, putRow } from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const MiB = 2 ** 20;
const GROUPS = 60;

function batch(timeMs: number, random: () => number): ModelRow[] {
  return Array.from({ length: GROUPS }, (_, g) => ({
    tenant: 1,
    measurement: 'm',
    tags: ['host', `h${g}`],
    timeMs,
    fields: new Map(Array.from({ length: 8 }, (_, f) => [`f${f}`, bitsOf(random())] as const)),
  }));
}

function commit(engine: Engine, rows: readonly ModelRow[], model?: EngineModel): boolean {
  for (const row of rows) putRow(engine, row);
  try {
    engine.commit();
  } catch (error) {
    assert.ok(error instanceof DiskFullError, String(error));
    assert.match(error.message, /disk/);
    return false;
  }
  for (const row of rows) model?.add(row);
  return true;
}

test('a full disk refuses rows with a clear error, keeps what it has, and recovers once there is room', async () => {
  const disk = new FaultDisk();
  const clock = new SimulatedClock();
  const model = new EngineModel();
  const engine = openEngine(disk, clock);
  disk.capacityBytes = 600_000;
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    await clock.advance(10_000);
    if (!commit(engine, batch(clock.nowMs(), Math.random), model)) refused++;
    if (i % 50 === 0) await engine.flush().catch(() => {});
  }
  assert.ok(refused > 50, 'the disk did run full');
  assert.match(engine.health().problems.join('\n'), /disk is full/);
  assert.equal(engine.health().status, 'degraded');
  model.check(engine, [1], 0, 8e15, 'while full');
  model.check(openEngine(disk, clock), [1], 0, 8e15, 'killed while full');
  disk.capacityBytes = Number.POSITIVE_INFINITY;
  await clock.advance(60_000);
  assert.ok(commit(engine, batch(clock.nowMs(), Math.random), model));
  engine.tick();
  await engine.idle();
  assert.deepEqual(engine.health(), { status: 'ok', problems: [] });
  model.check(engine, [1], 0, 8e15, 'afterwards');
  await engine.close();
});

test('the budget is never exceeded, the oldest samples go first, and tiers outlive raw', async () => {
  const budgetBytes = 5 * MiB;
  const disk = new FaultDisk();
  const clock = new SimulatedClock();
  const startMs = clock.nowMs();
  const engine = openEngine(disk, clock, { budgetBytes });
  for (let i = 0; i < 2_000; i++) {
    await clock.advance(10_000);
    const rows = batch(clock.nowMs(), Math.random);
    while (!commit(engine, rows)) await engine.room();
    engine.tick();
    if (i % 20 === 0) await engine.room();
    assert.ok(disk.usedBytes <= budgetBytes, `${disk.usedBytes} bytes after ${i} rounds`);
  }
  await engine.idle();
  await engine.close();
  assert.ok(disk.peakBytes <= budgetBytes, `${disk.peakBytes} bytes at most`);
  assert.ok(disk.peakBytes > budgetBytes / 3, 'the budget is used');
  const reopened = openEngine(disk, clock, { budgetBytes });
  const nowMs = clock.nowMs();
  const [series] = finish(
    reopened.select({
      tenants: [1],
      matchers: [{ name: 'host', op: '=', value: 'h1' }],
      fromMs: 0,
      toMs: 8e15,
    }),
  );
  const raw = reopened.read(series!, 0, 8e15);
  assert.ok(raw.times[0]! > startMs + 3_600_000, 'the oldest raw samples are gone');
  assert.equal(raw.times[raw.count - 1], nowMs, 'the newest are there');
  for (let i = 1; i < raw.count; i++) assert.equal(raw.times[i]! - raw.times[i - 1]!, 10_000, 'no hole within');
  const rawFromMs = raw.times[0]!;
  assert.ok(reopened.readTier(series!, 3_600_000, 0, 8e15).starts[0]! < rawFromMs, 'hours reach further back');
  const spans = reopened.tiers(startMs, nowMs, 60_000);
  assert.equal(spans.at(-1)!.tierMs, 0);
  assert.ok(spans.length > 1 && spans[0]!.fromMs === startMs && spans.at(-1)!.toMs === nowMs);
});
