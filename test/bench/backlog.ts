/**
 * 24 hours of a site that was offline come in while live polling goes on: latencies of live appends and of queries,
 * before and during the backlog.
 *   node test/bench/backlog.ts [ROWS]      (default 10000000)
 */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { BenchServer, benchFolder, percentile, portLines } from '../support/bench-server.ts';

const DAY_MS = 86_400_000;
const STEP_MS = 10_000;
const LIVE_GROUPS = 5_000;
/** Of live rows; all of them go round once in ten seconds. */
const LIVE_BODY_LINES = 100;
const LATE_BODY_LINES = 2_000;
const BEFORE_S = 10;

interface LateMessage {
  readonly lines: string;
}

/** Makes the bodies of the backlog in a thread of its own, one ahead. */
function makeLate(rows: number, startMs: number): void {
  const steps = DAY_MS / STEP_MS;
  const groups = Math.ceil(rows / steps);
  let g = 0;
  let step = 0;
  let made = 0;
  parentPort!.on('message', () => {
    let lines = '';
    for (let i = 0; i < LATE_BODY_LINES && made < rows; i++, made++) {
      const value = step * (1_000 + g) + ((g ^ step) % 7);
      lines += `late,device_id=${g},ifname=Gi0/1 octets=${value}i,state=${g % 2}i ${startMs + step * STEP_MS + (g % 1000)}\n`;
      if (++g === groups) {
        g = 0;
        step++;
      }
    }
    parentPort!.postMessage({ lines } satisfies LateMessage);
  });
}

interface Latencies {
  readonly appends: number[];
  readonly queries: number[];
}

async function timed(into: number[], work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  await work();
  into.push(performance.now() - started);
}

const described = (values: readonly number[]) => ({
  count: values.length,
  median_ms: +percentile(values, 0.5).toFixed(1),
  p99_ms: +percentile(values, 0.99).toFixed(1),
  worst_ms: +Math.max(...values).toFixed(1),
});

async function run(rows: number): Promise<void> {
  const server = await BenchServer.start(path.join(benchFolder(), 'data'));
  const startMs = Date.now() - DAY_MS - 60_000;
  let now: Latencies = { appends: [], queries: [] };
  let isOver = false;
  const live = (async () => {
    const everyMs = STEP_MS / (LIVE_GROUPS / LIVE_BODY_LINES);
    for (let n = 0; !isOver; n++) {
      const dueMs = performance.now() + everyMs;
      const first = (n * LIVE_BODY_LINES) % LIVE_GROUPS;
      const lines = portLines(first, LIVE_BODY_LINES, n, Date.now() - 2_000);
      await timed(now.appends, () => server.post(lines));
      await pause(Math.max(0, dueMs - performance.now()));
    }
  })();
  const asking = (async () => {
    for (let n = 0; !isOver; n++) {
      const device = n % (LIVE_GROUPS / 25);
      const seconds = Math.floor(Date.now() / 1000);
      const range = { start: seconds - 3_600, end: seconds, step: 15 };
      await timed(now.queries, () => server.query(`rate(port_field1{device_id="${device}"}[2m])`, range));
      await pause(200);
    }
  })();
  await pause(BEFORE_S * 1000);
  const before = now;
  now = { appends: [], queries: [] };
  const maker = new Worker(new URL(import.meta.url), { workerData: { rows, startMs } });
  const next = () => {
    const made = new Promise<LateMessage>((resolve) => maker.once('message', resolve));
    maker.postMessage('next');
    return made;
  };
  const started = performance.now();
  for (let ahead = next(); ; ) {
    const { lines } = await ahead;
    if (lines === '') break;
    ahead = next();
    await server.post(lines);
  }
  const wallS = (performance.now() - started) / 1000;
  isOver = true;
  await Promise.all([live, asking]);
  await maker.terminate();
  const found = await server.query('sum(count_over_time(late_octets[25h]))', { time: Date.now() / 1000 });
  console.log(
    JSON.stringify({
      late_rows: rows,
      late_rows_found: Number(found[0]?.value[1] ?? 0),
      wall_s: +wallS.toFixed(1),
      late_rows_a_second: Math.round(rows / wallS),
      appends_before: described(before.appends),
      appends_during: described(now.appends),
      queries_before: described(before.queries),
      queries_during: described(now.queries),
      ...server.memory(),
    }),
  );
  await server.stop();
}

if (isMainThread) await run(Number(process.argv[2] ?? 10_000_000));
else makeLate(workerData.rows, workerData.startMs);
