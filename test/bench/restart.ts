/** Restart after `kill -9` with 20 M samples in the log; then 30 days of one interface from the 5-minute tier. */
import path from 'node:path';
import { BenchServer, benchFolder, folderBytes, percentile, portLines } from '../support/bench-server.ts';

const GROUPS = 5_000;
const BODY_LINES = 2_500;
const CYCLES = 400;
const DAY_MS = 86_400_000;
const PORTS = 1;
const STEP_MS = 10_000;

const data = path.join(benchFolder(), 'data');
const first = await BenchServer.start(data);
const startMs = Date.now() - CYCLES * STEP_MS;
for (let cycle = 0; cycle < CYCLES; cycle++) {
  for (let g = 0; g < GROUPS; g += BODY_LINES)
    await first.post(portLines(g, BODY_LINES, cycle, startMs + cycle * STEP_MS));
}
const logBytes = folderBytes(path.join(data, 'tsdb/wal'));
await first.kill();
const again = await BenchServer.start(data);
const readyCpuS = again.cpuS();
const after = { time: (startMs + CYCLES * STEP_MS) / 1000 };
const count = Number((await again.query('sum(count_over_time({__name__=~"port_.*"}[2h]))', after))[0]?.value[1] ?? 0);
console.log(
  JSON.stringify({
    samples: CYCLES * GROUPS * 10,
    log_bytes: logBytes,
    ready_after_kill_ms: Math.round(again.readyMs),
    start_cpu_s: readyCpuS,
    samples_found: count,
    ...again.memory(),
  }),
);
await again.kill();

const history = path.join(benchFolder(), 'data');
const settings = ['--retention-raw', '40d'];
const writer = await BenchServer.start(history, settings);
const endMs = Date.now() - 60_000;
const steps = (30 * DAY_MS) / STEP_MS;
let lines = '';
let queued = 0;
for (let step = 0; step < steps; step++) {
  lines += portLines(0, PORTS, step, endMs - 30 * DAY_MS + step * STEP_MS);
  queued += PORTS;
  if (queued < BODY_LINES && step < steps - 1) continue;
  await writer.post(lines);
  lines = '';
  queued = 0;
}
const stopMs = await writer.stop();
const reader = await BenchServer.start(history, settings);
const range = { start: (endMs - 30 * DAY_MS) / 1000, end: endMs / 1000, step: 1_800 };
const took: number[] = [];
let points = 0;
for (let run = 0; run < 30; run++) {
  const started = performance.now();
  const result = await reader.query('rate(port_field1{ifname="Gi1/0/0"}[30m])', range);
  took.push(performance.now() - started);
  points = result[0]?.values.length ?? 0;
}
console.log(
  JSON.stringify({
    rows_of_history: steps * PORTS,
    points,
    first_ms: +took[0]!.toFixed(1),
    median_ms: +percentile(took, 0.5).toFixed(1),
    worst_ms: +Math.max(...took).toFixed(1),
    stop_ms: Math.round(stopMs),
  }),
);
await reader.stop();
