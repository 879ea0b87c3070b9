/** Wires rules, alerts and notification to SQLite, the store and live clients. */
import { presentAlert } from '../api/routes/alerts.ts';
import type { AlertService, HealthChecks } from '../api/services.ts';
import type { SecretBox } from '../config/secrets.ts';
import type { AlertRow } from '../db/alerts.ts';
import type { ChannelRecord } from '../db/channels.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { DEVICE_LABELS, INTERFACE_LABELS } from '../fleet/joined-labels.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Live } from '../model/live.ts';
import type { TenantId } from '../model/tenant.ts';
import type { AlertMessage } from '../notify/message.ts';
import { testMessage } from '../notify/message.ts';
import { NotificationQueue, type QueueChannel, send } from '../notify/queue.ts';
import { channelsToTell } from '../notify/routing.ts';
import { RuleEvaluator } from '../rules/evaluator.ts';
import { readInstantAnswer } from '../rules/instant-answer.ts';
import type { Rule } from '../rules/rule.ts';
import type { AlertRecord, AlertTransition } from '../rules/rule-alerts.ts';
import type { Store } from '../store/store.ts';
import { shippedAlertRules } from '../templates/alert-rules.ts';

export interface AlertingOptions {
  readonly repositories: Repositories;
  readonly store: Store;
  readonly secrets: SecretBox;
  readonly fleet: Pick<Fleet, 'settings' | 'events'>;
  readonly live: Live;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface RuleStatus {
  readonly last_evaluated_at: Date | null;
  readonly last_error: string | null;
}

const EVERY_MS = 10_000;
const GRACE_MS = 60_000;
const BUILT_IN = 'built_in';

export class Alerting implements AlertService {
  readonly #options: AlertingOptions;
  readonly #evaluator: RuleEvaluator;
  readonly #queue: NotificationQueue;
  readonly #status = new Map<number, RuleStatus>();

