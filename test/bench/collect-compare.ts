/**
 * The collector beside Debian's prometheus-snmp-exporter and fping, on the same simulated devices in one run: varbinds a
 * CPU-second and CPU a ping. Prints one JSON object. Needs both packages and the shared folder; about two minutes.
 *
 *   node test/bench/collect-compare.ts [--devices 5000] [--port 23575]
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { devices: { type: 'string', default: '5000' }, port: { type: 'string', default: '23575' } },
});
const devices = Number(values.devices);
const port = Number(values.port);
const INTERFACES = 24;
const SCRAPED = Math.min(1000, devices);
const EXPORTER = '/usr/bin/prometheus-snmp-exporter';
const FPING = '/usr/bin/fping';
const farmFile = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'tools', 'snmp-farm.mjs');
for (const file of [farmFile, EXPORTER, FPING]) {
  if (!fs.existsSync(file)) {
    console.log(`${file} is not here: nothing to compare with.`);
    process.exit(0);
  }
}

/** The columns that our generic template reads in every poll. */
const COLUMNS = [
  ['ifHCInOctets', '1.3.6.1.2.1.31.1.1.1.6', 'counter'],
  ['ifHCOutOctets', '1.3.6.1.2.1.31.1.1.1.10', 'counter'],
  ['ifHCInUcastPkts', '1.3.6.1.2.1.31.1.1.1.7', 'counter'],
  ['ifHCOutUcastPkts', '1.3.6.1.2.1.31.1.1.1.11', 'counter'],
  ['ifInErrors', '1.3.6.1.2.1.2.2.1.14', 'counter'],
  ['ifOutErrors', '1.3.6.1.2.1.2.2.1.20', 'counter'],
  ['ifInDiscards', '1.3.6.1.2.1.2.2.1.13', 'counter'],
  ['ifOutDiscards', '1.3.6.1.2.1.2.2.1.19', 'counter'],
  ['ifOperStatus', '1.3.6.1.2.1.2.2.1.8', 'gauge'],
  ['ifAdminStatus', '1.3.6.1.2.1.2.2.1.7', 'gauge'],
] as const;

function address(i: number): string {
  const n = 256 + 1 + i;
  return `127.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}

function cpuSecondsOf(child: ChildProcess): number {
  const columns = fs.readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(columns[11]) + Number(columns[12])) / 100;
}

function exporterConfig(): string {
  const metrics = COLUMNS.map(
    ([name, oid, type]) =>
      `  - name: ${name}\n    oid: ${oid}\n    type: ${type}\n    help: x\n    indexes:\n    - labelname: ifIndex\n      type: gauge\n`,
  );
  const walk = COLUMNS.map(([, oid]) => `  - ${oid}\n`).join('');
  return `m:\n  walk:\n${walk}  get:\n  - 1.3.6.1.2.1.1.3.0\n  metrics:\n${metrics.join('')}  version: 2\n  max_repetitions: 25\n  auth:\n    community: public\n`;
}

async function measureExporter(folder: string): Promise<object> {
  const file = path.join(folder, 'snmp.yml');
  fs.writeFileSync(file, exporterConfig());
  const listen = `127.0.0.1:${port + 1}`;
  const exporter = spawn(EXPORTER, [`--config.file=${file}`, `--web.listen-address=${listen}`], { stdio: 'ignore' });
  try {
    while (
      !(await fetch(`http://${listen}/`).then(
        (answer) => answer.ok,
        () => false,
      ))
    );
    let samples = 0;
    let incomplete = 0;
    const scrapeAll = async (): Promise<void> => {
      const targets = Array.from({ length: SCRAPED }, (_, i) => address(i));
      const worker = async () => {
        for (let target = targets.pop(); target; target = targets.pop()) {
          const answer = await fetch(`http://${listen}/snmp?module=m&target=${target}:${port}`);
          const found = (await answer.text()).match(/^if\w+\{/gm)?.length ?? 0;
          samples += found;
          if (found < COLUMNS.length * INTERFACES) incomplete++;
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
    };
    await scrapeAll();
    const before = cpuSecondsOf(exporter);
    samples = 0;
    incomplete = 0;
    await scrapeAll();
    const cpuSeconds = cpuSecondsOf(exporter) - before;
    return {
      scrapes: SCRAPED,
      incomplete,
      varbinds: samples,
      cpu_seconds: cpuSeconds,
      varbinds_per_cpu_second: samples / cpuSeconds,
    };
  } finally {
    exporter.kill();
  }
}

function measureFping(): { cpu_us_per_echo: number } {
  const targets = Array.from({ length: devices }, (_, i) => address(i)).join('\n');
  // `times` prints the CPU time of the children on its second line.
  const script = `${FPING} -q -i 1 -r 0 >/dev/null 2>&1; times`;
  const output = execFileSync('bash', ['-c', script], { input: targets, encoding: 'utf8' });
  const seconds = [...(output.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  );
  return { cpu_us_per_echo: (seconds.reduce((sum, one) => sum + one, 0) * 1e6) / devices };
}

function runBench(args: readonly string[]): Record<string, number> {
  const file = path.join(import.meta.dirname, 'collect-bench.ts');
  const output = execFileSync(process.execPath, [file, '--devices', values.devices, ...args], { encoding: 'utf8' });
  return JSON.parse(output.slice(output.indexOf('{'))) as Record<string, number>;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-compare-'));
const args = [farmFile, '-', String(port), '--synthetic', String(INTERFACES), '--count', values.devices];
const farm = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
await new Promise((resolve) => farm.stdout?.once('data', resolve));
const exporter = await measureExporter(folder);
const fping = measureFping();
farm.kill();
fs.rmSync(folder, { recursive: true });
const snmp = runBench(['--seconds', '20', '--port', String(port + 2)]);
const ping = runBench(['--seconds', '20', '--no-snmp', '--ping', '--port', String(port + 3)]);
console.log(
  JSON.stringify(
    {
      snmp_exporter: exporter,
      fping,
      collector_snmp: snmp,
      collector_ping: {
        polls: ping.polls,
        late: ping.late,
        cpu_seconds: ping.cpu_seconds,
        cpu_us_per_echo: ((ping.cpu_seconds ?? 0) * 1e6) / (ping.polls ?? 1),
      },
    },
    null,
    2,
  ),
);
