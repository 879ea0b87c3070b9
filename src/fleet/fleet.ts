/** Everything of this room, constructed over the repositories and the store. */
import type { SecretBox } from '../config/secrets.ts';
import { forgetOldHistory } from '../db/housekeeping.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Live } from '../model/live.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Store } from '../store/store.ts';
import { CollectorConfiguration } from './configuration.ts';
import { Credentials } from './credentials.ts';
import { Devices } from './devices.ts';
import { Events } from './events.ts';
import { LabelJoiner } from './joined-labels.ts';
import { MonitorStates } from './monitor-states.ts';
import { Monitors } from './monitors.ts';
import { Observations } from './observations.ts';
import { type BuiltInPlugin, PluginCatalogue } from './plugins.ts';
import { Settings } from './settings.ts';

export interface FleetOptions {
  readonly repositories: Repositories;
  readonly store: Pick<Store, 'joinLabels' | 'deleteRowGroups' | 'declareInterval' | 'declareFields' | 'endSeries'>;
  readonly secrets: Pick<SecretBox, 'seal' | 'open'>;
  readonly live: Live;
  readonly plugins: readonly BuiltInPlugin[];
  readonly templateExists: (tenant: TenantId, id: string) => boolean;
  /** Templates that people of all tenants added, parsed, by `tenantKey`. */
  readonly addedTemplates: () => Readonly<Record<string, unknown>>;
  /** Devices were removed. */
  readonly devicesRemoved: (tenant: TenantId, ids: readonly number[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Fleet {
  readonly live: Live;
  readonly settings: Settings;
  readonly plugins: PluginCatalogue;
  readonly states: MonitorStates;
  readonly events: Events;
  readonly joiner: LabelJoiner;
  readonly configuration: CollectorConfiguration;
  readonly credentials: Credentials;
  readonly monitors: Monitors;
  readonly devices: Devices;
  readonly observations: Observations;
  /** Tells the store what it must know after a start: labels and intervals. */
  announce(): Promise<void>;
  /** Until the signal: writes monitor states every few seconds and a last time then, and forgets old history. */
  start(signal: AbortSignal): Promise<void>;
}

const FLUSH_INTERVAL_MS = 5000;
const TIDY_INTERVAL_MS = 3_600_000;

export function createFleet(options: FleetOptions): Fleet {
  const { repositories, store, secrets, live, clock, logger } = options;
  const settings = new Settings(repositories);
  const plugins = new PluginCatalogue(options.plugins, repositories);
  const { transaction } = repositories;
  const states = new MonitorStates({ monitors: repositories.monitors, devices: repositories.devices, transaction });
  const events = new Events({ journal: repositories.journal, live, clock });
  const joiner = new LabelJoiner({ store, repositories, logger });
  const configuration = new CollectorConfiguration({
    repositories,
    addedTemplates: options.addedTemplates,
    settings: (tenant) => settings.of(tenant),
    clock,
    logger,
  });
  const credentials = new Credentials({ repositories, secrets, configuration, clock });
  const monitors = new Monitors({ repositories, plugins, states, configuration, store, clock, logger });
  const devices = new Devices({
    repositories,
    monitors,
    states,
    events,
    joiner,
    configuration,
    templateExists: options.templateExists,
    removed: options.devicesRemoved,
    defaults: (tenant) => settings.of(tenant),
    clock,
  });
  const observations = new Observations({ repositories, states, events, joiner, store, live, logger });
  return {
    live,
    settings,
    plugins,
    states,
    events,
    joiner,
    configuration,
    credentials,
    monitors,
    devices,
    observations,
    async announce() {
      const intervals = repositories.monitors
        .all()
        .map((row) => store.declareInterval(row.tenant_id, String(row.id), row.polling_interval * 1000));
      try {
        await Promise.all([joiner.pushAll(), ...intervals]);
      } catch (error) {
        logger.error({ err: error }, 'The store did not take labels and intervals.');
      }
    },
    async start(signal) {
      let tidiedMs = Number.NEGATIVE_INFINITY;
      while (!signal.aborted) {
        await clock.sleep(FLUSH_INTERVAL_MS, signal).catch(() => {});
        try {
          states.flush();
          if (clock.monotonicMs() - tidiedMs >= TIDY_INTERVAL_MS && !signal.aborted) {
            tidiedMs = clock.monotonicMs();
            forgetOldHistory(repositories, clock.nowMs());
          }
        } catch (error) {
          logger.error({ err: error }, 'The database could not be written; the next round tries again.');
        }
      }
      configuration.stop();
      monitors.stop();
    },
  };
}
