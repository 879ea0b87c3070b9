/** Devices. */
import { and, count, eq, getTableColumns, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { devices, monitors, sites } from '../../schema/plant.ts';
import type { Health } from '../model/health.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { holdsText } from './search.ts';

export type DeviceRow = typeof devices.$inferSelect;
export type DeviceRecord = DeviceRow & { site: string; monitor_count: number };
export type NewDevice = Omit<DeviceRow, 'id'>;

export interface DeviceFilter extends PageRequest {
  readonly q?: string | undefined;
  readonly site?: string | undefined;
  readonly health?: Health | undefined;
  readonly template?: string | undefined;
  readonly address_key?: string | undefined;
  readonly credential_profile_id?: number | undefined;
}

const columns = {
  ...getTableColumns(devices),
  site: sites.name,
  monitor_count: sql<number>`(SELECT count(*) FROM ${monitors} WHERE ${monitors.device_id} = ${devices}.id)`,
};
const effectiveTemplate = sql`coalesce(${devices.template}, ${devices.recognised_template}, '')`;
const fact = (name: string) => sql`coalesce(json_extract(${devices.facts}, ${`$.${name}`}), '')`;

export class DeviceRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: number): DeviceRecord | undefined {
    return this.#select(and(eq(devices.tenant_id, tenant), eq(devices.id, id)));
  }

  /** Whatever its tenant: for what collectors say of a device they were told to poll. */
  find(id: number): DeviceRecord | undefined {
    return this.#select(eq(devices.id, id));
  }

  byAddress(siteId: number, addressKey: string): DeviceRecord | undefined {
    return this.#select(and(eq(devices.site_id, siteId), eq(devices.address_key, addressKey)));
  }

  #select(condition: SQL | undefined): DeviceRecord | undefined {
    return this.#db.sql
      .select(columns)
      .from(devices)
      .innerJoin(sites, eq(sites.id, devices.site_id))
      .where(condition)
      .get();
  }

  /** Devices that the server polls itself; all of them, or those of the IDs that still exist. */
  local(ids?: readonly number[]): DeviceRecord[] {
    const those = ids && sql`${devices.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
    return this.#db.sql
      .select(columns)
      .from(devices)
      .innerJoin(sites, eq(sites.id, devices.site_id))
      .where(and(isNull(devices.component_id), those))
      .orderBy(devices.id)
      .all();
  }

  /** Every device of every tenant, for joined labels and health. */
  all(): DeviceRecord[] {
    return this.#db.sql.select(columns).from(devices).innerJoin(sites, eq(sites.id, devices.site_id)).all();
  }

  /** Of all tenants. */
  count(): number {
    return this.#db.sql.select({ n: count() }).from(devices).get()?.n ?? 0;
  }

  /** Names of the labels that people gave to devices of a tenant. */
  labelNames(tenant: TenantId): string[] {
    const rows = this.#db.sql.all<{ key: string }>(
      sql`SELECT DISTINCT entry.key FROM ${devices}, json_each(${devices.labels}) AS entry WHERE ${devices.tenant_id} = ${tenant}`,
    );
    return rows.map(({ key }) => key);
  }

  list(tenant: TenantId, filter: DeviceFilter): Page<DeviceRecord> {
    return readPage<DeviceRecord>({
      request: filter,
      sortable: {
        name: sql`${devices.name} COLLATE NOCASE`,
        address: devices.address_key,
        site: sites.name,
        health: devices.health,
        health_since: devices.health_since,
        template: effectiveTemplate,
        last_seen_at: sql`coalesce(${devices.last_seen_at}, 0)`,
        created_at: devices.created_at,
      },
      defaultSort: 'name',
      id: devices.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...columns, sort_value: clause.sortValue })
          .from(devices)
          .innerJoin(sites, eq(sites.id, devices.site_id))
          .where(and(eq(devices.tenant_id, tenant), conditionOf(filter), clause.after))
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  countBySiteAndHealth(tenant: TenantId): { site_id: number; site: string; health: Health; n: number }[] {
    return this.#db.sql
      .select({ site_id: devices.site_id, site: sites.name, health: devices.health, n: count() })
      .from(devices)
      .innerJoin(sites, eq(sites.id, devices.site_id))
      .where(eq(devices.tenant_id, tenant))
      .groupBy(devices.site_id, devices.health)
      .all();
  }

  countByTemplate(tenant: TenantId): Map<string, number> {
    const rows = this.#db.sql
      .select({ template: sql<string>`${effectiveTemplate}`, n: count() })
      .from(devices)
      .where(eq(devices.tenant_id, tenant))
      .groupBy(effectiveTemplate)
      .all();
    return new Map(rows.map((row) => [row.template, row.n]));
  }

  insert(device: NewDevice): number {
    return this.#db.sql.insert(devices).values(device).returning({ id: devices.id }).all()[0]!.id;
  }

  update(tenant: TenantId, id: number, change: Partial<NewDevice>): void {
    this.#db.sql
      .update(devices)
      .set(change)
      .where(and(eq(devices.tenant_id, tenant), eq(devices.id, id)))
      .run();
  }

  /** One statement for thousands of devices. */
  markSeen(seen: ReadonlyMap<number, Date>): void {
    const rows = Array.from(seen, ([id, at]) => [id, at.getTime()]);
    this.#db.sql.run(sql`UPDATE ${devices} SET last_seen_at = value ->> 1
      FROM json_each(${JSON.stringify(rows)}) WHERE ${devices}.id = value ->> 0`);
  }

  delete(tenant: TenantId, id: number): void {
    this.#db.sql
      .delete(devices)
      .where(and(eq(devices.tenant_id, tenant), eq(devices.id, id)))
      .run();
  }

  /** Every device of a tenant, by ID. */
  allNames(tenant: TenantId): { id: number; name: string }[] {
    const named = { id: devices.id, name: devices.name };
    return this.#db.sql.select(named).from(devices).where(eq(devices.tenant_id, tenant)).orderBy(devices.id).all();
  }

  names(tenant: TenantId, ids: readonly number[]): Map<number, string> {
    if (ids.length === 0) return new Map();
    const rows = this.#db.sql
      .select({ id: devices.id, name: devices.name })
      .from(devices)
      .where(and(eq(devices.tenant_id, tenant), inArray(devices.id, [...new Set(ids)])))
      .all();
    return new Map(rows.map((row) => [row.id, row.name]));
  }
}

function conditionOf(filter: DeviceFilter): SQL | undefined {
  return and(
    filter.health && eq(devices.health, filter.health),
    filter.site === undefined ? undefined : sql`${sites.name} = ${filter.site} COLLATE NOCASE`,
    filter.template === undefined ? undefined : sql`${effectiveTemplate} = ${filter.template}`,
    filter.address_key === undefined ? undefined : eq(devices.address_key, filter.address_key),
    filter.credential_profile_id === undefined
      ? undefined
      : eq(devices.credential_profile_id, filter.credential_profile_id),
    holdsText(filter.q, [devices.name, devices.address, fact('vendor'), fact('model'), fact('serial'), fact('name')]),
  );
}
