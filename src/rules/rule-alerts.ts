/**
 * The alerts of one rule as a state machine: pending, firing, resolved. Pure: time and samples come in, a step comes out.
 * A step changes nothing by itself: the evaluator stores its transitions first and takes it then, so that what could not
 * be stored happens again in the next round.
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

/** `from` is undefined for a new alert. A firing alert whose rule got another severity goes from firing to firing. */
export interface AlertTransition {
  readonly from: AlertState | undefined;
  readonly alert: AlertRecord;
  /** Why it was resolved, as a sentence; absent: its expression does not return it any more. */
  readonly resolution?: string;
  /** A person resolved it while it was still returned. */
  readonly isMuted?: true;
}

/** What one evaluation, or a person, changes. */
export interface AlertStep {
  readonly transitions: readonly AlertTransition[];
  /** Muted fingerprints that the expression has let go of. */
  readonly unmuted: readonly string[];
  /** By fingerprint, after the step. */
  readonly active: ReadonlyMap<string, AlertRecord>;
  readonly muted: ReadonlySet<string>;
}

export interface Evaluation {
  /** What the expression returned at `nowMs`. */
  readonly samples: readonly RuleSample[];
  readonly nowMs: number;
  /** Names of labels that are joined at read. */
  readonly joinedNames: ReadonlySet<string>;
  /** False keeps alerts whose series are missing: right after a start nothing has been polled yet. */
  readonly mayResolve?: boolean;
  /** Why alerts that are not returned are over, if the expression alone does not say it. */
  readonly resolution?: string | undefined;
}

export class RuleAlerts {
  #active: ReadonlyMap<string, AlertRecord>;
  /** Resolved by a person while still returned: silent until the expression has let go of them. */
  #muted: ReadonlySet<string>;

  /** Takes over what was pending, firing or muted before a restart. */
  constructor(alerts: readonly AlertRecord[] = [], muted: readonly string[] = []) {
    this.#active = new Map(alerts.map((alert) => [alert.fingerprint, alert]));
    this.#muted = new Set(muted);
  }

  get active(): readonly AlertRecord[] {
    return [...this.#active.values()];
  }

  /** Makes a step true, once it is stored. `ids`: the database's, in the order of the transitions. */
  take(step: AlertStep, ids: readonly number[]): void {
    const active = new Map(step.active);
    step.transitions.forEach(({ alert }, i) => {
      const current = active.get(alert.fingerprint);
      if (current) active.set(alert.fingerprint, { ...current, id: ids[i] });
    });
    this.#active = active;
    this.#muted = step.muted;
  }

  /** One evaluation. */
  advance(rule: Rule, { samples, nowMs, joinedNames, mayResolve = true, resolution }: Evaluation): AlertStep {
    const transitions: AlertTransition[] = [];
    const active = new Map<string, AlertRecord>();
    const muted = new Set<string>();
    for (const sample of samples) {
      const fingerprint = alertFingerprint(rule.id, sample.labels, joinedNames);
      if (active.has(fingerprint) || muted.has(fingerprint)) continue;
      if (this.#muted.has(fingerprint)) {
        muted.add(fingerprint);
        continue;
      }
      const before = this.#active.get(fingerprint);
      const alert = advanced(rule, sample, fingerprint, before, nowMs);
      active.set(fingerprint, alert);
      if (before?.state !== alert.state || before.severity !== alert.severity) {
        transitions.push({ from: before?.state, alert });
      }
    }
    for (const [fingerprint, alert] of this.#active) {
      if (active.has(fingerprint)) continue;
      if (mayResolve) transitions.push(resolved(alert, nowMs, resolution));
      else active.set(fingerprint, alert);
    }
    const silent = [...this.#muted].filter((fingerprint) => !muted.has(fingerprint));
    for (const fingerprint of mayResolve ? [] : silent) muted.add(fingerprint);
    return { transitions, unmuted: mayResolve ? silent : [], active, muted };
  }

  /** A person resolves one alert; undefined when it is not an active one of this rule. */
  mute(tenant: TenantId, alertId: number, nowMs: number, resolution: string): AlertStep | undefined {
    const found = this.active.find((alert) => alert.id === alertId && alert.tenant === tenant);
    if (!found) return undefined;
    const { fingerprint } = found;
    return {
      transitions: [{ ...resolved(found, nowMs, resolution), isMuted: true }],
      unmuted: [],
      active: new Map([...this.#active].filter(([key]) => key !== fingerprint)),
      muted: new Set([...this.#muted, fingerprint]),
    };
  }

  /** Resolves what is over for another reason than its expression: the rule or the device is gone. */
  end(isOver: (alert: AlertRecord) => boolean, nowMs: number, resolution: string): AlertStep {
    const over = this.active.filter(isOver);
    return {
      transitions: over.map((alert) => resolved(alert, nowMs, resolution)),
      unmuted: [],
      active: new Map([...this.#active].filter(([, alert]) => !over.includes(alert))),
      muted: this.#muted,
    };
  }
}

function resolved(alert: AlertRecord, nowMs: number, resolution: string | undefined): AlertTransition {
  return {
    from: alert.state,
    alert: { ...alert, state: 'resolved', resolvedAtMs: nowMs },
    ...(resolution === undefined ? {} : { resolution }),
  };
}

function advanced(
  rule: Rule,
  sample: RuleSample,
  fingerprint: string,
  before: AlertRecord | undefined,
  nowMs: number,
): AlertRecord {
  // A clock that was turned back makes nobody wait longer than the rule says.
  const startedAtMs = before?.state === 'firing' ? before.startedAtMs : Math.min(before?.startedAtMs ?? nowMs, nowMs);
  const fires = before?.state === 'firing' || nowMs - startedAtMs >= rule.forMs;
  const { __name__: _metric, ...labels } = sample.labels;
  const all = { ...labels, ...rule.labels };
  const annotations = Object.fromEntries(
    Object.entries(rule.annotations).map(([key, text]) => [key, fillAnnotation(text, all, sample.value)]),
  );
  return {
    id: before?.id,
    state: fires ? 'firing' : 'pending',
    startedAtMs,
    firedAtMs: before?.firedAtMs ?? (fires ? nowMs : undefined),
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
