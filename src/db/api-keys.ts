/** Keys of scripts and other tools, stored as hashes. */
import { and, count, eq, getTableColumns, sql } from 'drizzle-orm';
import { apiKeys, users } from '../../schema/people.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { Remembered } from './remembered.ts';
import type { UserRole } from './users.ts';

type ApiKeyRow = typeof apiKeys.$inferSelect;

/** With its owner as they are now; all three are null for a key of the organisation. */
export type ApiKeyRecord = ApiKeyRow & {
  readonly owner: string | null;
  readonly owner_role: UserRole | null;
  readonly owner_disabled: boolean | null;
};

const COLUMNS = {
  ...getTableColumns(apiKeys),
  owner: users.username,
  owner_role: users.role,
  owner_disabled: users.disabled,
};

export class ApiKeyRepository {
  readonly #db: Database;
  readonly #byHash: Remembered<ApiKeyRecord>;

  constructor(db: Database) {
    this.#db = db;
    const find = prepareByHash(db);
    this.#byHash = new Remembered(db, (keyHash) => find.get({ keyHash }));
  }

  get(tenant: TenantId, id: number): ApiKeyRecord | undefined {
    return this.#db.sql
      .select(COLUMNS)
      .from(apiKeys)
      .leftJoin(users, eq(users.id, apiKeys.owner_id))
      .where(and(eq(apiKeys.tenant_id, tenant), eq(apiKeys.id, id)))
      .get();
  }

  byHash(keyHash: string): ApiKeyRecord | undefined {
    return this.#byHash.get(keyHash);
  }

  list(tenant: TenantId, request: PageRequest): Page<ApiKeyRecord> {
    return readPage<ApiKeyRecord>({
      request,
      sortable: { name: apiKeys.name, created_at: sql`${apiKeys.created_at}` },
      defaultSort: 'name',
      id: apiKeys.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...COLUMNS, sort_value: clause.sortValue })
          .from(apiKeys)
          .leftJoin(users, eq(users.id, apiKeys.owner_id))
          .where(and(eq(apiKeys.tenant_id, tenant), clause.after))
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  /** Names of the keys that belong to a person. */
  namesOfOwner(tenant: TenantId, userId: number): string[] {
    const rows = this.#db.sql
      .select({ name: apiKeys.name })
      .from(apiKeys)
      .where(and(eq(apiKeys.tenant_id, tenant), eq(apiKeys.owner_id, userId)))
      .orderBy(apiKeys.name)
      .all();
    return rows.map(({ name }) => name);
  }

  /** How many keys each person has; those without are absent. */
  countByOwner(tenant: TenantId): Map<number, number> {
    const rows = this.#db.sql
      .select({ owner: apiKeys.owner_id, n: count() })
      .from(apiKeys)
      .where(eq(apiKeys.tenant_id, tenant))
      .groupBy(apiKeys.owner_id)
      .all();
    return new Map(rows.flatMap(({ owner, n }) => (owner === null ? [] : [[owner, n] as const])));
  }

  /** Returns the ID. */
  insert(key: Omit<ApiKeyRow, 'id' | 'last_used_at'>): number {
    return this.#db.sql.insert(apiKeys).values(key).returning({ id: apiKeys.id }).all()[0]!.id;
  }

  setOwner(tenant: TenantId, id: number, ownerId: number | null): void {
    this.#db.sql
      .update(apiKeys)
      .set({ owner_id: ownerId })
      .where(and(eq(apiKeys.tenant_id, tenant), eq(apiKeys.id, id)))
      .run();
  }

  /** Written a few times an hour at most, not at every request. */
  markUsed(id: number, at: Date): void {
    this.#db.sql.update(apiKeys).set({ last_used_at: at }).where(eq(apiKeys.id, id)).run();
  }

  delete(tenant: TenantId, id: number): void {
    this.#db.sql
      .delete(apiKeys)
      .where(and(eq(apiKeys.tenant_id, tenant), eq(apiKeys.id, id)))
      .run();
  }
}

function prepareByHash(db: Database) {
  return db.sql
    .select(COLUMNS)
    .from(apiKeys)
    .leftJoin(users, eq(users.id, apiKeys.owner_id))
    .where(eq(apiKeys.key_hash, sql.placeholder('keyHash')))
    .prepare();
}
