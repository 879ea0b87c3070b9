/**
 * When each monitor was last polled and what went wrong. Polls come by the hundred a second, so the truth is here in
 * memory, and SQLite hears of the changes in one transaction every few seconds: a kill loses at most those seconds of
 * four columns, and the next poll brings them back.
 */
import type { DeviceRepository } from '../db/devices.ts';
import type { MonitorRepository, MonitorRow, MonitorState } from '../db/monitors.ts';
import type { PollObservation } from '../model/observation.ts';
import type { TenantId } from '../model/tenant.ts';

interface Entry {
  readonly tenant: TenantId;
  readonly deviceId: number;
  state: MonitorState;
}

export interface MonitorStatesOptions {
  readonly monitors: MonitorRepository;
  readonly devices: DeviceRepository;
  readonly transaction: <T>(work: () => T) => T;
}

/** Polls of one device end in any order, but not so far apart: then the clock was turned back. */
const CLOCK_SLACK_MS = 300_000;

function moveOn(times: Map<number, number>, deviceId: number, atMs: number): void {
  const before = times.get(deviceId) ?? 0;
  if (atMs > before || before - atMs > CLOCK_SLACK_MS) times.set(deviceId, atMs);
}

export class MonitorStates {
  readonly #options: MonitorStatesOptions;
  readonly #entries = new Map<number, Entry>();
  readonly #lastSuccess = new Map<number, number>();
  readonly #lastAttempt = new Map<number, number>();
  #dirtyMonitors = new Set<number>();
  #dirtyDevices = new Set<number>();

  constructor(options: MonitorStatesOptions) {
    this.#options = options;
    for (const row of options.monitors.all()) this.add(row);
  }

  /** A monitor that exists now. */
  add(row: MonitorRow): void {
    const { last_polled, last_attempted, last_error, last_error_at } = row;
    const state = { last_polled, last_attempted, last_error, last_error_at };
    this.#entries.set(row.id, { tenant: row.tenant_id, deviceId: row.device_id, state });
    if (last_polled) this.#succeeded(row.device_id, last_polled.getTime());
    if (last_attempted) this.#attempted(row.device_id, last_attempted.getTime());
  }

  remove(monitorId: number): void {
    this.#entries.delete(monitorId);
    this.#dirtyMonitors.delete(monitorId);
  }

  /** Forgets a device that was deleted. */
  removeDevice(deviceId: number): void {
    this.#lastSuccess.delete(deviceId);
    this.#lastAttempt.delete(deviceId);
    this.#dirtyDevices.delete(deviceId);
  }

  /** Takes in a poll. Returns the tenant, or undefined when the monitor is gone. */
  apply(poll: PollObservation): TenantId | undefined {
    const id = Number(poll.monitor_id);
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    const at = new Date(poll.at_ms);
    this.#attempted(entry.deviceId, poll.at_ms);
    if (poll.error) {
      entry.state = { ...entry.state, last_attempted: at, last_error: poll.error.message, last_error_at: at };
    } else {
      // A success takes the error away; when it last went wrong stays known.
      entry.state = { ...entry.state, last_attempted: at, last_polled: at, last_error: null };
      this.#succeeded(entry.deviceId, poll.at_ms);
      this.#dirtyDevices.add(entry.deviceId);
    }
    this.#dirtyMonitors.add(id);
    return entry.tenant;
  }

  get(monitorId: number): MonitorState | undefined {
    return this.#entries.get(monitorId)?.state;
  }

  /** The tenant of a monitor that exists. */
  tenantOf(monitorId: number): TenantId | undefined {
    return this.#entries.get(monitorId)?.tenant;
  }

  /** When any monitor of the device last succeeded, milliseconds since 1970 UTC. */
  lastSuccessMs(deviceId: number): number | undefined {
    return this.#lastSuccess.get(deviceId);
  }

  /** When any monitor of the device was last tried. */
  lastAttemptMs(deviceId: number): number | undefined {
    return this.#lastAttempt.get(deviceId);
  }

  /** Writes what changed since the last time. Returns the number of monitors. */
  flush(): number {
    const monitors = this.#dirtyMonitors;
    const devices = this.#dirtyDevices;
    if (monitors.size === 0) return 0;
    this.#options.transaction(() => {
      this.#options.monitors.saveStates(
        [...monitors].flatMap((id) => {
          const entry = this.#entries.get(id);
          return entry ? [[id, entry.state] as const] : [];
        }),
      );
      const seen = [...devices].map((id) => [id, new Date(this.#lastSuccess.get(id) ?? 0)] as const);
      this.#options.devices.markSeen(new Map(seen));
    });
    this.#dirtyMonitors = new Set();
    this.#dirtyDevices = new Set();
    return monitors.size;
  }

  #succeeded(deviceId: number, atMs: number): void {
    moveOn(this.#lastSuccess, deviceId, atMs);
  }

  #attempted(deviceId: number, atMs: number): void {
    moveOn(this.#lastAttempt, deviceId, atMs);
  }
}
