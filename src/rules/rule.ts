import type { Severity } from '../model/health.ts';
import type { TenantId } from '../model/tenant.ts';

/** A rule as the evaluator needs it: every series that `expression` returns is an alert. */
export interface Rule {
  readonly id: number;
  readonly tenant: TenantId;
  readonly name: string;
  readonly expression: string;
  /** How long a series must be returned before its alert fires. */
  readonly forMs: number;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Changes when the rule is edited: its alerts then start anew. */
  readonly revision: string;
}

export interface RuleSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
