// The engine's folder as a version of the product leaves it: some hours in segments and tiers, the last rows in the log.
//
//   node test/support/tsdb-image.ts FOLDER     writes the image of this version
import fs from 'node:fs';
import path from 'node:path';
import { MemoryDisk } from '../../src/lib/memory-disk.ts';
import type { Engine } from '../../src/tsdb/engine.ts';
import { bitsOf, EngineModel, type ModelRow, openEngine, putRow } from './engine-model.ts';
import { SimulatedClock } from './simulated-clock.ts';

const HOUR_MS = 3_600_000;
/** Where `openEngine` has its folder. */
const ROOT = '/data/tsdb';
export const SEALED_TENANT = 1;
export const LOGGED_TENANT = 2;

function row(tenant: number, port: number, i: number, timeMs: number): ModelRow {
  const rate = 1000 * (port + 1);
  const fields = new Map([
    ['in_octets', bitsOf(i < 400 || port > 0 ? 1e12 + i * rate + ((i * 7919) % rate) : i * rate)],
    ['oper_status', bitsOf(i % 150 === 149 ? 2 : 1)],
    ['temperature', bitsOf(20 + ((i * 37) % 64) / 10)],
    ['load', bitsOf(Math.sin(i) / 3)],
    ['speed', bitsOf(1e9)],
  ]);
  // Holes, and the end of a series.
  if (i % 97 === 5) fields.delete('temperature');
  if (port === 2 && i === 500) fields.set('load', 0x7ff0000000000002n);
  const tags = ['device_id', String(tenant * 10), 'ifname', `Gi1/0/${port}`];
  return { tenant, measurement: 'interface', tags, timeMs, fields };
}

/** The clock of the image, and all rows: those in segments, then those in the log. */
export function imageRows(clock: SimulatedClock): { readonly sealed: ModelRow[]; readonly logged: ModelRow[] } {
  const startMs = clock.nowMs() - 5 * HOUR_MS;
  const sealed: ModelRow[] = [];
  const logged: ModelRow[] = [];
  for (let i = 0; i < 600; i++) {
    for (let port = 0; port < 3; port++) sealed.push(row(SEALED_TENANT, port, i, startMs + i * 20_000 + ((i * 3) % 5)));
  }
  for (let i = 0; i < 30; i++) logged.push(row(LOGGED_TENANT, 0, i, clock.nowMs() - HOUR_MS + i * 20_000));
  return { sealed, logged };
}

/** An engine on the image in a folder, which stays as it is. */
export function openImage(folder: string, clock: SimulatedClock): Engine {
  const disk = new MemoryDisk();
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    if (fs.statSync(file).isFile())
      disk.contents.set(path.posix.join(ROOT, ...name.split(path.sep)), fs.readFileSync(file));
  }
  return openEngine(disk, clock);
}

export function imageModel(clock: SimulatedClock): EngineModel {
  const model = new EngineModel();
  const { sealed, logged } = imageRows(clock);
  for (const one of [...sealed, ...logged]) model.add(one);
  return model;
}

async function writeImage(folder: string): Promise<void> {
  const clock = new SimulatedClock();
  const disk = new MemoryDisk();
  const engine = openEngine(disk, clock);
  const { sealed, logged } = imageRows(clock);
  for (const one of sealed) putRow(engine, one);
  engine.commit();
  await engine.flush();
  for (const one of logged) putRow(engine, one);
  engine.commit();
  // Not closed: the log is part of the image.
  for (const [file, bytes] of disk.contents) {
    const target = path.join(folder, path.relative(ROOT, file));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, bytes);
  }
}

if (process.argv[1] === import.meta.filename) await writeImage(process.argv[2]!);
