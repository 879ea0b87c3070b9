/** The collector as main has it: a real thread, real SNMP on loopback, a store that is made up. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { type Collector, openCollector } from '../../src/collector/client.ts';
import { secretBoxFrom } from '../../src/config/secrets.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { startThread } from '../../src/lib/thread.ts';
import { type CollectorConfig, credentialRecord, type SealedCredential } from '../../src/model/collector-config.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { AppendMessage } from '../../src/store/messages.ts';
import { OddAgent, smallMib } from '../support/odd-agent.ts';

const keyFile = `1 ${'ab'.repeat(32)}\n`;
const secrets = secretBoxFrom(keyFile);
let agent: OddAgent;
let collector: Collector;
let worker: Worker | undefined;
let bodies = '';
const told: Observation[] = [];
const errors: string[] = [];
const ports: MessagePort[] = [];
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

/** Resolves when `condition` holds; looked at whenever something arrives. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!condition()) return;
      listeners.delete(look);
      resolve();
    };
    listeners.add(look);
    look();
  });
}

/** The store's side of an append port. */
function appendPort(): MessagePort {
  const broker = new MessageChannel();
  const direct = new MessageChannel();
  direct.port1.on('message', (message: AppendMessage) => {
    bodies += Buffer.from(message.body).toString();
    const answer = {
      kind: 'done',
      acceptedRows: 1,
      acceptedSamples: 1,
      refusedRows: 0,
      refusals: [],
      skippedStrings: 0,
    };
    direct.port1.postMessage({ kind: 'appended', id: message.id, answer });
    changed();
  });
  broker.port1.postMessage({ kind: 'port', port: direct.port2 }, [direct.port2]);
  ports.push(broker.port1, direct.port1);
  return broker.port2;
}

function credential(): SealedCredential {
  const context = { tenant: 1, record: credentialRecord('5', 'community') };
  return {
    id: '5',
    type: 'snmp_v2c',
    public: { port: agent.port },
    sealed: { community: secrets.seal('public', context) },
  };
}

function config(): CollectorConfig {
  const monitor = { monitor_id: '11', plugin_id: 'snmp', interval_s: 1, settings: {}, credential_id: '5' };
  const section = {
    device_id: '1',
    tenant_id: 1,
    hash: 'h',
    address: '127.0.0.1',
    packets_per_second: 50,
    interfaces: {},
    monitors: [monitor],
  };
  return {
    format: 1,
    revision: 'r1',
    credentials: { 5: credential() },
    templates: {},
    plugins: {},
    devices: [section],
  };
}

before(async () => {
  agent = await OddAgent.start(smallMib(2));
  collector = await openCollector({
    log: { ...silentLogger, error: (_, message) => errors.push(message) },
    keyFile,
    appendPort,
    config,
    onObservations(observations) {
      told.push(...observations);
      changed();
    },
    knownInterfaces: () => [],
    startWorker(data) {
      worker = startThread('collect', { workerData: data, transferList: [data.broker] });
      return worker;
    },
  });
});

after(async () => {
  await collector.close();
  await agent[Symbol.asyncDispose]();
  for (const port of ports) port.close();
});

test('what is configured is polled: rows reach the store, observations reach main', async () => {
  await until(() => /^interface,device_id=1,monitor_id=11,ifname=port\\ 1 .*in_octets=4000000001/m.test(bodies));
  await until(() => told.some((one) => one.kind === 'facts') && told.some((one) => one.kind === 'poll'));
  assert.equal(collector.health().status, 'ok');
  assert.match(collector.metrics(), /^telltale_collector_devices \d+$/m);
});

test('a credential is tried at an address, saved or not, with a useful answer', async () => {
  const good = await collector.testCredential({
    tenant: 1,
    address: '127.0.0.1',
    credential: { kind: 'sealed', credential: credential() },
  });
  assert.equal(good.ok, true, good.message);
  assert.match(good.message, /^device answers SNMPv2c: a test device/);
  const stop = new AbortController();
  agent.behaviour = () => undefined;
  const silent = collector.testCredential(
    {
      tenant: 1,
      address: '127.0.0.1',
      credential: { kind: 'open', credential: { type: 'snmp_v2c', values: { community: 'x', port: agent.port } } },
    },
    stop.signal,
  );
  stop.abort();
  const cancelled = await silent;
  assert.deepEqual([cancelled.ok, cancelled.code], [false, 'cancelled']);
  agent.behaviour = (_, answer) => answer;
});

test('a device is inspected without being stored', async () => {
  const answer = await collector.inspect({
    tenant: 1,
    address: '127.0.0.1',
    credential: { kind: 'sealed', credential: credential() },
  });
  assert.ok(answer.kind === 'inspection');
  assert.equal(answer.interfaces.length, 2);
  assert.ok(answer.poll.requests > 0 && answer.poll.varbinds > 0);
});

test('a person may poll now; an unknown monitor has no answer', async () => {
  const report = await collector.pollNow('11');
  assert.equal(report?.error, undefined);
  assert.ok(report?.rows.some((row) => row.measurement === 'snmp' && row.fields.up === 1));
  assert.equal(await collector.pollNow('99'), undefined);
});

test('a thread that ends is started again, counted, said, and configured anew', async () => {
  const first = worker;
  assert.ok(first);
  const ended = once(first, 'exit');
  await first.terminate();
  await ended;
  assert.equal(collector.health().status, 'down');
  await assert.rejects(collector.pollNow('11'), /starting/);
  told.length = 0;
  await until(() => told.some((one) => one.kind === 'poll' && one.error === undefined));
  assert.equal(collector.health().status, 'degraded');
  assert.match(collector.health().problems[0] ?? '', /started again 1 time/);
  assert.match(collector.metrics(), /^telltale_collector_restarts_total 1$/m);
  assert.deepEqual(errors, ['the collect thread ended and is started again']);
});
