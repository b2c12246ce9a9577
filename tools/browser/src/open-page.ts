import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Chromium: the one that CHROMIUM names, else Debian's. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: switches,
  });
}

/** A page from a file, with everything that went wrong or left the machine while it was open. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, violations of the page's policy. */
  readonly complaints: string[];
  /** Addresses asked for besides the file itself. */
  readonly requests: string[];
  readonly address: string;
  readonly close: () => Promise<void>;
}

export async function openPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<OpenPage> {
  const { hash = '', ...rest } = options;
  const directory = mkdtempSync(join(tmpdir(), 'lanewise-page-'));
  const file = join(directory, 'graph.html');
  writeFileSync(file, html);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...rest });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (url.split('#')[0] !== address && !url.startsWith('blob:')) requests.push(url);
  });
  await page.goto(`${address}${hash}`);
  await page.waitForSelector('html[data-ready="true"]');
  return {
    page,
    complaints,
    requests,
    address,
    close: async () => {
      await context.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
