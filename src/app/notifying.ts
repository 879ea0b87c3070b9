/** Wires routing and the queue of notifications to SQLite: who is told of an alert, and what came of it. */
import type { HealthChecks } from '../api/services.ts';
import { type SecretBox, SecretError } from '../config/secrets.ts';
import type { ChannelRecord } from '../db/channels.ts';
import type { NotificationRecord } from '../db/notifications.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Settings } from '../fleet/settings.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Delivery } from '../notify/channels/channel.ts';
import { type AlertMessage, testMessage } from '../notify/message.ts';
import { NotificationQueue, type QueueChannel, type QueueItem, type QueueOutcome, send } from '../notify/queue.ts';
import { channelsToTell } from '../notify/routing.ts';
import type { AlertRecord } from '../rules/rule-alerts.ts';

export interface NotifyingOptions {
  readonly repositories: Repositories;
  readonly secrets: SecretBox;
  readonly settings: Pick<Settings, 'of'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ToldAlert extends AlertRecord {
  readonly id: number;
  readonly deviceId: number | null;
  readonly resolution: string | null;
}

export class Notifying {
  readonly #options: NotifyingOptions;
  readonly #queue: NotificationQueue;

  constructor(options: NotifyingOptions) {
    this.#options = options;
    const { repositories, clock, logger } = options;
    const { notifications, channels } = repositories;
    this.#queue = new NotificationQueue({
      clock,
      logger,
      dueChannels: (nowMs) =>
        notifications.dueChannels(new Date(nowMs)).map((row) => ({ tenant: row.tenant_id, channelId: row.channel_id })),
      due: (channelId, nowMs, limit) => notifications.due(channelId, new Date(nowMs), limit).map(toItem),
      nextDueMs: (without) => notifications.nextDueAt(without)?.getTime(),
      channel: (tenant, id) => {
        const channel = channels.get(tenant, id);
        return channel?.enabled ? this.#open(channel) : undefined;
      },
      record: (items, outcome, atMs) => this.#record(items, outcome, new Date(atMs)),
    });
  }

  /** Runs until the signal. */
  start(signal: AbortSignal): Promise<void> {
    return this.#queue.start(signal);
  }

  /** Something was queued. */
  wake(): void {
    this.#queue.wake();
  }

  /** Somebody changed a channel: what failed before is tried again now. */
  channelChanged(id: number): void {
    this.#options.repositories.notifications.retryNow(id, this.#now());
    this.#queue.resume(id);
  }

  /** Sends a test message now and says what came of it. */
  async test(tenant: TenantId, id: number, signal: AbortSignal): Promise<{ ok: boolean; message: string }> {
    const { repositories, clock } = this.#options;
    const channel = repositories.channels.get(tenant, id);
    if (!channel) return { ok: false, message: 'The channel is gone.' };
    const target = this.#open(channel);
    const delivery: Delivery =
      'problem' in target
        ? { kind: 'failed', reason: target.problem, retry: 'mended' }
        : await send(target, testMessage(clock.nowMs()), signal);
    if (delivery.kind === 'sent') {
      repositories.channels.saveOutcome(id, { last_sent_at: this.#now() });
      this.channelChanged(id);
      return { ok: true, message: 'The test message was delivered.' };
    }
    repositories.channels.saveOutcome(id, { last_error: delivery.reason, last_error_at: this.#now() });
    return { ok: false, message: delivery.reason };
  }

  /** Queues the messages of a transition, in its transaction. */
  tell(alert: ToldAlert, kind: 'firing' | 'resolved'): void {
    const { repositories, settings, clock } = this.#options;
    const { notifications } = repositories;
    const nowMs = clock.nowMs();
    // What was held back for later and is over by now is no news.
    if (kind === 'resolved') notifications.dropHeld(alert.id, new Date(nowMs));
    const channels = repositories.channels.enabled(alert.tenant).map((channel) => ({
      id: channel.id,
      enabled: channel.enabled,
      sendResolved: channel.send_resolved,
      minSeverity: channel.min_severity,
    }));
    if (channels.length === 0) return;
    const tellings = channelsToTell(
      {
        kind,
        severity: alert.severity,
        channelIds: repositories.alertRules.get(alert.tenant, alert.ruleId)?.channel_ids ?? null,
        toldChannelIds: notifications.toldChannels(alert.id),
        lastToldMs: kind === 'firing' ? notifications.lastTold(alert.tenant, alert.fingerprint) : new Map(),
      },
      channels,
      nowMs,
      settings.of(alert.tenant).alert_dedup_window_s * 1000,
    );
    const payload = tellings.length > 0 ? this.#messageOf(alert, kind) : undefined;
    for (const { channelId, atMs } of tellings) {
      const row = { tenant_id: alert.tenant, channel_id: channelId, alert_id: alert.id, kind, payload };
      notifications.add(row, new Date(nowMs), new Date(atMs));
    }
  }

  healthChecks(): HealthChecks {
    const { notifications, channels } = this.#options.repositories;
    const { waiting, failing } = notifications.backlog();
    const broken = channels.brokenCount();
    if (failing === 0 && broken === 0) return { notifications: { status: 'ok', message: `${waiting} waiting.` } };
    const problems = [
      ...(broken > 0 ? [`${broken} channel(s) could not deliver the last message`] : []),
      ...(failing > 0 ? [`${failing} of ${waiting} waiting notifications have failed so far`] : []),
    ];
    return { notifications: { status: 'degraded', message: `${problems.join('; ')}: see Channels.` } };
  }

  get figures(): { sent: number; failed: number } {
    return this.#queue.figures;
  }

  #messageOf(alert: ToldAlert, kind: 'firing' | 'resolved'): AlertMessage {
    const { repositories } = this.#options;
    const device = alert.deviceId === null ? undefined : repositories.devices.get(alert.tenant, alert.deviceId);
    const site = device && repositories.sites.get(alert.tenant, device.site_id);
    return {
      kind,
      alert_id: alert.id,
      fingerprint: alert.fingerprint,
      rule: alert.rule,
      severity: alert.severity,
      labels: alert.labels,
      annotations: alert.annotations,
      value: Number.isFinite(alert.value) ? alert.value : null,
      started_at: new Date(alert.startedAtMs).toISOString(),
      resolved_at: alert.resolvedAtMs === undefined ? null : new Date(alert.resolvedAtMs).toISOString(),
      resolution: alert.resolution,
      time_zone: site?.time_zone ?? null,
    };
  }

  #record(items: readonly QueueItem[], outcome: QueueOutcome, at: Date): void {
    const { repositories } = this.#options;
    repositories.transaction(() => {
      for (const item of items) {
        const attempts = item.attempts + 1;
        repositories.notifications.update(
          item.id,
          outcome.kind === 'sent'
            ? { state: 'sent', attempts, sent_at: at, last_error: null }
            : outcome.kind === 'retry'
              ? { attempts, last_error: outcome.reason, next_attempt_at: new Date(outcome.atMs) }
              : { state: 'failed', attempts, last_error: outcome.reason },
        );
      }
      if (outcome.kind === 'dropped') return;
      for (const id of new Set(items.map(({ channelId }) => channelId))) {
        const told = outcome.kind === 'sent' ? { last_sent_at: at } : { last_error: outcome.reason, last_error_at: at };
        repositories.channels.saveOutcome(id, told);
      }
    });
  }

  #open({ id, type, config, sealed, tenant_id: tenant }: ChannelRecord): QueueChannel | { readonly problem: string } {
    try {
      const opened = Object.entries(sealed).map(([key, text]) => [
        key,
        this.#options.secrets.open(text, { tenant, record: channelRecord(id, key) }),
      ]);
      return { id, type, config, secrets: Object.fromEntries(opened) };
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      return { problem: 'Its password or secret cannot be read with the key of this data folder: enter it again.' };
    }
  }

  #now(): Date {
    return new Date(this.#options.clock.nowMs());
  }
}

/** What a sealed secret of a channel is bound to. */
export const channelRecord = (id: number, key: string): string => `channel:${id}:${key}`;

const toItem = (row: NotificationRecord): QueueItem => ({
  id: row.id,
  tenant: row.tenant_id,
  channelId: row.channel_id,
  attempts: row.attempts,
  queuedAtMs: row.created_at.getTime(),
  message: row.payload as AlertMessage,
});
