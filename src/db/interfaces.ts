/** Interfaces of devices, by the stored `ifname` that never changes. */
import { and, eq, sql } from 'drizzle-orm';
import { interfaces } from '../../schema/plant.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';

export type InterfaceRecord = typeof interfaces.$inferSelect;

export class InterfaceRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  ofDevice(deviceId: number): InterfaceRecord[] {
    return this.#db.sql
      .select()
      .from(interfaces)
      .where(eq(interfaces.device_id, deviceId))
      .orderBy(interfaces.if_index, interfaces.ifname)
      .all();
  }

  /** All that have a name or alias to be joined, of every device. */
  named(): Pick<InterfaceRecord, 'tenant_id' | 'device_id' | 'ifname' | 'name' | 'alias'>[] {
    return this.#db.sql
      .select({
        tenant_id: interfaces.tenant_id,
        device_id: interfaces.device_id,
        ifname: interfaces.ifname,
        name: interfaces.name,
        alias: interfaces.alias,
      })
      .from(interfaces)
      .where(sql`${interfaces.alias} <> '' OR ${interfaces.name} <> ''`)
      .all();
  }

  /** What people decided, of one device or of all. */
  chosen(deviceId?: number): { device_id: number; ifname: string; chosen: boolean }[] {
    const rows = this.#db.sql
      .select({ device_id: interfaces.device_id, ifname: interfaces.ifname, chosen: interfaces.chosen })
      .from(interfaces)
      .where(
        and(
          sql`${interfaces.chosen} IS NOT NULL`,
          deviceId === undefined ? undefined : eq(interfaces.device_id, deviceId),
        ),
      )
      .all();
    return rows.map((row) => ({ ...row, chosen: row.chosen === true }));
  }

  upsert(row: InterfaceRecord): void {
    const { device_id: _, ifname: __, tenant_id: ___, first_seen_at: ____, chosen: _____, ...changing } = row;
    this.#db.sql
      .insert(interfaces)
      .values(row)
      .onConflictDoUpdate({ target: [interfaces.device_id, interfaces.ifname], set: changing })
      .run();
  }

  markGone(deviceId: number, ifname: string): void {
    const condition = and(eq(interfaces.device_id, deviceId), eq(interfaces.ifname, ifname));
    this.#db.sql.update(interfaces).set({ gone: true, polled: false }).where(condition).run();
  }

  /** Returns whether there is such an interface. */
  choose(tenant: TenantId, deviceId: number, ifname: string, chosen: boolean | null): boolean {
    const condition = and(
      eq(interfaces.tenant_id, tenant),
      eq(interfaces.device_id, deviceId),
      eq(interfaces.ifname, ifname),
    );
    // With no decision any more, the collector's next table says again what is polled.
    const change = chosen === null ? { chosen } : { chosen, polled: chosen };
    return this.#db.sql.update(interfaces).set(change).where(condition).run().changes > 0;
  }
}
