/**
 * Measures the engine without HTTP: parse and append, memory, flush, bytes a sample, restart, reads.
 *   node --expose-gc test/bench/engine-bench.ts DATA_FOLDER [WORK_FOLDER]
 * DATA_FOLDER is what `../shared/bench/generate.mjs` wrote.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ingest } from '../../src/ingest/ingest.ts';
import { DEFAULT_INGEST_LIMITS } from '../../src/ingest/limits.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { systemDisk } from '../../src/lib/disk.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { finish } from '../../src/lib/parts.ts';
import { Engine } from '../../src/tsdb/engine.ts';

const data = process.argv[2];
if (!data) throw new Error('usage: node test/bench/engine-bench.ts DATA_FOLDER [WORK_FOLDER]');
const work = process.argv[3] ?? path.join(os.tmpdir(), 'telltale-engine-bench');
fs.rmSync(work, { recursive: true, force: true });

const meta = JSON.parse(fs.readFileSync(path.join(data, 'meta.json'), 'utf8'));
const files = fs
  .readdirSync(data)
  .filter((name) => name.endsWith('.lp'))
  .sort();

const open = () =>
  Engine.open({
    folder: work,
    disk: systemDisk,
    clock: systemClock,
    logger: { ...silentLogger, warn: (fields, message) => console.log(message, fields) },
    budgetBytes: 10 * 2 ** 30,
    fsync: 'group',
  });

function cpuMs(): number {
  const usage = process.cpuUsage();
  return (usage.user + usage.system) / 1000;
}

function report(what: string, fields: Record<string, number | string>): void {
  const text = Object.entries(fields).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? +value.toFixed(3) : value}`,
  );
  console.log(`${what.padEnd(14)} ${text.join('  ')}`);
}

const rssMb = () => process.memoryUsage().rss / 2 ** 20;

function folderBytes(folder: string): number {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
}

let engine = open();
const ingest = new Ingest({
  sink: engine,
  limits: DEFAULT_INGEST_LIMITS,
  nowMs: () => Date.now(),
  room: () => engine.room(),
  declareFields: () => {},
});
let appendMs = 0;
let appendCpuMs = 0;
let samples = 0;
let slowestMs = 0;
for (const name of files) {
  const bytes = fs.readFileSync(path.join(data, name));
  const started = performance.now();
  const cpu = cpuMs();
  const tally = await ingest.read({ tenant: 1, format: 'influx', encoding: 'identity', precision: 'ns', bytes });
  engine.tick();
  const tookMs = performance.now() - started;
  slowestMs = Math.max(slowestMs, tookMs);
  appendMs += tookMs;
  appendCpuMs += cpuMs() - cpu;
  samples += tally.acceptedSamples;
}
report('append', {
  samples,
  'M/s': samples / appendMs / 1000,
  'M/cpu-s': samples / appendCpuMs / 1000,
  'slowest file ms': slowestMs,
  'rss MB': rssMb(),
});
report('disk running', {
  'B/sample': folderBytes(work) / samples,
  'wal B/sample': folderBytes(path.join(work, 'wal')) / samples,
});

const matchers = (name: string) => [{ name: '__name__', op: '=' as const, value: name }];
const endMs = (meta.startSec + meta.cycles * meta.step) * 1000;
function readAll(name: string, fromMs: number, toMs: number): void {
  for (const round of ['first', 'again', 'third']) {
    const started = performance.now();
    const series = finish(engine.select({ tenants: [1], matchers: matchers(name), fromMs, toMs }));
    const selected = performance.now();
    let read = 0;
    for (const one of series) read += engine.read(one, fromMs, toMs).count;
    const done = performance.now();
    report(`read ${round}`, {
      series: series.length,
      samples: read,
      'select ms': selected - started,
      'read ms': done - selected,
    });
  }
}
readAll('interface_ifHCInOctets', 0, endMs);
readAll('interface_ifHCInOctets', endMs - 300_000, endMs);

if (process.argv[4] === 'replay') {
  const started = performance.now();
  engine = open();
  report('replay', { ms: performance.now() - started, 'rss MB': rssMb() });
}
const started = performance.now();
const cpu = cpuMs();
await engine.close();
report('close', { ms: performance.now() - started, 'cpu ms': cpuMs() - cpu, 'rss MB': rssMb() });
report('disk', {
  'B/sample': folderBytes(work) / samples,
  ...Object.fromEntries(['wal', 'raw', '5m', '1h'].map((part) => [part, folderBytes(path.join(work, part)) / samples])),
});
