/** Runs the built executable as a user would, and talks to it over HTTP. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, Peer } from './peers.ts';

export const executable = path.resolve(import.meta.dirname, '..', '..', 'dist', 'telltale');

export interface RunningServer {
  readonly peer: Peer;
  readonly url: string;
  readonly folder: string;
}

/** A new empty folder that the caller removes. */
export const temporaryFolder = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-e2e-'));

/** Starts `telltale serve` on loopback and resolves at the first 200 of /health. */
export async function startServer(
  folder: string,
  options: { port?: number; args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<RunningServer> {
  const port = options.port ?? (await freePort());
  const args = ['serve', '--data', path.join(folder, 'data'), '--listen', `127.0.0.1:${port}`, '--tls', 'off'];
  const peer = new Peer(executable, [...args, ...(options.args ?? [])], {
    cwd: folder,
    ...(options.env ? { env: options.env } : {}),
  });
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(peer, url);
  return { peer, url, folder };
}

export async function untilHealthy(peer: Peer, url: string): Promise<void> {
  for (;;) {
    if (peer.process.exitCode !== null) throw new Error(`the server ended:\n${peer.output}`);
    const answer = await fetch(`${url}/api/v1/health`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(25);
  }
}

/** Repeats `look` until it returns something, for things that become true from outside; fails with `what` after `ms`. */
export async function eventually<T>(what: string, ms: number, look: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${ms / 1000} s: ${what}`);
    await pause(200);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
export type Json = any;

export class ApiClient {
  readonly #url: string;
  #token = '';

  constructor(url: string) {
    this.#url = url;
  }

  async login(username: string, password: string): Promise<void> {
    const { token } = await this.post('/auth/login', { username, password });
    this.#token = token;
  }

  async send(method: string, route: string, body?: unknown): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.#url}/api/v1${route}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  get(route: string): Promise<Json> {
    return this.#expectOk('GET', route);
  }

  post(route: string, body: unknown = {}): Promise<Json> {
    return this.#expectOk('POST', route, body);
  }

  patch(route: string, body: unknown): Promise<Json> {
    return this.#expectOk('PATCH', route, body);
  }

  /** Samples of an instant query: `[labels, value]`. */
  async query(expression: string): Promise<[Record<string, string>, number][]> {
    const answer = await this.get(`/query?query=${encodeURIComponent(expression)}`);
    return answer.data.result.map(({ metric, value }: Json) => [metric, Number(value[1])]);
  }

  async #expectOk(method: string, route: string, body?: unknown): Promise<Json> {
    const answer = await this.send(method, route, body);
    if (answer.status >= 300) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
