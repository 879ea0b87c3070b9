/** People. User names are unique over all tenants, whatever their case: the name alone logs in. */
import { and, count, eq, getTableColumns, sql } from 'drizzle-orm';
import { users } from '../../schema/people.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';

export type UserRecord = typeof users.$inferSelect;
export type UserRole = UserRecord['role'];
type NewUser = Pick<UserRecord, 'tenant_id' | 'username' | 'password_hash' | 'role'> & { disabled?: boolean };
type UserChange = Partial<Pick<UserRecord, 'password_hash' | 'role' | 'disabled' | 'last_login_at'>>;

export class UserRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Over all tenants: 0 means the first run. */
  count(): number {
    return this.#db.sql.select({ n: count() }).from(users).get()?.n ?? 0;
  }

  get(tenant: TenantId, id: number): UserRecord | undefined {
    return this.#db.sql
      .select()
      .from(users)
      .where(and(eq(users.tenant_id, tenant), eq(users.id, id)))
      .get();
  }

  /** Over all tenants, at most fifty: for whoever runs the machine and has forgotten one. */
  names(): string[] {
    const rows = this.#db.sql.select({ username: users.username }).from(users).orderBy(users.username).limit(50).all();
    return rows.map(({ username }) => username);
  }

  byName(username: string): UserRecord | undefined {
    return this.#db.sql.select().from(users).where(sql`${users.username} = ${username} COLLATE NOCASE`).get();
  }

  list(tenant: TenantId, request: PageRequest & { role?: UserRole | undefined }): Page<UserRecord> {
    return readPage<UserRecord>({
      request,
      sortable: { username: users.username, created_at: sql`${users.created_at}` },
      defaultSort: 'username',
      id: users.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...getTableColumns(users), sort_value: clause.sortValue })
          .from(users)
          .where(and(eq(users.tenant_id, tenant), request.role && eq(users.role, request.role), clause.after))
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  insert(user: NewUser, at: Date): UserRecord {
    return this.#db.sql
      .insert(users)
      .values({ disabled: false, ...user, created_at: at })
      .returning()
      .all()[0]!;
  }

  update(tenant: TenantId, id: number, change: UserChange): void {
    this.#db.sql
      .update(users)
      .set(change)
      .where(and(eq(users.tenant_id, tenant), eq(users.id, id)))
      .run();
  }

  delete(tenant: TenantId, id: number): void {
    this.#db.sql
      .delete(users)
      .where(and(eq(users.tenant_id, tenant), eq(users.id, id)))
      .run();
  }

  /** Enabled administrators of a tenant: the last one cannot be removed. */
  adminCount(tenant: TenantId): number {
    const condition = and(eq(users.tenant_id, tenant), eq(users.role, 'admin'), eq(users.disabled, false));
    return this.#db.sql.select({ n: count() }).from(users).where(condition).get()?.n ?? 0;
  }
}
