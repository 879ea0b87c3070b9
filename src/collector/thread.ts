/** The collect thread: the runtime, with the store as its sink and main as its listener. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { secretBoxFrom } from '../config/secrets.ts';
import { assert } from '../lib/assert.ts';
import { systemClock } from '../lib/clock.ts';
import { setNativeFolder } from '../lib/native.ts';
import { keepMemorySmall } from '../lib/resident-memory.ts';
import { threadLogger } from '../lib/thread-log.ts';
import type { ObservedInterface } from '../model/observation.ts';
import type { TenantId } from '../model/tenant.ts';
import { createExecutableHost, executableProbe } from '../probes/executable/executable.ts';
import { PluginFolders } from '../probes/executable/plugin-folders.ts';
import type { OpenCredential } from '../probes/probe.ts';
import { PROBES } from '../probes/registry.ts';
import { AppendPort } from '../store/append-port.ts';
import { openCredential, type UnusableCredential } from './credentials.ts';
import { type GivenCredential, inspect, testCredential } from './device-test.ts';
import type { CollectMessage, CollectRequest, CollectThreadData, Question } from './messages.ts';
import { openPorts } from './port-scan.ts';
import { CollectorRuntime } from './runtime.ts';
import { storeSink } from './store-sink.ts';

const STATUS_EVERY_MS = 5000;
/** Of an echo that is asked for. */
const PING_TIMEOUT_MS = 1000;

/** A rejection ends the thread: main sees why and starts a new one. */
async function run(main: MessagePort, data: CollectThreadData): Promise<void> {
  const post = (message: CollectMessage): void => main.postMessage(message);
  if (data.nativeFolder !== undefined) setNativeFolder(data.nativeFolder);
  const secrets = secretBoxFrom(data.keyFile);
  const log = threadLogger(post);
  // Of the whole process; here, because this thread loads the C library in any case.
  const closing = new AbortController();
  keepMemorySmall(closing.signal).catch((error) => log.warn({ err: error }, 'freed memory stays with the process'));
  const append = new AppendPort(data.broker);
  const cancels = new Map<number, AbortController>();
  const wanted = new Map<number, (interfaces: readonly ObservedInterface[]) => void>();
  let nextWanted = 1;
  const { pluginsFolder } = data;
  const host = pluginsFolder === undefined ? undefined : createExecutableHost(new PluginFolders(pluginsFolder));

  const runtime = await CollectorRuntime.start({
    clock: systemClock,
    log,
    sink: storeSink(append),
    probes: PROBES,
    ...(host ? { addedProbe: (plugin) => executableProbe(plugin, host) } : {}),
    emit: (observations) => post({ kind: 'observations', observations }),
    open: (sealed, context) => secrets.open(sealed, context),
    knownInterfaces(deviceId) {
      return new Promise((resolve) => {
        const id = nextWanted++;
        wanted.set(id, resolve);
        post({ kind: 'want_interfaces', id, deviceId });
      });
    },
  });

  function opened(tenant: TenantId, given: GivenCredential): OpenCredential | UnusableCredential {
    if (given.kind === 'open') return given.credential;
    return openCredential(given.credential, tenant, (sealed, context) => secrets.open(sealed, context));
  }

  async function answer(question: Question, signal: AbortSignal): Promise<unknown> {
    switch (question.name) {
      case 'configure':
        return runtime.configure(question.config);
      case 'poll_now':
        return runtime.pollNow(question.monitorId);
      case 'test_credential': {
        const { tenant, address, effort } = question.request;
        const credential = opened(tenant, question.request.credential);
        if ('code' in credential) return { ok: false, ...credential, duration_ms: 0 };
        return testCredential(runtime.toolsOf(tenant), address, credential, signal, effort);
      }
      case 'inspect': {
        const { tenant, address, template } = question.request;
        const credential = opened(tenant, question.request.credential);
        if ('code' in credential) return { kind: 'failure', ...credential };
        return inspect(runtime.toolsOf(tenant), address, credential, template, signal);
      }
      case 'ping':
        return runtime.isAnswering(question.address, PING_TIMEOUT_MS);
      case 'open_ports':
        return openPorts(systemClock, question.address, question.ports, signal);
    }
  }

  async function ask(id: number, question: Question): Promise<void> {
    const cancel = new AbortController();
    cancels.set(id, cancel);
    try {
      post({ kind: 'answer', id, value: await answer(question, cancel.signal) });
    } catch (error) {
      log.error({ err: error, question: question.name }, 'a question to the collector could not be answered');
      post({ kind: 'broken', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      cancels.delete(id);
    }
  }

  async function close(): Promise<void> {
    clearInterval(statusTimer);
    closing.abort();
    await runtime.close();
    append.close();
    post({ kind: 'closed' });
    main.close();
  }

  const statusTimer = setInterval(() => post({ kind: 'status', status: runtime.status() }), STATUS_EVERY_MS);
  main.on('message', (request: CollectRequest) => {
    switch (request.kind) {
      case 'ask':
        void ask(request.id, request.question);
        break;
      case 'cancel':
        cancels.get(request.id)?.abort(new Error('cancelled'));
        break;
      case 'interfaces':
        wanted.get(request.id)?.(request.interfaces);
        wanted.delete(request.id);
        break;
      case 'close':
        void close();
        break;
    }
  });
  post({ kind: 'status', status: runtime.status() });
  post({ kind: 'ready' });
}

assert(parentPort, 'the collect thread was started as a thread');
void run(parentPort, workerData as CollectThreadData);
