/** Settings of a tenant: the defaults, and what people changed. */
import type { Repositories } from '../db/repositories.ts';
import type { InterfaceRule } from '../model/interface-rule.ts';
import type { TenantId } from '../model/tenant.ts';

export interface TenantSettings {
  /** Seconds between polls of a new monitor. */
  readonly polling_interval_s: number;
  /** Of a new device: without a successful poll for so long, it is offline. */
  readonly offline_after_s: number;
  /** Requests to one device. */
  readonly packets_per_second: number;
  /** An alert that fires again within it is the same incident. */
  readonly alert_dedup_window_s: number;
  /** Which interfaces are polled where nobody chose, in order. */
  readonly interface_rules: readonly InterfaceRule[];
}

export const DEFAULT_SETTINGS: TenantSettings = {
  polling_interval_s: 10,
  offline_after_s: 300,
  packets_per_second: 50,
  alert_dedup_window_s: 900,
  interface_rules: [],
};

/** Read often and changed seldom: kept in memory. */
export class Settings {
  readonly #tenants: Repositories['tenants'];
  readonly #cache = new Map<TenantId, TenantSettings>();

  constructor(repositories: Pick<Repositories, 'tenants'>) {
    this.#tenants = repositories.tenants;
  }

  of(tenant: TenantId): TenantSettings {
    let settings = this.#cache.get(tenant);
    if (!settings) {
      settings = { ...DEFAULT_SETTINGS, ...this.#tenants.settings(tenant) };
      this.#cache.set(tenant, settings);
    }
    return settings;
  }

  change(
    tenant: TenantId,
    changes: { readonly [K in keyof TenantSettings]?: TenantSettings[K] | undefined },
  ): TenantSettings {
    this.#tenants.saveSettings(tenant, changes);
    this.#cache.delete(tenant);
    return this.of(tenant);
  }
}
