/**
 * Which templates the devices of a tenant are recognised and polled by: the shipped ones and those that the tenant
 * added. Tenants that added none share one cache; what a tenant added, others neither see nor have shadowed.
 */
import type { Logger } from '../lib/logger.ts';
import { tenantOfKey } from '../model/collector-config.ts';
import type { TenantId } from '../model/tenant.ts';
import { PlanCache } from '../probes/plan-cache.ts';

interface TenantEntry {
  /** JSON of what was added: tells whether it changed. */
  readonly text: string;
  readonly plans: PlanCache;
}

export class TenantPlans {
  readonly #shipped: PlanCache;
  readonly #log: Logger;
  #tenants: ReadonlyMap<TenantId, TenantEntry> = new Map();

  private constructor(shipped: PlanCache, log: Logger) {
    this.#shipped = shipped;
    this.#log = log;
  }

  static async load(log: Logger): Promise<TenantPlans> {
    return new TenantPlans(await PlanCache.load(), log);
  }

  of(tenant: TenantId): PlanCache {
    return this.#tenants.get(tenant)?.plans ?? this.#shipped;
  }

  /** Takes in the added templates of a configuration document, by `tenantKey`. Returns the tenants that have others now. */
  replace(added: Readonly<Record<string, unknown>>): ReadonlySet<TenantId> {
    const before = this.#tenants;
    const groups = Map.groupBy(Object.entries(added), ([key]) => tenantOfKey(key));
    this.#tenants = new Map(
      [...groups].map(([tenant, entries]) => {
        const text = JSON.stringify(entries);
        const known = before.get(tenant);
        return [tenant, known?.text === text ? known : { text, plans: this.#build(entries) }];
      }),
    );
    const all = [...before.keys(), ...this.#tenants.keys()];
    return new Set(all.filter((tenant) => before.get(tenant) !== this.#tenants.get(tenant)));
  }

  #build(entries: readonly (readonly [key: string, source: unknown])[]): PlanCache {
    return entries.reduce(
      (plans, [key, source]) =>
        plans.with([source], (problem) => this.#log.warn({ template: key, problem }, 'a template cannot be used')),
      this.#shipped,
    );
  }
}
