/** Tenants and their settings. */
import { and, eq } from 'drizzle-orm';
import { settings, tenants } from '../../schema/people.ts';
import { sites } from '../../schema/plant.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { DEFAULT_SITE } from './sites.ts';

export type Tenant = typeof tenants.$inferSelect;

export class TenantRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(id: TenantId): Tenant | undefined {
    return this.#db.sql.select().from(tenants).where(eq(tenants.id, id)).get();
  }

  all(): Tenant[] {
    return this.#db.sql.select().from(tenants).orderBy(tenants.id).all();
  }

  /** A tenant with its site `default`. Returns its ID. */
  insert(name: string, at: Date): TenantId {
    return this.#db.transaction(() => {
      const { id } = this.#db.sql
        .insert(tenants)
        .values({ name, created_at: at })
        .returning({ id: tenants.id })
        .all()[0]!;
      const site = {
        tenant_id: id,
        name: DEFAULT_SITE,
        time_zone: 'UTC',
        description: '',
        created_at: at,
        updated_at: at,
      };
      this.#db.sql.insert(sites).values(site).run();
      return id;
    });
  }

  /** What was changed from the defaults. */
  settings(tenant: TenantId): Record<string, unknown> {
    const rows = this.#db.sql.select().from(settings).where(eq(settings.tenant_id, tenant)).all();
    return Object.fromEntries(rows.map((row) => [row.key, row.value]));
  }

  saveSettings(tenant: TenantId, changes: Readonly<Record<string, unknown>>): void {
    this.#db.transaction(() => {
      for (const [key, value] of Object.entries(changes)) {
        if (value === undefined) continue;
        this.#db.sql
          .delete(settings)
          .where(and(eq(settings.tenant_id, tenant), eq(settings.key, key)))
          .run();
        this.#db.sql.insert(settings).values({ tenant_id: tenant, key, value }).run();
      }
    });
  }
}
