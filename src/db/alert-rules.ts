/** Alert rules. */
import { and, count, eq, getTableColumns, sql } from 'drizzle-orm';
import { alertRules, alerts } from '../../schema/alerting.ts';
import type { Severity } from '../model/health.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { holdsText } from './search.ts';

export type AlertRuleRecord = typeof alertRules.$inferSelect;
export type AlertRuleValues = Omit<AlertRuleRecord, 'id' | 'tenant_id' | 'created_at' | 'updated_at'>;

export interface AlertRuleFilter extends PageRequest {
  readonly q?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly enabled?: boolean | undefined;
}

export class AlertRuleRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: number): AlertRuleRecord | undefined {
    const condition = and(eq(alertRules.tenant_id, tenant), eq(alertRules.id, id));
    return this.#db.sql.select().from(alertRules).where(condition).get();
  }

  /** A rule that came with the product or a template, by its name. */
  byOrigin(tenant: TenantId, origin: string, name: string): AlertRuleRecord | undefined {
    const condition = and(eq(alertRules.tenant_id, tenant), eq(alertRules.origin, origin), eq(alertRules.name, name));
    return this.#db.sql.select().from(alertRules).where(condition).get();
  }

  /** What is evaluated, of every tenant. */
  enabled(): AlertRuleRecord[] {
    return this.#db.sql.select().from(alertRules).where(eq(alertRules.enabled, true)).orderBy(alertRules.id).all();
  }

  list(tenant: TenantId, filter: AlertRuleFilter): Page<AlertRuleRecord> {
    return readPage<AlertRuleRecord>({
      request: filter,
      sortable: { name: alertRules.name, severity: alertRules.severity, created_at: alertRules.created_at },
      defaultSort: 'name',
      id: alertRules.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...getTableColumns(alertRules), sort_value: clause.sortValue })
          .from(alertRules)
          .where(
            and(
              eq(alertRules.tenant_id, tenant),
              filter.severity && eq(alertRules.severity, filter.severity),
              filter.enabled === undefined ? undefined : eq(alertRules.enabled, filter.enabled),
              holdsText(filter.q, [alertRules.name, alertRules.expression]),
              clause.after,
            ),
          )
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  insert(tenant: TenantId, values: AlertRuleValues, at: Date): number {
    const row = { ...values, tenant_id: tenant, created_at: at, updated_at: at };
    return this.#db.sql.insert(alertRules).values(row).returning({ id: alertRules.id }).all()[0]!.id;
  }

  update(tenant: TenantId, id: number, change: Partial<AlertRuleValues>, at: Date): void {
    const condition = and(eq(alertRules.tenant_id, tenant), eq(alertRules.id, id));
    this.#db.sql
      .update(alertRules)
      .set({ ...change, updated_at: at })
      .where(condition)
      .run();
  }

  /** Nothing would ever resolve what it raised: firing alerts are resolved with it, pending ones go. */
  delete(tenant: TenantId, id: number, at: Date): void {
    const raised = and(eq(alerts.tenant_id, tenant), eq(alerts.rule_id, id));
    this.#db.transaction(() => {
      this.#db.sql
        .delete(alerts)
        .where(and(raised, eq(alerts.state, 'pending')))
        .run();
      const resolved = { state: 'resolved', resolved_at: at } as const;
      this.#db.sql
        .update(alerts)
        .set(resolved)
        .where(and(raised, eq(alerts.state, 'firing')))
        .run();
      this.#db.sql
        .delete(alertRules)
        .where(and(eq(alertRules.tenant_id, tenant), eq(alertRules.id, id)))
        .run();
    });
  }

  /** Rules that name a channel: it cannot go while one does. */
  countOfChannel(tenant: TenantId, channelId: number): number {
    const condition = and(
      eq(alertRules.tenant_id, tenant),
      sql`EXISTS (SELECT 1 FROM json_each(${alertRules.channel_ids}) WHERE value = ${channelId})`,
    );
    return this.#db.sql.select({ n: count() }).from(alertRules).where(condition).get()?.n ?? 0;
  }
}
