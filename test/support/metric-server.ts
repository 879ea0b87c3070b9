/**
 * The store with its real thread and engine in a folder of its own, behind the routes of other systems on a loopback
 * port. Two tenants with a key each, and keys that may only read or only write.
 */
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyCredits } from '../../src/api/append-body.ts';
import type { FindPrincipal } from '../../src/api/metric-access.ts';
import { influxRoutes } from '../../src/api/routes/influx.ts';
import { ingestRoutes } from '../../src/api/routes/ingest.ts';
import { prometheusRoutes } from '../../src/api/routes/prometheus.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { DEFAULT_INGEST_LIMITS } from '../../src/ingest/limits.ts';
import { BufferPool } from '../../src/lib/buffer-pool.ts';
import { type Logger, silentLogger } from '../../src/lib/logger.ts';
import { startThread } from '../../src/lib/thread.ts';
import type { Role } from '../../src/model/role.ts';
import { openStore } from '../../src/store/client.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits, type StoreSettings } from '../../src/store/settings.ts';
import type { Store } from '../../src/store/store.ts';
import { DEFAULT_LIMITS } from '../../src/tsdb/limits.ts';

export function testSettings(folder: string, readLimits: Partial<ReadLimits> = {}): StoreSettings {
  return {
    folder,
    diskBudgetBytes: 200e6,
    fsync: 'group',
    engineLimits: DEFAULT_LIMITS,
    ingestLimits: DEFAULT_INGEST_LIMITS,
    readLimits: { ...DEFAULT_READ_LIMITS, ...readLimits },
  };
}

export interface TestStore extends AsyncDisposable {
  readonly store: Store;
  /** The engine's. */
  readonly folder: string;
  /** The thread that runs now. */
  readonly worker: () => Worker;
}

/** A store in a new folder, which goes with it. */
export async function openTestStore(
  options: { readLimits?: Partial<ReadLimits>; logger?: Logger } = {},
): Promise<TestStore> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-store-'));
  let worker: Worker | undefined;
  const store = await openStore({
    settings: testSettings(path.join(folder, 'tsdb'), options.readLimits),
    logger: options.logger ?? silentLogger,
    startWorker(workerData) {
      worker = startThread('store', { workerData });
      return worker;
    },
  });
  return {
    store,
    folder: path.join(folder, 'tsdb'),
    worker: () => worker!,
    async [Symbol.asyncDispose]() {
      await store.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

const principal = (tenant: number, role: Role, byCookie = false): Principal => {
  return { kind: 'api_key', id: 1, name: 'test', tenant, role, userId: null, byCookie };
};

/** By the key that is sent as `X-API-Key` or as bearer token. */
const PRINCIPALS: Readonly<Record<string, Principal>> = {
  one: principal(1, 'operator'),
  two: principal(2, 'operator'),
  reader: principal(1, 'viewer'),
  writer: principal(1, 'ingest'),
  cookie: principal(1, 'operator', true),
};

export interface MetricServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly worker: () => Worker;
  /** Requests as tenant 1 unless `key` says otherwise. */
  fetch(path: string, init?: RequestInit & { key?: string }): Promise<Response>;
}

export interface MetricServerOptions {
  readonly readLimits?: Partial<ReadLimits>;
  readonly bodyLimitBytes?: number;
  /** Who it is when no key is sent. */
  readonly anonymous?: string;
}

export async function startMetricServer(options: MetricServerOptions = {}): Promise<MetricServer> {
  const opened = await openTestStore(options);
  const { store } = opened;
  const find = (key: string | undefined) => PRINCIPALS[key ?? options.anonymous ?? ''];
  const findPrincipal: FindPrincipal = (context) =>
    find(context.req.header('x-api-key') ?? context.req.header('authorization')?.replace(/^Bearer /, ''));
  const limitBytes = options.bodyLimitBytes ?? 32 << 20;
  const append = { store, findPrincipal, limitBytes, credits: bodyCredits(), buffers: new BufferPool() };
  const app = new Hono();
  app.route('/api/v1', ingestRoutes(append));
  app.route('/api/v1', prometheusRoutes({ store, findPrincipal, nowMs: () => Date.now() }));
  app.route('/', influxRoutes(append));
  const server = http.createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    store,
    worker: opened.worker,
    fetch: (at, { key = 'one', ...init } = {}) =>
      fetch(`${url}${at}`, { ...init, headers: { 'x-api-key': key, ...(init.headers as Record<string, string>) } }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await opened[Symbol.asyncDispose]();
    },
  };
}
