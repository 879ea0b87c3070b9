// Times the evaluator alone on poll-shaped data in memory: node test/bench/promql-bench.ts [RUNS]

import { serializeResult } from '../../src/promql/prometheus-json.ts';
import { evaluateInstant, evaluateRange } from '../../src/promql/query.ts';
import { MemorySource } from '../support/memory-source.ts';

const DEVICES = 200;
const INTERFACES = 24;
const CYCLES = 360;
const STEP_MS = 10_000;
const RUNS = Number(process.argv[2] ?? 9);

let seed = 12345;
const random = () => {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) / 4294967296;
};

const source = new MemorySource();
const startMs = 1_790_000_000_000;
const about = { intervalMs: STEP_MS, kind: 'counter' as const };
for (let d = 0; d < DEVICES; d++) {
  const host = `sw${d}`;
  const times = Array.from(
    { length: CYCLES },
    (_, c) => startMs + c * STEP_MS + ((d * 37) % 1000) + Math.floor(random() * 5),
  );
  const series = (name: string, extra: readonly string[], value: (cycle: number) => number) =>
    source.add(
      ['__name__', name, 'host', host, ...extra, 'site', `plant${d % 7}`, 'vendor', 'acme'],
      times.map((time, c) => [time, value(c)] as const),
      about,
    );
  let cpu = 20 + random() * 30;
  let rtt = 0.2 + random() * 3;
  series('device_cpu_percent', [], () => {
    cpu = Math.min(100, Math.max(0, cpu + (random() - 0.5) * 6));
    return Math.round(cpu);
  });
  series('device_rtt_ms', [], () => {
    rtt = Math.max(0.05, rtt + (random() - 0.5) * 0.2);
    return Number(rtt.toFixed(3));
  });
  for (let k = 0; k < INTERFACES; k++) {
    const rate = random() < 0.5 ? 10 ** (3 + random() * 5) : 0;
    for (const name of ['interface_ifHCInOctets', 'interface_ifHCOutOctets']) {
      let octets = Math.floor(random() * 1e13);
      const step = () => {
        octets += Math.floor(rate * 10 * (0.7 + random() * 0.6));
        return octets;
      };
      series(name, ['ifIndex', String(k + 1), 'ifName', `Gi1/0/${k + 1}`], step);
    }
  }
}

const QUERIES: readonly (readonly [name: string, query: string, stepS?: number])[] = [
  ['instant: rate by host', 'sum by (host)(rate(interface_ifHCInOctets[5m]))'],
  ['range: rate, one device', 'rate(interface_ifHCInOctets{host="sw7"}[2m])', 15],
  ['range: sum of rates, all', 'sum(rate(interface_ifHCInOctets[2m]))', 30],
  ['range: topk of rates', 'topk(10, rate(interface_ifHCOutOctets[5m]))', 60],
  ['range: avg_over_time', 'avg_over_time(device_cpu_percent[5m])', 30],
  ['range: quantile_over_time', 'quantile_over_time(0.95, device_rtt_ms[10m])', 60],
  ['instant: alert condition', 'max_over_time(device_cpu_percent[1m]) > 90'],
  ['instant: raw hour of one series', 'interface_ifHCInOctets{host="sw7",ifName="Gi1/0/1"}[1h]'],
  ['range: all rates', 'rate(interface_ifHCInOctets[2m])', 30],
  ['range: ratio of all', 'rate(interface_ifHCInOctets[2m]) / rate(interface_ifHCOutOctets[2m])', 30],
  ['range: hour windows', 'sum(sum_over_time(interface_ifHCInOctets[1h]))', 30],
];
const endMs = startMs + (CYCLES - 1) * STEP_MS;
const common = { source, tenants: [1], limits: { maxSamples: 100_000_000, timeoutMs: 60_000 } };
const only = process.argv[3];
for (const [name, query, stepS] of QUERIES) {
  if (only && !name.includes(only)) continue;
  const evaluate: number[] = [];
  const serialize: number[] = [];
  let bytes = 0;
  const before = process.cpuUsage();
  for (let i = 0; i < RUNS; i++) {
    const t0 = performance.now();
    const result = stepS
      ? await evaluateRange({ ...common, query, startMs: startMs + 300_000, endMs, stepMs: stepS * 1000 })
      : await evaluateInstant({ ...common, query, timeMs: endMs });
    const t1 = performance.now();
    bytes = serializeResult(result).length;
    evaluate.push(t1 - t0);
    serialize.push(performance.now() - t1);
  }
  const { user, system } = process.cpuUsage(before);
  const cpu = ((user + system) / 1000 / RUNS).toFixed(1).padStart(6);
  const show = (list: number[]) => {
    list.sort((a, b) => a - b);
    return `${list[list.length >> 1]!.toFixed(2).padStart(8)} (best ${list[0]!.toFixed(2).padStart(7)}) ms`;
  };
  console.log(
    `${name.padEnd(32)} evaluate ${show(evaluate)}  serialize ${show(serialize)}  CPU ${cpu} ms  ${bytes} bytes`,
  );
}
