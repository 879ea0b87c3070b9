/** Events of the plant and the audit log: written once, never changed. */
import { and, eq, getTableColumns, gte, lt, lte, sql } from 'drizzle-orm';
import { audit, events } from '../../schema/journal.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';

export type EventRecord = typeof events.$inferSelect;
export type NewEvent = Omit<EventRecord, 'id'>;
export type AuditRecord = typeof audit.$inferSelect;
export type NewAuditEntry = Omit<AuditRecord, 'id'>;

interface TimeFilter extends PageRequest {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}
export interface EventFilter extends TimeFilter {
  readonly device_id?: number | undefined;
  readonly kind?: string | undefined;
  readonly site?: string | undefined;
}
export interface AuditFilter extends TimeFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
}

export class JournalRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  addEvent(event: NewEvent): EventRecord {
    return this.#db.sql.insert(events).values(event).returning().all()[0]!;
  }

  events(tenant: TenantId, filter: EventFilter): Page<EventRecord> {
    return readPage<EventRecord>({
      request: filter,
      sortable: { at: events.at, kind: events.kind },
      defaultSort: '-at',
      id: events.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...getTableColumns(events), sort_value: clause.sortValue })
          .from(events)
          .where(
            and(
              eq(events.tenant_id, tenant),
              filter.device_id === undefined ? undefined : eq(events.device_id, filter.device_id),
              filter.kind === undefined ? undefined : eq(events.kind, filter.kind),
              filter.site === undefined ? undefined : sql`${events.site} = ${filter.site} COLLATE NOCASE`,
              filter.from && gte(events.at, filter.from),
              filter.to && lte(events.at, filter.to),
              clause.after,
            ),
          )
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  addAudit(entry: NewAuditEntry): void {
    this.#db.sql.insert(audit).values(entry).run();
  }

  audit(tenant: TenantId, filter: AuditFilter): Page<AuditRecord> {
    return readPage<AuditRecord>({
      request: filter,
      sortable: { at: audit.at, actor: audit.actor, action: audit.action },
      defaultSort: '-at',
      id: audit.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...getTableColumns(audit), sort_value: clause.sortValue })
          .from(audit)
          .where(
            and(
              eq(audit.tenant_id, tenant),
              filter.actor === undefined ? undefined : eq(audit.actor, filter.actor),
              filter.action === undefined ? undefined : eq(audit.action, filter.action),
              filter.from && gte(audit.at, filter.from),
              filter.to && lte(audit.at, filter.to),
              clause.after,
            ),
          )
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  /** Forgets what is older than `before`, so much at a time. Returns the number of lines. */
  prune(before: Date): number {
    const oldOf = (table: typeof events | typeof audit) =>
      sql`${table.id} IN (SELECT id FROM ${table} WHERE ${lt(table.at, before)} ORDER BY id LIMIT ${PRUNE_LIMIT})`;
    return this.#db.transaction(
      () =>
        this.#db.sql.delete(events).where(oldOf(events)).run().changes +
        this.#db.sql.delete(audit).where(oldOf(audit)).run().changes,
    );
  }
}

const PRUNE_LIMIT = 10_000;
