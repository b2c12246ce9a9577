import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPage, renderSvg } from '@lanewise/graph';
import { overlaps, reachable, readCards } from '../src/look.js';
import { openPage, startBrowser } from '../src/open-page.js';
import { pageAssets } from '../src/page-assets.js';
import { sampleQuestion } from '../src/sample.js';

const shots = fileURLToPath(new URL('../dist/screenshots/', import.meta.url));
const title = { title: 'acme', commit: '1a2b3c4d5e6f' };
const question = sampleQuestion(200);
let browser: Browser;
let html: string;

beforeAll(async () => {
  browser = await startBrowser();
  html = await renderPage(question, title, await pageAssets());
});
afterAll(() => browser.close());

async function withPage<T>(
  work: (page: Page) => Promise<T>,
  options: Parameters<typeof openPage>[2] = {},
): Promise<T> {
  const open = await openPage(browser, html, options);
  const result = await work(open.page);
  expect(open.complaints).toEqual([]);
  expect(open.requests).toEqual([]);
  await open.close();
  return result;
}

const names = async (page: Page): Promise<string[]> =>
  (await readCards(page)).map(({ name }) => name).sort();
const chosen = async (page: Page): Promise<string | undefined> =>
  (await readCards(page)).find(({ isChosen }) => isChosen)?.name;
const hash = (page: Page): string => decodeURIComponent(new URL(page.url()).hash);

describe('search', () => {
  it('begins with a slash, finds by name, folder and tag, and takes the best with Enter', async () => {
    await withPage(async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('catalog-data');
      const options = page.getByRole('option');
      expect(await options.first().textContent()).toContain('catalog-data');
      await page.screenshot({ path: `${shots}search.png` });
      await page.keyboard.press('Enter');
      expect(await chosen(page)).toBe('@acme/catalog-data');
      expect(hash(page)).toBe('#chosen=@acme/catalog-data');
      await page.keyboard.press('/');
      await page.keyboard.type('area:mail');
      const mail = [...question.graph.projects.values()].filter(({ tags }) =>
        tags.includes('area:mail'),
      );
      expect(await page.locator('.search .count').textContent()).toBe(String(mail.length));
      await page.keyboard.press('Escape');
      expect(await page.locator('#search').inputValue()).toBe('');
    });
  });

  it('says where nothing fits, and dims nothing then', async () => {
    await withPage(async (page) => {
      await page.fill('#search', 'no such thing');
      expect(await page.locator('.search .count').textContent()).toBe('none');
      expect(await page.locator('#stage.has-found').count()).toBe(0);
    });
  });
});

describe('focus', () => {
  const focus = '@acme/catalog-data';
  const expected = (steps?: number): string[] =>
    [
      focus,
      ...reachable(question.graph.edges, focus, 'down', steps),
      ...reachable(question.graph.edges, focus, 'up', steps),
    ].sort();

  it('shows exactly what a node depends on and what depends on it, as many steps as asked for', async () => {
    await withPage(async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('catalog-data');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      for (let times = 0; times < 12; times += 1) await page.keyboard.press(']');
      expect(await names(page)).toEqual(expected());
      const cards = await readCards(page);
      expect(overlaps(cards)).toEqual([]);
      const middle = cards.find(({ name }) => name === focus)?.x ?? 0;
      const down = new Set(reachable(question.graph.edges, focus, 'down'));
      for (const { name, x } of cards) {
        if (name !== focus) expect(x > middle, name).toBe(down.has(name));
      }
      await page.screenshot({ path: `${shots}focus.png` });
      for (let times = 0; times < 12; times += 1) await page.keyboard.press('[');
      expect(await names(page)).toEqual(expected(1));
      expect(hash(page)).toBe(`#focus=${focus}&depth=1`);
    });
  });

  it('stands in the address: a link opens it, going back leaves it', async () => {
    const options = { hash: `#focus=${focus}&depth=1` };
    await withPage(async (page) => {
      expect(await names(page)).toEqual(expected(1));
      await page.keyboard.press('Escape');
      expect(await readCards(page)).toHaveLength(200);
      await page.goBack();
      expect(await names(page)).toEqual(expected(1));
    }, options);
  });

  it('is ignored where the link names what is not there any more', async () => {
    await withPage(async (page) => expect(await readCards(page)).toHaveLength(200), {
      hash: '#focus=gone&view=nothing&depth=-4&chosen=__proto__',
    });
  });
});

describe('the keyboard', () => {
  it('enters the graph with Tab and moves along edges', async () => {
    await withPage(async (page) => {
      await page.locator('#search').focus();
      let entered = false;
      for (let times = 0; times < 14 && !entered; times += 1) {
        await page.keyboard.press('Tab');
        entered = await page.evaluate(
          () => document.activeElement?.classList.contains('node') ?? false,
        );
      }
      expect(entered).toBe(true);
      await page.keyboard.press('ArrowDown');
      const from = await chosen(page);
      await page.keyboard.press('ArrowRight');
      const to = await chosen(page);
      const ends = question.graph.edges.map(({ source, target }) => `${source} ${target}`);
      expect(ends).toContain(`${from ?? ''} ${to ?? ''}`);
      await page.keyboard.press('ArrowLeft');
      expect(ends).toContain(`${(await chosen(page)) ?? ''} ${to ?? ''}`);
    });
  });

  it('focuses with Enter, leaves step by step with Escape, and lists the keys', async () => {
    await withPage(async (page) => {
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      expect(hash(page)).toContain('focus=');
      await page.keyboard.press('Escape');
      expect(hash(page)).not.toContain('focus=');
      expect(await chosen(page)).toBeDefined();
      await page.keyboard.press('Escape');
      expect(await chosen(page)).toBeUndefined();
      await page.keyboard.press('?');
      expect(await page.locator('#help').isVisible()).toBe(true);
      await page.screenshot({ path: `${shots}keys.png` });
      await page.keyboard.press('Escape');
      expect(await page.locator('#help').isVisible()).toBe(false);
    });
  });

  it('reaches nothing without a name', async () => {
    await withPage(async (page) => {
      await page.keyboard.press('ArrowRight');
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll('button, input, select, [role]')]
          .filter((one) => one.getAttribute('role') !== 'listbox' && one.id !== 'status')
          .filter((one) => (one.getAttribute('aria-label') ?? one.textContent ?? '').trim() === '')
          .map((one) => one.outerHTML.slice(0, 120)),
      );
      expect(nameless).toEqual([]);
    });
  });
});