  constructor(options: AlertingOptions) {
    this.#options = options;
    const { repositories, clock, logger, store } = options;
    this.#evaluator = new RuleEvaluator({
      clock,
      logger,
      intervalMs: EVERY_MS,
      graceMs: GRACE_MS,
      rules: () => repositories.alertRules.enabled().map(toRule),
      query: (tenant, query, timeMs) => store.query({ tenants: [tenant], query, timeMs }),
      joinedNames: (tenant) => this.#joinedNames(tenant),
      activeAlerts: () => repositories.alerts.active().flatMap(toRecord),
      store: (transitions) => this.#store(transitions),
      evaluated: (rule, atMs, error) => {
        this.#status.set(rule.id, { last_evaluated_at: new Date(atMs), last_error: error ?? null });
      },
    });
    this.#queue = new NotificationQueue({
      clock,
      logger,
      due: (nowMs, limit) =>
        repositories.notifications.due(new Date(nowMs), limit).map((row) => ({
          id: row.id,
          tenant: row.tenant_id,
          channelId: row.channel_id,
          attempts: row.attempts,
          message: row.payload as AlertMessage,
        })),
      nextDueMs: () => repositories.notifications.nextDueAt()?.getTime(),
      channel: (tenant, id) => {
        const channel = repositories.channels.get(tenant, id);
        return channel?.enabled ? this.#open(channel) : undefined;
      },
      record: (item, outcome, atMs) => {
        const at = new Date(atMs);
        const attempts = item.attempts + 1;
        repositories.transaction(() => {
          if (outcome.kind === 'sent') {
            repositories.notifications.update(item.id, { state: 'sent', attempts, sent_at: at, last_error: null });
            repositories.channels.saveOutcome(item.channelId, { last_sent_at: at });
            return;
          }
          const state = outcome.kind === 'retry' ? 'waiting' : 'failed';
          const next = outcome.kind === 'retry' ? { next_attempt_at: new Date(outcome.atMs) } : {};
          repositories.notifications.update(item.id, { state, attempts, last_error: outcome.reason, ...next });
          repositories.channels.saveOutcome(item.channelId, { last_error: outcome.reason, last_error_at: at });
        });
      },
    });
  }

  /** Runs both loops until the signal. */
  async start(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#evaluator.start(signal), this.#queue.start(signal)]);
  }

  ruleStatus(ruleId: number): RuleStatus {
    return this.#status.get(ruleId) ?? { last_evaluated_at: null, last_error: null };
  }

  /** The rules are read anew in each round. */
  rulesChanged(): void {}

  async expressionProblem(tenant: TenantId, expression: string): Promise<string | undefined> {
    const { store, clock } = this.#options;
    const answer = readInstantAnswer(
      await store.query({ tenants: [tenant], query: expression, timeMs: clock.nowMs() }),
    );
    return answer.kind === 'failed' ? answer.reason : undefined;
  }

  healthChecks(): HealthChecks {
    const { waiting, failing } = this.#options.repositories.notifications.backlog();
    if (failing === 0) return { notifications: { status: 'ok', message: `${waiting} waiting.` } };
    const message = `${failing} of ${waiting} waiting notifications have failed so far: see Channels.`;
    return { notifications: { status: 'degraded', message } };
  }

  get figures() {
    return { ...this.#evaluator.figures, ...this.#queue.figures };
  }

  /** The rules that come with the product, once a tenant and rule: what a person changed or removed stays so. */
  seedRules(tenant: TenantId): void {
    const { repositories, clock } = this.#options;
    const at = new Date(clock.nowMs());
    repositories.transaction(() => {
      for (const rule of shippedAlertRules()) {
        if (repositories.alertRules.byOrigin(tenant, BUILT_IN, rule.name)) continue;
        repositories.alertRules.insert(
          tenant,
          {
            name: rule.name,
            expression: rule.expression,
            for_s: rule.forS,
            severity: rule.severity,
            labels: {},
            annotations: rule.annotations,
            enabled: true,
            channel_ids: null,
            origin: BUILT_IN,
          },
          at,
        );
      }
    });
  }

  /** A person resolves an alert: it fires again only when its expression has been silent in between. */
  resolve(tenant: TenantId, alertId: number): void {
    this.#evaluator.resolve(tenant, alertId);
  }

  /** Sends a test message now and says what came of it. */
  async testChannel(tenant: TenantId, id: number, signal: AbortSignal): Promise<{ ok: boolean; message: string }> {
    const { repositories, clock } = this.#options;
    const channel = repositories.channels.get(tenant, id);
    if (!channel) return { ok: false, message: 'The channel is gone.' };
    const delivery = await send(this.#open(channel), testMessage(clock.nowMs()), signal);
    const at = new Date(clock.nowMs());
    if (delivery.kind === 'sent') {
      repositories.channels.saveOutcome(id, { last_sent_at: at });
      return { ok: true, message: 'The test message was delivered.' };
    }
    repositories.channels.saveOutcome(id, { last_error: delivery.reason, last_error_at: at });
    return { ok: false, message: delivery.reason };
  }

  #joinedNames(tenant: TenantId): ReadonlySet<string> {
    const user = this.#options.repositories.devices.labelNames(tenant);
    return new Set([...DEVICE_LABELS, ...INTERFACE_LABELS, ...user]);
  }

  #open(channel: ChannelRecord): QueueChannel {
    const { secrets } = this.#options;
    const opened = Object.entries(channel.sealed).map(([key, sealed]) => [
      key,
      secrets.open(sealed, { tenant: channel.tenant_id, record: `channel:${channel.id}:${key}` }),
    ]);
    return { id: channel.id, type: channel.type, config: channel.config, secrets: Object.fromEntries(opened) };
  }

  #store(transitions: readonly AlertTransition[]): readonly number[] {
    const { repositories, live } = this.#options;
    const ids = repositories.transaction(() => transitions.map((transition) => this.#storeOne(transition)));
    transitions.forEach(({ alert }, i) => {
      const stored = repositories.alerts.get(alert.tenant, ids[i]!);
      if (stored) live.publish(alert.tenant, 'alert', presentAlert(stored));
    });
    this.#queue.wake();
    return ids;
  }

  #storeOne({ from, alert }: AlertTransition): number {
    const { repositories, clock, fleet } = this.#options;
    const { alerts } = repositories;
    if (alert.id !== undefined && from === 'pending' && alert.state === 'resolved') {
      // What never fired is no history.
      alerts.delete(alert.id);
      return alert.id;
    }
    const values = {
      state: alert.state,
      severity: alert.severity,
      labels: alert.labels,
      annotations: alert.annotations,
      value: Number.isFinite(alert.value) ? alert.value : null,
      fired_at: alert.firedAtMs === undefined ? null : new Date(alert.firedAtMs),
      resolved_at: alert.resolvedAtMs === undefined ? null : new Date(alert.resolvedAtMs),
    };
    const id =
      alert.id ??
      alerts.insert({
        ...values,
        tenant_id: alert.tenant,
        rule_id: alert.ruleId,
        rule: alert.rule,
        fingerprint: alert.fingerprint,
        device_id: deviceIdOf(alert),
        started_at: new Date(alert.startedAtMs),
      }).id;
    if (alert.id !== undefined) alerts.update(alert.id, values);
    if (alert.state !== 'pending') {
      this.#tell({ ...alert, id }, alert.state);
      const device = repositories.devices.get(alert.tenant, deviceIdOf(alert) ?? 0);
      if (device) {
        const after = { alert_id: id, rule: alert.rule, severity: alert.severity };
        fleet.events.record(device, `alert_${alert.state}`, { before: from ?? null, after, atMs: clock.nowMs() });
      }
    }
    return id;
  }

  /** Queues the messages of a transition, in its transaction. */
  #tell(alert: AlertRecord & { id: number }, kind: 'firing' | 'resolved'): void {
    const { repositories, clock } = this.#options;
    const nowMs = clock.nowMs();
    const channels = repositories.channels.enabled(alert.tenant).map((channel) => ({
      id: channel.id,
      enabled: channel.enabled,
      sendResolved: channel.send_resolved,
      minSeverity: channel.min_severity,
    }));
    const told = repositories.notifications.ofAlert(alert.id).filter((row) => row.kind === 'firing');
    const before = repositories.alerts.lastResolved(alert.tenant, alert.fingerprint);
    const channelIds = channelsToTell(
      {
        kind,
        severity: alert.severity,
        channelIds: repositories.alertRules.get(alert.tenant, alert.ruleId)?.channel_ids ?? null,
        toldChannelIds: told.map((row) => row.channel_id),
        lastToldMs: before && this.#lastToldMs(before),
      },
      channels,
      nowMs,
      this.#options.fleet.settings.of(alert.tenant).alert_dedup_window_s * 1000,
    );
    for (const channelId of channelIds) {
      const row = {
        tenant_id: alert.tenant,
        channel_id: channelId,
        alert_id: alert.id,
        kind,
        payload: messageOf(alert, kind),
      };
      repositories.notifications.add(row, new Date(nowMs));
    }
  }

  #lastToldMs(alert: AlertRow): number | undefined {
    const told = this.#options.repositories.notifications.ofAlert(alert.id).findLast((row) => row.kind === 'firing');
    return told?.created_at.getTime();
  }
}

