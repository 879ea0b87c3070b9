/**
 * The alert loop: every 10 s each enabled rule is evaluated as of now, its alerts advance, and every transition is
 * stored before anybody is told. A rule that cannot be evaluated keeps its alerts as they are and says why.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TenantId } from '../model/tenant.ts';
import type { PrometheusAnswer } from '../store/store.ts';
import { readInstantAnswer } from './instant-answer.ts';
import type { Rule, RuleSample } from './rule.ts';
import { type AlertRecord, type AlertTransition, RuleAlerts } from './rule-alerts.ts';

export interface RuleEvaluatorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
  /** So long after the start a missing series resolves nothing: polling has only begun. */
  readonly graceMs: number;
  /** All enabled rules of all tenants. */
  readonly rules: () => readonly Rule[];
  readonly query: (tenant: TenantId, expression: string, timeMs: number) => Promise<PrometheusAnswer>;
  /** Names of labels that are joined at read in this tenant. */
  readonly joinedNames: (tenant: TenantId) => ReadonlySet<string>;
  /** Alerts that are pending or firing in the database. */
  readonly activeAlerts: () => readonly AlertRecord[];
  /** Stores the transitions of one rule in one transaction, queues who is to be told in the same one; returns IDs in order. */
  readonly store: (transitions: readonly AlertTransition[]) => readonly number[];
  /** `error` undefined: it worked. */
  readonly evaluated: (rule: Rule, atMs: number, error: string | undefined) => void;
}

/** More alerts from one rule than this is a mistake in the rule. */
const MAX_ALERTS_A_RULE = 10_000;
const QUERIES_AT_ONCE = 2;

export class RuleEvaluator {
  readonly #options: RuleEvaluatorOptions;
  readonly #alerts = new Map<number, { revision: string; alerts: RuleAlerts }>();
  #evaluations = 0;
  #failures = 0;
  readonly #startedAtMs: number;

  constructor(options: RuleEvaluatorOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.monotonicMs();
    const revisions = new Map(options.rules().map((rule) => [rule.id, rule.revision]));
    for (const alert of options.activeAlerts()) {
      const entry = this.#alerts.get(alert.ruleId) ?? {
        revision: revisions.get(alert.ruleId) ?? '',
        alerts: new RuleAlerts(),
      };
      entry.alerts.restore([alert]);
      this.#alerts.set(alert.ruleId, entry);
    }
  }

  /** Runs until the signal; resolves when the last round is finished. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs } = this.#options;
    while (!signal.aborted) {
      const next = clock.monotonicMs() + intervalMs;
      await this.evaluateAll();
      await clock.sleep(Math.max(0, next - clock.monotonicMs()), signal).catch(() => {});
    }
  }

  get figures(): { evaluations: number; failures: number } {
    return { evaluations: this.#evaluations, failures: this.#failures };
  }

  /** One round over all rules. */
  async evaluateAll(): Promise<void> {
    const rules = this.#options.rules();
    this.#dropAlertsOf(rules);
    const pending = [...rules];
    await Promise.all(
      Array.from({ length: QUERIES_AT_ONCE }, async () => {
        for (let rule = pending.shift(); rule; rule = pending.shift()) await this.#evaluate(rule);
      }),
    );
  }

  /** A person resolves an alert. While its expression still returns it, it is suppressed and not raised anew. */
  resolve(tenant: TenantId, alertId: number): void {
    for (const { alerts } of this.#alerts.values()) {
      const transition = alerts.resolve(tenant, alertId, this.#options.clock.nowMs());
      if (transition) this.#apply(alerts, [transition]);
    }
  }

  /** Rules that are gone, off or edited: what they raised is resolved. */
  #dropAlertsOf(rules: readonly Rule[]): void {
    const revisions = new Map(rules.map((rule) => [rule.id, rule.revision]));
    for (const [ruleId, entry] of this.#alerts) {
      if (revisions.get(ruleId) === entry.revision) continue;
      this.#apply(entry.alerts, entry.alerts.resolveAll(this.#options.clock.nowMs()));
      this.#alerts.delete(ruleId);
    }
  }

  async #evaluate(rule: Rule): Promise<void> {
    const { clock, logger, query, joinedNames, evaluated } = this.#options;
    const nowMs = clock.nowMs();
    this.#evaluations++;
    try {
      const answer = readInstantAnswer(await query(rule.tenant, rule.expression, nowMs));
      const problem = answer.kind === 'failed' ? answer.reason : tooMany(answer.samples);
      if (answer.kind === 'failed' || problem !== undefined) {
        this.#failures++;
        evaluated(rule, nowMs, problem);
        return;
      }
      const entry = this.#alerts.get(rule.id) ?? { revision: rule.revision, alerts: new RuleAlerts() };
      this.#alerts.set(rule.id, entry);
      const mayResolve = clock.monotonicMs() - this.#startedAtMs >= this.#options.graceMs;
      const names = joinedNames(rule.tenant);
      this.#apply(entry.alerts, entry.alerts.advance(rule, answer.samples, nowMs, names, mayResolve));
      evaluated(rule, nowMs, undefined);
    } catch (error) {
      this.#failures++;
      logger.error({ err: error, rule: rule.name }, 'a rule could not be evaluated');
      evaluated(rule, nowMs, (error as Error).message);
    }
  }

  #apply(alerts: RuleAlerts, transitions: readonly AlertTransition[]): void {
    if (transitions.length === 0) return;
    const ids = this.#options.store(transitions);
    transitions.forEach(({ alert }, i) => {
      if (alert.state !== 'resolved') alerts.stored(alert.fingerprint, ids[i]!);
    });
  }
}

function tooMany(samples: readonly RuleSample[]): string | undefined {
  return samples.length > MAX_ALERTS_A_RULE
    ? `the expression returns ${samples.length} series; a rule may raise at most ${MAX_ALERTS_A_RULE} alerts`
    : undefined;
}
