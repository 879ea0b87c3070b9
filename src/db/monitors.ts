/** Monitors. What polls say of them is written in bulk, see `saveStates`. */
import { and, count, eq, getTableColumns, isNull, sql } from 'drizzle-orm';
import { devices, monitors } from '../../schema/plant.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';

export type MonitorRow = typeof monitors.$inferSelect;
export type MonitorRecord = MonitorRow & { device: string };
export type MonitorState = Pick<MonitorRow, 'last_polled' | 'last_attempted' | 'last_error' | 'last_error_at'>;
export type MonitorValues = Pick<
  MonitorRow,
  'device_id' | 'plugin_id' | 'credential_profile_id' | 'polling_interval' | 'enabled' | 'settings'
>;

export interface MonitorFilter extends PageRequest {
  readonly device_id?: number | undefined;
  readonly plugin_id?: string | undefined;
  readonly credential_profile_id?: number | undefined;
  readonly enabled?: boolean | undefined;
}

const columns = { ...getTableColumns(monitors), device: devices.name };

export class MonitorRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: number): MonitorRecord | undefined {
    return this.#db.sql
      .select(columns)
      .from(monitors)
      .innerJoin(devices, eq(devices.id, monitors.device_id))
      .where(and(eq(monitors.tenant_id, tenant), eq(monitors.id, id)))
      .get();
  }

  list(tenant: TenantId, filter: MonitorFilter): Page<MonitorRecord> {
    return readPage<MonitorRecord>({
      request: filter,
      sortable: {
        id: monitors.id,
        device: sql`${devices.name} COLLATE NOCASE`,
        device_id: monitors.device_id,
        plugin_id: monitors.plugin_id,
        polling_interval: monitors.polling_interval,
        created_at: monitors.created_at,
      },
      defaultSort: 'id',
      id: monitors.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...columns, sort_value: clause.sortValue })
          .from(monitors)
          .innerJoin(devices, eq(devices.id, monitors.device_id))
          .where(
            and(
              eq(monitors.tenant_id, tenant),
              filter.device_id === undefined ? undefined : eq(monitors.device_id, filter.device_id),
              filter.plugin_id === undefined ? undefined : eq(monitors.plugin_id, filter.plugin_id),
              filter.credential_profile_id === undefined
                ? undefined
                : eq(monitors.credential_profile_id, filter.credential_profile_id),
              filter.enabled === undefined ? undefined : eq(monitors.enabled, filter.enabled),
              clause.after,
            ),
          )
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  ofDevice(deviceId: number): MonitorRow[] {
    return this.#db.sql.select().from(monitors).where(eq(monitors.device_id, deviceId)).orderBy(monitors.id).all();
  }

  /** Every monitor of every tenant. */
  all(): MonitorRow[] {
    return this.#db.sql.select().from(monitors).orderBy(monitors.id).all();
  }

  /** Enabled monitors of the devices that the server polls itself. */
  local(): MonitorRow[] {
    return this.#db.sql
      .select(getTableColumns(monitors))
      .from(monitors)
      .innerJoin(devices, eq(devices.id, monitors.device_id))
      .where(and(isNull(devices.component_id), eq(monitors.enabled, true)))
      .orderBy(monitors.id)
      .all();
  }

  /** Of every device with monitors that are on: how often the busiest of them polls, in milliseconds. */
  shortestIntervals(): Map<number, number> {
    const rows = this.#db.sql
      .select({ id: monitors.device_id, seconds: sql<number>`min(${monitors.polling_interval})` })
      .from(monitors)
      .where(eq(monitors.enabled, true))
      .groupBy(monitors.device_id)
      .all();
    return new Map(rows.map((row) => [row.id, row.seconds * 1000]));
  }

  /** One monitor as it is stored. */
  find(id: number): MonitorRow | undefined {
    return this.#db.sql.select().from(monitors).where(eq(monitors.id, id)).get();
  }

  /** IDs of the devices whose monitors use a credential profile. */
  devicesOfCredential(credentialProfileId: number): number[] {
    const rows = this.#db.sql
      .selectDistinct({ id: monitors.device_id })
      .from(monitors)
      .where(eq(monitors.credential_profile_id, credentialProfileId))
      .all();
    return rows.map((row) => row.id);
  }

  countOfDevice(deviceId: number): number {
    return this.#count(eq(monitors.device_id, deviceId));
  }

  countOfCredential(credentialProfileId: number): number {
    return this.#count(eq(monitors.credential_profile_id, credentialProfileId));
  }

  countOfPlugin(tenant: TenantId, pluginId: string): number {
    return this.#count(and(eq(monitors.tenant_id, tenant), eq(monitors.plugin_id, pluginId)));
  }

  #count(condition: ReturnType<typeof and>): number {
    return this.#db.sql.select({ n: count() }).from(monitors).where(condition).get()?.n ?? 0;
  }

  insert(tenant: TenantId, values: MonitorValues, at: Date): number {
    const row = { ...values, tenant_id: tenant, created_at: at, updated_at: at };
    return this.#db.sql.insert(monitors).values(row).returning({ id: monitors.id }).all()[0]!.id;
  }

  update(tenant: TenantId, id: number, change: Partial<MonitorValues>, at: Date): void {
    const condition = and(eq(monitors.tenant_id, tenant), eq(monitors.id, id));
    this.#db.sql
      .update(monitors)
      .set({ ...change, updated_at: at })
      .where(condition)
      .run();
  }

  /** One statement for the states of thousands: monitors that are gone by now are passed over. */
  saveStates(states: Iterable<readonly [id: number, state: MonitorState]>): void {
    const rows = Array.from(states, ([id, state]) => [
      id,
      state.last_polled?.getTime() ?? null,
      state.last_attempted?.getTime() ?? null,
      state.last_error,
      state.last_error_at?.getTime() ?? null,
    ]);
    this.#db.sql.run(sql`UPDATE ${monitors}
      SET last_polled = value ->> 1, last_attempted = value ->> 2, last_error = value ->> 3, last_error_at = value ->> 4
      FROM json_each(${JSON.stringify(rows)}) WHERE ${monitors}.id = value ->> 0`);
  }

  delete(tenant: TenantId, id: number): void {
    this.#db.sql
      .delete(monitors)
      .where(and(eq(monitors.tenant_id, tenant), eq(monitors.id, id)))
      .run();
  }
}
