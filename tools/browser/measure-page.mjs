// How smoothly a page moves under a real wheel and a real drag, in the browser that CHROMIUM names,
// without a graphics card.
//   node tools/browser/measure-page.mjs 2000                 the sample of so many projects
//   node tools/browser/measure-page.mjs graph.html [--edges] a page that the command wrote; all edges
// `frameMs` is the time between two frames of the page's own thread (median, and of the slowest of
// twenty), `shown` how many frames a second reached the screen, `processorMs` what a frame cost the
// page's process, which other work on the machine changes least.
import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const words = process.argv.slice(2);
const [asked = '2000'] = words.filter((word) => !word.startsWith('--'));
const directory = mkdtempSync(join(tmpdir(), 'lanewise-measure-'));
const steps = 90;
const categories = ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'];

try {
  const file = /^\d+$/.test(asked) ? await samplePage(Number(asked)) : resolve(asked);
  console.log(JSON.stringify(await measure(file)));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function samplePage(count) {
  const outfile = join(directory, 'sample.mjs');
  await build({
    stdin: {
      contents: `export { renderPage } from '@lanewise/graph'; export { sampleQuestion } from './src/sample.ts';`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@lanewise/source'],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
  });
  const bundler = new URL('../../packages/cli/page-bundle.mjs', import.meta.url).href;
  const { bundlePage } = await import(bundler);
  const { renderPage, sampleQuestion } = await import(pathToFileURL(outfile).href);
  const title = { title: 'acme', commit: '1a2b3c4d5e6f' };
  const file = join(directory, 'graph.html');
  writeFileSync(file, await renderPage(sampleQuestion(count), title, await bundlePage()));
  return file;
}

async function measure(file) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('html[data-ready="true"]');
  const openedMs = Math.round(await page.evaluate(() => performance.now()));
  await page.keyboard.press('1');
  if (words.includes('--edges')) await page.keyboard.press('e');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  await pause(1500);
  const nodes = await page.locator('#stage .node').count();
  const wheel = await record(page, devtools, async (send) => {
    await page.mouse.move(600, 400);
    for (let step = 0; step < steps; step += 1) {
      send(page.mouse.wheel(0, step < steps / 2 ? -40 : 40));
      await pause(16);
    }
  });
  await pause(800);
  for (let times = 0; times < 4; times += 1) await page.keyboard.press('+');
  await pause(800);
  const drag = await record(page, devtools, async (send) => {
    await page.mouse.move(700, 450);
    await page.mouse.down();
    for (let step = 0; step < steps; step += 1) {
      send(page.mouse.move(700 + 400 * Math.sin(step / 14), 450 + 250 * Math.sin(step / 9)));
      await pause(16);
    }
    await page.mouse.up();
  });
  await browser.close();
  return { nodes, openedMs, wheel, drag };
}

/** What happened while `act` moved the page: it sends inputs without waiting for the page, as people do. */
async function record(page, devtools, act) {
  const processorTime = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ProcessTime').value * 1000;
  };
  let shown = 0;
  const count = ({ value }) => {
    shown += value.filter(({ name }) => name === 'DrawFrame').length;
  };
  devtools.on('Tracing.dataCollected', count);
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: categories, excludedCategories: ['*'] },
  });
  await page.evaluate(() => {
    const frames = [];
    let last = performance.now();
    const next = () => {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      if (globalThis.measured === frames) requestAnimationFrame(next);
    };
    globalThis.measured = frames;
    requestAnimationFrame(next);
  });
  const [before, began] = [await processorTime(), performance.now()];
  const sent = [];
  await act((input) => sent.push(input));
  const [after, ended] = [await processorTime(), performance.now()];
  await Promise.all(sent);
  const frames = await page.evaluate(() => {
    const { measured } = globalThis;
    globalThis.measured = null;
    return measured;
  });
  const complete = new Promise((done) => devtools.once('Tracing.tracingComplete', done));
  await devtools.send('Tracing.end');
  await complete;
  devtools.off('Tracing.dataCollected', count);
  const sorted = frames.sort((a, b) => a - b);
  const at = (share) => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1));
  return {
    frameMs: at(0.5),
    slowFrameMs: at(0.95),
    shown: Number(((shown / (ended - began)) * 1000).toFixed(1)),
    processorMs: Number(((after - before) / frames.length).toFixed(1)),
  };
}
