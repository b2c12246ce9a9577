import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphFromNx, renderPage, renderSvg, type GraphQuestion } from '@lanewise/graph';
import type { ProductName, ProjectName } from '@lanewise/model';
import { readCards } from '../src/look.js';
import { openPage, startBrowser } from '../src/open-page.js';
import { pageAssets } from '../src/page-assets.js';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const attack = 'document.documentElement.dataset.hacked=1';
const hostile = [
  `</script><script>${attack}</script>`,
  `<!--<script>${attack}`,
  `"><img src=x onerror="${attack}">`,
  `'><svg/onload=${attack}>`,
  `javascript:${attack}`,
  '<style>*{display:none}</style>',
  ']]><!ENTITY x SYSTEM "http://example.com/x">',
  '__proto__',
  'constructor',
  'a&amp;b&lt;c',
  'line\u2028and\u0085next',
  '\u202egnp.exe',
  '\ud800 alone',
  'ünïcödé 漢字 🚀',
  `${'long-'.repeat(40)}name`,
];

/** What no path of a repository holds: Lanewise refuses it before it comes to a page. */
const unfit = /[\p{C}\p{Zl}:]|\.{2}/gu;

function hostileQuestion(): GraphQuestion {
  const nodes = Object.fromEntries(
    hostile.map((name, number) => [
      name,
      { data: { root: `at/${number}/${name.replace(unfit, '')}`, tags: [name] } },
    ]),
  );
  const dependencies = Object.fromEntries(
    hostile.map((name, number) => [
      name,
      hostile
        .slice(number + 1, number + 3)
        .map((target) => ({ source: name, target, type: 'static' })),
    ]),
  );
  const graph = graphFromNx({ nodes, dependencies, externalNodes: {} }, {}, { lockfile: null });
  const first = hostile[0] ?? '';
  const product = 'web' as ProductName;
  return {
    graph,
    products: [{ name: product, project: first as ProjectName }],
    environments: hostile,
    running: new Map([
      [product, hostile.map((text) => ({ environment: text, version: null, text }))],
    ]),
    affected: new Set([product]),
    reasons: new Map([[product, hostile.map((text) => ({ text, path: [first as ProjectName] }))]]),
  };
}

describe('names that want to be more than names', () => {
  it('are text, wherever they are shown', async () => {
    const title = { title: `</title>${hostile[0] ?? ''}`, commit: 'abc' };
    const html = await renderPage(hostileQuestion(), title, await pageAssets());
    const open = await openPage(browser, html);
    const { page } = open;
    const cards = await readCards(page);
    expect(cards.length).toBe(hostile.length);
    // A product may be called otherwise than its project: a link knows it by either.
    await page.evaluate(() => (location.hash = '#focus=web'));
    await expect.poll(() => page.locator('#details h2').textContent()).toBe('web');
    expect(await page.locator('#details dd').first().textContent()).toBe(hostile[0]);
    await page.keyboard.press('Escape');
    for (const { name } of cards) {
      await page.fill('#search', name.slice(0, 12).trim());
      await page.keyboard.press('Escape');
    }
    for (let number = 0; number < cards.length; number += 1) {
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
    }
    for (const key of ['1', '2', '3', '4']) await page.keyboard.press(key);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    expect(download.suggestedFilename()).toMatch(/^[\w.-]+\.svg$/);
    expect(await page.evaluate(() => document.documentElement.dataset['hacked'])).toBeUndefined();
    expect(await page.locator('#app img, #app script, #app style, #app a[href]').count()).toBe(0);
    expect(open.complaints).toEqual([]);
    expect(open.requests).toEqual([]);
    await open.close();
  });

  it('run nothing in the picture either', async () => {
    const picture = await renderSvg(hostileQuestion(), { title: hostile[0] ?? '', commit: '' });
    const page = await browser.newPage();
    await page.setContent(picture);
    expect(await page.evaluate(() => document.documentElement.dataset['hacked'])).toBeUndefined();
    expect(await page.locator('script, img').count()).toBe(0);
    const error = await page.evaluate(
      (text) =>
        new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')
          ?.textContent ?? null,
      picture,
    );
    expect(error).toBeNull();
    await page.close();
  });

  it('stay text even if something were to escape: the policy lets nothing else run or load', async () => {
    const html = await renderPage(hostileQuestion(), { title: '', commit: '' }, await pageAssets());
    const broken = html.replace(
      '<div id="app">',
      `<script>${attack}</script><img src="http://127.0.0.1:9/x"><div id="app">`,
    );
    const open = await openPage(browser, broken);
    expect(
      await open.page.evaluate(() => document.documentElement.dataset['hacked']),
    ).toBeUndefined();
    expect(open.complaints.length).toBeGreaterThanOrEqual(2);
    await open.close();
  });
});
