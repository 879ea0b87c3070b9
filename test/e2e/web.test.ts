/**
 * The web pages on the executable, in Chromium, over the demo's plant: every page without accessibility findings in both
 * colour schemes and on a phone, the keyboard alone, no request that leaves the machine, a small first page.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page, type Request } from 'playwright-core';
import { ALL_RULES, CHROMIUM_FLAGS, COLOUR_RULES, findingsOf, open, PHONE } from '../support/browser.ts';
import { ApiClient, eventually, executable, type Json, temporaryFolder, untilHealthy } from '../support/executable.ts';
import { findProgram, freePort, Peer } from '../support/peers.ts';

const FIRST_PAGE_MAX_BYTES = 150 * 1024;
const missing = [
  fs.existsSync(executable) ? undefined : 'the executable (npm run build)',
  findProgram('chromium') ? undefined : 'chromium',
].filter((name) => name !== undefined);

describe('the web pages', {
  skip: missing.length > 0 ? `missing: ${missing.join(', ')}` : false,
  timeout: 300_000,
}, () => {
  const folder = temporaryFolder();
  let demo: Peer;
  let url: string;
  let password: string;
  let browser: Browser;
  let context: BrowserContext;
  let switchId: number;

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const data = path.join(folder, 'data');
    demo = new Peer(executable, ['demo', '--data', data, '--listen', `127.0.0.1:${port}`], { cwd: folder });
    await untilHealthy(demo, url);
    password = (await demo.says(/password (\S+)/))[1]!;
    browser = await chromium.launch({ executablePath: findProgram('chromium')!, args: CHROMIUM_FLAGS });
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.request.post(`${url}/api/v1/auth/login`, { data: { username: 'demo', password } });
    const api = new ApiClient(url);
    await api.login('demo', password);
    switchId = await eventually('interfaces of a switch', 60_000, async () => {
      const { data: devices } = await api.get('/devices?q=sw');
      for (const device of devices) {
        const interfaces = await api.get(`/devices/${device.id}/interfaces`);
        if (interfaces.data.some((row: Json) => row.ifname === 'Gi1/0/1')) return device.id;
      }
    });
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('the first page is small, comes from this machine alone, and lets in', async () => {
    const stranger = await browser.newContext();
    const page = await stranger.newPage();
    const foreign: string[] = [];
    const broken: string[] = [];
    const requests: Request[] = [];
    page.on('request', (request) => {
      requests.push(request);
      if (new URL(request.url()).origin !== url && !request.url().startsWith('data:')) foreign.push(request.url());
    });
    page.on('pageerror', (error) => broken.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) broken.push(message.text());
    });
    await page.goto(url);
    await page.getByLabel('User name').fill('demo');
    await page.evaluate(async () => void (await document.fonts.ready));
    const sizes = await Promise.all(requests.map((request) => request.sizes()));
    const bytes = sizes.reduce((sum, size) => sum + size.responseBodySize, 0);
    assert.ok(bytes > 10_000 && bytes <= FIRST_PAGE_MAX_BYTES, `${bytes} bytes`);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('The user name or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    assert.deepEqual(foreign, []);
    assert.deepEqual(broken, []);
    await stranger.close();
  });

  const pages = (): readonly string[] => [
    '/',
    '/devices',
    '/devices/add',
    `/devices/${switchId}?range=15m`,
    `/devices/${switchId}?tab=interfaces`,
    `/devices/${switchId}?tab=monitors`,
    `/devices/${switchId}?tab=events`,
    `/devices/${switchId}?tab=facts`,
    `/devices/${switchId}/interfaces/Gi1%2F0%2F1?range=15m`,
    '/alerts',
    '/alerts?state=resolved',
    '/explore',
    '/explore?query=icmp_rtt_avg_ms&range=15m',
    '/explore?query=icmp_rtt_avg_ms&view=table',
    '/events',
    '/wall',
    '/discovery',
    '/discovery/results',
    '/monitors',
    '/alert-rules',
    '/channels',
    '/sites',
    '/credentials',
    '/templates',
    '/templates/cisco/ios',
    '/interface-rules',
    '/plugins',
    '/plugins/http',
    '/users',
    '/api-keys',
    '/audit',
    '/settings',
    '/there-is-no-such-page',
  ];

  test('no page has accessibility findings, in dark or in light', async () => {
    const page = await context.newPage();
    const findings: string[] = [];
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(String(error)));
    page.on('response', (response) => {
      if (response.status() >= 400) broken.push(`${response.status()} ${response.url()}`);
    });
    for (const address of pages()) {
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await open(page, url + address);
      findings.push(...(await findingsOf(page, `${address} dark`, ALL_RULES)));
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      findings.push(...(await findingsOf(page, `${address} light`, COLOUR_RULES)));
    }
    assert.deepEqual(findings, []);
    assert.deepEqual(broken, []);
    await page.close();
  });

  test('on a phone nothing is wider than the screen, and the navigation opens', async () => {
    const page = await context.newPage();
    await page.setViewportSize(PHONE);
    const wide: string[] = [];
    for (const address of pages()) {
      await open(page, url + address);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > PHONE.width) wide.push(`${address}: ${width} px`);
    }
    assert.deepEqual(wide, []);
    await open(page, `${url}/`);
    await page.getByRole('button', { name: 'Navigation', exact: true }).click();
    await page.getByRole('link', { name: 'Devices', exact: true }).click();
    await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
    await page.close();
  });

  test('the keyboard alone finds, walks, opens and closes', async () => {
    const page = await context.newPage();
    await open(page, `${url}/`);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to content');
    await page.keyboard.press('Enter');

    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.waitForURL('**/devices');
    await page.locator('tbody tr').nth(2).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('sw');
    await page.waitForURL('**/devices?q=sw');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.index), '1');
    await page.keyboard.press('Space');
    await page.getByText('1 device selected').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/devices\/\d+$/);

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('ups-1');
    await page.getByRole('option', { name: /ups-1/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'ups-1', level: 1 }).waitFor();
    await page.close();
  });

  test('charts are drawn, move by themselves, and zoom with a drag', async () => {
    const page = await context.newPage();
    await open(page, `${url}/devices/${switchId}?range=15m`);
    const chart = page.getByRole('figure', { name: 'Latency' });
    await chart.locator('canvas').waitFor();
    await page.waitForResponse((response) => /query_range/.test(response.url()) && response.ok(), { timeout: 25_000 });
    const box = (await chart.locator('.u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/range=\d+-\d+/);
    await page.getByRole('button', { name: '1 h', exact: true }).click();
    await page.getByRole('button', { name: '1 h', pressed: true }).waitFor();
    await page.close();
  });

  test('a test of wrong credentials says what is wrong before anything is stored', async () => {
    const page = await context.newPage();
    await open(page, `${url}/devices/add`);
    await page.getByLabel('Address').fill('127.0.0.1');
    await page.getByLabel('Credential profile').selectOption('new');
    await page.getByLabel('Community').fill('wrong');
    await page.getByLabel('Port').fill(String(await freePort()));
    await page.getByRole('button', { name: 'Test now' }).click();
    await page.locator('.answer.is-critical').waitFor({ timeout: 30_000 });
    await open(page, `${url}/credentials`);
    assert.equal(await page.getByText('wrong').count(), 0);
    await page.close();
  });

  test('a rule is tried before it is saved, and what is wrong stands at its field', async () => {
    const page = await context.newPage();
    await open(page, `${url}/alert-rules`);
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('textbox', { name: 'Expression' }).fill('icmp_up ==');
    await page.getByRole('button', { name: 'Try it now' }).click();
    await page.locator('.answer.is-critical').waitFor();
    await page.getByRole('textbox', { name: 'Expression' }).fill('icmp_up == 1');
    await page.getByRole('button', { name: 'Try it now' }).click();
    await page.getByText(/would raise \d+ alerts now/).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.has-error').getByLabel('Name').waitFor();
    await page.close();
  });
});

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
}
