/** The store thread: opens the engine, replays its log, and serves main and the ports that main attaches. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { assert } from '../lib/assert.ts';
import { systemClock } from '../lib/clock.ts';
import { systemDisk } from '../lib/disk.ts';
import { Engine } from '../tsdb/engine.ts';
import { Appender } from './appender.ts';
import { StoreHost } from './host.ts';
import type { StoreAnswer, StoreRequest, StoreThreadData } from './messages.ts';
import { portLogger } from './port-logger.ts';
import { Reader } from './reader.ts';
import { warmUp } from './warm-up.ts';

/** How often health is told to main, as a sign of life. */
const HEALTH_MS = 5_000;
const UPKEEP_MS = 1_000;
/** After this long the start is over and the thread has time for itself. */
const WARM_UP_AFTER_MS = 1_500;

function run(main: MessagePort, { settings }: StoreThreadData): void {
  const logger = portLogger(main);
  const engine = Engine.open({
    folder: settings.folder,
    disk: systemDisk,
    clock: systemClock,
    logger,
    budgetBytes: settings.diskBudgetBytes,
    limits: settings.engineLimits,
    fsync: settings.fsync,
  });
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
  const { nowMs, monotonicMs } = systemClock;
  const appender = new Appender({ engine, limits: settings.ingestLimits, nowMs, logger });
  const reader = new Reader({ engine, limits: settings.readLimits, pause, monotonicMs, logger });
  const onBroken = (error: unknown) => {
    // Uncaught on purpose: main sees the thread end with this error and starts a new one, which replays the log.
    setImmediate(() => {
      throw error;
    });
  };
  const host = new StoreHost({ engine, appender, reader, logger, onBroken });
  const tellHealth = () => {
    main.postMessage({ kind: 'problems', problems: engine.health().problems } satisfies StoreAnswer);
  };
  main.on('message', (request: StoreRequest) => host.receive(request, main));
  main.postMessage({ kind: 'ready' } satisfies StoreAnswer);
  tellHealth();
  setInterval(tellHealth, HEALTH_MS);
  setInterval(() => engine.tick(), UPKEEP_MS);
  setTimeout(() => {
    warmUp(pause).catch((error) => logger.error({ err: error }, 'the warm-up of the evaluator failed'));
  }, WARM_UP_AFTER_MS);
}

assert(parentPort, 'the store thread needs a parent');
run(parentPort, workerData as StoreThreadData);
