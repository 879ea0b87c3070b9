/**
 * The main job on the executable: first run, real agents and recordings, charts in Chromium, a device that dies, mail and
 * webhook, kill -9 in the middle, and everything still there.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { SMTPServer } from 'smtp-server';
import { CHROMIUM_FLAGS } from '../support/browser.ts';
import {
  ApiClient,
  eventually,
  executable,
  type Json,
  type RunningServer,
  startServer,
  temporaryFolder,
} from '../support/executable.ts';
import { findProgram, freePort, type Peer, sharedFolder, startFarm, startSnmpd } from '../support/peers.ts';

const PASSWORD = 'correct horse battery';
const RECORDINGS = ['ios_2960x', 'comware', 'fortigate', 'dsm', 'moxa-etherdevice_eds510e'];
const missing = [
  sharedFolder ? undefined : 'the shared material',
  fs.existsSync(executable) ? undefined : 'the executable (npm run build)',
  ...['snmpd', 'chromium'].map((name) => (findProgram(name) ? undefined : name)),
].filter((name) => name !== undefined);

/** Whether a mail says of a device's silence that it began or is over: alone, or as one of many alerts. */
const tells = (mail: string, what: 'FIRING' | 'RESOLVED', device: string): boolean =>
  new RegExp(`^Subject: \\[${what}\\].*Agent silent`, 'm').test(mail) &&
  mail.includes(`${device} does not answer SNMP`);

