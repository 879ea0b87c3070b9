/**
 * The collector as main sees it: the runtime in a thread of its own, started again when it ends by itself, and then
 * given its whole configuration anew.
 */
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Clock } from '../lib/clock.ts';
import { systemClock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { startThread } from '../lib/thread.ts';
import { writeThreadLog } from '../lib/thread-log.ts';
import type { CollectorConfig, CollectorConfigDelta } from '../model/collector-config.ts';
import type { Observation, ObservedInterface } from '../model/observation.ts';
import type {
  CredentialTestRequest,
  CredentialTestResult,
  InspectAnswer,
  InspectFailure,
  InspectRequest,
} from './device-test.ts';
import type { CollectMessage, CollectRequest, CollectThreadData, Question } from './messages.ts';
import type { PollReport } from './monitor.ts';
import type { CollectorStatus } from './status.ts';
import { statusMetrics } from './status-metrics.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** A thread that ran this long was healthy: the next pause is the first one again. */
const HEALTHY_MS = 60_000;
/** The thread speaks every five seconds; silence is a problem. */
const SILENCE_MS = 30_000;
const CLOSE_WITHIN_MS = 1000;

/** The collect thread ended before it could answer. */
export class CollectorUnavailableError extends Error {
  override readonly name = 'CollectorUnavailableError';
}

export interface CollectorOptions {
  readonly log: Logger;
  readonly clock?: Clock;
  /** Text of the key file that opens sealed secrets. */
  readonly keyFile: string;
  readonly nativeFolder?: string;
  /** Where the programs of added plugins are; absent: none are run. */
  readonly pluginsFolder?: string;
  /** A new one for each start of the thread: `Store.appendPort`. */
  readonly appendPort: () => MessagePort;
  /** The whole configuration as it is now; sent at the start and after the thread was started again. */
  readonly config: () => CollectorConfig;
  /** Calls back with what probes learned, in order. */
  readonly onObservations: (observations: readonly Observation[]) => void;
  /** The interface table of a device as stored, so that interfaces keep their identity over a restart. */
  readonly knownInterfaces: (deviceId: string) => readonly ObservedInterface[];
  readonly startWorker?: (data: CollectThreadData) => Worker;
}

export interface CollectorHealth {
  readonly status: 'ok' | 'degraded' | 'down';
  /** Plain sentences. */
  readonly problems: readonly string[];
  /** How pings go out. */
  readonly ping: string;
}

export interface Collector {
  /** Applies a change. Resolves when it is in force. */
  configure(config: CollectorConfig | CollectorConfigDelta): Promise<void>;
  /** Undefined when the monitor is not configured (yet). */
  pollNow(monitorId: string, signal?: AbortSignal): Promise<PollReport | undefined>;
  testCredential(request: CredentialTestRequest, signal?: AbortSignal): Promise<CredentialTestResult>;
  inspect(request: InspectRequest, signal?: AbortSignal): Promise<InspectAnswer | InspectFailure>;
  /** Whether an address answers an echo. */
  ping(address: string, signal?: AbortSignal): Promise<boolean>;
  /** Those of the TCP ports that accept a connection. */
  openPorts(address: string, ports: readonly number[], signal?: AbortSignal): Promise<readonly number[]>;
  health(): CollectorHealth;
  /** Figures in Prometheus exposition format. */
  metrics(): string;
  close(): Promise<void>;
}

/** Starts the collect thread; resolves when it polls. Rejects when it cannot be started at all. */
export async function openCollector(options: CollectorOptions): Promise<Collector> {
  const client = new CollectorClient(options);
  await client.start();
  return client;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

class CollectorClient implements Collector {
  readonly #options: CollectorOptions;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #isReady = false;
  #isClosing = false;
  #restarts = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #cancelPause: (() => void) | undefined;
  #heardAtMs = 0;
  #status: CollectorStatus | undefined;
  #lastError: string | undefined;
  #nextId = 1;
  #onClosed: (() => void) | undefined;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#run(resolve, reject));
  }

  async configure(config: CollectorConfig | CollectorConfigDelta): Promise<void> {
    // A thread that is just starting gets the whole document when it is ready.
    if (!this.#isReady) return;
    const isApplied = await this.#ask<boolean>({ name: 'configure', config });
    if (!isApplied) await this.#ask({ name: 'configure', config: this.#options.config() });
  }

  pollNow(monitorId: string, signal?: AbortSignal): Promise<PollReport | undefined> {
    return this.#ask({ name: 'poll_now', monitorId }, signal);
  }

  testCredential(request: CredentialTestRequest, signal?: AbortSignal): Promise<CredentialTestResult> {
    return this.#ask({ name: 'test_credential', request }, signal);
  }

  inspect(request: InspectRequest, signal?: AbortSignal): Promise<InspectAnswer | InspectFailure> {
    return this.#ask({ name: 'inspect', request }, signal);
  }

  ping(address: string, signal?: AbortSignal): Promise<boolean> {
    return this.#ask({ name: 'ping', address }, signal);
  }

  openPorts(address: string, ports: readonly number[], signal?: AbortSignal): Promise<readonly number[]> {
    return this.#ask({ name: 'open_ports', address, ports }, signal);
  }

  health(): CollectorHealth {
    const ping = this.#status?.ping.sentence ?? '';
    if (!this.#isReady) {
      return {
        status: 'down',
        problems: [`The collector is starting again: ${this.#lastError ?? 'first start'}.`],
        ping,
      };
    }
    const problems: string[] = [];
    const silentMs = this.#clock.monotonicMs() - this.#heardAtMs;
    if (silentMs > SILENCE_MS)
      problems.push(`The collector has not been heard of for ${Math.round(silentMs / 1000)} s.`);
    if (this.#restarts > 0) {
      problems.push(
        `The collector had to be started again ${this.#restarts} time(s), last because: ${this.#lastError}.`,
      );
    }
    return { status: problems.length > 0 ? 'degraded' : 'ok', problems, ping };
  }

  metrics(): string {
    return statusMetrics(this.#status, this.#restarts);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#cancelPause?.();
    const worker = this.#worker;
    if (worker && this.#isReady) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(CLOSE_WITHIN_MS, resolve);
        this.#onClosed = () => {
          cancel();
          resolve();
        };
        this.#send({ kind: 'close' });
      });
    }
    this.#failWaiting('the collector is closed');
    await worker?.terminate();
  }

  #ask<T>(question: Question, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!this.#isReady || this.#isClosing) {
        reject(new CollectorUnavailableError('The collector is starting; try again in a few seconds.'));
        return;
      }
      const id = this.#nextId++;
      const cancel = () => this.#send({ kind: 'cancel', id });
      const settle = () => signal?.removeEventListener('abort', cancel);
      this.#waiting.set(id, {
        resolve: (value) => {
          settle();
          resolve(value as T);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      signal?.addEventListener('abort', cancel, { once: true });
      this.#send({ kind: 'ask', id, question });
    });
  }

  #send(request: CollectRequest): void {
    this.#worker?.postMessage(request);
  }

  #run(onFirstReady?: () => void, onFirstEnd?: (reason: Error) => void): void {
    const { keyFile, nativeFolder, pluginsFolder, appendPort, startWorker, log } = this.#options;
    const broker = appendPort();
    const data: CollectThreadData = {
      broker,
      keyFile,
      ...(nativeFolder === undefined ? {} : { nativeFolder }),
      ...(pluginsFolder === undefined ? {} : { pluginsFolder }),
    };
    const start = startWorker ?? ((workerData) => startThread('collect', { workerData, transferList: [broker] }));
    const worker = start(data);
    const startedAtMs = this.#clock.monotonicMs();
    this.#worker = worker;
    let error: Error | undefined;
    let isFirst = onFirstEnd !== undefined;
    worker.on('message', (message: CollectMessage) => {
      this.#heardAtMs = this.#clock.monotonicMs();
      if (message.kind !== 'ready') {
        this.#received(message);
        return;
      }
      this.#isReady = true;
      isFirst = false;
      this.#configureAnew(onFirstReady);
    });
    worker.on('error', (thrown: Error) => {
      error = thrown;
    });
    worker.on('exit', (code) => {
      this.#isReady = false;
      if (this.#isClosing) return;
      const reason = error ?? new Error(`the collect thread ended with code ${code}`);
      this.#lastError = reason.message;
      this.#failWaiting('the collector ended');
      if (isFirst) {
        onFirstEnd?.(reason);
        return;
      }
      if (this.#clock.monotonicMs() - startedAtMs >= HEALTHY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      log.error({ err: reason, pause_ms: this.#pauseMs }, 'the collect thread ended and is started again');
      this.#restarts++;
      this.#cancelPause = this.#clock.after(this.#pauseMs, () => this.#run());
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    });
  }

  #configureAnew(onFirstReady: (() => void) | undefined): void {
    this.#ask({ name: 'configure', config: this.#options.config() }).then(
      () => onFirstReady?.(),
      (error: unknown) => {
        // When the thread has ended its next start configures again.
        this.#options.log.error({ err: error }, 'the collector could not be configured');
        onFirstReady?.();
      },
    );
  }

  #received(message: CollectMessage): void {
    switch (message.kind) {
      case 'log':
        writeThreadLog(this.#options.log, message);
        break;
      case 'observations':
        this.#options.onObservations(message.observations);
        break;
      case 'status':
        this.#status = message.status;
        break;
      case 'want_interfaces': {
        const interfaces = this.#options.knownInterfaces(message.deviceId);
        this.#send({ kind: 'interfaces', id: message.id, interfaces });
        break;
      }
      case 'answer':
        this.#take(message.id)?.resolve(message.value);
        break;
      case 'broken':
        this.#take(message.id)?.reject(new Error(message.message));
        break;
      case 'closed':
        this.#onClosed?.();
        break;
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #failWaiting(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new CollectorUnavailableError(reason));
    this.#waiting.clear();
  }
}
