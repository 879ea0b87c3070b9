/** A process that writes is killed at random moments: nothing that it acknowledged is lost. `TELLTALE_KILLS` rounds. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { systemDisk } from '../../src/lib/disk.ts';
import { EngineModel, openEngine } from '../support/engine-model.ts';
import { writerBatch } from '../support/engine-writer-batch.ts';

const ROUNDS = Number(process.env.TELLTALE_KILLS ?? 8);
const WRITER = path.join(import.meta.dirname, '..', 'support', 'engine-writer.ts');

/** Lets the writer go on from a batch; kills it some milliseconds after its first word. Returns the last acknowledged. */
function writeAndKill(folder: string, first: number, seed: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, folder, String(first), String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let isWriting = false;
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString('latin1');
      if (!isWriting) setTimeout(() => child.kill('SIGKILL'), (seed * 37) % 120);
      isWriting = true;
    });
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error('the writer ended by itself'));
      const lines = text.split('\n');
      resolve(Number(lines.at(-2)));
    });
  });
}

test(`${ROUNDS} kills lose no acknowledged row`, async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-kill-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  let first = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const last = await writeAndKill(folder, first, round + 1);
    assert.ok(last >= first, `round ${round}: ${last} after ${first}`);
    first = last + 1;
  }
  const model = new EngineModel();
  for (let n = 0; n < first; n++) for (const row of writerBatch(n)) model.add(row);
  const engine = openEngine(systemDisk, systemClock, { folder, budgetBytes: 64 * 2 ** 20 });
  // One more batch may have been written without being acknowledged any more; those of earlier rounds were written again.
  const endMs = writerBatch(first)[0]!.timeMs - 1;
  model.check(engine, [1], 0, endMs, `after ${ROUNDS} kills and ${first} batches`);
  await engine.close();
  const reopened = openEngine(systemDisk, systemClock, { folder, budgetBytes: 64 * 2 ** 20 });
  model.check(reopened, [1], 0, endMs, 'closed and opened again');
  await reopened.close();
});
