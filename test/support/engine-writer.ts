/**
 * A process that writes to an engine until it is killed: batches numbered from a start, each number printed once it is
 * acknowledged. `node engine-writer.ts FOLDER FIRST SEED`
 */
import fs from 'node:fs';
import { systemClock } from '../../src/lib/clock.ts';
import { systemDisk } from '../../src/lib/disk.ts';
import { openEngine, putRow } from './engine-model.ts';
import { writerBatch } from './engine-writer-batch.ts';

const [folder, first, seed] = process.argv.slice(2) as [string, string, string];
let state = Number(seed);
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const engine = openEngine(systemDisk, systemClock, { folder, budgetBytes: 64 * 2 ** 20 });
for (let n = Number(first); ; n++) {
  for (const row of writerBatch(n)) putRow(engine, row);
  engine.commit();
  fs.writeSync(1, `${n}\n`);
  if (random() < 0.02) void engine.flush();
  engine.tick();
  if (random() < 0.3) await engine.room();
}
