/**
 * Endless ingest under a budget of 50 MB: the largest that the folder ever was, temporary files included.
 *   node test/bench/ring.ts [SECONDS]      (default 60)
 */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BenchServer, benchFolder, folderBytes } from '../support/bench-server.ts';

const BUDGET_BYTES = 50e6;
const GROUPS = 500;
const FIELDS = 8;
const seconds = Number(process.argv[2] ?? 60);
const data = path.join(benchFolder(), 'data');
const server = await BenchServer.start(data, ['--disk-budget', '50MB']);
const endAt = performance.now() + seconds * 1000;
let mostBytes = 0;
let looks = 0;
let refused = 0;
const watch = (async () => {
  while (performance.now() < endAt) {
    mostBytes = Math.max(mostBytes, folderBytes(path.join(data, 'tsdb')));
    looks++;
    await pause(25);
  }
})();
/** Rows that hardly compress, so that the budget is used up soon. */
function noisyLines(timeMs: number): string {
  let lines = '';
  for (let g = 0; g < GROUPS; g++) {
    const fields = Array.from({ length: FIELDS }, (_, f) => `f${f}=${Math.random() * 1e6}`);
    lines += `noise,g=${g} ${fields.join()} ${timeMs + (g % 1000)}\n`;
  }
  return lines;
}

let cycle = 0;
const startMs = Date.now() - 6 * 86_400_000;
for (; performance.now() < endAt; cycle++) {
  await server.post(noisyLines(startMs + cycle * 10_000)).catch(() => refused++);
}
await watch;
const answer = await server.query('count(noise_f0)', { time: (startMs + cycle * 10_000) / 1000 });
const stopMs = await server.stop();
const folder = Object.fromEntries(
  ['wal', 'raw', '5m', '1h'].map((part) => [part, folderBytes(path.join(data, 'tsdb', part))]),
);
const endBytes = folderBytes(path.join(data, 'tsdb'));
console.log(
  JSON.stringify({
    budget_bytes: BUDGET_BYTES,
    samples: cycle * GROUPS * FIELDS,
    bodies_refused: refused,
    folder_looked_at: looks,
    most_bytes: mostBytes,
    bytes_after_stop: endBytes,
    folder,
    series_found: Number(answer[0]?.value[1] ?? 0),
    stop_ms: Math.round(stopMs),
  }),
);
process.exitCode = Math.max(mostBytes, endBytes) > BUDGET_BYTES ? 1 : 0;
