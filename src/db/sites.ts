/** Sites. Every tenant has one called `default`. */
import { and, count, eq, getTableColumns, sql } from 'drizzle-orm';
import { discoveryProfiles } from '../../schema/discovery.ts';
import { devices, sites } from '../../schema/plant.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { holdsText } from './search.ts';

export type SiteRecord = typeof sites.$inferSelect & { device_count: number };
type SiteValues = Pick<SiteRecord, 'name' | 'time_zone' | 'description'>;

export const DEFAULT_SITE = 'default';

const deviceCount = sql<number>`(SELECT count(*) FROM ${devices} WHERE ${devices.site_id} = ${sites}.id)`;

export class SiteRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: number): SiteRecord | undefined {
    return this.#select(and(eq(sites.tenant_id, tenant), eq(sites.id, id)));
  }

  /** Without counting its devices: asked for each of thousands that are added at a time. */
  byName(tenant: TenantId, name: string): Omit<SiteRecord, 'device_count'> | undefined {
    const condition = and(eq(sites.tenant_id, tenant), sql`${sites.name} = ${name} COLLATE NOCASE`);
    return this.#db.sql.select().from(sites).where(condition).get();
  }

  #select(condition: ReturnType<typeof and>): SiteRecord | undefined {
    return this.#db.sql
      .select({ ...getTableColumns(sites), device_count: deviceCount })
      .from(sites)
      .where(condition)
      .get();
  }

  list(tenant: TenantId, request: PageRequest & { q?: string | undefined }): Page<SiteRecord> {
    return readPage<SiteRecord>({
      request,
      sortable: { name: sites.name, created_at: sql`${sites.created_at}` },
      defaultSort: 'name',
      id: sites.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...getTableColumns(sites), device_count: deviceCount, sort_value: clause.sortValue })
          .from(sites)
          .where(and(eq(sites.tenant_id, tenant), holdsText(request.q, [sites.name, sites.description]), clause.after))
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  insert(tenant: TenantId, values: SiteValues, at: Date): number {
    const row = { ...values, tenant_id: tenant, created_at: at, updated_at: at };
    return this.#db.sql.insert(sites).values(row).returning({ id: sites.id }).all()[0]!.id;
  }

  update(tenant: TenantId, id: number, change: Partial<SiteValues>, at: Date): void {
    const condition = and(eq(sites.tenant_id, tenant), eq(sites.id, id));
    this.#db.sql
      .update(sites)
      .set({ ...change, updated_at: at })
      .where(condition)
      .run();
  }

  delete(tenant: TenantId, id: number): void {
    this.#db.sql
      .delete(sites)
      .where(and(eq(sites.tenant_id, tenant), eq(sites.id, id)))
      .run();
  }

  discoveryProfileCount(id: number): number {
    const condition = eq(discoveryProfiles.site_id, id);
    return this.#db.sql.select({ n: count() }).from(discoveryProfiles).where(condition).get()?.n ?? 0;
  }
}
