/** Random work on the engine and on a map of samples: after every step both must hold the same bits. */
import test from 'node:test';
import type { Engine } from '../../src/tsdb/engine.ts';
import { bitsOf, EngineModel, type ModelRow, openEngine, putRow } from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const SEEDS = process.env.TELLTALE_TEST_SEED ? [Number(process.env.TELLTALE_TEST_SEED)] : [1, 2, 3, 4];
const STEPS = 50;
const HOUR_MS = 3_600_000;
const WIDE: Readonly<Record<number, number>> = { 9: 33, 10: 140, 11: 70 };
const ODD_VALUES = [
  0n,
  bitsOf(-0),
  0x7ff0000000000002n,
  0x7ff8000000000000n,
  0x7ff4deadbeef0001n,
  bitsOf(Infinity),
  bitsOf(5e-324),
];

for (const seed of SEEDS) {
  test(`the engine holds what a map of samples holds (seed ${seed})`, async () => {
    const random = randomFrom(seed);
    const int = (below: number) => Math.floor(random() * below);
    const clock = new SimulatedClock();
    const disk = new FaultDisk();
    const model = new EngineModel();
    let engine: Engine = openEngine(disk, clock);
    const walk = new Map<string, number>();
    const startMs = clock.nowMs();

    const randomValue = (key: string): bigint => {
      const kind = int(40);
      if (kind === 0) return ODD_VALUES[int(ODD_VALUES.length)]!;
      if (kind < 6) return bitsOf(random() * 1e6);
      const value = (walk.get(key) ?? int(1e9)) + (kind < 30 ? int(1000) : 0);
      walk.set(key, value);
      return bitsOf(value);
    };
    const randomRow = (timeMs: number): ModelRow => {
      const g = int(12);
      const fields = new Map<string, bigint>();
      // Groups 9 to 11 are wide and mostly sparse; others gain fields as time goes by.
      const width = WIDE[g] ?? 1 + (g % 5);
      if (width > 5 && random() < 0.5) {
        for (let f = 0; f < width; f++) if (random() < 0.02) fields.set(`f${f}`, randomValue(`${g}/${f}`));
      }
      const isSparse = fields.size > 0;
      for (let f = 0; f < width && !isSparse; f++)
        if (random() < 0.85) fields.set(`f${g % 2 === 0 ? f : width - f}`, randomValue(`${g}/${f}`));
      if (fields.size === 0) fields.set('f0', 0n);
      return {
        tenant: 1 + (g % 2),
        measurement: `m${g % 3}`,
        tags: ['host', `h${g}`, 'port', `p${g % 4}`],
        timeMs,
        fields,
      };
    };
    const append = (rows: number, spreadMs: number) => {
      for (let i = 0; i < rows; i++) {
        const lateMs = random() < 0.2 ? int(spreadMs) : int(20_000);
        const row = randomRow(clock.nowMs() - lateMs);
        if (putRow(engine, row) === 0) model.add(row);
        if (random() < 0.05) engine.commit();
      }
      engine.commit();
    };

    for (let step = 0; step < STEPS; step++) {
      const what = int(18);
      if (what < 6) append(1 + int(400), random() < 0.2 ? 60 * HOUR_MS : HOUR_MS);
      else if (what === 6) {
        await engine.flush();
        for (const tierMs of [300_000, 3_600_000] as const) {
          model.checkTier(engine, [1, 2], tierMs, clock.nowMs(), `seed ${seed} step ${step}`);
        }
      } else if (what === 7) await clock.advance(int(3 * HOUR_MS));
      else if (what === 8) {
        engine.tick();
        append(int(200), HOUR_MS);
        await engine.idle();
      } else if (what === 9) {
        const running = engine.flush();
        append(int(300), 2 * HOUR_MS);
        await new Promise(setImmediate);
        append(int(300), 2 * HOUR_MS);
        await running;
      } else if (what === 10) {
        await engine.close();
        engine = openEngine(disk, clock);
      } else if (what === 11) {
        // Killed: what was written is there, nothing was closed.
        engine = openEngine(disk, clock);
      } else if (what === 12 && random() < 0.4) {
        const host = `h${int(12)}`;
        for (const tenant of [1, 2]) {
          engine.deleteRowGroups(tenant, [[{ name: 'host', op: '=', value: host }]]);
          model.delete(tenant, 'host', host);
        }
      } else if (what === 13) {
        for (let i = 0; i < 4; i++) {
          engine.tick();
          await engine.idle();
        }
      } else if (what === 14) {
        clock.jump((random() < 0.5 ? -1 : 1) * int(26 * HOUR_MS));
      } else if (what === 15) {
        const tenant = 1 + int(2);
        const host = `h${int(12)}`;
        const running = engine.flush();
        append(int(100), HOUR_MS);
        for (let i = int(3); i > 0; i--) await new Promise(setImmediate);
        engine.deleteRowGroups(tenant, [[{ name: 'host', op: '=', value: host }]]);
        model.delete(tenant, 'host', host);
        append(int(100), HOUR_MS);
        await running;
      } else if (what === 16) {
        disk.failAfter(1 + int(30), random() < 0.5 ? 'ENOSPC' : 'EIO', random() < 0.5);
        await engine.flush().catch(() => {});
        disk.heal();
      } else if (what === 17) {
        // A row in as many pieces as it has fields.
        const row = randomRow(clock.nowMs());
        for (const field of row.fields) {
          const piece = { ...row, fields: new Map([field]) };
          if (putRow(engine, piece) === 0) model.add(piece);
          if (random() < 0.3) engine.commit();
        }
        engine.commit();
      }
      const fromMs = startMs - 70 * HOUR_MS + int(70 * HOUR_MS);
      model.check(engine, [1, 2], fromMs, fromMs + int(80 * HOUR_MS), `seed ${seed} step ${step} (${what})`);
    }
    await engine.close();
    engine = openEngine(disk, clock);
    model.check(engine, [1, 2], 0, clock.nowMs() + HOUR_MS, `seed ${seed} at the end`);
  });
}

function randomFrom(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