function toRule(row: ReturnType<Repositories['alertRules']['enabled']>[number]): Rule {
  return {
    id: row.id,
    tenant: row.tenant_id,
    name: row.name,
    expression: row.expression,
    forMs: row.for_s * 1000,
    severity: row.severity,
    labels: row.labels,
    annotations: row.annotations,
    revision: `${row.expression}\0${row.for_s}\0${row.severity}\0${JSON.stringify(row.labels)}`,
  };
}

function toRecord(row: AlertRow): AlertRecord[] {
  if (row.rule_id === null) return [];
  return [
    {
      id: row.id,
      tenant: row.tenant_id,
      ruleId: row.rule_id,
      rule: row.rule,
      fingerprint: row.fingerprint,
      state: row.state,
      severity: row.severity,
      labels: row.labels,
      annotations: row.annotations,
      value: row.value ?? Number.NaN,
      startedAtMs: row.started_at.getTime(),
      firedAtMs: row.fired_at?.getTime(),
      resolvedAtMs: row.resolved_at?.getTime(),
    },
  ];
}

function deviceIdOf(alert: AlertRecord): number | null {
  const id = Number(alert.labels.device_id);
  return Number.isInteger(id) && id > 0 ? id : null;
}

function messageOf(alert: AlertRecord & { id: number }, kind: 'firing' | 'resolved'): AlertMessage {
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
  };
}