describe('the details', () => {
  it('say where it is, what runs where, why it is affected, and what it is tied to', async () => {
    await withPage(
      async (page) => {
        const text = (await page.locator('#details').innerText()).replace(/\s+/g, ' ');
        expect(text).toContain('apps/catalog/catalog-api');
        expect(text).toContain('deployable, area:catalog');
        for (const { environment, version } of question.running?.get('catalog-api' as never) ??
          []) {
          expect(text).toContain(`${environment} ${version ?? ''}`);
        }
        expect(text).toContain(
          'Why it is affected @acme/catalog-data: src/index.ts catalog-api → catalog-pages →',
        );
        const direct = question.graph.edges.filter(({ source }) => source === 'catalog-api');
        const built = direct.filter(({ type }) => type !== 'implicit');
        expect(text).toContain(`Built from (${built.length})`);
        await page.getByRole('button', { name: 'catalog-pages', exact: true }).last().click();
        expect(await page.locator('#details h2').textContent()).toBe('catalog-pages');
      },
      { hash: '#chosen=catalog-api' },
    );
  });
});

describe('what is affected', () => {
  it('is highlighted with the ways that make it so, and can be seen alone', async () => {
    await withPage(async (page) => {
      const expected = [...(question.affected ?? [])].sort();
      const cards = await readCards(page);
      expect(
        cards
          .filter(({ isAffected }) => isAffected)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(expected);
      const steps = new Set(
        [...(question.reasons?.values() ?? [])].flatMap((reasons) =>
          reasons.flatMap(({ path }) =>
            path.slice(1).map((to, place) => `${path[place] ?? ''} ${to}`),
          ),
        ),
      );
      const lines = await page
        .locator('.edges path.marked')
        .evaluateAll((paths) =>
          paths.reduce((sum, path) => sum + (path.getAttribute('d')?.match(/M/g)?.length ?? 0), 0),
        );
      expect(lines).toBe(steps.size);
      await page.keyboard.press('4');
      expect(await names(page)).toEqual(expected);
    });
  });
});

describe('the look', () => {
  it('follows the system, and whoever chooses', async () => {
    const ground = (page: Page): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await withPage(
      async (page) => {
        const dark = await ground(page);
        await page.emulateMedia({ colorScheme: 'light' });
        await expect.poll(() => ground(page)).not.toBe(dark);
        await page.keyboard.press('t');
        expect(await ground(page)).toBe(dark);
        await page.click('#theme');
        expect(await ground(page)).not.toBe(dark);
      },
      { colorScheme: 'dark' },
    );
  });

  it('does not move for people who want no motion', async () => {
    await withPage(
      async (page) => {
        const moving = await page.evaluate(
          () =>
            [...document.querySelectorAll('*')].filter(
              (one) => !['0s', ''].includes(getComputedStyle(one).transitionDuration),
            ).length,
        );
        expect(moving).toBe(0);
      },
      { reducedMotion: 'reduce' },
    );
  });

  it('fits a telephone', async () => {
    await withPage(
      async (page) => {
        await page.screenshot({ path: `${shots}small.png` });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(390);
        expect(await page.locator('#details').isVisible()).toBe(true);
      },
      { viewport: { width: 390, height: 780 }, hash: '#chosen=catalog-api' },
    );
  });
});

describe('the picture', () => {
  const outline = (
    page: Page,
    text: string,
  ): Promise<{ error: number; titles: string[]; foreign: number }> =>
    page.evaluate((source) => {
      const parsed = new DOMParser().parseFromString(source, 'image/svg+xml');
      return {
        error: parsed.getElementsByTagName('parsererror').length,
        titles: [...parsed.querySelectorAll('g > title')].map((one) => one.textContent ?? ''),
        foreign: parsed.querySelectorAll('script, image, use, foreignObject, style, a').length,
      };
    }, text);

  it('is saved as XML with every node that is shown', async () => {
    await withPage(async (page) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
      expect(download.suggestedFilename()).toBe('acme-all.svg');
      const saved = readFileSync(await download.path(), 'utf8');
      const { error, titles, foreign } = await outline(page, saved);
      expect({ error, foreign }).toEqual({ error: 0, foreign: 0 });
      expect(titles).toHaveLength(200);
      expect(titles).toContain('catalog-api');
    });
  });

  it('is the same from the command, without a browser', async () => {
    const picture = await renderSvg(question, title);
    await withPage(async (page) => {
      const { error, titles, foreign } = await outline(page, picture);
      expect({ error, foreign }).toEqual({ error: 0, foreign: 0 });
      expect(titles).toHaveLength(200);
    });
  });
});
