/** The durable queue of notifications: what is waiting survives a restart. */
import { and, asc, count, eq, lt, lte, ne, sql } from 'drizzle-orm';
import { notifications } from '../../schema/alerting.ts';
import type { Database } from './database.ts';

export type NotificationRecord = typeof notifications.$inferSelect;
export type NewNotification = Pick<NotificationRecord, 'tenant_id' | 'channel_id' | 'alert_id' | 'kind' | 'payload'>;

export class NotificationRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add(notification: NewNotification, at: Date): NotificationRecord {
    return this.#db.sql
      .insert(notifications)
      .values({ ...notification, state: 'waiting', attempts: 0, next_attempt_at: at, created_at: at })
      .returning()
      .all()[0]!;
  }

  /** Waiting ones whose time has come, oldest first. */
  due(now: Date, limit: number): NotificationRecord[] {
    return this.#db.sql
      .select()
      .from(notifications)
      .where(and(eq(notifications.state, 'waiting'), lte(notifications.next_attempt_at, now)))
      .orderBy(asc(notifications.next_attempt_at), asc(notifications.id))
      .limit(limit)
      .all();
  }

  /** When the next one is due; undefined when none waits. */
  nextDueAt(): Date | undefined {
    return this.#db.sql
      .select({ at: notifications.next_attempt_at })
      .from(notifications)
      .where(eq(notifications.state, 'waiting'))
      .orderBy(asc(notifications.next_attempt_at))
      .limit(1)
      .get()?.at;
  }

  update(id: number, change: Partial<Omit<NotificationRecord, 'id' | 'tenant_id'>>): void {
    this.#db.sql.update(notifications).set(change).where(eq(notifications.id, id)).run();
  }

  waitingCount(): number {
    return (
      this.#db.sql.select({ n: count() }).from(notifications).where(eq(notifications.state, 'waiting')).get()?.n ?? 0
    );
  }

  /** How many wait, and how many of them have failed before. */
  backlog(): { waiting: number; failing: number } {
    const failing = sql<number>`coalesce(sum(${notifications.attempts} > 0), 0)`;
    const row = this.#db.sql.select({ waiting: count(), failing }).from(notifications);
    return row.where(eq(notifications.state, 'waiting')).get() ?? { waiting: 0, failing: 0 };
  }

  ofAlert(alertId: number): NotificationRecord[] {
    return this.#db.sql
      .select()
      .from(notifications)
      .where(eq(notifications.alert_id, alertId))
      .orderBy(asc(notifications.id))
      .all();
  }

  /** Forgets what was sent or given up before `before`. */
  prune(before: Date): number {
    const condition = and(ne(notifications.state, 'waiting'), lt(notifications.created_at, before));
    return this.#db.sql.delete(notifications).where(condition).run().changes;
  }
}
