/** Alerts: pending and firing ones, and the history of the resolved. */
import { and, eq, getTableColumns, inArray, isNotNull, isNull, lt, ne, sql } from 'drizzle-orm';
import { type AlertCommentEntry, alerts } from '../../schema/alerting.ts';
import { devices } from '../../schema/plant.ts';
import type { AlertState, Severity } from '../model/health.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, readPage } from './page.ts';

export type AlertRow = typeof alerts.$inferSelect;
export type AlertRecord = AlertRow & { device: string | null };
export type NewAlert = Omit<
  AlertRow,
  'id' | 'comments' | 'acknowledged_at' | 'acknowledged_by' | 'resolution' | 'muted'
> &
  Partial<Pick<AlertRow, 'resolution' | 'muted'>>;

export interface AlertFilter extends PageRequest {
  readonly states?: readonly AlertState[] | undefined;
  readonly severity?: Severity | undefined;
  readonly device_id?: number | undefined;
  readonly rule_id?: number | undefined;
  readonly acknowledged?: boolean | undefined;
}

const columns = { ...getTableColumns(alerts), device: devices.name };
/** Labels of a sample can name any number as `device_id`: only a device of the same tenant is meant. */
const itsDevice = and(eq(devices.id, alerts.device_id), eq(devices.tenant_id, alerts.tenant_id));
const severityRank = sql`CASE ${alerts.severity} WHEN 'critical' THEN 3 WHEN 'warning' THEN 2 ELSE 1 END`;

export class AlertRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: number): AlertRecord | undefined {
    return this.#db.sql
      .select(columns)
      .from(alerts)
      .leftJoin(devices, itsDevice)
      .where(and(eq(alerts.tenant_id, tenant), eq(alerts.id, id)))
      .get();
  }

  /** Pending and firing ones of every tenant: what an evaluator starts from. */
  active(): AlertRow[] {
    return this.#db.sql.select().from(alerts).where(ne(alerts.state, 'resolved')).orderBy(alerts.id).all();
  }

  /** Of every tenant: what a person resolved while it was still returned, and what has not been let go of since. */
  muted(): { readonly rule_id: number; readonly fingerprint: string }[] {
    const named = { rule_id: sql<number>`${alerts.rule_id}`, fingerprint: alerts.fingerprint };
    const condition = and(eq(alerts.muted, true), isNotNull(alerts.rule_id));
    return this.#db.sql.selectDistinct(named).from(alerts).where(condition).all();
  }

  /** Their expression has let go of them: they may be raised again. */
  unmute(ruleId: number, fingerprints: readonly string[]): void {
    const those = sql`${alerts.fingerprint} IN (SELECT value FROM json_each(${JSON.stringify(fingerprints)}))`;
    const condition = and(eq(alerts.rule_id, ruleId), eq(alerts.muted, true), those);
    this.#db.sql.update(alerts).set({ muted: false }).where(condition).run();
  }

  list(tenant: TenantId, filter: AlertFilter): Page<AlertRecord> {
    return readPage<AlertRecord>({
      request: filter,
      sortable: { started_at: alerts.started_at, severity: severityRank, state: alerts.state },
      defaultSort: '-started_at',
      id: alerts.id,
      fetch: (clause) =>
        this.#db.sql
          .select({ ...columns, sort_value: clause.sortValue })
          .from(alerts)
          .leftJoin(devices, itsDevice)
          .where(
            and(
              eq(alerts.tenant_id, tenant),
              filter.states && inArray(alerts.state, [...filter.states]),
              filter.severity && eq(alerts.severity, filter.severity),
              filter.device_id === undefined ? undefined : eq(alerts.device_id, filter.device_id),
              filter.rule_id === undefined ? undefined : eq(alerts.rule_id, filter.rule_id),
              filter.acknowledged === undefined
                ? undefined
                : filter.acknowledged
                  ? isNotNull(alerts.acknowledged_at)
                  : isNull(alerts.acknowledged_at),
              clause.after,
            ),
          )
          .orderBy(...clause.orderBy)
          .limit(clause.limit)
          .all(),
    });
  }

  /** Firing alerts of each device with the worst severity, for its health. */
  worstByDevice(): Map<number, Severity> {
    const rows = this.#db.sql
      .select({ id: alerts.device_id, rank: sql<number>`max(${severityRank})` })
      .from(alerts)
      .innerJoin(devices, itsDevice)
      .where(eq(alerts.state, 'firing'))
      .groupBy(alerts.device_id)
      .all();
    const names = ['info', 'info', 'warning', 'critical'] as const;
    return new Map(rows.map((row) => [row.id ?? 0, names[row.rank] ?? 'info']));
  }

  insert(alert: NewAlert): AlertRow {
    return this.#db.sql
      .insert(alerts)
      .values({ muted: false, ...alert, comments: [] })
      .returning()
      .all()[0]!;
  }

  update(id: number, change: Partial<Omit<AlertRow, 'id' | 'tenant_id'>>): void {
    this.#db.sql.update(alerts).set(change).where(eq(alerts.id, id)).run();
  }

  comment(tenant: TenantId, id: number, entry: AlertCommentEntry): void {
    const condition = and(eq(alerts.tenant_id, tenant), eq(alerts.id, id));
    const comments = sql`json_insert(${alerts.comments}, '$[#]', json(${JSON.stringify(entry)}))`;
    this.#db.sql.update(alerts).set({ comments }).where(condition).run();
  }

  /** Pending alerts that came to nothing are not history. */
  delete(id: number): void {
    this.#db.sql.delete(alerts).where(eq(alerts.id, id)).run();
  }

  /** Forgets resolved alerts older than `before`. */
  prune(before: Date): number {
    return this.#db.sql
      .delete(alerts)
      .where(and(eq(alerts.state, 'resolved'), lt(alerts.resolved_at, before)))
      .run().changes;
  }
}
