/** The composition root: the only place that constructs and wires the server. */
import { getRequestListener } from '@hono/node-server';
import { createApi } from './api/api.ts';
import { bodyCredits } from './api/append-body.ts';
import { LiveHub } from './api/live-hub.ts';
import { influxRoutes } from './api/routes/influx.ts';
import { ingestRoutes } from './api/routes/ingest.ts';
import { prometheusRoutes } from './api/routes/prometheus.ts';
import type { Services } from './api/services.ts';
import { StaticWeb } from './api/static-web.ts';
import { Alerting } from './app/alerting.ts';
import { CertificateWatch } from './app/certificate-watch.ts';
import { CollectDesk } from './app/collect-desk.ts';
import { declaredFields } from './app/declared-fields.ts';
import { createDiscovery } from './app/discovery.ts';
import { type FirstStart, seedFirstStart } from './app/first-start.ts';
import { watchHealth } from './app/health.ts';
import { type BoundAddress, Listeners } from './app/listeners.ts';
import { expositionToRows, OWN_TENANT, OwnMetrics } from './app/own-metrics.ts';
import { SealedSecrets } from './app/sealed-secrets.ts';
import { storeSettings } from './app/store-settings.ts';
import { Templates } from './app/templates.ts';
import { createAuth } from './auth/auth.ts';
import { loadCertificate } from './config/certificate.ts';
import type { Config } from './config/config.ts';
import { type DataFolder, type DataFolderRole, openDataFolder } from './config/data-folder.ts';
import { readOrCreateKeyFile, secretBoxFrom } from './config/secrets.ts';
import type { ListenAddress } from './config/settings.ts';
import { openDatabase } from './db/database.ts';
import { createRepositories } from './db/repositories.ts';
import { createFleet } from './fleet/fleet.ts';
import { listAssets, readAsset } from './lib/assets.ts';
import { BufferPool } from './lib/buffer-pool.ts';
import { systemClock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { setNativeFolder } from './lib/native.ts';
import { openLog } from './lib/pino-logger.ts';
import { VERSION } from './lib/version.ts';
import { PluginFolders } from './probes/executable/plugin-folders.ts';
import { describePlugins } from './probes/registry.ts';
import { openStore } from './store/client.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly role: DataFolderRole;
  /** What a new data folder begins with, beside the machine itself; the demo's plant. */
  readonly firstStart?: FirstStart;
}

export interface RunningServer {
  readonly version: string;
  readonly addresses: readonly BoundAddress[];
  readonly dataFolder: string;
  /** Printed while there is no administrator. */
  readonly setupCode: string | undefined;
  stop(): Promise<void>;
}

const DEFAULT_ADDRESSES: readonly ListenAddress[] = [
  { host: '0.0.0.0', port: 8443 },
  { host: '127.0.0.1', port: 8080 },
];
/** Everything is stopped within this, so that the process ends in the 5 seconds that supervisors give it. */
const STOP_WITHIN_MS = 4200;
/** Stops one part; told how much of the time is left. */
type Closer = (remainingMs: number) => void | Promise<void>;

const WEB_FOLDER = 'web/dist';
const OWN_METRICS_MS = 10_000;

