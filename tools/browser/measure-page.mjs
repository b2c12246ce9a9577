// How fast a page opens and moves, in the browser that CHROMIUM names.
//   node tools/browser/measure-page.mjs graph.html
// Beside the page, the same boxes and names on a canvas, drawn anew for each frame.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [file = ''] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(pathToFileURL(resolve(file)).href);
await page.waitForSelector('html[data-ready="true"]');
const opened = await page.evaluate(() => performance.now());
const arranged = await page.evaluate(async () => {
  const began = performance.now();
  document.dispatchEvent(new KeyboardEvent('keydown', { key: '1' }));
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
});
// Processor time of the page's process, which other work on the machine changes less than time does.
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable');
const processorTime = async () => {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ProcessTime').value * 1000;
};
const nodes = await page.locator('#stage .node').count();
const before = await processorTime();
const svg = await page.evaluate(async () => {
  const stage = document.getElementById('stage');
  const frames = [];
  for (let step = 0; step < 40; step += 1) {
    const began = performance.now();
    const deltaY = step < 20 ? -40 : 40;
    stage.dispatchEvent(
      new WheelEvent('wheel', {
        deltaY,
        clientX: 500,
        clientY: 400,
        bubbles: true,
        cancelable: true,
      }),
    );
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - began);
  }
  return frames.sort((a, b) => a - b);
});
const between = await processorTime();
const canvas = await page.evaluate(async () => {
  const boxes = [...document.querySelectorAll('#stage .node')].map((node) => {
    const [, x, y] = /\((\S+) (\S+)\)/.exec(node.getAttribute('transform'));
    return { x: Number(x), y: Number(y), text: node.querySelector('.label').textContent };
  });
  const element = document.createElement('canvas');
  [element.width, element.height] = [1440, 850];
  document.body.replaceChildren(element);
  const pen = element.getContext('2d');
  const frames = [];
  for (let step = 0; step < 40; step += 1) {
    const began = performance.now();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, 1440, 850);
    const scale = 0.25 + (step < 20 ? step : 40 - step) / 30;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.font = '13px sans-serif';
    for (const { x, y, text } of boxes) {
      pen.strokeRect(x, y, 164, 26);
      pen.fillText(text, x + 10, y + 18);
    }
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - began);
  }
  return frames.sort((a, b) => a - b);
});
const middle = (frames) => Number(frames[20].toFixed(1));
console.log(
  JSON.stringify({
    nodes,
    openedMs: Math.round(opened),
    everythingShownMs: Math.round(arranged),
    svgFrameMs: middle(svg),
    svgProcessorMs: Number(((between - before) / 40).toFixed(1)),
    canvasFrameMs: middle(canvas),
    canvasProcessorMs: Number((((await processorTime()) - between) / 40).toFixed(1)),
  }),
);
await browser.close();
