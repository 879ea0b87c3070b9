/** Monitors: device × plugin × credential profile × interval. */
import type { MonitorRecord, MonitorRow, MonitorValues } from '../db/monitors.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type FieldProblem, Refusal } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Store } from '../store/store.ts';
import type { CollectorConfiguration } from './configuration.ts';
import type { MonitorStates } from './monitor-states.ts';
import { type Plugin, type PluginCatalogue, settingsProblems } from './plugins.ts';

export interface MonitorsOptions {
  readonly repositories: Pick<Repositories, 'monitors' | 'devices' | 'credentialProfiles' | 'transaction'>;
  readonly plugins: PluginCatalogue;
  readonly states: MonitorStates;
  readonly configuration: CollectorConfiguration;
  readonly store: Pick<Store, 'deleteRowGroups' | 'declareInterval'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface MonitorWish {
  readonly device_id: number;
  readonly plugin_id: string;
  readonly credential_profile_id?: number | null | undefined;
  readonly polling_interval?: number | undefined;
  readonly enabled?: boolean | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

export type MonitorPatch = { readonly [K in keyof MonitorWish]?: MonitorWish[K] | undefined };

/** Polls that were under way when a monitor went may bring rows once more: its metrics are deleted again after this. */
const STRAGGLERS_MS = 30_000;

export class Monitors {
  readonly #options: MonitorsOptions;
  readonly #pending = new Set<() => void>();

  constructor(options: MonitorsOptions) {
    this.#options = options;
  }

  /** With its state as it is now. @throws Refusal when there is none of this tenant */
  get(tenant: TenantId, id: number): MonitorRecord {
    const record = this.#options.repositories.monitors.get(tenant, id);
    if (!record) throw Refusal.notFound('Monitor');
    return this.withState(record);
  }

  withState<T extends MonitorRow>(record: T): T {
    return { ...record, ...this.#options.states.get(record.id) };
  }

  /** @throws Refusal: `Device not found`, `Credential Profile not found`, `Plugin not found`, wrong settings */
  create(tenant: TenantId, wish: MonitorWish): MonitorRecord {
    const { repositories, configuration } = this.#options;
    if (!repositories.devices.get(tenant, wish.device_id)) throw missing('Device', 'device_id');
    const values = this.#check(tenant, wish);
    const id = this.insert(tenant, values);
    configuration.touch([wish.device_id]);
    return this.get(tenant, id);
  }

  /** Stores a monitor whose values are right; the caller touches the configuration. */
  insert(tenant: TenantId, values: MonitorValues): number {
    const { repositories, states } = this.#options;
    const id = repositories.monitors.insert(tenant, values, this.#now());
    const row = repositories.monitors.find(id);
    if (row) states.add(row);
    this.#declareInterval(tenant, id, values.polling_interval);
    return id;
  }

  /** `wish` replaces everything that may change. @throws Refusal */
  replace(tenant: TenantId, id: number, wish: MonitorWish): MonitorRecord {
    const before = this.get(tenant, id);
    if (wish.device_id !== before.device_id) throw Refusal.invalid('device_id', 'cannot change: make another monitor');
    if (wish.plugin_id !== before.plugin_id) throw Refusal.invalid('plugin_id', 'cannot change: make another monitor');
    const values = this.#check(tenant, wish);
    this.#options.repositories.monitors.update(tenant, id, values, this.#now());
    if (values.polling_interval !== before.polling_interval) this.#declareInterval(tenant, id, values.polling_interval);
    this.#options.configuration.touch([before.device_id]);
    return this.get(tenant, id);
  }

  /** Changes only what is given. @throws Refusal */
  patch(tenant: TenantId, id: number, patch: MonitorPatch): MonitorRecord {
    const before = this.get(tenant, id);
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    return this.replace(tenant, id, { ...before, ...given });
  }

  /** Deletes the monitor and all that it measured. @throws Refusal */
  async delete(tenant: TenantId, id: number): Promise<MonitorRecord> {
    const record = this.get(tenant, id);
    this.#options.repositories.monitors.delete(tenant, id);
    await this.forget(tenant, [record]);
    return record;
  }

  /** What is left to do when the rows of monitors are gone: stop polling at once, delete their metrics, and `more` selectors'. */
  async forget(tenant: TenantId, gone: readonly MonitorRow[], more: readonly string[] = []): Promise<void> {
    if (gone.length === 0 && more.length === 0) return;
    const { states, configuration, store, clock, logger } = this.#options;
    for (const row of gone) states.remove(row.id);
    configuration.touch(new Set(gone.map((row) => row.device_id)));
    configuration.flush();
    const selectors = [...gone.map((row) => `{monitor_id="${row.id}"}`), ...more];
    const cancel = clock.after(STRAGGLERS_MS, () => {
      this.#pending.delete(cancel);
      store.deleteRowGroups(tenant, selectors).catch((error: unknown) => {
        logger.error({ err: error, selectors }, 'Metrics of deleted monitors could not be deleted.');
      });
    });
    this.#pending.add(cancel);
    await store.deleteRowGroups(tenant, selectors);
  }

  stop(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }

  #check(tenant: TenantId, wish: MonitorWish): MonitorValues {
    const plugin = this.#options.plugins.get(tenant, wish.plugin_id);
    if (!plugin) throw missing('Plugin', 'plugin_id');
    const credentialId = wish.credential_profile_id ?? null;
    const problems: FieldProblem[] = [];
    const wrongCredential = this.#credentialProblem(tenant, plugin, credentialId);
    if (wrongCredential) problems.push({ path: 'credential_profile_id', message: wrongCredential });
    const settings = wish.settings ?? {};
    problems.push(...settingsProblems(plugin, settings));
    const [first] = problems;
    if (first) throw new Refusal('invalid', `${first.path} ${first.message}`, problems);
    return {
      device_id: wish.device_id,
      plugin_id: plugin.id,
      credential_profile_id: credentialId,
      polling_interval: wish.polling_interval ?? plugin.default_interval_s,
      enabled: wish.enabled ?? true,
      settings,
    };
  }

  #credentialProblem(tenant: TenantId, plugin: Plugin, id: number | null): string | undefined {
    const { credential_types: types } = plugin;
    const needed = `of type ${types.join(', ')}`;
    if (id === null) {
      const optional = types.length === 0 || !types.every((type) => type.startsWith('snmp_'));
      return optional ? undefined : `is needed by ${plugin.name}: a profile ${needed}`;
    }
    const type = this.#options.repositories.credentialProfiles.typeOf(tenant, id);
    if (!type) throw missing('Credential Profile', 'credential_profile_id');
    if (types.length > 0 && !types.includes(type)) return `must be a profile ${needed}, it is ${type}`;
    return undefined;
  }

  #declareInterval(tenant: TenantId, id: number, intervalS: number): void {
    this.#options.store.declareInterval(tenant, String(id), intervalS * 1000).catch((error: unknown) => {
      this.#options.logger.error({ err: error, monitor_id: id }, 'The store did not take the interval of a monitor.');
    });
  }

  #now(): Date {
    return new Date(this.#options.clock.nowMs());
  }
}

function missing(what: string, path: string): Refusal {
  return new Refusal('not_found', `${what} not found`, [{ path, message: `There is no such ${what}.` }]);
}
