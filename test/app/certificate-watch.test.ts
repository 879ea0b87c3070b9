import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { CertificateWatch } from '../../src/app/certificate-watch.ts';
import { Listeners } from '../../src/app/listeners.ts';
import { type Certificate, loadCertificate } from '../../src/config/certificate.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-certificate-'));
after(() => fs.rmSync(root, { recursive: true }));
const made = async (name: string) => (await loadCertificate({ kind: 'auto' }, path.join(root, name)))!;
const [first, second] = [await made('first'), await made('second')];

test('an own certificate that a power cut has damaged is made anew', async () => {
  const broken = await made('broken');
  const file = path.join(root, 'broken', 'server.crt');
  fs.writeFileSync(file, '');
  assert.notEqual((await made('broken')).fingerprint, broken.fingerprint);
  fs.rmSync(path.join(root, 'broken', 'server.key'));
  assert.ok((await made('broken')).validToMs > Date.now());
});

test('another certificate is served with from then on, without a restart', async () => {
  const listeners = new Listeners({
    addresses: [{ host: '127.0.0.1', port: 0 }],
    certificate: first,
    handle: (_request, response) => void response.end(),
    upgrade: (_request, socket) => socket.destroy(),
  });
  const [address] = await listeners.start();
  const fingerprint = () =>
    new Promise<string>((resolve, reject) => {
      const socket = tls.connect({ host: '127.0.0.1', port: address!.port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerX509Certificate()!.fingerprint256.replaceAll(':', '').toLowerCase());
        socket.destroy();
      });
      socket.on('error', reject);
    });
  assert.equal(await fingerprint(), first.fingerprint);
  listeners.serveWith(second);
  assert.equal(await fingerprint(), second.fingerprint);
  await listeners.stop();
});

function harness(current: Certificate | undefined) {
  const clock = new SimulatedClock(Date.now());
  const served: string[] = [];
  const state = { found: current, error: undefined as Error | undefined };
  const watch = new CertificateWatch({
    clock,
    logger: silentLogger,
    current,
    load: () => (state.error ? Promise.reject(state.error) : Promise.resolve(state.found)),
    serveWith: ({ fingerprint }) => void served.push(fingerprint),
  });
  return { clock, served, state, watch };
}

test('files that are replaced are noticed within the hour; while they cannot be read, the last ones stay', async () => {
  const { clock, served, state, watch } = harness(first);
  const stop = new AbortController();
  const running = watch.start(stop.signal);
  await clock.advance(3_600_000);
  assert.deepEqual(served, []);
  state.error = new Error('The key does not belong to the certificate.');
  await clock.advance(3_600_000);
  assert.equal(watch.healthChecks().certificate?.message, 'The key does not belong to the certificate.');
  state.error = undefined;
  state.found = second;
  await clock.advance(3_600_000);
  assert.deepEqual(served, [second.fingerprint]);
  assert.equal(watch.healthChecks().certificate?.status, 'ok');
  stop.abort();
  await running;
});

test('people hear of its end two weeks before; without TLS there is nothing to tell', () => {
  const { clock, watch } = harness(first);
  clock.jump(first.validToMs - clock.nowMs() - 13 * 86_400_000);
  assert.match(watch.healthChecks().certificate?.message ?? '', /^It ends on \d{4}-\d\d-\d\d: put a new one/);
  clock.jump(14 * 86_400_000);
  assert.match(watch.healthChecks().certificate?.message ?? '', /^It ended on /);
  assert.deepEqual(harness(undefined).watch.healthChecks(), {});
});
