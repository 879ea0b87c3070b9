/**
 * The alerts of one rule as a state machine: pending, firing, resolved. Pure: time and samples come in, transitions come
 * out; the evaluator stores them.
 */
import type { AlertState, Severity } from '../model/health.ts';
import type { TenantId } from '../model/tenant.ts';
import { fillAnnotation } from './annotation.ts';
import { alertFingerprint } from './fingerprint.ts';
import type { Rule, RuleSample } from './rule.ts';

export interface AlertRecord {
  /** Given by the database when it is first stored. */
  readonly id: number | undefined;
  readonly tenant: TenantId;
  readonly ruleId: number;
  readonly rule: string;
  readonly fingerprint: string;
  readonly state: AlertState;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number;
  readonly startedAtMs: number;
  readonly firedAtMs: number | undefined;
  readonly resolvedAtMs: number | undefined;
}

/** `changed` has `from` undefined for a new alert. `touched`: same state, newer value or texts. */
export interface AlertTransition {
  readonly from: AlertState | undefined;
  readonly alert: AlertRecord;
}

export class RuleAlerts {
  readonly #active = new Map<string, AlertRecord>();
  /** Resolved by a person while still returned: silent until the expression has let go of them. */
  readonly #suppressed = new Set<string>();

  /** Takes over what was pending or firing before a restart. */
  restore(alerts: readonly AlertRecord[]): void {
    for (const alert of alerts) this.#active.set(alert.fingerprint, alert);
  }

  get active(): readonly AlertRecord[] {
    return [...this.#active.values()];
  }

  /** Remembers the database's ID of an alert. */
  stored(fingerprint: string, id: number): void {
    const alert = this.#active.get(fingerprint);
    if (alert) this.#active.set(fingerprint, { ...alert, id });
  }

  /**
   * One evaluation: `samples` is what the expression returned at `nowMs`. `mayResolve` false keeps alerts whose series
   * are missing: right after a start nothing has been polled yet.
   */
  advance(
    rule: Rule,
    samples: readonly RuleSample[],
    nowMs: number,
    joinedNames: ReadonlySet<string>,
    mayResolve = true,
  ): readonly AlertTransition[] {
    const transitions: AlertTransition[] = [];
    const seen = new Set<string>();
    for (const sample of samples) {
      const fingerprint = alertFingerprint(rule.id, sample.labels, joinedNames);
      if (seen.has(fingerprint)) continue;
      seen.add(fingerprint);
      if (this.#suppressed.has(fingerprint)) continue;
      const before = this.#active.get(fingerprint);
      const startedAtMs = before?.startedAtMs ?? nowMs;
      const fires = before?.state === 'firing' || nowMs - startedAtMs >= rule.forMs;
      const alert = describe(rule, sample, fingerprint, {
        id: before?.id,
        state: fires ? 'firing' : 'pending',
        startedAtMs,
        firedAtMs: before?.firedAtMs ?? (fires ? nowMs : undefined),
      });
      this.#active.set(fingerprint, alert);
      if (before?.state !== alert.state) transitions.push({ from: before?.state, alert });
    }
    for (const [fingerprint, alert] of mayResolve ? this.#active : []) {
      if (!seen.has(fingerprint)) transitions.push(this.#resolve(fingerprint, alert, nowMs));
    }
    if (mayResolve)
      for (const fingerprint of this.#suppressed) if (!seen.has(fingerprint)) this.#suppressed.delete(fingerprint);
    return transitions;
  }

  /** A person resolves one alert; undefined when it is not an active one of this rule. */
  resolve(tenant: TenantId, alertId: number, nowMs: number): AlertTransition | undefined {
    const found = [...this.#active.values()].find((alert) => alert.id === alertId && alert.tenant === tenant);
    if (!found) return undefined;
    this.#suppressed.add(found.fingerprint);
    return this.#resolve(found.fingerprint, found, nowMs);
  }

  /** The rule was removed, switched off or edited. */
  resolveAll(nowMs: number): readonly AlertTransition[] {
    return [...this.#active].map(([fingerprint, alert]) => this.#resolve(fingerprint, alert, nowMs));
  }

  #resolve(fingerprint: string, alert: AlertRecord, nowMs: number): AlertTransition {
    this.#active.delete(fingerprint);
    return { from: alert.state, alert: { ...alert, state: 'resolved', resolvedAtMs: nowMs } };
  }
}

function describe(
  rule: Rule,
  sample: RuleSample,
  fingerprint: string,
  progress: Pick<AlertRecord, 'id' | 'state' | 'startedAtMs' | 'firedAtMs'>,
): AlertRecord {
  const { __name__: _metric, ...labels } = sample.labels;
  const all = { ...labels, ...rule.labels };
  const annotations = Object.fromEntries(
    Object.entries(rule.annotations).map(([key, text]) => [key, fillAnnotation(text, all, sample.value)]),
  );
  return {
    ...progress,
    tenant: rule.tenant,
    ruleId: rule.id,
    rule: rule.name,
    fingerprint,
    severity: rule.severity,
    labels: all,
    annotations,
    value: sample.value,
    resolvedAtMs: undefined,
  };
}
