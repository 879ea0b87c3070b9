/** Everything that speaks the shapes of other systems, with the path where each part is mounted. */
import type { Hono } from 'hono';
import { ByteBudget } from '../lib/byte-budget.ts';
import type { Store } from '../store/store.ts';
import type { FindPrincipal } from './metric-access.ts';
import { influxRoutes } from './routes/influx.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { prometheusRoutes } from './routes/prometheus.ts';

export interface ForeignRoutesOptions {
  readonly store: Store;
  readonly nowMs: () => number;
  /** Largest body that is taken, as it comes over the wire. */
  readonly bodyLimitBytes: number;
  /** Bodies that are held at the same time, from their first byte until they are stored. */
  readonly bodyBudgetBytes: number;
}

export interface MountedRoutes {
  readonly path: string;
  readonly routes: Hono;
}

export function foreignRoutes(options: ForeignRoutesOptions): (find: FindPrincipal) => readonly MountedRoutes[] {
  const { store, nowMs, bodyLimitBytes, bodyBudgetBytes } = options;
  const credits = new ByteBudget(bodyBudgetBytes);
  return (findPrincipal) => {
    const append = { store, credits, limitBytes: bodyLimitBytes, findPrincipal };
    return [
      { path: '/', routes: influxRoutes(append) },
      { path: '/api/v1', routes: ingestRoutes(append) },
      { path: '/api/v1/ingest/influx', routes: influxRoutes(append) },
      { path: '/api/v1', routes: prometheusRoutes({ store, nowMs, findPrincipal }) },
    ];
  };
}
