/** Plugins that people added. */
import { and, eq, sql } from 'drizzle-orm';
import { monitors, plugins } from '../../schema/plant.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';

export type PluginRecord = typeof plugins.$inferSelect;
export type PluginValues = Omit<PluginRecord, 'tenant_id' | 'id' | 'created_at' | 'updated_at'>;

export class PluginRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: string): PluginRecord | undefined {
    return this.#db.sql
      .select()
      .from(plugins)
      .where(and(eq(plugins.tenant_id, tenant), eq(plugins.id, id)))
      .get();
  }

  all(tenant: TenantId): PluginRecord[] {
    return this.#db.sql.select().from(plugins).where(eq(plugins.tenant_id, tenant)).orderBy(plugins.id).all();
  }

  /** Of every tenant. */
  everyones(): PluginRecord[] {
    return this.#db.sql.select().from(plugins).orderBy(plugins.tenant_id, plugins.id).all();
  }

  /** Of every tenant, those that an enabled monitor uses. */
  inUse(): PluginRecord[] {
    return this.#db.sql
      .select()
      .from(plugins)
      .where(
        sql`(${plugins.tenant_id}, ${plugins.id}) IN (SELECT ${monitors.tenant_id}, ${monitors.plugin_id} FROM ${monitors} WHERE ${monitors.enabled})`,
      )
      .orderBy(plugins.tenant_id, plugins.id)
      .all();
  }

  insert(tenant: TenantId, id: string, values: PluginValues, at: Date): void {
    this.#db.sql
      .insert(plugins)
      .values({ ...values, tenant_id: tenant, id, created_at: at, updated_at: at })
      .run();
  }

  update(tenant: TenantId, id: string, values: PluginValues, at: Date): void {
    const condition = and(eq(plugins.tenant_id, tenant), eq(plugins.id, id));
    this.#db.sql
      .update(plugins)
      .set({ ...values, updated_at: at })
      .where(condition)
      .run();
  }

  delete(tenant: TenantId, id: string): void {
    this.#db.sql
      .delete(plugins)
      .where(and(eq(plugins.tenant_id, tenant), eq(plugins.id, id)))
      .run();
  }
}
