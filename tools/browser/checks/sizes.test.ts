import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '@lanewise/graph';
import { overlaps, readCards, readScale } from '../src/look.js';
import { openPage, startBrowser } from '../src/open-page.js';
import { pageAssets } from '../src/page-assets.js';
import { sampleQuestion } from '../src/sample.js';

const shots = fileURLToPath(new URL('../dist/screenshots/', import.meta.url));
const title = { title: 'acme', commit: '1a2b3c4d5e6f' };
let browser: Browser;
const pages = new Map<number, string>();

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  browser = await startBrowser();
  const assets = await pageAssets();
  for (const count of [20, 200, 2000]) {
    pages.set(count, await renderPage(sampleQuestion(count), title, assets));
  }
});
afterAll(() => browser.close());

describe.each([20, 200, 2000])('a page of %i projects', (count) => {
  it.each(['light', 'dark'] as const)(
    'opens %s without a complaint or a request, every card in its own place and to be read',
    async (theme) => {
      const open = await openPage(browser, pages.get(count) ?? '', { colorScheme: theme });
      const { page } = open;
      await page.screenshot({ path: `${shots}${count}-${theme}.png` });
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
      const cards = await readCards(page);
      expect(cards.length).toBeGreaterThan(count === 2000 ? 200 : count - 1);
      // Labels are 13 pixels high at full size: what opens first can be read without zooming.
      expect(13 * (await readScale(page))).toBeGreaterThan(7);
      for (const [key, view] of ['all', 'products', 'folders', 'affected'].entries()) {
        await page.keyboard.press(String(key + 1));
        const shown = await readCards(page);
        expect(shown.length, view).toBeGreaterThan(0);
        if (view === 'all') expect(shown).toHaveLength(count);
        expect(overlaps(shown), view).toEqual([]);
        if (theme === 'light') await page.screenshot({ path: `${shots}${count}-${view}.png` });
      }
      expect(open.complaints).toEqual([]);
      expect(open.requests).toEqual([]);
      await open.close();
    },
  );
});

describe('a page of many projects', () => {
  it('shows the products first, and all of them at a key', async () => {
    const { page, close } = await openPage(browser, pages.get(2000) ?? '');
    expect(new Set((await readCards(page)).map(({ kind }) => kind))).toEqual(new Set(['product']));
    await page.keyboard.press('1');
    expect(await readCards(page)).toHaveLength(2000);
    await close();
  });

  it('shows a small map where not everything is in sight, and goes where it is pressed', async () => {
    const { page, close } = await openPage(browser, pages.get(2000) ?? '');
    await page.keyboard.press('1');
    expect(await page.locator('#minimap').isVisible()).toBe(false);
    for (let times = 0; times < 6; times += 1) await page.keyboard.press('+');
    expect(await page.locator('#minimap').isVisible()).toBe(true);
    const place = (): Promise<string | null> =>
      page.locator('#stage > g').first().getAttribute('transform');
    const before = await place();
    await page.locator('#minimap').click({ position: { x: 20, y: 20 } });
    expect(await place()).not.toBe(before);
    await page.keyboard.press('0');
    expect(await page.locator('#minimap').isVisible()).toBe(false);
    await close();
  });
});
