/** A real Prometheus on loopback, filled with given samples. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SampleSeries {
  /** Flattened pairs, `__name__` among them. */
  readonly labels: readonly string[];
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
}

/** Whether the machine has Prometheus and promtool. */
export function hasPrometheus(): boolean {
  return ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
}

function openMetrics(series: readonly SampleSeries[]): string {
  const lines: string[] = [];
  const name = ({ labels }: SampleSeries) => labels[labels.indexOf('__name__') + 1]!;
  for (const each of [...series].sort((a, b) => (name(a) < name(b) ? -1 : 1))) {
    const pairs: string[] = [];
    for (let i = 0; i < each.labels.length; i += 2) {
      if (each.labels[i] !== '__name__') pairs.push(`${each.labels[i]}=${JSON.stringify(each.labels[i + 1])}`);
    }
    const head = `${name(each)}{${pairs.join(',')}}`;
    for (const [timeMs, value] of each.samples) {
      const shown = Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
      lines.push(`${head} ${shown} ${(timeMs / 1000).toFixed(3)}`);
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

/** Runs Prometheus with the samples in its blocks until it is disposed of. */
export async function startPrometheus(
  series: readonly SampleSeries[],
  port: number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-prometheus-'));
  fs.writeFileSync(path.join(folder, 'samples.txt'), openMetrics(series));
  fs.writeFileSync(path.join(folder, 'prometheus.yml'), '{}\n');
  const data = path.join(folder, 'data');
  const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', path.join(folder, 'samples.txt'), data];
  const made = spawnSync('promtool', blocks, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`promtool failed: ${made.stderr}`);
  const child = spawn(
    'prometheus',
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt++) {
    const isReady = await fetch(`${url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) break;
    if (attempt === 100 || child.exitCode !== null) throw new Error('prometheus did not start');
    await sleep(100);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