describe('the main job', {
  skip: missing.length > 0 ? `missing: ${missing.join(', ')}` : false,
  timeout: 300_000,
}, () => {
  const folder = temporaryFolder();
  const mails: string[] = [];
  const hooks: Json[] = [];
  const peers: Peer[] = [];
  let server: RunningServer;
  let api: ApiClient;
  let browser: Browser;
  let farm: Peer;
  let snmpdPort: number;
  let farmPort: number;
  let smtpPort: number;
  let hookPort: number;
  const devices = new Map<string, Json>();

  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  const receiver = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      hooks.push(JSON.parse(body));
      response.end();
    });
  });

  const recordings = path.join(folder, 'recordings');
  const startDevices = async (): Promise<Peer> => {
    const peer = startFarm(recordings, farmPort, '127.0.60.1', ['--count', String(RECORDINGS.length)]);
    await peer.says(/\S/);
    return peer;
  };

  before(async () => {
    fs.mkdirSync(recordings);
    for (const name of RECORDINGS) {
      fs.copyFileSync(
        path.join(sharedFolder!, 'material', 'recordings', `${name}.snmprec`),
        path.join(recordings, `${name}.snmprec`),
      );
    }
    [snmpdPort, farmPort] = [await freePort(), await freePort()];
    const snmpd = startSnmpd(folder, snmpdPort);
    peers.push(snmpd);
    await snmpd.says(/NET-SNMP version/);
    farm = await startDevices();
    smtp.listen(0, '127.0.0.1');
    await once(smtp.server, 'listening');
    smtpPort = (smtp.server.address() as AddressInfo).port;
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    hookPort = (receiver.address() as AddressInfo).port;
    browser = await chromium.launch({ executablePath: findProgram('chromium')!, args: CHROMIUM_FLAGS });
    server = await startServer(folder);
    api = new ApiClient(server.url);
  });

  after(async () => {
    await browser?.close();
    await server?.peer.stop();
    await farm?.stop();
    for (const peer of peers) await peer.stop();
    smtp.close();
    receiver.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('the first page creates the administrator', async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.getByLabel(/user ?name/i).fill('admin');
    const passwords = page.locator('input[type=password]');
    for (let i = 0; i < (await passwords.count()); i++) await passwords.nth(i).fill(PASSWORD);
    await page.locator('form button[type=submit]').click();
    await page.getByRole('navigation').first().waitFor();
    await page.close();
    await api.login('admin', PASSWORD);
    assert.equal((await api.get('/auth/me')).role, 'admin');
  });

  test('a credential is tested there and then, with a useful answer', async () => {
    const good = await api.post('/credential-profiles/test', {
      type: 'snmp_v3',
      username: 'shaaes',
      security_level: 'authPriv',
      auth_protocol: 'SHA',
      auth_password: 'authpass1234',
      priv_protocol: 'AES',
      priv_password: 'privpass1234',
      port: snmpdPort,
      address: '127.0.0.1',
    });
    assert.equal(good.ok, true, JSON.stringify(good));
    const wrong = await api.post('/credential-profiles/test', {
      type: 'snmp_v3',
      username: 'shaaes',
      security_level: 'authPriv',
      auth_protocol: 'SHA',
      auth_password: 'wrong-password',
      priv_protocol: 'AES',
      priv_password: 'privpass1234',
      port: snmpdPort,
      address: '127.0.0.1',
    });
    assert.equal(wrong.ok, false);
    assert.match(JSON.stringify(wrong), /password|digest/i);
  });

  test("Debian's snmpd (v2c, then v3) and five recordings are recognised and polled: every interface within 20 s", async () => {
    const v2c = await api.post('/credential-profiles', {
      name: 'snmpd v2c',
      type: 'snmp_v2c',
      community: 'public',
      port: snmpdPort,
    });
    const v3 = await api.post('/credential-profiles', {
      name: 'snmpd v3',
      type: 'snmp_v3',
      username: 'shaaes',
      security_level: 'authPriv',
      auth_protocol: 'SHA',
      auth_password: 'authpass1234',
      priv_protocol: 'AES',
      priv_password: 'privpass1234',
      port: snmpdPort,
    });
    const farmProfile = await api.post('/credential-profiles', {
      name: 'farm',
      type: 'snmp_v2c',
      community: 'public',
      port: farmPort,
    });
    const add = async (name: string, address: string, credential: Json, extra: Json = {}) => {
      const device = await api.post('/devices', {
        name,
        address,
        credential_profile_id: credential.id,
        offline_after_s: 20,
        ...extra,
      });
      devices.set(name, device);
    };
    const start = performance.now();
    await add('snmpd-v2c', '127.0.0.1', v2c);
    for (const [i, name] of RECORDINGS.entries()) await add(name, `127.0.60.${i + 1}`, farmProfile);
    for (const [name, device] of devices) {
      await eventually(
        `samples of every polled interface of ${name}`,
        20_000 - (performance.now() - start),
        async () => {
          const polled = (await api.get(`/devices/${device.id}/interfaces?limit=1000`)).data.filter(
            (entry: Json) => entry.polled,
          );
          const seen = await api.query(`interface_in_octets{device_id="${device.id}"}`);
          return (
            polled.length > 0 && polled.every((entry: Json) => seen.some(([labels]) => labels.ifname === entry.ifname))
          );
        },
      );
    }
    // The same agent again with another credential: first v2c, then v3.
    const second = await api.patch(`/devices/${devices.get('snmpd-v2c').id}`, {
      credential_profile_id: v3.id,
      name: 'snmpd-v3',
    });
    await eventually('a successful poll with SNMPv3', 20_000, async () => {
      const { data } = await api.get(`/monitors?device_id=${second.id}&plugin_id=snmp`);
      return (
        data[0]?.credential_profile_id === v3.id &&
        data[0]?.last_polled > second.updated_at &&
        data[0]?.last_error === null
      );
    });
    devices.set('snmpd-v3', second);
    devices.delete('snmpd-v2c');
    for (const device of (await api.get('/devices?limit=100')).data) {
      assert.ok(device.effective_template, `${device.name} was not recognised`);
    }
  });

  test('a chart of an interface moves in Chromium', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
    });
    await page.goto(server.url);
    await page.getByLabel(/user ?name/i).fill('admin');
    await page.locator('input[type=password]').fill(PASSWORD);
    await page.locator('form button[type=submit]').click();
    await page.getByRole('navigation').first().waitFor();
    await page.goto(`${server.url}/devices/${devices.get('comware').id}`);
    await page.locator('.uplot canvas').first().waitFor({ timeout: 20_000 });
    assert.deepEqual(foreign, [], 'the page asked somebody else');
    await context.close();
  });

  test('a device dies: its rule fires, a mail and a webhook arrive', async () => {
    await api.post('/channels', {
      name: 'mail',
      type: 'email',
      config: {
        host: '127.0.0.1',
        port: smtpPort,
        security: 'none',
        from: 'telltale@plant.example',
        to: ['shift@plant.example'],
      },
    });
    await api.post('/channels', { name: 'hook', type: 'webhook', config: { url: `http://127.0.0.1:${hookPort}/` } });
    await api.post('/alert-rules', {
      name: 'Agent silent',
      expression: 'snmp_up == 0',
      severity: 'critical',
      annotations: { summary: '{{ $labels.device }} does not answer SNMP' },
    });
    await farm.stop('SIGKILL');
    await eventually('a mail that says comware is silent', 60_000, async () =>
      mails.some((mail) => tells(mail, 'FIRING', 'comware')),
    );
    await eventually('a webhook for each dead device', 30_000, async () => {
      const told = new Set(
        hooks
          .filter((hook) => hook.kind === 'firing' && hook.rule === 'Agent silent')
          .map((hook) => hook.labels.device),
      );
      return RECORDINGS.every((name) => told.has(name));
    });
  });

  test('kill -9 in the middle: history, devices and alert states are there after the next start', async () => {
    const before = {
      devices: (await api.get('/devices?limit=100')).data.map((device: Json) => device.name).sort(),
      firing: (await api.get('/alerts?state=firing&limit=100')).data.map((alert: Json) => alert.id).sort(),
      samples: await api.query('count_over_time(interface_in_octets{device="comware"}[10m])'),
    };
    assert.ok(before.firing.length >= RECORDINGS.length);
    await server.peer.stop('SIGKILL');
    server = await startServer(folder);
    api = new ApiClient(server.url);
    await api.login('admin', PASSWORD);
    assert.deepEqual(
      (await api.get('/devices?limit=100')).data.map((device: Json) => device.name).sort(),
      before.devices,
    );
    const firing = (await api.get('/alerts?state=firing&limit=100')).data.map((alert: Json) => alert.id).sort();
    assert.deepEqual(firing, before.firing);
    const after = new Map(
      (await api.query('count_over_time(interface_in_octets{device="comware"}[10m])')).map(([labels, value]) => [
        labels.ifname,
        value,
      ]),
    );
    assert.ok(before.samples.length > 0);
    for (const [labels, value] of before.samples)
      assert.ok(after.get(labels.ifname)! >= value, `history of ${labels.ifname}`);
  });

  test('the device comes back: the alert resolves and says so', async () => {
    const firings = mails.filter((mail) => tells(mail, 'FIRING', 'comware')).length;
    farm = await startDevices();
    await eventually('a resolved mail', 120_000, async () => mails.some((mail) => tells(mail, 'RESOLVED', 'comware')));
    assert.equal(mails.filter((mail) => tells(mail, 'FIRING', 'comware')).length, firings, 'nobody was paged twice');
  });

  test('SIGTERM ends it within 5 s with exit code 0', async () => {
    const start = performance.now();
    assert.equal(await server.peer.stop('SIGTERM'), 0, server.peer.output.slice(-2000));
    assert.ok(performance.now() - start < 5000);
  });
});
