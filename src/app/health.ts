/** Wires the watch over the health of devices to SQLite, events, live clients and the engine. */
import type { LiveHub } from '../api/live-hub.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { HealthWatch, type WatchedDevice } from '../rules/health-watch.ts';
import type { Store } from '../store/store.ts';

export interface HealthOptions {
  readonly repositories: Repositories;
  readonly fleet: Fleet;
  readonly store: Store;
  readonly live: LiveHub;
  readonly clock: Clock;
  readonly logger: Logger;
}

const EVERY_MS = 10_000;

export function watchHealth(options: HealthOptions, signal: AbortSignal): Promise<void> {
  const { repositories, fleet, store, live, clock, logger } = options;
  const watch = new HealthWatch({
    clock,
    logger,
    intervalMs: EVERY_MS,
    devices: () => watchedDevices(options),
    changed(changes) {
      repositories.transaction(() => {
        for (const change of changes) {
          const since = new Date(change.atMs);
          repositories.devices.update(change.tenant, change.deviceId, { health: change.after, health_since: since });
          const device = repositories.devices.get(change.tenant, change.deviceId);
          if (!device) continue;
          const { before, after, atMs } = change;
          fleet.events.record(device, 'health_changed', { before, after, atMs });
          live.publish(change.tenant, 'device_status', {
            device_id: device.id,
            name: device.name,
            health: after,
            since,
          });
        }
      });
    },
    async append(tenant, lines) {
      const body = new TextEncoder().encode(lines);
      const answer = await store.append({ tenant, format: 'influx', encoding: 'identity', body });
      if (answer.kind !== 'done') logger.warn({ reason: answer.reason }, 'the health of devices was not stored');
    },
  });
  return watch.start(signal);
}

function watchedDevices({ repositories, fleet }: HealthOptions): readonly WatchedDevice[] {
  const worst = repositories.alerts.worstByDevice();
  const intervals = repositories.monitors.shortestIntervals();
  return repositories.devices.all().map((device) => {
    const severity = worst.get(device.id);
    return {
      id: device.id,
      tenant: device.tenant_id,
      health: device.health,
      createdAtMs: device.created_at.getTime(),
      lastSuccessMs: fleet.states.lastSuccessMs(device.id),
      lastAttemptMs: fleet.states.lastAttemptMs(device.id),
      offlineAfterMs: device.offline_after_s * 1000,
      shortestIntervalMs: intervals.get(device.id),
      firing: severity ? [severity] : [],
    };
  });
}
