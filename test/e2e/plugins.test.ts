/**
 * Added plugins on the executable: a script in the plugins folder, registered over the API and on the page, polled, read
 * with PromQL, killed at its time limit, its failures told.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ALL_RULES, CHROMIUM_FLAGS, COLOUR_RULES, findingsOf, open, PHONE } from '../support/browser.ts';
import {
  ApiClient,
  eventually,
  executable,
  type RunningServer,
  startServer,
  temporaryFolder,
} from '../support/executable.ts';
import { findProgram } from '../support/peers.ts';

const PASSWORD = 'correct horse battery';
const skip = fs.existsSync(executable) ? false : 'missing: the executable (npm run build)';

/** What nothing else on this machine sleeps for. */
const LONG_SLEEP = `${86_000 + (process.pid % 400)}.25`;

/** Needs a shell and sed, and no Node. */
const WEATHER = String.raw`#!/bin/sh
told=$(cat)
address=$(printf %s "$told" | sed -nE 's/.*"address":"([^"]*)".*/\1/p')
mode=$(printf %s "$told" | sed -nE 's/.*"mode":"([^"]*)".*/\1/p')
case "$mode" in
  slow) sleep ${LONG_SLEEP} & sleep ${LONG_SLEEP} ;;
  struck) echo 'struck by lightning' >&2; exit 3 ;;
  silent) echo '{"error": {"code": "no_answer", "message": "The mast does not answer."}}'; exit 0 ;;
esac
echo '{"metrics": [{"measurement": "weather", "tags": {"told": "'"$address"'", "mast": "'"$1"'"},'
echo '  "fields": {"wind_speed": 4.25, "rain_total": 812}}]}'
`;

const MANIFEST = {
  id: 'weather',
  name: 'Weather station',
  executable: 'weather.sh',
  arguments: ['north mast'],
  timeout_s: 1,
  settings_schema: {
    type: 'object',
    properties: { mode: { type: 'string', enum: ['', 'slow', 'struck', 'silent'], default: '' } },
    additionalProperties: false,
  },
  fields: [
    { measurement: 'weather', field: 'wind_speed', kind: 'gauge', unit: 'meters_per_second', help: 'Wind on the roof' },
    { measurement: 'weather', field: 'rain_total', kind: 'counter', unit: 'millimeters', help: 'Rain so far' },
  ],
};

/** How many processes of ours are asleep for so long. */
const sleepers = (): number =>
  fs.readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(LONG_SLEEP);
    } catch {
      return false; // it has ended meanwhile
    }
  }).length;

