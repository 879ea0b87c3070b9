/**
 * The alert loop: every 10 s each enabled rule is evaluated as of now, its alerts advance, and every transition is
 * stored before anybody is told. A rule that cannot be evaluated keeps its alerts as they are and says why; what cannot
 * be stored has not happened and is tried again in the next round.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TenantId } from '../model/tenant.ts';
import type { PrometheusAnswer } from '../store/store.ts';
import { readInstantAnswer } from './instant-answer.ts';
import type { Rule, RuleSample } from './rule.ts';
import { type AlertRecord, type AlertStep, RuleAlerts } from './rule-alerts.ts';

export interface RuleEvaluatorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
  /** So long after the start, or after the machine slept, a missing series resolves nothing: polling has only begun. */
  readonly graceMs: number;
  /** All enabled rules of all tenants. */
  readonly rules: () => readonly Rule[];
  /** One rule as it is now; undefined when there is none. */
  readonly rule: (tenant: TenantId, id: number) => { readonly revision: string; readonly enabled: boolean } | undefined;
  readonly query: (tenant: TenantId, expression: string, timeMs: number) => Promise<PrometheusAnswer>;
  /** Names of labels that are joined at read in this tenant. */
  readonly joinedNames: (tenant: TenantId) => ReadonlySet<string>;
  /** Alerts that are pending or firing in the database. */
  readonly activeAlerts: () => readonly AlertRecord[];
  /** Fingerprints in the database that a person muted. */
  readonly mutedAlerts: () => readonly { readonly rule_id: number; readonly fingerprint: string }[];
  /** Stores a step of one rule in one transaction, queues who is to be told in the same one; returns IDs in order. */
  readonly store: (ruleId: number, step: AlertStep) => readonly number[];
  /** `error` undefined: it worked. */
  readonly evaluated: (rule: Rule, atMs: number, error: string | undefined) => void;
}

/** More alerts from one rule than this is a mistake in the rule. */
const MAX_ALERTS_A_RULE = 10_000;
const QUERIES_AT_ONCE = 2;
/** A round that comes so much later by the wall clock: the machine slept, or its clock was set. */
const PAUSE_MS = 60_000;

interface Watched {
  rule: Rule | undefined;
  readonly alerts: RuleAlerts;
}

export class RuleEvaluator {
  readonly #options: RuleEvaluatorOptions;
  readonly #watched = new Map<number, Watched>();
  #evaluations = 0;
  #failures = 0;
  #graceSinceMs: number;
  /** Counts what ended alerts from outside: an answer from before must not raise them again. */
  #ends = 0;
  #lastRoundMs: number | undefined;

  constructor(options: RuleEvaluatorOptions) {
    this.#options = options;
    this.#graceSinceMs = options.clock.monotonicMs();
    const rules = new Map(options.rules().map((rule) => [rule.id, rule]));
    const alerts = Map.groupBy(options.activeAlerts(), (alert) => alert.ruleId);
    const muted = Map.groupBy(options.mutedAlerts(), (entry) => entry.rule_id);
    for (const id of new Set([...alerts.keys(), ...muted.keys()])) {
      const silent = (muted.get(id) ?? []).map(({ fingerprint }) => fingerprint);
      this.#watched.set(id, { rule: rules.get(id), alerts: new RuleAlerts(alerts.get(id), silent) });
    }
  }

