/** What scans found: the newest finding of each address of a site. */
import { and, eq, getTableColumns, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { discoveredDevices } from '../../schema/discovery.ts';
import { devices, sites } from '../../schema/plant.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { holdsText } from './search.ts';

type Row = typeof discoveredDevices.$inferSelect;
export type DiscoveredDeviceRecord = Row & { site: string; device_id: number | null };
export type NewDiscoveredDevice = Omit<Row, 'id' | 'first_seen_at'>;

export interface DiscoveredFilter extends PageRequest {
  readonly profile_id?: number | undefined;
  readonly run_id?: number | undefined;
  readonly imported?: boolean | undefined;
  readonly q?: string | undefined;
}

const columns = { ...getTableColumns(discoveredDevices), site: sites.name, device_id: devices.id };

export class DiscoveredDeviceRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A device counts as imported when its site holds a device of its address. */
  #from() {
    return this.#db.sql
      .select(columns)
      .from(discoveredDevices)
      .innerJoin(sites, eq(sites.id, discoveredDevices.site_id))
      .leftJoin(devices, sameAddress);
  }

  get(tenant: TenantId, id: number): DiscoveredDeviceRecord | undefined {
    return this.#from()
      .where(and(eq(discoveredDevices.tenant_id, tenant), eq(discoveredDevices.id, id)))
      .get();
  }

  ofRun(tenant: TenantId, runId: number): DiscoveredDeviceRecord[] {
    return this.#from()
      .where(and(eq(discoveredDevices.tenant_id, tenant), eq(discoveredDevices.run_id, runId)))
      .orderBy(discoveredDevices.id)
      .all();
  }

  /** Those that are no devices yet. */
  notImported(tenant: TenantId, profileId?: number): DiscoveredDeviceRecord[] {
    return this.#from()
      .where(and(eq(discoveredDevices.tenant_id, tenant), conditionOf({ profile_id: profileId, imported: false })))
      .orderBy(discoveredDevices.id)
      .all();
  }

  list(tenant: TenantId, filter: DiscoveredFilter): Page<DiscoveredDeviceRecord> {
    return readPage<DiscoveredDeviceRecord>({
      request: filter,
      sortable: {
        address: discoveredDevices.address_key,
        hostname: sql`coalesce(${discoveredDevices.hostname}, '')`,
        last_seen_at: discoveredDevices.last_seen_at,
      },
      defaultSort: 'address',
      id: discoveredDevices.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...columns, sort_value: clause.sortValue })
          .from(discoveredDevices)
          .innerJoin(sites, eq(sites.id, discoveredDevices.site_id))
          .leftJoin(devices, sameAddress)
          .where(and(eq(discoveredDevices.tenant_id, tenant), conditionOf(filter), clause.after))
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  /** Adds the finding, or renews what is known of the address. Returns its ID. */
  save(found: NewDiscoveredDevice): number {
    const { tenant_id: _, site_id: __, address_key: ___, ...changing } = found;
    return this.#db.sql
      .insert(discoveredDevices)
      .values({ ...found, first_seen_at: found.last_seen_at })
      .onConflictDoUpdate({ target: [discoveredDevices.site_id, discoveredDevices.address_key], set: changing })
      .returning({ id: discoveredDevices.id })
      .all()[0]!.id;
  }
}

const sameAddress = and(
  eq(devices.site_id, discoveredDevices.site_id),
  eq(devices.address_key, discoveredDevices.address_key),
);

function conditionOf(filter: DiscoveredFilter): SQL | undefined {
  return and(
    filter.profile_id === undefined ? undefined : eq(discoveredDevices.profile_id, filter.profile_id),
    filter.run_id === undefined ? undefined : eq(discoveredDevices.run_id, filter.run_id),
    filter.imported === undefined ? undefined : filter.imported ? isNotNull(devices.id) : isNull(devices.id),
    holdsText(filter.q, [discoveredDevices.address, discoveredDevices.hostname, discoveredDevices.facts]),
  );
}