describe('added plugins', { skip, timeout: 180_000 }, () => {
  const folder = temporaryFolder();
  const program = path.join(folder, 'data', 'plugins', 'weather.sh');
  let server: RunningServer;
  let api: ApiClient;
  let monitorId: number;

  const last = async () => {
    const { last_error, last_polled } = await api.get(`/monitors/${monitorId}`);
    return { last_error, last_polled };
  };
  const use = (mode: string) => api.patch(`/monitors/${monitorId}`, { settings: { mode } });
  const errorMatching = (pattern: RegExp) =>
    eventually(`an error like ${pattern}`, 20_000, async () => {
      const { last_error } = await last();
      return last_error !== null && pattern.test(last_error) && last_error;
    });

  before(async () => {
    server = await startServer(folder, { env: { TELLTALE_ADMIN_PASSWORD: PASSWORD } });
    api = new ApiClient(server.url);
    await api.login('admin', PASSWORD);
  });
  after(async () => {
    await server?.peer.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('a program must lie in the folder and be allowed to run before it can be a plugin', async () => {
    const missing = await api.send('POST', '/plugins', MANIFEST);
    assert.deepEqual([missing.status, missing.body.errors[0].path], [400, 'executable']);
    assert.match(missing.body.detail, /no file weather\.sh in the plugins folder .*data\/plugins/);
    fs.writeFileSync(program, WEATHER, { mode: 0o644 });
    const [found] = (await api.get('/plugin-programs')).data;
    assert.deepEqual([found.file, found.usable], ['weather.sh', process.getuid?.() === 0 ? found.usable : false]);
    fs.chmodSync(program, 0o755);
    assert.equal((await api.send('POST', '/plugins', MANIFEST)).status, 201);
  });

  test('its samples are read with PromQL, with the labels of the device and what was declared', async () => {
    const device = await api.post('/devices', { name: 'mast-1', address: '127.0.0.9' });
    const wish = { device_id: device.id, plugin_id: 'weather', polling_interval: 1 };
    monitorId = (await api.post('/monitors', wish)).id;
    const [[labels, value] = []] = await eventually('samples', 30_000, async () => {
      const samples = await api.query('weather_wind_speed{device="mast-1"}');
      return samples.length > 0 && samples;
    });
    assert.equal(value, 4.25);
    assert.deepEqual([labels?.told, labels?.mast, labels?.monitor_id], ['127.0.0.9', 'north mast', `${monitorId}`]);
    const { data } = await api.get('/metadata');
    assert.deepEqual([data.weather_wind_speed?.[0].type, data.weather_rain_total?.[0].type], ['gauge', 'counter']);
    await eventually('a rate of the counter', 20_000, async () => {
      const rates = await api.query('rate(weather_rain_total{device="mast-1"}[1m])');
      return rates[0]?.[1] === 0;
    });
  });

  test('its time limit is kept: it is killed with all that it started, and the monitor says so', async () => {
    const { last_polled: before } = await last();
    await use('slow');
    assert.equal(await errorMatching(/./), 'Plugin weather did not end within 1 s and was killed');
    await use('');
    await eventually('a good poll', 20_000, async () => {
      const { last_error, last_polled } = await last();
      return last_error === null && last_polled > before;
    });
    assert.equal(sleepers(), 0, 'nothing of it is left');
  });

  test('what it says went wrong is the error of the monitor', async () => {
    await use('struck');
    assert.equal(await errorMatching(/lightning/), 'Plugin weather exited 3: struck by lightning');
    await use('silent');
    assert.equal(await errorMatching(/mast/), 'The mast does not answer.');
    const polled = await api.post(`/monitors/${monitorId}/poll`);
    assert.deepEqual(polled.error, { code: 'no_answer', message: 'The mast does not answer.' });
    fs.renameSync(program, `${program}.away`);
    assert.match(await errorMatching(/cannot be run/), /^Plugin weather cannot be run: There is no file weather\.sh/);
    fs.renameSync(`${program}.away`, program);
    await use('');
  });

  test('it stays while a monitor uses it, and comes back after a restart', async () => {
    const refused = await api.send('DELETE', '/plugins/weather');
    assert.deepEqual([refused.status, refused.body.detail], [400, 'Plugin in use by 1 monitor(s)']);
    assert.equal(await server.peer.stop(), 0, server.peer.output);
    server = await startServer(folder);
    api = new ApiClient(server.url);
    await api.login('admin', PASSWORD);
    const { last_polled: before } = await last();
    await eventually('a poll after the restart', 30_000, async () => {
      const { last_polled, last_error } = await last();
      return last_error === null && last_polled !== null && last_polled > (before ?? '') && true;
    });
  });

  describe('on their page', { skip: findProgram('chromium') ? false : 'missing: chromium' }, () => {
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    const broken: string[] = [];

    const findings = async (where: string): Promise<string[]> => {
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      const dark = await findingsOf(page, `${where}, dark`, ALL_RULES);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      return [...dark, ...(await findingsOf(page, `${where}, light`, COLOUR_RULES))];
    };

    before(async () => {
      browser = await chromium.launch({ executablePath: findProgram('chromium')!, args: CHROMIUM_FLAGS });
      context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      await context.request.post(`${server.url}/api/v1/auth/login`, {
        data: { username: 'admin', password: PASSWORD },
      });
      page = await context.newPage();
      page.on('pageerror', (error) => broken.push(String(error)));
    });
    after(() => browser?.close());

    test('the navigation and a key lead there; built-in ones and added ones are told apart', async () => {
      await open(page, `${server.url}/`);
      await page.getByRole('link', { name: 'Plugins', exact: true }).waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('x');
      await page.getByRole('heading', { name: 'Plugins', level: 1 }).waitFor();
      await page.getByRole('table', { name: 'Added plugins' }).getByText('weather.sh north mast').waitFor();
      await page.getByRole('table', { name: 'Built-in plugins' }).getByText('SNMP', { exact: true }).waitFor();
      await page
        .getByText(`${path.join(folder, 'data', 'plugins')}`)
        .first()
        .waitFor();
      assert.deepEqual(await findings('the list'), []);
    });

    test('one is added: what is wrong stands at its field, and the settings schema is checked', async () => {
      await page.getByRole('button', { name: 'Add plugin' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Add plugin' });
      await dialog.getByLabel('Program').selectOption('weather.sh');
      assert.deepEqual(await findings('the form'), []);
      await dialog.getByRole('textbox', { name: 'ID', exact: true }).fill('Second Mast');
      await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Second mast');
      await dialog.getByLabel('Schema of its settings').fill('{"type": ');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.locator('.has-error').getByText('is not JSON').waitFor();
      await dialog.getByLabel('Schema of its settings').fill('{"type": "object"}');
      await dialog.getByLabel('Time limit').fill('500');
      await dialog.getByRole('button', { name: 'Add field' }).click();
      await dialog.getByLabel('Measurement').fill('a b');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.locator('.has-error').getByText('small letters, digits').waitFor();
      assert.equal(await dialog.locator('.has-error').count(), 4, 'ID, time limit, measurement, field');
      assert.deepEqual(await findings('the form with complaints'), []);
      await dialog.getByRole('textbox', { name: 'ID', exact: true }).fill('mast2');
      await dialog.getByLabel('Time limit').fill('5');
      await dialog.getByRole('button', { name: 'Remove field 1' }).click();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Second mast is saved.').waitFor();
      await page.getByRole('table', { name: 'Added plugins' }).getByText('Second mast').waitFor();
    });

    test('one is looked at and changed', async () => {
      await page.getByRole('link', { name: 'Weather station' }).click();
      await page.getByRole('heading', { name: 'Weather station', level: 1 }).waitFor();
      await page.getByText('"additionalProperties": false').waitFor();
      await page.getByText('weather_rain_total').waitFor();
      assert.deepEqual(await findings('one plugin'), []);
      await page.getByRole('button', { name: 'Edit' }).click();
      const dialog = page.getByRole('dialog', { name: 'Edit Weather station' });
      await dialog.getByLabel('Arguments').fill('south mast');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('south mast').waitFor();
      await eventually('the new argument in the samples', 20_000, async () => {
        return (await api.query('weather_wind_speed{mast="south mast"}')).length > 0;
      });
    });

    test('deleting one in use is refused in the words of the server; one that is free goes', async () => {
      await page.getByRole('button', { name: 'Delete' }).click();
      const dialog = page.getByRole('dialog', { name: 'Delete Weather station?' });
      await dialog.getByRole('button', { name: 'Delete plugin' }).click();
      await dialog.getByRole('alert').getByText('Plugin in use by 1 monitor(s)').waitFor();
      assert.deepEqual(await findings('the refusal'), []);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await open(page, `${server.url}/plugins/mast2`);
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Delete plugin' }).click();
      await page.waitForURL('**/plugins');
      assert.equal((await api.send('GET', '/plugins/mast2')).status, 404);
    });

    test('on a phone nothing is wider than the screen, the form included', async () => {
      await page.setViewportSize(PHONE);
      const widthAt = async (address: string) => {
        await open(page, server.url + address);
        return page.evaluate(() => document.documentElement.scrollWidth);
      };
      assert.ok((await widthAt('/plugins/weather')) <= PHONE.width);
      assert.ok((await widthAt('/plugins')) <= PHONE.width);
      await page.getByRole('button', { name: 'Add plugin' }).first().click();
      await page.getByRole('button', { name: 'Add field' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add plugin' });
      const [inner, outer] = await dialog.evaluate((element) => [element.scrollWidth, element.clientWidth]);
      assert.ok(inner! <= outer!, `${inner} > ${outer}`);
      assert.deepEqual(await findings('the form on a phone'), []);
    });

    test('without one of your own the page says how to have one; who may not add is not asked to', async () => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await api.send('DELETE', `/monitors/${monitorId}`);
      assert.equal((await api.send('DELETE', '/plugins/weather')).status, 204);
      await open(page, `${server.url}/plugins`);
      await page.getByRole('heading', { name: 'No plugin of your own yet' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Add plugin' }).count(), 2);
      assert.deepEqual(await findings('the empty page'), []);
      await api.post('/users', { username: 'watcher', password: PASSWORD, role: 'viewer' });
      const data = { username: 'watcher', password: PASSWORD };
      await context.request.post(`${server.url}/api/v1/auth/login`, { data });
      await open(page, `${server.url}/plugins`);
      await page.getByRole('heading', { name: 'No plugin of your own yet' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Add plugin' }).count(), 0);
      assert.deepEqual(broken, []);
    });
  });
});
