/**
 * Has the usual kinds of queries answered over some invented rows, by an engine in memory that is dropped afterwards, so
 * that everything between a row's bytes and an answer's is compiled before the first dashboard or rule asks: a query that
 * costs a millisecond costs ten when its code has never run.
 */
import { DEFAULT_INGEST_LIMITS } from '../ingest/limits.ts';
import { assert } from '../lib/assert.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLogger } from '../lib/logger.ts';
import { MemoryDisk } from '../lib/memory-disk.ts';
import { Engine } from '../tsdb/engine.ts';
import { Appender } from './appender.ts';
import type { Reading } from './messages.ts';
import { Reader } from './reader.ts';
import { DEFAULT_READ_LIMITS } from './settings.ts';

const TENANT = 1;
const HOSTS = 8;
const PORTS = 6;
/** Rows of each host and port. The first half is flushed to a segment, of the second half most is in blocks. */
const ROWS = 640;
const STEP_MS = 10_000;
const BUDGET_BYTES = 64 << 20;
const ROUNDS = 12;
const TIMEOUT_MS = 60_000;

const INSTANT = [
  'host_load',
  'net_octets{host="a",port="1"}[1h]',
  'max_over_time(host_load[1m]) > 10',
  'host_load > 10 and on (host) host_rtt < 90',
  'sum by (host) (rate(net_octets[5m]))',
  '100 * (1 - host_load / (host_load + 1))',
  'count(host_load offset 1m) or vector(0)',
  'absent_over_time(host_load[5m])',
];
const RANGE = [
  'net_octets{host="a"}',
  'rate(net_octets{host="a"}[2m])',
  'sum(rate(net_octets[2m]))',
  'topk(3, rate(net_packets[5m]))',
  'avg_over_time(host_load[5m])',
  'quantile_over_time(0.95, host_rtt[5m])',
  'max by (host) (host_load) * 2',
];

/** Takes some tenths of a second of the thread in small pieces; `pause` lets others go first. */
export async function warmUp(pause: () => Promise<void>): Promise<void> {
  const { nowMs, monotonicMs } = systemClock;
  const logger = silentLogger;
  const engine = Engine.open({
    folder: '/warm-up',
    disk: new MemoryDisk(),
    clock: systemClock,
    logger,
    budgetBytes: BUDGET_BYTES,
    fsync: 'group',
    pause,
  });
  const appender = new Appender({ engine, limits: DEFAULT_INGEST_LIMITS, nowMs, logger });
  const reader = new Reader({ engine, limits: DEFAULT_READ_LIMITS, pause, monotonicMs, logger });
  const endMs = nowMs();
  for (let row = ROWS; row > 0; row--) {
    const message = { kind: 'append', id: 0, tenant: TENANT, format: 'influx', encoding: 'identity' } as const;
    const body = new TextEncoder().encode(linesAt(endMs - row * STEP_MS));
    const answer = await appender.append({ ...message, precision: 'ms', durable: false, body });
    assert(answer.kind === 'done' && answer.refusedRows === 0, 'rows of the warm-up are refused');
    if (row === ROWS / 2) await engine.flush();
    await pause();
  }
  const common = { tenants: [TENANT], lookbackMs: undefined, timeoutMs: TIMEOUT_MS, limit: 0 };
  const range = { startMs: endMs - ROWS * STEP_MS, endMs, stepMs: 6 * STEP_MS };
  const readings: Reading[] = [
    ...INSTANT.map((query) => ({ what: 'query', query, timeMs: endMs, ...common }) as const),
    ...RANGE.map((query) => ({ what: 'query_range', query, ...range, ...common }) as const),
  ];
  const { signal } = new AbortController();
  for (let round = 0; round < ROUNDS; round++) {
    for (const reading of readings) {
      const { status, body } = await reader.read(reading, signal);
      assert(status === 200, `a query of the warm-up is refused: ${new TextDecoder().decode(body)}`);
      await pause();
    }
  }
  await engine.close();
}

/** One poll of everything, in milliseconds. */
function linesAt(timeMs: number): string {
  const lines: string[] = [];
  for (let h = 0; h < HOSTS; h++) {
    const host = String.fromCharCode(97 + h);
    const load = Math.round(50 + 40 * Math.sin(timeMs / 1e6 + h));
    lines.push(`host,host=${host} load=${load},rtt=${(load / 7).toFixed(3)},up=1i ${timeMs + h}`);
    for (let port = 0; port < PORTS; port++) {
      const octets = Math.floor((timeMs / 1000) * (port * 997 + h));
      const rest = `errors=0i,status=1i,speed=1000i`;
      lines.push(
        `net,host=${host},port=${port} octets=${octets}i,packets=${Math.floor(octets / 700)}i,${rest} ${timeMs + h}`,
      );
    }
  }
  return lines.join('\n');
}
