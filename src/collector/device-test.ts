/** What people ask about a device before it is monitored: does this credential work there, and what would be stored? */
import type { SealedCredential } from '../model/collector-config.ts';
import type { DeviceFacts } from '../model/observation.ts';
import type { TenantId } from '../model/tenant.ts';
import type { OpenCredential, ProbeTools } from '../probes/probe.ts';
import { snmpCredential } from '../probes/snmp-credential.ts';
import { diagnoseSilence } from '../probes/snmp-diagnosis.ts';
import { SnmpFetchError, SnmpFetcher } from '../probes/snmp-fetcher.ts';
import { isFailure } from '../snmp/failure.ts';
import { PacketBudget } from '../snmp/packet-budget.ts';
import { RETRIES, SnmpSession } from '../snmp/session.ts';
import { TemplateError } from '../templates/inherit.ts';
import { type Inspection, inspectDevice, readFacts } from '../templates/inspection.ts';
import { PlanError } from '../templates/plan.ts';
import { recognise } from '../templates/recognise.ts';

const PACKETS_PER_SECOND = 50;

/** A profile as it is stored, or one that a person has just typed. */
export type GivenCredential =
  | { readonly kind: 'sealed'; readonly credential: SealedCredential }
  | { readonly kind: 'open'; readonly credential: OpenCredential };

/**
 * `full`: with retries, and silence is looked into. A scan asks many addresses where nothing is: `scan` tries twice and
 * looks into nothing, `one_try` is for addresses that have not answered anything.
 */
export type TestEffort = 'full' | 'scan' | 'one_try';
const TRIES: Readonly<Record<TestEffort, number>> = { full: RETRIES, scan: 1, one_try: 0 };

export interface CredentialTestRequest {
  /** Whose credential it is, and by whose templates the device is recognised. */
  readonly tenant: TenantId;
  readonly address: string;
  readonly credential: GivenCredential;
  /** How hard to try; `full` when absent. */
  readonly effort?: TestEffort;
}

export interface CredentialTestResult {
  readonly ok: boolean;
  /** One sentence for the person who asked. */
  readonly message: string;
  /** Stable word of the failure. */
  readonly code?: string;
  readonly duration_ms: number;
  readonly facts?: DeviceFacts;
  readonly template?: string;
  readonly confidence?: number;
  readonly reasons?: readonly string[];
}

export interface InspectRequest {
  readonly tenant: TenantId;
  readonly address: string;
  readonly credential: GivenCredential;
  /** ID of a template to use instead of the recognised one. */
  readonly template?: string;
}

export interface InspectFailure {
  readonly kind: 'failure';
  readonly code: string;
  readonly message: string;
}

export interface InspectAnswer extends Inspection {
  readonly kind: 'inspection';
  readonly poll: { readonly requests: number; readonly varbinds: number; readonly duration_ms: number };
}

/** Tries a credential at an address. Never rejects. */
export async function testCredential(
  tools: ProbeTools,
  address: string,
  credential: OpenCredential,
  signal?: AbortSignal,
  effort: TestEffort = 'full',
): Promise<CredentialTestResult> {
  const startMs = tools.clock.monotonicMs();
  const duration = () => ({ duration_ms: Math.round(tools.clock.monotonicMs() - startMs) });
  const session = await openSession(tools, address, credential, signal, TRIES[effort]);
  if ('code' in session) return { ok: false, code: session.code, message: session.message, ...duration() };
  try {
    const fetcher = new SnmpFetcher(session);
    const found = await recognise(tools.plans.library, fetcher);
    const told = await readFacts(tools.plans.library, fetcher, found.template, tools.clock.nowMs()).catch(noFacts);
    const oddities = session.traits.warnings.map(({ message }) => ` ${message}`).join('');
    const facts = { ...told, name: found.sysName, sys_descr: found.sysDescr, sys_object_id: found.sysObjectId };
    return {
      ok: true,
      message: `${found.sysName || session.address} answers SNMP${session.version}: ${found.sysDescr.slice(0, 200) || 'no description'}.${oddities}`,
      facts: session.engineId === undefined ? facts : { ...facts, engine_id: session.engineId },
      template: found.template,
      confidence: found.confidence,
      reasons: found.reasons,
      ...duration(),
    };
  } catch (error) {
    const failed = await explain(tools, session, credential, error, effort === 'full');
    return { ok: false, code: failed.code, message: failed.message, ...duration() };
  } finally {
    session.close();
  }
}

/** The credential works all the same when a device does not answer everything. */
function noFacts(error: unknown): DeviceFacts {
  if (error instanceof SnmpFetchError) return {};
  throw error;
}

/** One whole poll of a device, nothing stored. Never rejects for what the device does. */
export async function inspect(
  tools: ProbeTools,
  address: string,
  credential: OpenCredential,
  template: string | undefined,
  signal?: AbortSignal,
): Promise<InspectAnswer | InspectFailure> {
  const startMs = tools.clock.monotonicMs();
  const session = await openSession(tools, address, credential, signal);
  if ('code' in session) return session;
  try {
    const options = { nowMs: tools.clock.nowMs(), ...(template === undefined ? {} : { template }) };
    const inspection = await inspectDevice(tools.plans.library, new SnmpFetcher(session), options);
    const { requests, varbinds } = session.counters;
    const durationMs = Math.round(tools.clock.monotonicMs() - startMs);
    return { kind: 'inspection', ...inspection, poll: { requests, varbinds, duration_ms: durationMs } };
  } catch (error) {
    if (error instanceof TemplateError || error instanceof PlanError) {
      return { kind: 'failure', code: 'bad_template', message: error.message };
    }
    return await explain(tools, session, credential, error);
  } finally {
    session.close();
  }
}

async function openSession(
  tools: ProbeTools,
  address: string,
  open: OpenCredential,
  signal: AbortSignal | undefined,
  retries = RETRIES,
): Promise<SnmpSession | InspectFailure> {
  const { udp, clock, engines } = tools;
  const resolved = await tools.resolve(address);
  if (resolved.kind === 'failure') return resolved;
  const credential = snmpCredential(open);
  if (isFailure(credential)) return credential;
  const budget = new PacketBudget(PACKETS_PER_SECOND, () => clock.monotonicMs());
  const session = new SnmpSession({ udp, clock, engines, address: resolved.address, credential, budget, retries });
  if (signal) session.cancelWith(signal);
  return session;
}

async function explain(
  tools: ProbeTools,
  session: SnmpSession,
  open: OpenCredential,
  error: unknown,
  looksIntoSilence = true,
): Promise<InspectFailure> {
  if (!(error instanceof SnmpFetchError)) throw error;
  const credential = snmpCredential(open);
  if (!looksIntoSilence || error.failure.code !== 'timeout' || isFailure(credential)) return error.failure;
  return diagnoseSilence(tools, session.address, credential, session.engineId !== undefined);
}
