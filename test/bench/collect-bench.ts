/**
 * The collector at scale: synthetic switches of the shared farm, polled every ten seconds, and pings to as many
 * addresses. Prints CPU seconds of this process, memory, requests a second, late polls and varbinds per CPU-second.
 *
 *   node test/bench/collect-bench.ts [--devices 5000] [--interfaces 24] [--seconds 30] [--interval 10] [--ping] [--port 23570]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CollectorRuntime } from '../../src/collector/runtime.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { CollectorConfig, DeviceSection } from '../../src/model/collector-config.ts';
import type { Observation } from '../../src/model/observation.ts';
import { PROBES } from '../../src/probes/registry.ts';
import { consoleLogger } from '../support/console-logger.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '5000' },
    interfaces: { type: 'string', default: '24' },
    seconds: { type: 'string', default: '30' },
    interval: { type: 'string', default: '10' },
    port: { type: 'string', default: '23570' },
    ping: { type: 'boolean', default: false },
    'no-snmp': { type: 'boolean', default: false },
  },
});
const devices = Number(values.devices);
const farmFile = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'tools', 'snmp-farm.mjs');
if (!fs.existsSync(farmFile)) {
  console.log('The shared folder with snmp-farm.mjs is not here: nothing to measure against.');
  process.exit(0);
}

/** Addresses as the farm counts them up from 127.0.1.1. */
function address(i: number): string {
  const n = 256 + 1 + i;
  return `127.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}

function section(i: number): DeviceSection {
  const interval_s = Number(values.interval);
  const snmp = { monitor_id: `s${i}`, plugin_id: 'snmp', interval_s, settings: {}, credential_id: '1' };
  const icmp = { monitor_id: `p${i}`, plugin_id: 'icmp', interval_s, settings: { count: 1 } };
  return {
    device_id: String(i),
    tenant_id: 1,
    hash: 'a',
    address: address(i),
    packets_per_second: 50,
    interfaces: Object.fromEntries(
      Array.from({ length: Number(values.interfaces) }, (_, k) => [`Gi1/0/${k + 1}`, true]),
    ),
    monitors: [...(values['no-snmp'] ? [] : [snmp]), ...(values.ping ? [icmp] : [])],
  };
}

async function startFarm(): Promise<ChildProcess> {
  const args = [farmFile, '-', values.port, '--synthetic', values.interfaces, '--count', values.devices];
  const farm = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => farm.stdout?.once('data', resolve));
  return farm;
}

function cpuSecondsOf(pid: number | undefined): number {
  const columns = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(columns[11]) + Number(columns[12])) / 100;
}

const farm = await startFarm();
let rows = 0;
let bytes = 0;
let varbinds = 0;
const polled = new Set<string>();
const errors = new Map<string, number>();
const runtime = await CollectorRuntime.start({
  clock: systemClock,
  log: consoleLogger,
  probes: PROBES,
  open: (sealed) => sealed,
  knownInterfaces: async () => [],
  emit(observations: readonly Observation[]) {
    for (const one of observations) {
      if (one.kind === 'poll') polled.add(one.monitor_id);
      if (one.kind === 'poll' && one.error) errors.set(one.error.code, (errors.get(one.error.code) ?? 0) + 1);
    }
  },
  sink: {
    append(_tenant, lines) {
      bytes += lines.length;
      for (let i = 0; i < lines.length; i++) if (lines[i] === 10) rows++;
      for (const match of Buffer.from(lines)
        .toString('latin1')
        .matchAll(/varbinds=(\d+)/g))
        varbinds += Number(match[1]);
      return Promise.resolve({ kind: 'stored', rows: 0, refused: 0 });
    },
  },
});
const config: CollectorConfig = {
  format: 1,
  revision: '1',
  templates: {},
  plugins: {},
  credentials: {
    1: { id: '1', type: 'snmp_v2c', public: { port: Number(values.port) }, sealed: { community: 'public' } },
  },
  devices: Array.from({ length: devices }, (_, i) => section(i)),
};
console.log(runtime.status().ping.sentence);
await runtime.configure(config);
// Recognition and the first tables of all, then two settled intervals.
const startedMs = performance.now();
const monitors = config.devices.reduce((sum, device) => sum + device.monitors.length, 0);
while (polled.size < monitors) await systemClock.sleep(100);
const firstPollsS = (performance.now() - startedMs) / 1000;
await systemClock.sleep(Number(values.interval) * 2000);
const before = { ...runtime.status(), rows, bytes, varbinds, cpu: process.cpuUsage(), farm: cpuSecondsOf(farm.pid) };
const startMs = performance.now();
await systemClock.sleep(Number(values.seconds) * 1000);
const elapsedS = (performance.now() - startMs) / 1000;
const after = runtime.status();
const cpu = process.cpuUsage(before.cpu);
const cpuS = (cpu.user + cpu.system) / 1e6;
const requests = after.udp.sent - before.udp.sent;
const polls = after.polls.finished - before.polls.finished;
console.log(
  JSON.stringify(
    {
      devices,
      first_polls_of_all_s: firstPollsS,
      seconds: elapsedS,
      polls,
      polls_failed: after.polls.failed - before.polls.failed,
      late: after.polls.late - before.polls.late,
      skipped: after.polls.skipped - before.polls.skipped,
      cpu_seconds: cpuS,
      cpu_user_seconds: cpu.user / 1e6,
      cpu_share_percent: (100 * cpuS) / elapsedS,
      farm_cpu_seconds: cpuSecondsOf(farm.pid) - before.farm,
      snmp_requests_per_s: requests / elapsedS,
      varbinds: varbinds - before.varbinds,
      varbinds_per_cpu_second: (varbinds - before.varbinds) / cpuS,
      us_per_poll: (cpuS * 1e6) / polls,
      rows_per_s: (rows - before.rows) / elapsedS,
      resident_mb: process.memoryUsage().rss / 2 ** 20,
      heap_mb: process.memoryUsage().heapUsed / 2 ** 20,
      buffers_mb: process.memoryUsage().arrayBuffers / 2 ** 20,
      errors: Object.fromEntries(errors),
    },
    null,
    2,
  ),
);
await runtime.close();
farm.kill();
