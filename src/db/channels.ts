/** Channels. Their secrets come and go sealed. */
import { and, count, eq, getTableColumns, sql } from 'drizzle-orm';
import { type ChannelType, channels } from '../../schema/alerting.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';

export type ChannelRecord = typeof channels.$inferSelect;
export type ChannelValues = Pick<
  ChannelRecord,
  'name' | 'type' | 'enabled' | 'send_resolved' | 'min_severity' | 'config' | 'sealed'
>;

export class ChannelRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: number): ChannelRecord | undefined {
    return this.#db.sql
      .select()
      .from(channels)
      .where(and(eq(channels.tenant_id, tenant), eq(channels.id, id)))
      .get();
  }

  enabled(tenant: TenantId): ChannelRecord[] {
    const condition = and(eq(channels.tenant_id, tenant), eq(channels.enabled, true));
    return this.#db.sql.select().from(channels).where(condition).orderBy(channels.id).all();
  }

  /** Of every tenant: channels that are on and could not deliver what they sent last. */
  brokenCount(): number {
    const isBroken = sql`${channels.last_error_at} > coalesce(${channels.last_sent_at}, 0)`;
    return (
      this.#db.sql
        .select({ n: count() })
        .from(channels)
        .where(and(eq(channels.enabled, true), isBroken))
        .get()?.n ?? 0
    );
  }

  /** Of every tenant, to see whether the key still fits. */
  sealed(): { readonly id: number; readonly tenant_id: number; readonly sealed: Record<string, string> }[] {
    const { id, tenant_id, sealed } = channels;
    return this.#db.sql.select({ id, tenant_id, sealed }).from(channels).all();
  }

  list(tenant: TenantId, request: PageRequest & { type?: ChannelType | undefined }): Page<ChannelRecord> {
    return readPage<ChannelRecord>({
      request,
      sortable: { name: channels.name, type: channels.type, created_at: sql`${channels.created_at}` },
      defaultSort: 'name',
      id: channels.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...getTableColumns(channels), sort_value: clause.sortValue })
          .from(channels)
          .where(and(eq(channels.tenant_id, tenant), request.type && eq(channels.type, request.type), clause.after))
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  /** `seal` is called with the new ID, to which the secrets are bound. */
  insert(
    tenant: TenantId,
    values: Omit<ChannelValues, 'sealed'>,
    seal: (id: number) => Record<string, string>,
    at: Date,
  ): number {
    return this.#db.transaction(() => {
      const row = { ...values, sealed: {}, tenant_id: tenant, created_at: at, updated_at: at };
      const { id } = this.#db.sql.insert(channels).values(row).returning({ id: channels.id }).all()[0]!;
      this.update(tenant, id, { sealed: seal(id) }, at);
      return id;
    });
  }

  update(tenant: TenantId, id: number, change: Partial<ChannelValues>, at: Date): void {
    const condition = and(eq(channels.tenant_id, tenant), eq(channels.id, id));
    this.#db.sql
      .update(channels)
      .set({ ...change, updated_at: at })
      .where(condition)
      .run();
  }

  /** What came of the last attempt to send. */
  saveOutcome(
    id: number,
    outcome: Partial<Pick<ChannelRecord, 'last_sent_at' | 'last_error' | 'last_error_at'>>,
  ): void {
    this.#db.sql.update(channels).set(outcome).where(eq(channels.id, id)).run();
  }

  delete(tenant: TenantId, id: number): void {
    this.#db.sql
      .delete(channels)
      .where(and(eq(channels.tenant_id, tenant), eq(channels.id, id)))
      .run();
  }
}
