/**
 * Cost of a sample by number of series, memory and restart: row groups of ten fields, one row each a cycle.
 *   node --expose-gc test/bench/engine-series.ts [SERIES…]      (default 10000 100000 1000000)
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ingest } from '../../src/ingest/ingest.ts';
import { DEFAULT_INGEST_LIMITS } from '../../src/ingest/limits.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { systemDisk } from '../../src/lib/disk.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { Engine } from '../../src/tsdb/engine.ts';

const FIELDS = 10;
const SAMPLES = 12_000_000;
const BODY_LINES = 2_000;
const work = path.join(os.tmpdir(), 'telltale-engine-series');
const counts = process.argv.slice(2).map(Number);

function open(): Engine {
  return Engine.open({
    folder: work,
    disk: systemDisk,
    clock: systemClock,
    logger: silentLogger,
    budgetBytes: 20 * 2 ** 30,
    fsync: 'group',
  });
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function rssMb(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

/** Rows of the groups from `first` on: two thirds of the fields stand still, as on idle ports. */
function body(first: number, lines: number, cycle: number, timeMs: number): Uint8Array<ArrayBuffer> {
  const out: string[] = [];
  for (let g = first; g < first + lines; g++) {
    const fields: string[] = [];
    for (let f = 0; f < FIELDS; f++) {
      const value = f < 3 ? g * 1_000_003 + cycle * ((g * 31 + f * 17) % 9973) + ((g ^ cycle) % 7) : (g + f) % 5;
      fields.push(`field${f}=${value}i`);
    }
    const device = Math.floor(g / 25);
    out.push(
      `interface,device_id=${device},ifname=Gi1/0/${g % 25},monitor_id=${device} ${fields.join()} ${timeMs + (device % 1000)}`,
    );
  }
  return new TextEncoder().encode(`${out.join('\n')}\n`);
}

for (const series of counts.length > 0 ? counts : [10_000, 100_000, 1_000_000]) {
  fs.rmSync(work, { recursive: true, force: true });
  const groups = series / FIELDS;
  const cycles = Math.max(8, Math.round(SAMPLES / series));
  let engine = open();
  const ingest = new Ingest({
    sink: engine,
    limits: DEFAULT_INGEST_LIMITS,
    nowMs: () => Date.now(),
    room: () => engine.room(),
    declareFields: () => {},
  });
  const startMs = Date.now() - cycles * 10_000;
  let firstMs = 0;
  let restMs = 0;
  let slowestMs = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (let first = 0; first < groups; first += BODY_LINES) {
      const bytes = body(first, Math.min(BODY_LINES, groups - first), cycle, startMs + cycle * 10_000);
      const before = cpuMs();
      const started = performance.now();
      await ingest.read({ tenant: 1, format: 'influx', encoding: 'identity', precision: 'ms', bytes });
      engine.tick();
      slowestMs = Math.max(slowestMs, performance.now() - started);
      if (cycle === 0) firstMs += cpuMs() - before;
      else restMs += cpuMs() - before;
    }
  }
  const figures = engine.statistics();
  console.log(
    `${series} series: first cycle ${((firstMs / series) * 1e6).toFixed(0)} ns a sample, then`,
    `${((restMs / ((cycles - 1) * series)) * 1e6).toFixed(0)} ns; slowest body ${slowestMs.toFixed(0)} ms; RSS ${rssMb()} MB;`,
    `open ${(figures.openBytes / 2 ** 20).toFixed(0)} MB, blocks ${(figures.blockBytes / 2 ** 20).toFixed(0)} MB, log ${(figures.walBytes / 2 ** 20).toFixed(0)} MB`,
  );
  let started = performance.now();
  let before = cpuMs();
  engine = open();
  console.log(`  restart ${(performance.now() - started).toFixed(0)} ms (cpu ${(cpuMs() - before).toFixed(0)} ms)`);
  started = performance.now();
  before = cpuMs();
  await engine.close();
  console.log(`  close ${(performance.now() - started).toFixed(0)} ms (cpu ${(cpuMs() - before).toFixed(0)} ms)`);
}
