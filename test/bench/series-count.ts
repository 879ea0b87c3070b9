/**
 * Cost of a sample by number of series, on the executable over HTTP, then a paced minute of one million series.
 *   node test/bench/series-count.ts [SERIES…]      (default 10000 100000 1000000)
 */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BenchServer, benchFolder, folderBytes, portLines } from '../support/bench-server.ts';

const FIELDS = 10;
const STEP_MS = 10_000;
const SAMPLES = 10_000_000;
const PACED_CYCLES = Number(process.env.TELLTALE_PACED_CYCLES ?? 6);
const BODY_LINES = 2_500;
const counts = process.argv.slice(2).map(Number);

async function cycleOf(server: BenchServer, groups: number, cycle: number, timeMs: number): Promise<void> {
  for (let first = 0; first < groups; first += BODY_LINES) {
    await server.post(portLines(first, Math.min(BODY_LINES, groups - first), cycle, timeMs));
  }
}

for (const series of counts.length > 0 ? counts : [10_000, 100_000, 1_000_000]) {
  const folder = benchFolder();
  const server = await BenchServer.start(path.join(folder, 'data'));
  const groups = series / FIELDS;
  const cycles = Math.max(8, Math.round(SAMPLES / series));
  const startMs = Date.now() - (cycles + 1) * STEP_MS;
  const idleCpuS = server.cpuS();
  await cycleOf(server, groups, 0, startMs);
  const firstCpuS = server.cpuS();
  for (let cycle = 1; cycle < cycles; cycle++) await cycleOf(server, groups, cycle, startMs + cycle * STEP_MS);
  const cpuS = server.cpuS() - firstCpuS;
  const figures: Record<string, number> = {
    series,
    samples: cycles * series,
    first_cycle_ns_a_sample: Math.round(((firstCpuS - idleCpuS) / series) * 1e9),
    then_ns_a_sample: Math.round((cpuS / ((cycles - 1) * series)) * 1e9),
    ...server.memory(),
  };
  if (series >= 1_000_000) {
    const before = server.cpuS();
    const started = performance.now();
    for (let cycle = cycles; cycle < cycles + PACED_CYCLES; cycle++) {
      const beginMs = Date.now();
      await cycleOf(server, groups, cycle, beginMs);
      await pause(Math.max(0, STEP_MS - (Date.now() - beginMs)));
    }
    const wallS = (performance.now() - started) / 1000;
    figures.paced_s_a_cycle = +(wallS / PACED_CYCLES).toFixed(1);
    figures.paced_cpu_percent_of_one_core = +(((server.cpuS() - before) / wallS) * 100).toFixed(1);
    figures.paced_rss_mib = server.memory().rssMib;
    figures.paced_peak_mib = server.memory().peakMib;
    figures.samples! += PACED_CYCLES * series;
  }
  figures.stop_ms = Math.round(await server.stop());
  const {
    raw,
    '5m': fine,
    '1h': coarse,
    wal,
  } = Object.fromEntries(
    ['raw', '5m', '1h', 'wal'].map((part) => [part, folderBytes(path.join(folder, 'data/tsdb', part))]),
  ) as Record<'raw' | '5m' | '1h' | 'wal', number>;
  figures.raw_bytes_a_sample = +(raw / figures.samples!).toFixed(3);
  figures.tiers_bytes_a_sample = +((fine + coarse) / figures.samples!).toFixed(3);
  figures.log_bytes_a_sample = +(wal / figures.samples!).toFixed(3);
  console.log(JSON.stringify(figures));
}