/** Starts everything. Whatever was started is stopped again when something cannot be. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config } = options;
  const folder = openDataFolder(config.data, options.role);
  const log = openLog({
    level: config.log_level,
    format: config.log_format,
    folder: config.log_files ? folder.logs : undefined,
  });
  const closers: Closer[] = [() => log.close(), () => folder.release()];
  const stop = async () => {
    const end = performance.now() + STOP_WITHIN_MS;
    const remainingMs = () => Math.max(0, end - performance.now());
    for (let close = closers.pop(); close; close = closers.pop()) {
      await Promise.resolve(close(remainingMs())).catch((error) =>
        log.logger.error({ err: error }, 'a part could not be stopped'),
      );
    }
  };
  try {
    const running = await wire(options, folder, log.logger, (close) => closers.push(close));
    log.logger.info({ addresses: running.addresses.map(({ url }) => url), data: folder.path }, 'ready');
    return { ...running, version: VERSION, dataFolder: folder.path, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function wire(
  { config, role, firstStart }: ServerOptions,
  folder: DataFolder,
  logger: Logger,
  onStop: (close: Closer) => void,
): Promise<{ addresses: readonly BoundAddress[]; setupCode: string | undefined }> {
  const clock = systemClock;
  setNativeFolder(folder.native);
  const keyFile = readOrCreateKeyFile(folder.secretKey);
  const secrets = secretBoxFrom(keyFile);
  const opening = [
    loadCertificate(config.tls, folder.tls),
    openDatabase(folder.database),
    openStore({ settings: storeSettings(config, folder.tsdb), logger: logger.child({ thread: 'store' }), clock }),
  ] as const;
  // What was opened is closed again when another one cannot be.
  const [, openedDb, openedStore] = await Promise.allSettled(opening);
  if (openedDb.status === 'fulfilled') onStop(() => openedDb.value.close());
  if (openedStore.status === 'fulfilled') onStop((remainingMs) => openedStore.value.close(remainingMs));
  const [certificate, db, store] = await Promise.all(opening);

  const repositories = createRepositories(db);
  const auth = createAuth(repositories, secrets, clock);
  const live = new LiveHub({ clock, logger });
  const templates = await Templates.open({ repositories, changed: () => fleet.configuration.touchAll() });
  const fields = declaredFields();
  const pluginFolders = new PluginFolders(folder.plugins);
  const fleet = createFleet({
    repositories,
    store,
    secrets,
    live,
    plugins: describePlugins(),
    templateExists: (tenant, id) => templates.exists(tenant, id),
    addedTemplates: () => templates.added(),
    devicesRemoved: (tenant, ids) => alerting.devicesRemoved(tenant, ids),
    clock,
    logger,
  });
  const sealed = new SealedSecrets({ repositories, secrets, clock });
  const sealedProblem = sealed.problem();
  if (sealedProblem !== undefined) logger.error({ key: folder.secretKey }, sealedProblem);
  const alerting = new Alerting({ repositories, store, secrets, fleet, live, clock, logger });
  await seedFirstStart({ auth, fleet, alerting, repositories, logger }, role, firstStart);

  const stopping = new AbortController();
  const loops: Promise<void>[] = [];
  const collect = new CollectDesk({
    logger,
    clock,
    keyFile,
    nativeFolder: folder.native,
    pluginsFolder: folder.plugins,
    store,
    fleet,
    repositories,
  });
  const discovery = createDiscovery({ repositories, fleet, live, collect, clock, logger });
  const own = new OwnMetrics({
    alerting: () => ({ ...alerting.figures, waiting: repositories.notifications.waitingCount() }),
    clients: () => live.clientCount,
    devices: () => repositories.devices.count(),
  });
  const services: Services = {
    version: VERSION,
    repositories,
    auth,
    fleet,
    store,
    secrets,
    collect,
    templates,
    executables: {
      problem: async (tenant, file) => {
        const found = await pluginFolders.of(tenant).find(file);
        return found.kind === 'refused' ? found.message : undefined;
      },
      placed: async (tenant) => {
        const folder = pluginFolders.of(tenant);
        return { folder: folder.told, programs: await folder.list() };
      },
    },
    discovery,
    alerts: alerting,
    testChannel: (tenant, id, signal) => alerting.testChannel(tenant, id, signal),
    health: () => ({
      ...collect.healthChecks(),
      ...alerting.healthChecks(),
      ...sealed.healthChecks(),
      ...certificates.healthChecks(),
    }),
    metrics: () => own.text() + collect.metrics(),
    fields: () => [...fields, ...fleet.plugins.declaredFields()],
    clock,
    logger,
  };
  const app = createApi({
    services,
    web: new StaticWeb({
      names: listAssets(WEB_FOLDER).map((name) => name.slice(WEB_FOLDER.length + 1)),
      read: (name) => readAsset(`${WEB_FOLDER}/${name}`),
    }),
    foreign: (findPrincipal) => {
      const ingest = {
        store,
        findPrincipal,
        credits: bodyCredits(),
        limitBytes: config.max_body_size,
        buffers: new BufferPool(),
      };
      return [
        { path: '/api/v1', routes: ingestRoutes(ingest) },
        { path: '/api/v1', routes: prometheusRoutes({ store, findPrincipal, nowMs: () => clock.nowMs() }) },
        { path: '/', routes: influxRoutes(ingest) },
      ];
    },
  });
  const listeners = new Listeners({
    addresses: config.listen.length > 0 ? config.listen : DEFAULT_ADDRESSES,
    certificate,
    handle: getRequestListener(app.fetch, { overrideGlobalObjects: false }),
    upgrade: (request, socket, head) => live.upgrade(request, socket, head, auth.authenticator),
  });
  const certificates = new CertificateWatch({
    clock,
    logger,
    current: certificate,
    load: () => loadCertificate(config.tls, folder.tls),
    serveWith: (renewed) => listeners.serveWith(renewed),
  });
  const addresses = await listeners.start();

  // From here on nothing that can fail at start is left: the rest runs until it is told to stop, newest first.
  onStop(async () => {
    stopping.abort();
    await Promise.all(loops);
    fleet.states.flush();
  });
  onStop(() => collect.stop());
  discovery.open();
  onStop(() => discovery.close());
  onStop(() => listeners.stop());
  const loop = (name: string, run: Promise<void>) =>
    loops.push(
      run.catch((error) => logger.error({ err: error, loop: name }, 'a part of the server ended by an error')),
    );
  await store.declareFields(fields);
  loop(
    'fleet',
    fleet.announce().then(() => fleet.start(stopping.signal)),
  );
  loop('live', live.start(stopping.signal, auth.authenticator));
  loop('alerting', alerting.start(stopping.signal));
  loop('health', watchHealth({ repositories, fleet, store, live, clock, logger }, stopping.signal));
  loop('certificate', certificates.start(stopping.signal));
  loop('own metrics', storeOwnMetrics(services, stopping.signal));
  loop('collect', collect.start());
  return { addresses, setupCode: auth.firstRun.needed() ? auth.firstRun.code() : undefined };
}

/** Our own figures go the same way as everybody's: in as rows, out with PromQL. */
async function storeOwnMetrics({ metrics, store, clock, logger }: Services, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(OWN_METRICS_MS, signal).catch(() => {});
    if (signal.aborted) return;
    try {
      const rows = expositionToRows(metrics() + (await store.metrics()), clock.nowMs());
      const body = new TextEncoder().encode(rows);
      const answer = await store.append({ tenant: OWN_TENANT, format: 'influx', encoding: 'identity', body });
      if (answer.kind !== 'done') logger.warn({ reason: answer.reason }, 'our own figures were not stored');
    } catch (error) {
      logger.warn({ err: error }, 'our own figures were not stored');
    }
  }
}
