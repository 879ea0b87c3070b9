/**
 * Discovery profiles at work: runs that are started, watched, cancelled and kept, on demand and by schedule. The scan
 * itself happens where the network is (`scan` of the options: the collect thread, or a component).
 */
import { Cron } from 'croner';
import type { NewDiscoveredDevice } from '../db/discovered-devices.ts';
import type { DiscoveryProfileRecord, DiscoveryRunRecord } from '../db/discovery.ts';
import type { Repositories } from '../db/repositories.ts';
import { parseAddress } from '../lib/address.ts';
import type { Clock } from '../lib/clock.ts';
import { AddressSet } from '../lib/ip-range.ts';
import type { Logger } from '../lib/logger.ts';
import type { ImportRule } from '../model/import-rule.ts';
import type { Live } from '../model/live.ts';
import { type FieldProblem, Refusal } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import { importRuleProblems, importTest } from './import-rule.ts';
import { type Finding, type Network, type ScanCredential, scan, WINDOWS_PORTS } from './scan.ts';

/** Scans at the same time; more would only take the network from each other. */
const MAX_RUNS = 4;

export interface DiscoveryRunsOptions {
  readonly repositories: Pick<Repositories, 'discovery' | 'discoveredDevices'>;
  /** The network as the profile's component sees it, for one run. */
  readonly network: (profile: DiscoveryProfileRecord) => Network;
  /** What must be known of a credential profile to try it politely; undefined when it is gone. */
  readonly credential: (tenant: TenantId, id: number) => ScanCredential | undefined;
  /** Makes a device of a finding (profiles with `auto_import`). */
  readonly importFound: (tenant: TenantId, findingId: number) => void;
  readonly live: Live;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Running {
  readonly profileId: number;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export class DiscoveryRuns {
  readonly #options: DiscoveryRunsOptions;
  readonly #running = new Map<number, Running>();
  #schedules: Cron[] = [];
  #isClosed = false;

  constructor(options: DiscoveryRunsOptions) {
    this.#options = options;
  }

  /** Runs of an earlier process are over; schedules begin. */
  open(): void {
    const { repositories, clock } = this.#options;
    repositories.discovery.failRunning('The server was stopped during this run.', new Date(clock.nowMs()));
    this.changed();
  }

  /** Cancels everything and waits for it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const schedule of this.#schedules) schedule.stop();
    this.#schedules = [];
    for (const { abort } of this.#running.values()) abort.abort();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** What is wrong with a profile's addresses or schedule. */
  check(profile: CheckedProfile): readonly FieldProblem[] {
    const problems: FieldProblem[] = profile.import_rule ? importRuleProblems(profile.import_rule, 'import_rule') : [];
    const parsed = AddressSet.parse(profile.subnet, profile.exclude ?? '');
    if (parsed.kind === 'bad') {
      for (const { piece, message } of parsed.problems) {
        const path = !profile.subnet.includes(piece) && profile.exclude?.includes(piece) ? 'exclude' : 'subnet';
        problems.push({ path, message: `"${piece.slice(0, 60)}" ${message}` });
      }
    }
    if (profile.schedule !== null) {
      const problem = scheduleProblem(profile.schedule);
      if (problem !== undefined) problems.push({ path: 'schedule', message: problem });
    }
    return problems;
  }

  /** Begins a run. @throws Refusal when the profile runs already, or too many do */
  start(profile: DiscoveryProfileRecord): DiscoveryRunRecord {
    const { repositories, clock } = this.#options;
    if ([...this.#running.values()].some(({ profileId }) => profileId === profile.id)) {
      throw new Refusal('conflict', `Discovery Profile ${profile.name} is running already`);
    }
    if (this.#isClosed || this.#running.size >= MAX_RUNS) {
      throw new Refusal('unavailable', `${this.#running.size} discovery runs are under way: wait for one of them`);
    }
    const parsed = AddressSet.parse(profile.subnet, profile.exclude ?? '');
    if (parsed.kind === 'bad') {
      throw new Refusal('invalid', parsed.problems.map(({ piece, message }) => `"${piece}" ${message}`).join('; '));
    }
    const run = repositories.discovery.insertRun(profile, parsed.set.size, new Date(clock.nowMs()));
    const abort = new AbortController();
    const done = this.#run(profile, run, parsed.set, abort.signal).finally(() => this.#running.delete(run.id));
    this.#running.set(run.id, { profileId: profile.id, abort, done });
    return run;
  }

  /** Resolves when the run is over, or the signal is aborted. */
  async finished(runId: number, signal: AbortSignal): Promise<void> {
    const running = this.#running.get(runId);
    if (!running || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    await Promise.race([running.done, promise]);
    signal.removeEventListener('abort', onAbort);
  }

  cancel(runId: number): void {
    this.#running.get(runId)?.abort.abort();
  }

  /** Profiles changed in the database: schedules are read again. */
  changed(): void {
    for (const schedule of this.#schedules) schedule.stop();
    this.#schedules = [];
    if (this.#isClosed) return;
    for (const { id, tenant_id, schedule, time_zone } of this.#options.repositories.discovery.scheduledProfiles()) {
      if (schedule === null) continue;
      this.#schedules.push(
        new Cron(schedule, { timezone: time_zone, unref: true }, () => this.#startScheduled(tenant_id, id)),
      );
    }
  }

  #startScheduled(tenant: TenantId, id: number): void {
    const { repositories, logger } = this.#options;
    const profile = repositories.discovery.profile(tenant, id);
    if (!profile) return;
    try {
      this.start(profile);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      logger.warn({ profile_id: id, reason: error.message }, 'a scheduled discovery run was left out');
    }
  }

  async #run(
    profile: DiscoveryProfileRecord,
    run: DiscoveryRunRecord,
    addresses: AddressSet,
    signal: AbortSignal,
  ): Promise<void> {
    const { repositories, clock, logger } = this.#options;
    const end = (state: DiscoveryRunRecord['state'], message: string | null): void => {
      const finished = new Date(clock.nowMs());
      repositories.discovery.updateRun(run.id, { state, message, finished_at: finished });
      this.#tell(profile, run.id, { state, message });
    };
    try {
      const last = await scan({
        addresses,
        isLeftOut: (address) => addresses.excludes(address),
        credentials: this.#credentials(profile),
        ports: [...new Set([...(profile.port_scan ? WINDOWS_PORTS : []), ...profile.tcp_ports])],
        network: this.#options.network(profile),
        clock,
        onFound: (finding) => this.#keep(profile, run.id, finding),
        onProgress: (progress) => {
          repositories.discovery.updateRun(run.id, progress);
          this.#tell(profile, run.id, { state: 'running', total: run.total, ...progress });
        },
        signal,
      });
      end(
        signal.aborted ? 'cancelled' : 'finished',
        signal.aborted ? `Cancelled after ${last.scanned} addresses.` : null,
      );
    } catch (error) {
      logger.error({ err: error, run_id: run.id }, 'a discovery run failed');
      end('failed', error instanceof Error ? error.message : String(error));
    }
  }

  #credentials(profile: DiscoveryProfileRecord): ScanCredential[] {
    return profile.credential_profile_ids.flatMap((id) => this.#options.credential(profile.tenant_id, id) ?? []);
  }

  #keep(profile: DiscoveryProfileRecord, runId: number, finding: Finding): void {
    const { repositories, clock, importFound } = this.#options;
    const address = parseAddress(finding.address);
    const record: NewDiscoveredDevice = {
      tenant_id: profile.tenant_id,
      run_id: runId,
      profile_id: profile.id,
      site_id: profile.site_id,
      address: finding.address,
      address_key: typeof address === 'string' ? finding.address : address.key,
      hostname: finding.hostname ?? null,
      answered: finding.answered,
      credential_profile_id: finding.credentialId ?? null,
      template: finding.template ?? null,
      confidence: finding.confidence ?? null,
      reasons: finding.reasons,
      facts: finding.facts,
      last_seen_at: new Date(clock.nowMs()),
    };
    const id = repositories.discoveredDevices.save(record);
    // What answers to nothing but a ping is no device that could be polled; a person decides.
    const isImported = profile.auto_import && finding.credentialId !== undefined;
    if (isImported && (!profile.import_rule || importTest(profile.import_rule)(record)))
      importFound(profile.tenant_id, id);
  }

  #tell(profile: DiscoveryProfileRecord, runId: number, state: Readonly<Record<string, unknown>>): void {
    const { live } = this.#options;
    const { tenant_id, id } = profile;
    live.publish(tenant_id, 'discovery_progress', { run_id: runId, profile_id: id, ...state });
  }
}

interface CheckedProfile {
  readonly subnet: string;
  readonly exclude: string | null;
  readonly schedule: string | null;
  readonly import_rule: ImportRule | null;
}

function scheduleProblem(schedule: string): string | undefined {
  try {
    const cron = new Cron(schedule, { paused: true });
    const [first, second] = cron.nextRuns(2);
    cron.stop();
    if (!first) return 'never comes';
    if (second && second.getTime() - first.getTime() < 60_000) return 'comes more often than once a minute';
    return undefined;
  } catch (error) {
    const reason = (error as Error).message.replace(/^CronPattern: /, '');
    return `is no cron expression such as "0 3 * * *" (minute, hour, day, month, weekday): ${reason}`;
  }
}
