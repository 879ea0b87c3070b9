/** Debian's Chromium as tests use it: headless, without anything that would call home, and with axe for accessibility. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Rules of axe, by tag. Colours alone are looked at again in the other scheme. */
export const ALL_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
export const PHONE = { width: 390, height: 844 };
const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Opens a page and waits until it shows no placeholder any more. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.waitForFunction(() => !document.querySelector('.loading'));
}

/** What axe finds on a page as it stands, each with `where`. */
export async function findingsOf(page: Page, where: string, rules: readonly string[]): Promise<string[]> {
  await page.evaluate(axeSource);
  // Colours that change with the scheme are there after the next frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const found = await page.evaluate(async (runOnly) => {
    interface Found {
      readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: string[] }[] }[];
    }
    const { axe } = window as unknown as { axe: { run(scope: Document, options: unknown): Promise<Found> } };
    const { violations } = await axe.run(document, { runOnly });
    return violations.map(({ id, nodes }) => `${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }, rules as string[]);
  return found.map((finding) => `${where}: ${finding}`);
}
