/** Credential profiles. Secrets come and go sealed: this room never sees one in the clear. */
import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { discoveryProfileCredentials } from '../../schema/discovery.ts';
import { credentialProfiles, monitors } from '../../schema/plant.ts';
import type { CredentialType } from '../model/collector-config.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { holdsText } from './search.ts';

export type CredentialProfileRecord = typeof credentialProfiles.$inferSelect & {
  monitor_count: number;
  discovery_profile_count: number;
};
type Values = Pick<CredentialProfileRecord, 'name' | 'type' | 'public' | 'sealed'>;

const columns = {
  ...getTableColumns(credentialProfiles),
  monitor_count: sql<number>`(SELECT count(*) FROM ${monitors}
    WHERE ${monitors.credential_profile_id} = ${credentialProfiles}.id)`,
  discovery_profile_count: sql<number>`(SELECT count(DISTINCT ${discoveryProfileCredentials.profile_id})
    FROM ${discoveryProfileCredentials}
    WHERE ${discoveryProfileCredentials.credential_profile_id} = ${credentialProfiles}.id)`,
};

export class CredentialProfileRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: number): CredentialProfileRecord | undefined {
    const condition = and(eq(credentialProfiles.tenant_id, tenant), eq(credentialProfiles.id, id));
    return this.#db.sql.select(columns).from(credentialProfiles).where(condition).get();
  }

  /** Without counting its users: asked for each of thousands of devices that are added at a time. */
  typeOf(tenant: TenantId, id: number): CredentialType | undefined {
    const condition = and(eq(credentialProfiles.tenant_id, tenant), eq(credentialProfiles.id, id));
    return this.#db.sql.select({ type: credentialProfiles.type }).from(credentialProfiles).where(condition).get()?.type;
  }

  /** Of every tenant, to see whether the key still fits. */
  sealed(): { readonly id: number; readonly tenant_id: number; readonly sealed: Record<string, string> }[] {
    const { id, tenant_id, sealed } = credentialProfiles;
    return this.#db.sql.select({ id, tenant_id, sealed }).from(credentialProfiles).all();
  }

  list(
    tenant: TenantId,
    request: PageRequest & { type?: CredentialType | undefined; q?: string | undefined },
  ): Page<CredentialProfileRecord> {
    return readPage<CredentialProfileRecord>({
      request,
      sortable: {
        name: credentialProfiles.name,
        type: credentialProfiles.type,
        created_at: credentialProfiles.created_at,
      },
      defaultSort: 'name',
      id: credentialProfiles.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...columns, sort_value: clause.sortValue })
          .from(credentialProfiles)
          .where(
            and(
              eq(credentialProfiles.tenant_id, tenant),
              request.type && eq(credentialProfiles.type, request.type),
              holdsText(request.q, [credentialProfiles.name]),
              clause.after,
            ),
          )
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  /** Those that the monitors of the server's own collector use. */
  inUse(): (typeof credentialProfiles.$inferSelect)[] {
    return this.#db.sql
      .select()
      .from(credentialProfiles)
      .where(
        sql`${credentialProfiles.id} IN (SELECT ${monitors.credential_profile_id} FROM ${monitors} WHERE ${monitors.enabled})`,
      )
      .all();
  }

  /** `seal` is called with the new ID, to which the secrets are bound. */
  insert(
    tenant: TenantId,
    values: Omit<Values, 'sealed'>,
    seal: (id: number) => Record<string, string>,
    at: Date,
  ): number {
    return this.#db.transaction(() => {
      const row = { ...values, sealed: {}, tenant_id: tenant, created_at: at, updated_at: at };
      const { id } = this.#db.sql
        .insert(credentialProfiles)
        .values(row)
        .returning({ id: credentialProfiles.id })
        .all()[0]!;
      this.update(tenant, id, { sealed: seal(id) }, at);
      return id;
    });
  }

  update(tenant: TenantId, id: number, change: Partial<Values>, at: Date): void {
    const condition = and(eq(credentialProfiles.tenant_id, tenant), eq(credentialProfiles.id, id));
    this.#db.sql
      .update(credentialProfiles)
      .set({ ...change, updated_at: at })
      .where(condition)
      .run();
  }

  delete(tenant: TenantId, id: number): void {
    const condition = and(eq(credentialProfiles.tenant_id, tenant), eq(credentialProfiles.id, id));
    this.#db.sql.delete(credentialProfiles).where(condition).run();
  }
}
