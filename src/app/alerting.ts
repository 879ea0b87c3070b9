/** Wires rules, alerts and notification to SQLite, the store and live clients. */
import { presentAlert } from '../api/routes/alerts.ts';
import type { AlertService, HealthChecks } from '../api/services.ts';
import type { SecretBox } from '../config/secrets.ts';
import type { AlertRow } from '../db/alerts.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { DEVICE_LABELS, INTERFACE_LABELS } from '../fleet/joined-labels.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Live } from '../model/live.ts';
import type { TenantId } from '../model/tenant.ts';
import { RuleEvaluator } from '../rules/evaluator.ts';
import { readInstantAnswer } from '../rules/instant-answer.ts';
import type { Rule } from '../rules/rule.ts';
import type { AlertRecord, AlertStep, AlertTransition } from '../rules/rule-alerts.ts';
import type { Store } from '../store/store.ts';
import { shippedAlertRules } from '../templates/alert-rules.ts';
import { Notifying } from './notifying.ts';

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
  readonly #notifying: Notifying;
  readonly #status = new Map<number, RuleStatus>();

  constructor(options: AlertingOptions) {
    this.#options = options;
    const { repositories, clock, logger, store, fleet } = options;
    this.#evaluator = new RuleEvaluator({
      clock,
      logger,
      intervalMs: EVERY_MS,
      graceMs: GRACE_MS,
      rules: () => repositories.alertRules.enabled().map(toRule),
      rule: (tenant, id) => {
        const row = repositories.alertRules.get(tenant, id);
        return row && { revision: toRule(row).revision, enabled: row.enabled };
      },
      query: (tenant, query, timeMs) => store.query({ tenants: [tenant], query, timeMs }),
      joinedNames: (tenant) => this.#joinedNames(tenant),
      activeAlerts: () => repositories.alerts.active().flatMap(toRecord),
      mutedAlerts: () => repositories.alerts.muted(),
      store: (ruleId, step) => this.#store(ruleId, step),
      evaluated: (rule, atMs, error) => {
        this.#status.set(rule.id, { last_evaluated_at: new Date(atMs), last_error: error ?? null });
      },
    });
    this.#notifying = new Notifying({
      repositories,
      secrets: options.secrets,
      settings: fleet.settings,
      clock,
      logger,
    });
  }

  /** Runs both loops until the signal. */
  async start(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#evaluator.start(signal), this.#notifying.start(signal)]);
  }

  /** One round over all rules. */
  evaluateAll(): Promise<void> {
    return this.#evaluator.evaluateAll();
  }

  ruleStatus(ruleId: number): RuleStatus {
    return this.#status.get(ruleId) ?? { last_evaluated_at: null, last_error: null };
  }

  /** The rules are read anew in each round; what rules raised that are gone is resolved now. */
  rulesChanged(): void {
    this.#evaluator.rulesChanged();
  }

  channelChanged(id: number): void {
    this.#notifying.channelChanged(id);
  }

  /** Their alerts are over: nothing would ever be measured that says so. */
  devicesRemoved(tenant: TenantId, ids: readonly number[]): void {
    const labels = new Set(ids.map(String));
    this.#evaluator.end(
      (alert) => alert.tenant === tenant && labels.has(alert.labels.device_id ?? ''),
      'The device was removed.',
    );
  }

  async expressionProblem(tenant: TenantId, expression: string): Promise<string | undefined> {
    const { store, clock } = this.#options;
    const answer = readInstantAnswer(
      await store.query({ tenants: [tenant], query: expression, timeMs: clock.nowMs() }),
    );
    return answer.kind === 'failed' ? answer.reason : undefined;
  }

  healthChecks(): HealthChecks {
    return this.#notifying.healthChecks();
  }

  get figures() {
    return { ...this.#evaluator.figures, ...this.#notifying.figures };
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
  resolve(tenant: TenantId, alertId: number, by: string): void {
    this.#evaluator.resolve(tenant, alertId, `${by} resolved it.`);
  }

  /** Sends a test message now and says what came of it. */
  testChannel(tenant: TenantId, id: number, signal: AbortSignal): Promise<{ ok: boolean; message: string }> {
    return this.#notifying.test(tenant, id, signal);
  }

  #joinedNames(tenant: TenantId): ReadonlySet<string> {
    const user = this.#options.repositories.devices.labelNames(tenant);
    return new Set([...DEVICE_LABELS, ...INTERFACE_LABELS, ...user]);
  }

  #store(ruleId: number, { transitions, unmuted }: AlertStep): readonly number[] {
    const { repositories, live } = this.#options;
    const ids = repositories.transaction(() => {
      if (unmuted.length > 0) repositories.alerts.unmute(ruleId, unmuted);
      return transitions.map((transition) => this.#storeOne(transition));
    });
    transitions.forEach(({ alert }, i) => {
      const stored = repositories.alerts.get(alert.tenant, ids[i]!);
      if (stored) live.publish(alert.tenant, 'alert', presentAlert(stored));
    });
    this.#notifying.wake();
    return ids;
  }

  #storeOne({ from, alert, resolution, isMuted }: AlertTransition): number {
    const { repositories, clock, fleet } = this.#options;
    const { alerts } = repositories;
    if (alert.id !== undefined && from === 'pending' && alert.state === 'resolved' && !isMuted) {
      // What never fired is no history.
      alerts.delete(alert.id);
      return alert.id;
    }
    // A label can hold any number: only a device of the tenant is meant.
    const device = repositories.devices.get(alert.tenant, deviceIdOf(alert) ?? 0);
    const values = {
      state: alert.state,
      severity: alert.severity,
      labels: alert.labels,
      annotations: alert.annotations,
      value: Number.isFinite(alert.value) ? alert.value : null,
      fired_at: alert.firedAtMs === undefined ? null : new Date(alert.firedAtMs),
      resolved_at: alert.resolvedAtMs === undefined ? null : new Date(alert.resolvedAtMs),
      resolution: resolution ?? null,
      muted: isMuted ?? false,
    };
    const id =
      alert.id ??
      alerts.insert({
        ...values,
        tenant_id: alert.tenant,
        rule_id: alert.ruleId,
        rule: alert.rule,
        fingerprint: alert.fingerprint,
        device_id: device?.id ?? null,
        started_at: new Date(alert.startedAtMs),
      }).id;
    if (alert.id !== undefined) alerts.update(alert.id, values);
    // Who knew of it while it was pending? Nobody was told, so its end is no news either.
    if (alert.state === 'pending' || (from === 'pending' && alert.state === 'resolved')) return id;
    this.#notifying.tell({ ...alert, id, deviceId: device?.id ?? null, resolution: resolution ?? null }, alert.state);
    if (device && from !== alert.state) {
      const after = { alert_id: id, rule: alert.rule, severity: alert.severity };
      fleet.events.record(device, `alert_${alert.state}`, { before: from ?? null, after, atMs: clock.nowMs() });
    }
    return id;
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
