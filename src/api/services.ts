/** What the API needs of the rest of the product. The composition root fills this in; tests fill in fakes. */

import type { Auth } from '../auth/auth.ts';
import type { SecretBox } from '../config/secrets.ts';
import type { DiscoveryProfileRecord, DiscoveryRunRecord } from '../db/discovery.ts';
import type { Repositories } from '../db/repositories.ts';
import type { OpenCredential } from '../fleet/credentials.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { FieldMetadata } from '../model/field.ts';
import type { ImportRule } from '../model/import-rule.ts';
import type { PollError } from '../model/observation.ts';
import type { FieldProblem } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Store } from '../store/store.ts';

export type CheckStatus = 'ok' | 'degraded' | 'down';
export type HealthChecks = Readonly<Record<string, { readonly status: CheckStatus; readonly message: string }>>;

export interface CredentialTest {
  readonly tenant: TenantId;
  readonly address: string;
  readonly credential: OpenCredential;
}
export interface CredentialTestOutcome {
  readonly ok: boolean;
  /** One sentence for the person who asked: what answered, or what failed and what to change. */
  readonly message: string;
  readonly code?: string;
  readonly duration_ms: number;
  readonly facts?: Readonly<Record<string, string>>;
  readonly template?: string;
  readonly confidence?: number;
  readonly reasons?: readonly string[];
}

export interface PollOutcome {
  readonly at_ms: number;
  readonly duration_ms: number;
  readonly error?: PollError;
  readonly metrics: readonly {
    readonly measurement: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly fields: Readonly<Record<string, number | null>>;
  }[];
}

/** The collector's answers to people who wait for them. */
export interface CollectService {
  testCredential(test: CredentialTest): Promise<CredentialTestOutcome>;
  /** Polls now. Undefined when the collector does not know the monitor (any more). */
  poll(monitorId: number): Promise<PollOutcome | undefined>;
}

/** Programs that who runs the machine has put there, each for one tenant. */
export interface ExecutableService {
  /** Why a file cannot be run as a plugin of the tenant; undefined when it can. */
  problem(tenant: TenantId, file: string): Promise<string | undefined>;
  /** What lies in the folder of the tenant, and what people call the folder. */
  placed(tenant: TenantId): Promise<{
    readonly folder: string;
    readonly programs: readonly { readonly file: string; readonly problem?: string }[];
  }>;
}

export interface TemplateInfo {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly origin: 'built_in' | 'added';
  readonly updated_at?: Date;
}

/** All templates that a tenant has, shipped and added. */
export interface TemplateService {
  list(tenant: TenantId): readonly TemplateInfo[];
  /** The YAML text; undefined when there is none. */
  read(tenant: TenantId, id: string): string | undefined;
  /** What is wrong with a text, or its ID when nothing is. */
  check(tenant: TenantId, yaml: string): { readonly errors: readonly FieldProblem[] } | { readonly id: string };
  /** Added templates of the tenant that would be left without a parent if this one went. */
  heirs(tenant: TenantId, id: string): readonly string[];
  /** Added templates changed in the database. */
  changed(tenant: TenantId): void;
}

export interface DiscoveryService {
  /** What is wrong with a profile's addresses, schedule or import rule. */
  check(profile: {
    subnet: string;
    exclude: string | null;
    schedule: string | null;
    import_rule: ImportRule | null;
  }): readonly FieldProblem[];
  /** Begins a run. @throws Refusal when the profile runs already */
  start(profile: DiscoveryProfileRecord): DiscoveryRunRecord;
  /** Resolves when the run is over, or the signal is aborted. */
  finished(runId: number, signal: AbortSignal): Promise<void>;
  cancel(runId: number): void;
  /** Profiles changed in the database: schedules are read again. */
  changed(): void;
}

export interface AlertService {
  /** What is wrong with a PromQL expression; undefined: nothing. */
  expressionProblem(tenant: TenantId, expression: string): Promise<string | undefined>;
  /** Of the last evaluation of a rule. */
  ruleStatus(ruleId: number): { readonly last_error: string | null; readonly last_evaluated_at: Date | null };
  /** Rules changed in the database. */
  rulesChanged(): void;
  /** A person (`by`) says that it is over: resolves it, and tells who was told that it fires. */
  resolve(tenant: TenantId, alertId: number, by: string): void;
  /** A channel changed in the database. */
  channelChanged(channelId: number): void;
}

export interface Services {
  readonly version: string;
  readonly repositories: Repositories;
  readonly auth: Auth;
  readonly fleet: Fleet;
  readonly store: Store;
  readonly secrets: Pick<SecretBox, 'seal' | 'open'>;
  readonly collect: CollectService;
  readonly templates: TemplateService;
  /** The programs of added plugins, where the collector runs any; without it no plugin can be added. */
  readonly executables?: ExecutableService | undefined;
  /** Without it there are no discovery routes. */
  readonly discovery?: DiscoveryService | undefined;
  readonly alerts: AlertService;
  /** Sends a test message through a channel, now. */
  readonly testChannel: (
    tenant: TenantId,
    channelId: number,
    signal: AbortSignal,
  ) => Promise<{ readonly ok: boolean; readonly message: string }>;
  /** Checks beside the database's, which the API makes itself: store, collector, threads, ICMP, disk. */
  readonly health: () => HealthChecks;
  /** Figures of main and collect in Prometheus exposition format; the store's are added. */
  readonly metrics: () => string;
  /** Every field that is declared: which part of a metric's name is the measurement. */
  readonly fields: () => readonly FieldMetadata[];
  readonly clock: Clock;
  readonly logger: Logger;
}
