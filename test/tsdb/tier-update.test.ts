/** What the tiers hold after flushes: all that is in raw segments, whenever it came and whatever the clock did. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { finish } from '../../src/lib/parts.ts';
import type { Engine } from '../../src/tsdb/engine.ts';
import { bitsOf, EngineModel, type ModelRow, openEngine, putRow } from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const STALE = 0x7ff0000000000002n;

function setUp() {
  const disk = new FaultDisk();
  const clock = new SimulatedClock();
  const model = new EngineModel();
  let engine = openEngine(disk, clock);
  const put = (host: string, timeMs: number, value: bigint) => {
    const row: ModelRow = {
      tenant: 1,
      measurement: 'm',
      tags: ['host', host],
      timeMs,
      fields: new Map([['total', value]]),
    };
    assert.equal(putRow(engine, row), 0);
    engine.commit();
    model.add(row);
  };
  return {
    clock,
    put,
    get engine(): Engine {
      return engine;
    },
    reopen: async () => {
      await engine.close();
      engine = openEngine(disk, clock);
    },
    check: (note: string) => {
      for (const tierMs of [300_000, HOUR_MS] as const) model.checkTier(engine, [1], tierMs, clock.nowMs(), note);
    },
    /** Lets time pass as the store thread does. */
    pass: async (ms: number) => {
      for (let left = ms; left > 0; left -= 10_000) {
        await clock.advance(Math.min(left, 10_000));
        engine.tick();
        await engine.idle();
      }
    },
  };
}

test('rows of a row group that is new or was offline are in the tiers with the flush that takes them', async () => {
  const { clock, engine, put, check } = setUp();
  put('online', clock.nowMs(), bitsOf(1));
  put('offline', clock.nowMs() - 5 * HOUR_MS, bitsOf(1));
  await engine.flush();
  // The clock stands still: no bucket has ended since.
  put('offline', clock.nowMs() - 3 * HOUR_MS, bitsOf(2));
  await engine.flush();
  check('offline for a while');
  put('new', clock.nowMs() - 2 * HOUR_MS, bitsOf(3));
  await engine.flush();
  check('new');
});

test('late rows come into the tiers within ten minutes, on time ones do not hurry', async () => {
  const { clock, engine, put, check, pass } = setUp();
  put('a', clock.nowMs(), bitsOf(1));
  await engine.flush();
  const segments = engine.statistics().segments;
  put('a', clock.nowMs(), bitsOf(2));
  await pass(15 * MINUTE_MS);
  assert.equal(engine.statistics().segments, segments);
  put('b', clock.nowMs() - 8 * HOUR_MS, bitsOf(3));
  await pass(11 * MINUTE_MS);
  check('late');
  assert.ok(engine.statistics().segments > segments);
});

test('a clock that was ahead for a while leaves no hole in the tiers, nor what was written meanwhile after a restart', async () => {
  const my = setUp();
  const { clock, put, check } = my;
  put('a', clock.nowMs(), bitsOf(1));
  clock.jump(DAY_MS);
  put('a', clock.nowMs(), bitsOf(2));
  await my.engine.flush();
  await my.pass(10 * MINUTE_MS);
  put('a', clock.nowMs(), bitsOf(3));
  await my.engine.flush();
  clock.jump(-DAY_MS);
  for (const restarts of [false, true]) {
    put('a', clock.nowMs(), bitsOf(4));
    put('b', clock.nowMs(), bitsOf(5));
    if (restarts) await my.reopen();
    // What answers for the last minutes must not be buckets that were computed up to tomorrow.
    await my.pass(11 * MINUTE_MS);
    const [last] = my.engine.tiers(0, clock.nowMs(), 300_000).slice(-1);
    assert.ok(last!.tierMs === 0 && last!.fromMs <= clock.nowMs(), `restarts: ${restarts}`);
    await my.engine.flush();
    check(`restarts: ${restarts}`);
  }
});

test('what a counter did over an hour without samples belongs to no bucket, with or without its end in between', async () => {
  for (const ends of [false, true]) {
    const { clock, engine, put, check } = setUp();
    const startMs = clock.nowMs() - 10 * HOUR_MS;
    put('a', startMs, bitsOf(100));
    if (ends) put('a', startMs + 45 * MINUTE_MS, STALE);
    put('a', startMs + 90 * MINUTE_MS, bitsOf(5000));
    await engine.flush();
    check(`at once, ends: ${ends}`);
    put('b', startMs, bitsOf(100));
    put('b', startMs + 90 * MINUTE_MS, bitsOf(5000));
    await engine.flush();
    if (ends) put('b', startMs + 45 * MINUTE_MS, STALE);
    await engine.flush();
    check(`late, ends: ${ends}`);
  }
});

test('late rows add to buckets whose raw samples the ring has recycled, and are in the tiers before they go themselves', async () => {
  const disk = new FaultDisk();
  const clock = new SimulatedClock();
  const engine = openEngine(disk, clock, { budgetBytes: 4 * 2 ** 20 });
  const beganMs = clock.nowMs();
  const put = (host: number, timeMs: number, value: number) => {
    const fields = new Map([['v', bitsOf(value)]]);
    assert.equal(putRow(engine, { tenant: 1, measurement: 'm', tags: ['host', String(host)], timeMs, fields }), 0);
  };
  // Values that do not compress: 32 hours of them are more than the ring holds.
  for (let ten = 0; ten < 32 * 6; ten++) {
    for (let host = 0; host < 30; host++) {
      for (let i = 0; i < 60; i++) put(host, clock.nowMs() + i * 10_000, ten + Math.sin(ten * 151 + host * 61 + i));
    }
    engine.commit();
    await clock.advance(10 * MINUTE_MS);
    engine.tick();
    await engine.idle();
  }
  await engine.flush();
  const [series] = finish(
    engine.select({
      tenants: [1],
      matchers: [{ name: 'host', op: '=', value: '7' }],
      fromMs: 0,
      toMs: 8e15,
    }),
  );
  const lateMs = beganMs + 2 * HOUR_MS + 3_000;
  const bucketOf = (tierMs: 300_000 | 3_600_000) => {
    const { samples, sum, min, max, count } = engine.readTier(series!, tierMs, lateMs, lateMs);
    assert.equal(count, 1);
    return { samples: samples[0]!, sum: sum[0]!, min: min[0]!, max: max[0]! };
  };
  const tiers = [300_000, 3_600_000] as const;
  const before = tiers.map(bucketOf);
  assert.equal(
    engine.read(series!, lateMs - 10 * MINUTE_MS, lateMs + 10 * MINUTE_MS).count,
    0,
    'raw samples of that time are gone',
  );
  assert.deepEqual(
    before.map(({ samples }) => samples),
    [30, 360],
  );
  put(7, lateMs, 1e6);
  engine.commit();
  await engine.flush();
  tiers.forEach((tierMs, i) => {
    const { samples, sum, min, max } = bucketOf(tierMs);
    assert.equal(samples, before[i]!.samples + 1, `${tierMs}`);
    assert.ok(Math.abs(sum - before[i]!.sum - 1e6) < 1e-3, `${tierMs}`);
    assert.deepEqual([min, max], [before[i]!.min, 1e6], `${tierMs}`);
  });
  await engine.close();
});
