/**
 * Watches the health of every device: a change is stored, becomes an event and a live message; and every round goes into
 * the engine as rows of `device`, so that rules, charts and Grafana see it like any other series.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { FieldMetadata } from '../model/field.ts';
import { HEALTH, type Health } from '../model/health.ts';
import type { TenantId } from '../model/tenant.ts';
import { type DeviceVitals, deviceHealth } from './device-health.ts';

export interface WatchedDevice extends DeviceVitals {
  readonly id: number;
  readonly tenant: TenantId;
}

export interface HealthChange {
  readonly deviceId: number;
  readonly tenant: TenantId;
  readonly before: Health;
  readonly after: Health;
  readonly atMs: number;
}

export interface HealthWatchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
  readonly devices: () => readonly WatchedDevice[];
  /** Stores all changes of a round in one transaction and tells live clients. */
  readonly changed: (changes: readonly HealthChange[]) => void;
  /** Line protocol with nanosecond timestamps. */
  readonly append: (tenant: TenantId, lines: string) => Promise<void>;
}

export const DEVICE_FIELDS: readonly FieldMetadata[] = [
  {
    measurement: 'device',
    field: 'health',
    kind: 'state',
    unit: '',
    help: `Health of the device: ${HEALTH.map((name, code) => `${code} ${name}`).join(', ')}`,
  },
  {
    measurement: 'device',
    field: 'offline',
    kind: 'state',
    unit: '',
    help: '1 when no monitor of the device succeeded for its offline time, else 0',
  },
  {
    measurement: 'device',
    field: 'silent_seconds',
    kind: 'gauge',
    unit: 'seconds',
    help: 'Time since a monitor of the device last succeeded',
  },
];

const PAUSE_MS = 60_000;

export class HealthWatch {
  readonly #options: HealthWatchOptions;
  /** Wall clock; since when there was a look every interval. */
  #watchedSinceMs: number | undefined;
  #lastLookMs = 0;

  constructor(options: HealthWatchOptions) {
    this.#options = options;
  }

  /** Runs until the signal. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, logger, intervalMs } = this.#options;
    while (!signal.aborted) {
      await this.look().catch((error) => logger.error({ err: error }, 'device health could not be judged'));
      await clock.sleep(intervalMs, signal).catch(() => {});
    }
  }

  /** One round. */
  async look(): Promise<void> {
    const { clock, devices, changed, append } = this.#options;
    const nowMs = clock.nowMs();
    const watchedSinceMs = this.#watchedSince(nowMs);
    const changes: HealthChange[] = [];
    const lines = new Map<TenantId, string[]>();
    for (const device of devices()) {
      const after = deviceHealth(device, nowMs, watchedSinceMs);
      if (after !== device.health) {
        changes.push({ deviceId: device.id, tenant: device.tenant, before: device.health, after, atMs: nowMs });
      }
      const silent = Math.max(0, (nowMs - (device.lastSuccessMs ?? device.createdAtMs)) / 1000);
      const rows = lines.get(device.tenant) ?? [];
      rows.push(
        `device,device_id=${device.id} health=${HEALTH.indexOf(after)},offline=${after === 'offline' ? 1 : 0},silent_seconds=${silent.toFixed(0)} ${nowMs}000000`,
      );
      lines.set(device.tenant, rows);
    }
    if (changes.length > 0) changed(changes);
    for (const [tenant, rows] of lines) await append(tenant, `${rows.join('\n')}\n`);
  }

  /** Begins anew when a look comes too late, or before the last one: the machine slept, or its clock was set. */
  #watchedSince(nowMs: number): number {
    const sinceMs = nowMs - this.#lastLookMs;
    if (this.#watchedSinceMs === undefined || sinceMs < 0 || sinceMs > this.#options.intervalMs + PAUSE_MS) {
      this.#watchedSinceMs = nowMs;
    }
    this.#lastLookMs = nowMs;
    return this.#watchedSinceMs;
  }
}
