/** The durable queue of notifications: what is waiting survives a restart. */
import { and, asc, count, eq, gt, lt, lte, ne, notInArray, or, sql } from 'drizzle-orm';
import { alerts, notifications } from '../../schema/alerting.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';

export type NotificationRecord = typeof notifications.$inferSelect;
export type NewNotification = Pick<NotificationRecord, 'tenant_id' | 'channel_id' | 'alert_id' | 'kind' | 'payload'>;

/** Its time has come, or the clock was turned back since it was queued, so that nobody knows when it would. */
const CLOCK_SLACK_MS = 60_000;
const isDue = (now: Date) =>
  or(lte(notifications.next_attempt_at, now), gt(notifications.created_at, new Date(now.getTime() + CLOCK_SLACK_MS)));

export class NotificationRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** `dueAt`: not before then. */
  add(notification: NewNotification, at: Date, dueAt = at): NotificationRecord {
    return this.#db.sql
      .insert(notifications)
      .values({ ...notification, state: 'waiting', attempts: 0, next_attempt_at: dueAt, created_at: at })
      .returning()
      .all()[0]!;
  }

  /** Channels for which something is due. */
  dueChannels(now: Date): { readonly tenant_id: TenantId; readonly channel_id: number }[] {
    return this.#db.sql
      .selectDistinct({ tenant_id: notifications.tenant_id, channel_id: notifications.channel_id })
      .from(notifications)
      .where(and(eq(notifications.state, 'waiting'), isDue(now)))
      .all();
  }

  /** What is due for a channel, oldest first. Nothing overtakes an earlier message about the same alert. */
  due(channelId: number, now: Date, limit: number): NotificationRecord[] {
    const earlier = sql`SELECT 1 FROM notifications AS earlier
      WHERE earlier.channel_id = ${notifications.channel_id} AND earlier.alert_id = ${notifications.alert_id}
        AND earlier.state = 'waiting' AND earlier.id < ${notifications}.id
        AND earlier.next_attempt_at > ${now.getTime()} AND earlier.created_at <= ${now.getTime() + CLOCK_SLACK_MS}`;
    const waiting = and(eq(notifications.channel_id, channelId), eq(notifications.state, 'waiting'));
    return this.#db.sql
      .select()
      .from(notifications)
      .where(and(waiting, isDue(now), sql`NOT EXISTS (${earlier})`))
      .orderBy(asc(notifications.id))
      .limit(limit)
      .all();
  }

  /** When the next one is due; undefined when none waits. `without`: channels that are left out. */
  nextDueAt(without: readonly number[]): Date | undefined {
    return this.#db.sql
      .select({ at: notifications.next_attempt_at })
      .from(notifications)
      .where(and(eq(notifications.state, 'waiting'), notInArray(notifications.channel_id, [...without])))
      .orderBy(asc(notifications.next_attempt_at))
      .limit(1)
      .get()?.at;
  }

  /** What failed before is tried again at once: somebody has changed the channel, or it is known to work. */
  retryNow(channelId: number, now: Date): void {
    const failing = and(eq(notifications.state, 'waiting'), gt(notifications.attempts, 0));
    this.#db.sql
      .update(notifications)
      .set({ next_attempt_at: now })
      .where(and(eq(notifications.channel_id, channelId), failing))
      .run();
  }

  /** Takes back what was not to be told before later: that later has no news any more. */
  dropHeld(alertId: number, now: Date): void {
    const held = and(eq(notifications.state, 'waiting'), eq(notifications.attempts, 0));
    this.#db.sql
      .delete(notifications)
      .where(and(eq(notifications.alert_id, alertId), held, gt(notifications.next_attempt_at, now)))
      .run();
  }

  /** When each channel was last told, or was to be told, that a fingerprint fires. */
  lastTold(tenant: TenantId, fingerprint: string): Map<number, number> {
    const at = sql<number>`max(coalesce(${notifications.sent_at}, ${notifications.next_attempt_at}))`;
    const rows = this.#db.sql
      .select({ channel: notifications.channel_id, at })
      .from(notifications)
      .innerJoin(alerts, eq(alerts.id, notifications.alert_id))
      .where(
        and(
          eq(alerts.tenant_id, tenant),
          eq(alerts.fingerprint, fingerprint),
          eq(notifications.kind, 'firing'),
          ne(notifications.state, 'failed'),
        ),
      )
      .groupBy(notifications.channel_id)
      .all();
    return new Map(rows.map((row) => [row.channel, row.at]));
  }

  /** Channels that were told, or will be, that this alert fires. */
  toldChannels(alertId: number): number[] {
    const condition = and(
      eq(notifications.alert_id, alertId),
      eq(notifications.kind, 'firing'),
      ne(notifications.state, 'failed'),
    );
    const channel = { id: notifications.channel_id };
    return this.#db.sql
      .selectDistinct(channel)
      .from(notifications)
      .where(condition)
      .all()
      .map(({ id }) => id);
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

  /** Forgets what was sent or given up before `before`. */
  prune(before: Date): number {
    const condition = and(ne(notifications.state, 'waiting'), lt(notifications.created_at, before));
    return this.#db.sql.delete(notifications).where(condition).run().changes;
  }
}
