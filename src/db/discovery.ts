/** Discovery profiles and their runs. */
import { and, desc, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import { discoveryProfileCredentials, discoveryProfiles, discoveryRuns } from '../../schema/discovery.ts';
import { sites } from '../../schema/plant.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { holdsText } from './search.ts';

type ProfileRow = typeof discoveryProfiles.$inferSelect;
export type DiscoveryProfileRecord = ProfileRow & {
  site: string;
  time_zone: string;
  /** In the order in which they are tried. */
  credential_profile_ids: number[];
  last_run_id: number | null;
  last_run_at: Date | null;
};
export type DiscoveryProfileValues = Omit<ProfileRow, 'id' | 'tenant_id' | 'created_at' | 'updated_at'> & {
  credential_profile_ids: readonly number[];
};
export type DiscoveryRunRecord = typeof discoveryRuns.$inferSelect;

const ofProfile = sql`FROM ${discoveryRuns} WHERE ${discoveryRuns.profile_id} = ${discoveryProfiles}.id`;
const columns = {
  ...getTableColumns(discoveryProfiles),
  site: sites.name,
  time_zone: sites.time_zone,
  credential_profile_ids: sql<number[]>`(SELECT json_group_array(credential_profile_id) FROM
    (SELECT credential_profile_id FROM ${discoveryProfileCredentials}
     WHERE ${discoveryProfileCredentials.profile_id} = ${discoveryProfiles}.id ORDER BY position))`.mapWith(
    (text: string) => JSON.parse(text) as number[],
  ),
  last_run_id: sql<number | null>`(SELECT max(${discoveryRuns.id}) ${ofProfile})`,
  last_run_at: sql<Date | null>`(SELECT max(${discoveryRuns.started_at}) ${ofProfile})`.mapWith(
    discoveryRuns.started_at,
  ),
};

export class DiscoveryRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  profile(tenant: TenantId, id: number): DiscoveryProfileRecord | undefined {
    return this.#profiles(and(eq(discoveryProfiles.tenant_id, tenant), eq(discoveryProfiles.id, id)))[0];
  }

  /** Those with a schedule, of every tenant. */
  scheduledProfiles(): DiscoveryProfileRecord[] {
    return this.#profiles(sql`${discoveryProfiles.schedule} IS NOT NULL`);
  }

  #profiles(condition: ReturnType<typeof and>): DiscoveryProfileRecord[] {
    return this.#db.sql
      .select(columns)
      .from(discoveryProfiles)
      .innerJoin(sites, eq(sites.id, discoveryProfiles.site_id))
      .where(condition)
      .all();
  }

  profiles(tenant: TenantId, request: PageRequest & { q?: string | undefined }): Page<DiscoveryProfileRecord> {
    return readPage<DiscoveryProfileRecord>({
      request,
      sortable: { name: discoveryProfiles.name, created_at: discoveryProfiles.created_at },
      defaultSort: 'name',
      id: discoveryProfiles.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...columns, sort_value: clause.sortValue })
          .from(discoveryProfiles)
          .innerJoin(sites, eq(sites.id, discoveryProfiles.site_id))
          .where(
            and(
              eq(discoveryProfiles.tenant_id, tenant),
              holdsText(request.q, [discoveryProfiles.name, discoveryProfiles.subnet]),
              clause.after,
            ),
          )
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  insertProfile(tenant: TenantId, values: DiscoveryProfileValues, at: Date): number {
    const { credential_profile_ids, ...row } = values;
    return this.#db.transaction(() => {
      const { id } = this.#db.sql
        .insert(discoveryProfiles)
        .values({ ...row, tenant_id: tenant, created_at: at, updated_at: at })
        .returning({ id: discoveryProfiles.id })
        .all()[0]!;
      this.#setCredentials(tenant, id, credential_profile_ids);
      return id;
    });
  }

  updateProfile(tenant: TenantId, id: number, values: DiscoveryProfileValues, at: Date): void {
    const { credential_profile_ids, ...row } = values;
    const condition = and(eq(discoveryProfiles.tenant_id, tenant), eq(discoveryProfiles.id, id));
    this.#db.transaction(() => {
      this.#db.sql
        .update(discoveryProfiles)
        .set({ ...row, updated_at: at })
        .where(condition)
        .run();
      this.#setCredentials(tenant, id, credential_profile_ids);
    });
  }

  #setCredentials(tenant: TenantId, profileId: number, ids: readonly number[]): void {
    const table = discoveryProfileCredentials;
    this.#db.sql.delete(table).where(eq(table.profile_id, profileId)).run();
    ids.forEach((credential_profile_id, position) => {
      this.#db.sql
        .insert(table)
        .values({ profile_id: profileId, position, credential_profile_id, tenant_id: tenant })
        .run();
    });
  }

  deleteProfile(tenant: TenantId, id: number): void {
    const condition = and(eq(discoveryProfiles.tenant_id, tenant), eq(discoveryProfiles.id, id));
    this.#db.sql.delete(discoveryProfiles).where(condition).run();
  }

  insertRun(profile: Pick<ProfileRow, 'id' | 'tenant_id' | 'name'>, total: number, at: Date): DiscoveryRunRecord {
    const row = { tenant_id: profile.tenant_id, profile_id: profile.id, profile: profile.name, started_at: at, total };
    return this.#db.sql
      .insert(discoveryRuns)
      .values({ ...row, state: 'running', scanned: 0, found: 0 })
      .returning()
      .all()[0]!;
  }

  updateRun(id: number, change: Partial<Omit<DiscoveryRunRecord, 'id' | 'tenant_id'>>): void {
    this.#db.sql.update(discoveryRuns).set(change).where(eq(discoveryRuns.id, id)).run();
  }

  run(tenant: TenantId, id: number): DiscoveryRunRecord | undefined {
    const condition = and(eq(discoveryRuns.tenant_id, tenant), eq(discoveryRuns.id, id));
    return this.#db.sql.select().from(discoveryRuns).where(condition).get();
  }

  runs(tenant: TenantId, request: PageRequest & { profile_id?: number | undefined }): Page<DiscoveryRunRecord> {
    return readPage<DiscoveryRunRecord>({
      request,
      sortable: { started_at: discoveryRuns.started_at },
      defaultSort: '-started_at',
      id: discoveryRuns.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...getTableColumns(discoveryRuns), sort_value: clause.sortValue })
          .from(discoveryRuns)
          .where(
            and(
              eq(discoveryRuns.tenant_id, tenant),
              request.profile_id === undefined ? undefined : eq(discoveryRuns.profile_id, request.profile_id),
              clause.after,
            ),
          )
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  /** After a restart nothing is running any more, whatever the table says. */
  failRunning(message: string, at: Date): void {
    this.#db.sql
      .update(discoveryRuns)
      .set({ state: 'failed', message, finished_at: at })
      .where(inArray(discoveryRuns.state, ['running']))
      .run();
  }

  lastRun(profileId: number): DiscoveryRunRecord | undefined {
    const condition = eq(discoveryRuns.profile_id, profileId);
    return this.#db.sql.select().from(discoveryRuns).where(condition).orderBy(desc(discoveryRuns.id)).get();
  }
}
