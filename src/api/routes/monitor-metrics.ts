/** What a monitor measured: latest, and over time. */
import { DEVICE_LABELS, INTERFACE_LABELS } from '../../fleet/joined-labels.ts';
import { Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import { idParams } from '../contract/common.ts';
import { metricsHistoryQuery, monitorHistory, monitorMetrics } from '../contract/monitors.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import { metricSplitter, type RowsOptions, rowsOf, seriesOf } from '../measured-rows.ts';
import type { Services } from '../services.ts';

const HOUR_MS = 3_600_000;
const POINTS = 500;
/** Older rows are not the latest any more, whatever the interval. */
const LATEST_MIN_MS = 300_000;

export function monitorMetricRoutes(
  services: Pick<Services, 'fleet' | 'store' | 'fields' | 'clock' | 'repositories'>,
): Endpoint[] {
  const { fleet, store, fields, clock, repositories } = services;
  const tag = 'monitors';
  const rowsOptions = (tenant: TenantId, deviceId: number): RowsOptions => {
    const labels = Object.keys(repositories.devices.get(tenant, deviceId)?.labels ?? {});
    return { split: metricSplitter(fields()), hidden: new Set([...DEVICE_LABELS, ...INTERFACE_LABELS, ...labels]) };
  };
  return [
    endpoint({
      method: 'get',
      path: '/monitors/:id/metrics',
      tag,
      summary: 'The newest rows of a monitor; percentages are derived from used and total',
      allow: 'read',
      params: idParams,
      answer: monitorMetrics,
      async handle(call) {
        const { tenant } = principalOf(call);
        const monitor = fleet.monitors.get(tenant, call.params.id);
        const timeMs = clock.nowMs();
        const lookbackMs = Math.max(LATEST_MIN_MS, monitor.polling_interval * 2500);
        const base = { tenants: [tenant], timeMs, lookbackMs };
        const series = seriesOf(await store.query({ ...base, query: `{monitor_id="${monitor.id}"}` }));
        const names = new Set(series.map((entry) => entry.metric.__name__ ?? ''));
        const times = await Promise.all(
          [...firstMetrics(names, fields)].map(async ([measurement, metric]) => {
            const query = `max(timestamp({__name__="${metric}",monitor_id="${monitor.id}"}))`;
            const [newest] = seriesOf(await store.query({ ...base, query }));
            return [measurement, newest?.value ? Number(newest.value[1]) * 1000 : timeMs] as const;
          }),
        );
        const timeOf = new Map(times);
        const rows = rowsOf(series, rowsOptions(tenant, monitor.device_id)).map((row) => ({
          ...row,
          timestamp: new Date(timeOf.get(row.measurement) ?? timeMs),
        }));
        const newest = times.length > 0 ? new Date(Math.max(...timeOf.values())) : null;
        return { monitor_id: monitor.id, timestamp: newest, metrics: rows };
      },
    }),
    endpoint({
      method: 'get',
      path: '/monitors/:id/metrics/history',
      tag,
      summary: 'Rows of a monitor over time, one a step; the last hour by default',
      allow: 'read',
      params: idParams,
      query: metricsHistoryQuery,
      answer: monitorHistory,
      async handle(call) {
        const { tenant } = principalOf(call);
        const monitor = fleet.monitors.get(tenant, call.params.id);
        const endMs = timeOf('to', call.query.to) ?? clock.nowMs();
        const startMs = timeOf('from', call.query.from) ?? endMs - HOUR_MS;
        if (startMs >= endMs) throw Refusal.invalid('from', 'must be before to');
        const finest = Math.max(monitor.polling_interval, Math.ceil((endMs - startMs) / 1000 / POINTS));
        const step_s = call.query.step_s ?? finest;
        const points = (endMs - startMs) / 1000 / step_s;
        if (points > 11_000)
          throw Refusal.invalid('step_s', `must be larger: it gives ${Math.ceil(points)} points, 11000 are allowed`);
        const request = {
          tenants: [tenant],
          query: `{monitor_id="${monitor.id}"}`,
          startMs,
          endMs,
          stepMs: step_s * 1000,
        };
        const data = rowsOf(seriesOf(await store.queryRange(request)), rowsOptions(tenant, monitor.device_id));
        return { monitor_id: monitor.id, from: new Date(startMs), to: new Date(endMs), step_s, data };
      },
    }),
  ];
}

/** One metric of each measurement: its rows share their timestamps. */
function firstMetrics(names: ReadonlySet<string>, fields: Services['fields']): Map<string, string> {
  const split = metricSplitter(fields());
  const first = new Map<string, string>();
  for (const name of names) {
    const { measurement } = split(name);
    if (!first.has(measurement)) first.set(measurement, name);
  }
  return first;
}

/** ISO 8601 or Unix seconds, in milliseconds. */
function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (!Number.isFinite(ms)) throw Refusal.invalid(name, 'must be a time: ISO 8601 or Unix seconds');
  return ms;
}
