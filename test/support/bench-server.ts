/** The executable under load: rows posted over kept connections, queries, and what the process uses (read from /proc). */
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, Peer } from './peers.ts';

const program = path.resolve(process.env.TELLTALE_EXECUTABLE ?? path.join(import.meta.dirname, '../../dist/telltale'));
const PASSWORD = 'bench-password-1234567890';

export class BenchServer {
  readonly peer: Peer;
  readonly readyMs: number;
  readonly #url: string;
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #token: string;

  private constructor(peer: Peer, url: string, token: string, readyMs: number) {
    this.peer = peer;
    this.#url = url;
    this.#token = token;
    this.readyMs = readyMs;
  }

  /** Starts on a data folder; resolves once it takes rows. */
  static async start(
    data: string,
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<BenchServer> {
    const port = await freePort();
    const started = performance.now();
    const peer = new Peer(
      program,
      ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--tls', 'off', ...args],
      {
        env: { TELLTALE_ADMIN_PASSWORD: PASSWORD, TELLTALE_LOG_LEVEL: 'warn', ...env },
      },
    );
    const url = `http://127.0.0.1:${port}/api/v1`;
    for (;;) {
      if (peer.process.exitCode !== null) throw new Error(`the server ended:\n${peer.output}`);
      if ((await fetch(`${url}/health`).catch(() => undefined))?.ok) break;
      await pause(5);
    }
    const readyMs = performance.now() - started;
    const body = JSON.stringify({ username: 'admin', password: PASSWORD });
    const headers = { 'content-type': 'application/json' };
    const login = await fetch(`${url}/auth/login`, { method: 'POST', headers, body });
    const { token } = (await login.json()) as { token: string };
    return new BenchServer(peer, url, token, readyMs);
  }

  /** Posts line protocol with times in milliseconds; resolves when it is acknowledged. */
  async post(lines: string): Promise<void> {
    const { status, text } = await this.#request('POST', '/ingest/influx?precision=ms', lines);
    if (status !== 204) throw new Error(`${status} ${text}`);
  }

  /** Series of a query; a range when it has start, end and step. */
  // biome-ignore lint/suspicious/noExplicitAny: results of several shapes
  async query(query: string, range: Record<string, number> = {}): Promise<any[]> {
    const kind = 'step' in range ? 'query_range' : 'query';
    const entries = Object.entries(range).map(([name, value]) => [name, String(value)]);
    const { status, text } = await this.#request(
      'GET',
      `/${kind}?${new URLSearchParams([['query', query], ...entries])}`,
    );
    if (status !== 200) throw new Error(`${status} ${text}`);
    return JSON.parse(text).data.result;
  }

  /** CPU seconds so far. */
  cpuS(): number {
    const stat = fs.readFileSync(`/proc/${this.peer.process.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Resident memory now and at its highest, in MiB. */
  memory(): { rssMib: number; peakMib: number } {
    const status = fs.readFileSync(`/proc/${this.peer.process.pid}/status`, 'utf8');
    const mib = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024);
    return { rssMib: mib('VmRSS'), peakMib: mib('VmHWM') };
  }

  /** Ends with SIGTERM; resolves with the milliseconds it took. */
  async stop(): Promise<number> {
    const started = performance.now();
    await this.#end('SIGTERM');
    return performance.now() - started;
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const { process: child } = this.peer;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
    this.#agent.destroy();
  }

  #request(method: string, route: string, body = ''): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.#token}`, 'content-length': Buffer.byteLength(body) };
      const request = http.request(this.#url + route, { method, agent: this.#agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode!, text }));
        response.on('error', reject);
      });
      request.on('error', reject).end(body);
    });
  }
}

/** A new empty folder; removed when the process ends. */
export function benchFolder(): string {
  const folder = fs.mkdtempSync(path.join(process.env.TELLTALE_BENCH_FOLDER ?? os.tmpdir(), 'telltale-bench-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Bytes of all files in a folder; files that go away meanwhile are not counted. */
export function folderBytes(folder: string): number {
  let sum = 0;
  for (const name of fs.readdirSync(folder, { recursive: true }) as string[]) {
    const stat = fs.statSync(path.join(folder, name), { throwIfNoEntry: false });
    if (stat?.isFile()) sum += stat.size;
  }
  return sum;
}

export function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
}

/** Lines of ten-field row groups as a switch's ports have them: three fields move, the others stand still. */
export function portLines(first: number, count: number, cycle: number, timeMs: number): string {
  const out: string[] = [];
  for (let g = first; g < first + count; g++) {
    const device = Math.floor(g / 25);
    let fields = '';
    for (let f = 0; f < 10; f++) {
      const value = f < 3 ? g * 1_000_003 + cycle * ((g * 31 + f * 17) % 9973) + ((g ^ cycle) % 7) : (g + f) % 5;
      fields += `${f === 0 ? '' : ','}field${f}=${value}i`;
    }
    const jitterMs = (device % 1000) + ((g ^ (cycle * 7)) % 5);
    out.push(`port,device_id=${device},ifname=Gi1/0/${g % 25},monitor_id=${device} ${fields} ${timeMs + jitterMs}\n`);
  }
  return out.join('');
}