  /** Runs until the signal; resolves when the last round is finished. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs, logger } = this.#options;
    while (!signal.aborted) {
      const next = clock.monotonicMs() + intervalMs;
      await this.evaluateAll().catch((error) => logger.error({ err: error }, 'alert rules could not be evaluated'));
      await clock.sleep(Math.max(0, next - clock.monotonicMs()), signal).catch(() => {});
    }
  }

  get figures(): { evaluations: number; failures: number } {
    return { evaluations: this.#evaluations, failures: this.#failures };
  }

  /** One round over all rules. */
  async evaluateAll(): Promise<void> {
    this.#noticePause();
    this.rulesChanged();
    const pending = [...this.#options.rules()];
    await Promise.all(
      Array.from({ length: QUERIES_AT_ONCE }, async () => {
        for (let rule = pending.shift(); rule; rule = pending.shift()) await this.#evaluate(rule);
      }),
    );
  }

  /** A person resolves an alert. While its expression still returns it, it is muted and not raised anew. */
  resolve(tenant: TenantId, alertId: number, resolution: string): void {
    for (const [ruleId, { alerts }] of this.#watched) {
      const step = alerts.mute(tenant, alertId, this.#options.clock.nowMs(), resolution);
      if (step) this.#store(ruleId, alerts, step);
    }
  }

  /** Alerts that are over whatever their expressions say: those of devices that are gone. */
  end(isOver: (alert: AlertRecord) => boolean, resolution: string): void {
    this.#ends++;
    for (const [ruleId, { alerts }] of this.#watched) {
      this.#store(ruleId, alerts, alerts.end(isOver, this.#options.clock.nowMs(), resolution));
    }
  }

  /** What rules raised that are gone or off is resolved. An edited rule keeps its alerts: the next evaluation judges them. */
  rulesChanged(): void {
    const { clock, rules } = this.#options;
    const enabled = new Set(rules().map((rule) => rule.id));
    for (const [ruleId, { rule, alerts }] of this.#watched) {
      if (enabled.has(ruleId)) continue;
      const tenant = rule?.tenant ?? alerts.active[0]?.tenant;
      const isOff = tenant !== undefined && this.#options.rule(tenant, ruleId) !== undefined;
      const resolution = isOff ? 'The rule was switched off.' : 'The rule was removed.';
      const step = alerts.end(() => true, clock.nowMs(), resolution);
      // What a person muted is forgotten with it: whoever switches a rule on again wants to hear all of it.
      const unmuted = [...step.muted];
      this.#store(ruleId, alerts, { ...step, unmuted, muted: new Set() });
      this.#watched.delete(ruleId);
    }
  }

  /** After a pause the last samples are old, not gone: nothing is resolved for want of new ones, as after a start. */
  #noticePause(): void {
    const { clock, intervalMs } = this.#options;
    const nowMs = clock.nowMs();
    const sinceMs = this.#lastRoundMs === undefined ? 0 : nowMs - this.#lastRoundMs;
    if (sinceMs < 0 || sinceMs > intervalMs + PAUSE_MS) this.#graceSinceMs = clock.monotonicMs();
    this.#lastRoundMs = nowMs;
  }

  async #evaluate(rule: Rule): Promise<void> {
    const { clock, logger, query, joinedNames, evaluated } = this.#options;
    const nowMs = clock.nowMs();
    const ends = this.#ends;
    this.#evaluations++;
    try {
      const answer = readInstantAnswer(await query(rule.tenant, rule.expression, nowMs));
      const problem = answer.kind === 'failed' ? answer.reason : tooMany(answer.samples);
      if (answer.kind === 'failed' || problem !== undefined) {
        this.#failures++;
        evaluated(rule, nowMs, problem);
        return;
      }
      // Removed, switched off or edited while the query ran, or its devices were: the answer is of the past.
      const current = this.#options.rule(rule.tenant, rule.id);
      if (!current?.enabled || current.revision !== rule.revision || ends !== this.#ends) return;
      const watched = this.#watched.get(rule.id) ?? { rule, alerts: new RuleAlerts() };
      this.#watched.set(rule.id, watched);
      const isEdited = watched.rule !== undefined && watched.rule.revision !== rule.revision;
      const step = watched.alerts.advance(rule, {
        samples: answer.samples,
        nowMs,
        joinedNames: joinedNames(rule.tenant),
        mayResolve: clock.monotonicMs() - this.#graceSinceMs >= this.#options.graceMs,
        resolution: isEdited ? 'The rule was changed.' : undefined,
      });
      this.#store(rule.id, watched.alerts, step);
      watched.rule = rule;
      evaluated(rule, nowMs, undefined);
    } catch (error) {
      this.#failures++;
      logger.error({ err: error, rule: rule.name }, 'a rule could not be evaluated');
      evaluated(rule, nowMs, (error as Error).message);
    }
  }

  #store(ruleId: number, alerts: RuleAlerts, step: AlertStep): void {
    const isQuiet = step.transitions.length === 0 && step.unmuted.length === 0;
    alerts.take(step, isQuiet ? [] : this.#options.store(ruleId, step));
  }
}

function tooMany(samples: readonly RuleSample[]): string | undefined {
  return samples.length > MAX_ALERTS_A_RULE
    ? `the expression returns ${samples.length} series; a rule may raise at most ${MAX_ALERTS_A_RULE} alerts`
    : undefined;
}
