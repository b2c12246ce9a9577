import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphFromNx, renderPage, type GraphQuestion } from '@lanewise/graph';
import { readCards } from '../src/look.js';
import { openPage, startBrowser } from '../src/open-page.js';
import { pageAssets } from '../src/page-assets.js';
import { sampleQuestion } from '../src/sample.js';

const title = { title: 'acme', commit: '1a2b3c4d5e6f' };
let browser: Browser;
const pages = new Map<number, string>();

beforeAll(async () => {
  browser = await startBrowser();
  const assets = await pageAssets();
  for (const count of [20, 200]) {
    pages.set(count, await renderPage(sampleQuestion(count), title, assets));
  }
});
afterAll(() => browser.close());

const placeOf = (page: Page): Promise<string | null> =>
  page.locator('#stage > g').first().getAttribute('transform');
const colourAt = (page: Page, x: number, y: number): Promise<number[]> =>
  page.evaluate(
    ([left = 0, top = 0]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('#sketch');
      return [...(canvas?.getContext('2d')?.getImageData(left, top, 1, 1).data ?? [])];
    },
    [x, y],
  );

describe('a large drawing that a pointer moves', () => {
  it('is a sketch while it moves, and the drawing itself again where it stops', async () => {
    const { page, close, complaints } = await openPage(browser, pages.get(200) ?? '');
    const sketch = page.locator('#sketch');
    const before = await placeOf(page);
    expect(await sketch.isVisible()).toBe(false);
    const stage = (await page.locator('#stage').boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.move(stage.x + 20, stage.y + 20);
    await page.mouse.down();
    await page.mouse.move(stage.x + 80, stage.y + 50, { steps: 4 });
    await expect.poll(() => sketch.isVisible()).toBe(true);
    expect(await placeOf(page)).toBe(before);
    // A card lies in the sketch where it is going to lie.
    const affected = page.locator('#stage .node.affected .card').first();
    const box = (await affected.boundingBox()) ?? { x: 0, y: 0, height: 0 };
    const [x, y] = [box.x - stage.x + 60 + 6, box.y - stage.y + 30 + box.height - 4];
    await expect
      .poll(() => colourAt(page, Math.round(x), Math.round(y)))
      .toEqual([255, 241, 207, 255]);
    await page.mouse.up();
    await expect.poll(() => sketch.isVisible()).toBe(false);
    expect(await placeOf(page)).not.toBe(before);
    const after = (await affected.boundingBox()) ?? { x: 0, y: 0 };
    expect(Math.round(after.x - box.x)).toBe(60);
    expect(Math.round(after.y - box.y)).toBe(30);
    expect(complaints).toEqual([]);
    await close();
  });

  it('comes to rest after the wheel, and is itself at once where a key moves it', async () => {
    const { page, close } = await openPage(browser, pages.get(200) ?? '');
    const before = await placeOf(page);
    await page.mouse.move(600, 400);
    await page.mouse.wheel(0, -120);
    await expect.poll(() => placeOf(page)).not.toBe(before);
    expect(await page.locator('#sketch').isVisible()).toBe(false);
    const rested = await placeOf(page);
    await page.keyboard.press('+');
    expect(await placeOf(page)).not.toBe(rested);
    await close();
  });

  it('needs no sketch where it is small', async () => {
    const { page, close } = await openPage(browser, pages.get(20) ?? '');
    const before = await placeOf(page);
    await page.mouse.move(600, 150);
    await page.mouse.down();
    await page.mouse.move(640, 170, { steps: 3 });
    await expect.poll(() => placeOf(page)).not.toBe(before);
    expect(await page.locator('#sketch').isVisible()).toBe(false);
    await page.mouse.up();
    await close();
  });
});

describe('on paper', () => {
  it('the whole drawing stands on one page, light, without what can only be pressed', async () => {
    const { page, close } = await openPage(browser, pages.get(200) ?? '', { colorScheme: 'dark' });
    for (let times = 0; times < 6; times += 1) await page.keyboard.press('+');
    const before = await placeOf(page);
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
    for (const name of ['#search', '#save', '#tools', '#details', '#minimap']) {
      expect(await page.locator(name).isVisible(), name).toBe(false);
    }
    const outside = await page.evaluate(() => {
      const stage = document.querySelector('#stage')?.getBoundingClientRect() ?? new DOMRect();
      return [...document.querySelectorAll('#stage .node')].filter((card) => {
        const { left, top, right, bottom, width } = card.getBoundingClientRect();
        const isIn = left >= stage.left && top >= stage.top;
        return !isIn || right > stage.right || bottom > stage.bottom || width === 0;
      }).length;
    });
    expect(outside).toBe(0);
    expect(await readCards(page)).toHaveLength(200);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    expect(await placeOf(page)).toBe(before);
    await close();
  });
});

describe('what a page says where little is there to say', () => {
  const none: GraphQuestion = {
    graph: graphFromNx({ nodes: {}, dependencies: {}, externalNodes: {} }, {}, { lockfile: null }),
    products: [],
  };

  it('is that the graph is empty, and nothing of edges', async () => {
    const html = await renderPage(none, title, await pageAssets());
    const { page, close, complaints } = await openPage(browser, html);
    expect(await page.locator('#empty').isVisible()).toBe(true);
    expect(await page.locator('#legend li').count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it('is whole names, where there is room for them', async () => {
    const name = 'customer-notification-service';
    const nodes = { [name]: { data: { root: name } }, ui: { data: { root: 'ui' } } };
    const dependencies = { [name]: [{ source: name, target: 'ui', type: 'static' }] };
    const graph = graphFromNx({ nodes, dependencies, externalNodes: {} }, {}, { lockfile: null });
    const html = await renderPage({ graph, products: [] }, title, await pageAssets());
    const { page, close } = await openPage(browser, html);
    expect(await page.locator('#stage .label').allTextContents()).toContain(name);
    expect(await page.locator('#empty').isVisible()).toBe(false);
    await close();
  });
});

describe.each(['light', 'dark'] as const)('the colours of the %s page', (colorScheme) => {
  it('have the contrast that WCAG asks for: 4.5 for text, 3 for lines', async () => {
    const { page, close } = await openPage(browser, pages.get(20) ?? '', { colorScheme });
    const texts = [
      ['text', 'node'],
      ['text', 'page'],
      ['quiet', 'node'],
      ['quiet', 'page'],
      ['affectedText', 'affected'],
      ['page', 'product'],
      ['down', 'node'],
    ] as const;
    const lines = [
      ['edge', 'page'],
      ['down', 'page'],
      ['up', 'page'],
      ['affectedBorder', 'page'],
    ] as const;
    for (const [one, other] of texts)
      expect(await contrast(page, one, other), `${one} on ${other}`).toBeGreaterThanOrEqual(4.5);
    for (const [one, other] of lines)
      expect(await contrast(page, one, other), `${one} on ${other}`).toBeGreaterThanOrEqual(3);
    await close();
  });
});

/** The contrast of two colours of the page's palette, as WCAG 2.2 defines it. */
function contrast(page: Page, one: string, other: string): Promise<number> {
  return page.evaluate(
    (names) => {
      const [a = 0, b = 0] = names
        .map((name) => document.documentElement.style.getPropertyValue(`--${name}`))
        .map((colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255))
        .map((parts) =>
          parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)),
        )
        .map(([red = 0, green = 0, blue = 0]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue)
        .sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    },
    [one, other],
  );
}
