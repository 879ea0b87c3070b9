/** The server's own collector, and its answers to people who wait for them. */
import { lookup } from 'node:dns/promises';
import type { MessagePort } from 'node:worker_threads';
import type {
  CollectService,
  CredentialTest,
  CredentialTestOutcome,
  HealthChecks,
  PollOutcome,
} from '../api/services.ts';
import { type Collector, CollectorUnavailableError, openCollector } from '../collector/client.ts';
import type { Repositories } from '../db/repositories.ts';
import { nameLookup } from '../discovery/name-lookup.ts';
import type { Network } from '../discovery/scan.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { ObservedInterface } from '../model/observation.ts';
import { Refusal } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Store } from '../store/store.ts';

export interface CollectDeskOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Text of the key file. */
  readonly keyFile: string;
  readonly nativeFolder: string;
  readonly pluginsFolder: string;
  readonly store: Store;
  readonly fleet: Fleet;
  readonly repositories: Repositories;
}

const NOT_READY = 'The collector is starting. Try again in a few seconds.';

export class CollectDesk implements CollectService {
  readonly #options: CollectDeskOptions;
  #opening: Promise<Collector> | undefined;
  #collector: Collector | undefined;

  constructor(options: CollectDeskOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { logger, clock, keyFile, nativeFolder, pluginsFolder, store, fleet, repositories } = this.#options;
    this.#opening = openCollector({
      log: logger.child({ thread: 'collect' }),
      clock,
      keyFile,
      nativeFolder,
      pluginsFolder,
      appendPort: (): MessagePort => store.appendPort(),
      config: () => fleet.configuration.document,
      onObservations: (observations) => fleet.observations.apply(observations),
      knownInterfaces: (deviceId) => repositories.interfaces.ofDevice(Number(deviceId)).map(toObserved),
    });
    const collector = await this.#opening;
    this.#collector = collector;
    fleet.configuration.onDelta((delta) => {
      collector
        .configure(delta)
        .catch((error) => logger.warn({ err: error }, 'the collector did not take a configuration'));
    });
  }

  async stop(): Promise<void> {
    const collector = await this.#opening?.catch(() => undefined);
    await collector?.close();
  }

  async testCredential({ tenant, address, credential }: CredentialTest): Promise<CredentialTestOutcome> {
    const values = { ...credential.public, ...credential.secrets };
    const result = await this.#ready().testCredential({
      tenant,
      address,
      credential: { kind: 'open', credential: { type: credential.type, values } },
    });
    const { facts, ...rest } = result;
    return { ...rest, ...(facts ? { facts: textFacts(facts) } : {}) };
  }

  async poll(monitorId: number): Promise<PollOutcome | undefined> {
    // A monitor that was made a moment ago is known once its configuration went out.
    this.#options.fleet.configuration.flush();
    const report = await this.#ready()
      .pollNow(String(monitorId))
      .catch((error: unknown) => {
        if (error instanceof CollectorUnavailableError) throw new Refusal('unavailable', NOT_READY);
        throw error;
      });
    if (!report) return undefined;
    return {
      at_ms: report.at_ms,
      duration_ms: report.duration_ms,
      ...(report.error ? { error: report.error } : {}),
      metrics: report.rows.map(({ measurement, tags, fields }) => ({ measurement, tags, fields })),
    };
  }

  /** The network as the server's own collector sees it, for the scans of a tenant. */
  network(tenant: TenantId): Network {
    const { credentialProfiles } = this.#options.repositories;
    return {
      ping: (address, signal) => this.#ready().ping(address, signal),
      openPorts: (address, ports, signal) => this.#ready().openPorts(address, ports, signal),
      identify: async (address, credentialId, isQuick, signal) => {
        const row = credentialProfiles.get(tenant, credentialId);
        if (!row) return { ok: false, code: 'bad_credential' };
        const { type, public: plain, sealed } = row;
        const credential = { id: String(credentialId), type, public: plain, sealed };
        const given = { kind: 'sealed', credential } as const;
        return this.#ready().testCredential(
          { tenant, address, credential: given, effort: isQuick ? 'one_try' : 'scan' },
          signal,
        );
      },
      addressOf: async (name) => (await lookup(name).catch(() => undefined))?.address,
      reverseName: nameLookup(),
    };
  }

  healthChecks(): HealthChecks {
    const health = this.#collector?.health();
    if (!health) return { collector: { status: 'degraded', message: NOT_READY } };
    return {
      collector: { status: health.status, message: health.problems.join(' ') || 'Polling.' },
      ping: { status: 'ok', message: health.ping },
    };
  }

  metrics(): string {
    return this.#collector?.metrics() ?? '';
  }

  #ready(): Collector {
    if (!this.#collector) throw new Refusal('unavailable', NOT_READY);
    return this.#collector;
  }
}

const textFacts = (facts: object): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

function toObserved(row: ReturnType<Repositories['interfaces']['ofDevice']>[number]): ObservedInterface {
  return {
    ifname: row.ifname,
    if_index: row.if_index,
    name: row.name,
    descr: row.descr,
    alias: row.alias,
    type: row.type,
    mac: row.mac,
    speed_bits_per_second: row.speed_bits_per_second,
    admin_status: row.admin_status,
    oper_status: row.oper_status,
    polled: row.polled,
  };
}
