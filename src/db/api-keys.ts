/** Keys of scripts and other tools, stored as hashes. */
import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { apiKeys } from '../../schema/people.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';

export type ApiKeyRecord = typeof apiKeys.$inferSelect;

export class ApiKeyRepository {
  readonly #db: Database;
  /** Asked at every request of a tool: prepared once. */
  readonly #byHash: ReturnType<typeof prepareByHash>;

  constructor(db: Database) {
    this.#db = db;
    this.#byHash = prepareByHash(db);
  }

  get(tenant: TenantId, id: number): ApiKeyRecord | undefined {
    return this.#db.sql
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.tenant_id, tenant), eq(apiKeys.id, id)))
      .get();
  }

  byHash(keyHash: string): ApiKeyRecord | undefined {
    return this.#byHash.get({ keyHash });
  }

  list(tenant: TenantId, request: PageRequest): Page<ApiKeyRecord> {
    return readPage<ApiKeyRecord>({
      request,
      sortable: { name: apiKeys.name, created_at: sql`${apiKeys.created_at}` },
      defaultSort: 'name',
      id: apiKeys.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...getTableColumns(apiKeys), sort_value: clause.sortValue })
          .from(apiKeys)
          .where(and(eq(apiKeys.tenant_id, tenant), clause.after))
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  insert(key: Omit<ApiKeyRecord, 'id' | 'last_used_at'>): ApiKeyRecord {
    return this.#db.sql.insert(apiKeys).values(key).returning().all()[0]!;
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
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.key_hash, sql.placeholder('keyHash')))
    .prepare();
}
