/**
 * The executable is killed at random moments under load; every acknowledged row must be there after the next start.
 *   TELLTALE_KILL_ROUNDS=200 node test/bench/kills.ts
 */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BenchServer, benchFolder } from '../support/bench-server.ts';

const ROUNDS = Number(process.env.TELLTALE_KILL_ROUNDS ?? 20);
const SENDERS = 4;
const ROWS = 100;
const seed = Number(process.env.TELLTALE_SEED ?? 1);
const folder = path.join(benchFolder(), 'data');
const startMs = Date.now() - 3_600_000;
/** Batches of each sender that were acknowledged; a batch is one row of each of its row groups. */
const acknowledged = new Array<number>(SENDERS).fill(0);
let lost = 0;
let checked = 0;
const starts: number[] = [];

async function send(server: BenchServer, sender: number, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const batch = acknowledged[sender]!;
    let lines = '';
    for (let g = 0; g < ROWS; g++)
      lines += `kill,sender=${sender},g=${g} a=${batch}i,b=${batch * 3 + g}i ${startMs + batch}\n`;
    try {
      await server.post(lines);
    } catch {
      return;
    }
    acknowledged[sender]!++;
  }
}

/** Counts what is missing: each row group must have the values 0, 1, … of all acknowledged batches. */
async function check(server: BenchServer): Promise<void> {
  const at = { time: (startMs + 3_600_000) / 1000 };
  for (let sender = 0; sender < SENDERS; sender++) {
    const wanted = acknowledged[sender]!;
    if (wanted === 0) continue;
    const endMs = startMs + wanted - 1;
    const range = `{sender="${sender}"}[${wanted + 1}ms] @ ${endMs / 1000}`;
    const counts = await server.query(`count_over_time(kill_a${range})`, at);
    const sums = new Map(
      (await server.query(`sum_over_time(kill_b${range})`, at)).map((s) => [s.metric.g, Number(s.value[1])]),
    );
    checked += wanted * ROWS * 2;
    if (counts.length !== ROWS) lost += (ROWS - counts.length) * wanted;
    for (const { metric, value } of counts) {
      const missing = wanted - Number(value[1]);
      const sum = (3 * wanted * (wanted - 1)) / 2 + wanted * Number(metric.g);
      if (missing !== 0 || sums.get(metric.g) !== sum) lost += Math.max(1, missing);
    }
  }
}

let random = seed;
const nextRandom = () => {
  random = Math.imul(random ^ (random >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
  return (random >>> 0) / 2 ** 32;
};
for (let round = 0; round <= ROUNDS; round++) {
  const server = await BenchServer.start(folder);
  starts.push(server.readyMs);
  await check(server);
  if (round === ROUNDS) {
    await server.stop();
    break;
  }
  const stop = new AbortController();
  const senders = acknowledged.map((_, sender) => send(server, sender, stop.signal));
  await pause(20 + nextRandom() * 400);
  await server.kill();
  stop.abort();
  await Promise.all(senders);
}
const rows = acknowledged.reduce((sum, batches) => sum + batches * ROWS, 0);
console.log(
  JSON.stringify({
    rounds: ROUNDS,
    seed,
    acknowledged_rows: rows,
    samples_checked_over_all_rounds: checked,
    lost_or_changed: lost,
    median_start_ms: Math.round(starts.toSorted((a, b) => a - b)[starts.length >> 1]!),
  }),
);
process.exitCode = lost > 0 ? 1 : 0;
