/** Added plugins in the whole server, from sources: a program in the folder, a plugin, a monitor, and its metrics. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ApiClient, eventually, temporaryFolder, untilHealthy } from '../support/executable.ts';
import { freePort, Peer } from '../support/peers.ts';

const skip = process.platform === 'win32' ? 'the program is a script for a POSIX system' : false;
const PASSWORD = 'correct horse battery';
const folder = temporaryFolder();
const plugins = path.join(folder, 'data', 'plugins');
let server: Peer;
let api: ApiClient;

before(async () => {
  const port = await freePort();
  const main = path.resolve(import.meta.dirname, '..', '..', 'src', 'main.ts');
  const args = ['serve', '--data', path.join(folder, 'data'), '--listen', `127.0.0.1:${port}`, '--tls', 'off'];
  server = new Peer(process.execPath, [main, ...args], { cwd: folder, env: { TELLTALE_ADMIN_PASSWORD: PASSWORD } });
  await untilHealthy(server, `http://127.0.0.1:${port}`);
  api = new ApiClient(`http://127.0.0.1:${port}`);
  await api.login('admin', PASSWORD);
});

after(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A shell that looks which sockets it was left, then the program itself. */
function write(body: string): void {
  const program = path.join(plugins, 'pump.js');
  const look = 'for f in /proc/$$/fd/*; do readlink "$f"; done | grep -c "^socket:"';
  fs.writeFileSync(program, body);
  fs.writeFileSync(path.join(plugins, 'pump'), `#!/bin/sh\nexec ${process.execPath} "${program}" "$(${look})"\n`);
  fs.chmodSync(path.join(plugins, 'pump'), 0o755);
}

/** Answers what it was told, and how much of the server it can see. */
const PUMP = `
const fs = require('node:fs');
const { device, credential, settings } = JSON.parse(fs.readFileSync(0, 'utf8'));
// Its standard streams are sockets.
const foreign = Math.max(0, Number(process.argv[2]) - 3);
const leaked = Object.keys(process.env).filter((name) => name.startsWith('TELLTALE')).length;
console.log(JSON.stringify({
  metrics: [{
    measurement: 'pump',
    tags: { told: device.address, stage: settings.stage },
    fields: { litres: 12.5, password_length: credential.password.length, leaked, foreign },
  }],
  facts: { vendor: 'Pumps & Co', model: 'P1' },
}));`;

test('a plugin is added, its monitor polled, its metrics read', { skip }, async () => {
  const manifest = {
    id: 'pump',
    name: 'Pump',
    executable: 'pump',
    timeout_s: 20,
    credential_types: ['http_basic'],
    settings_schema: { type: 'object', properties: { stage: { type: 'string', default: 'first' } } },
    fields: [{ measurement: 'pump', field: 'litres', kind: 'gauge', unit: 'litres', help: 'Pumped' }],
  };
  const refused = await api.send('POST', '/plugins', manifest);
  assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'executable']);
  write(PUMP);
  await api.post('/plugins', manifest);

  const login = { name: 'Pumps', type: 'http_basic', username: 'u', password: 'secret-of-pumps' };
  const profile = await api.post('/credential-profiles', login);
  const device = await api.post('/devices', { name: 'pump-1', address: '127.0.0.9' });
  const monitor = await api.post('/monitors', {
    device_id: device.id,
    plugin_id: 'pump',
    credential_profile_id: profile.id,
    polling_interval: 1,
  });
  // The collector may still be starting; asking for a poll spares the wait for its configuration.
  await eventually('a first poll', 20_000, async () => {
    const { status } = await api.send('POST', `/monitors/${monitor.id}/poll`);
    return status === 200;
  });
  const metrics = await eventually('metrics of the monitor', 20_000, async () => {
    const answer = await api.get(`/monitors/${monitor.id}/metrics`);
    return answer.metrics.length > 0 && answer;
  });
  assert.deepEqual(
    metrics.metrics.map(({ measurement, tags }: { measurement: string; tags: object }) => ({ measurement, tags })),
    [
      {
        measurement: 'pump',
        tags: { device_id: `${device.id}`, monitor_id: `${monitor.id}`, told: '127.0.0.9', stage: 'first' },
      },
    ],
  );
  const { fields } = metrics.metrics[0];
  assert.deepEqual(fields, { litres: 12.5, password_length: 15, leaked: 0, foreign: 0 });
  const facts = await eventually('facts', 20_000, async () => {
    const answer = await api.get(`/devices/${device.id}/facts`);
    return answer.facts.model !== undefined && answer.facts;
  });
  assert.deepEqual(facts, { vendor: 'Pumps & Co', model: 'P1' });
  const metadata = await eventually('metadata', 20_000, async () => (await api.get('/metadata')).data.pump_litres);
  assert.equal(metadata[0].help, 'Pumped');

  write('console.error("the pump said secret-of-pumps"); process.exit(4);');
  const polled = await api.post(`/monitors/${monitor.id}/poll`);
  assert.equal(polled.error.message, 'Plugin pump exited 4: the pump said ***');
});
