// Runs the checks of the pages in a real Chromium.   npm run test:browser [-- vitest's options]
// Uses the browser that CHROMIUM names, else the system's; as root on Debian it installs one.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function findBrowser() {
  const { CHROMIUM } = process.env;
  return [...(CHROMIUM ? [CHROMIUM] : []), ...places].find((place) => existsSync(place));
}

function installBrowser() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2] });
  apt('-qq', 'update');
  apt('-qq', 'install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
}

/** Who counts tests by the report that was asked for finds one. */
function reportNone() {
  const option = process.argv.find((word) => word.startsWith('--outputFile.json='));
  const none = { numPassedTests: 0, numFailedTests: 0 };
  if (option !== undefined)
    writeFileSync(option.slice(option.indexOf('=') + 1), JSON.stringify(none));
}

if (findBrowser() === undefined) installBrowser();
const browser = findBrowser();
if (browser === undefined) {
  const isAllowed = (process.env.LANEWISE_NO_BROWSER ?? '') !== '';
  const mustRun = (process.env.CI ?? '') !== '' && !isAllowed;
  console.error(
    [
      '',
      'THE CHECKS IN A BROWSER WERE NOT RUN: there is no Chromium here, and none could be installed.',
      'Install it (apt-get install chromium), or name one: CHROMIUM=/path npm run test:browser.',
      mustRun ? 'Where there can be none, set LANEWISE_NO_BROWSER=1.' : '',
    ].join('\n'),
  );
  if (!mustRun) reportNone();
  process.exit(mustRun ? 1 : 0);
}

const directory = fileURLToPath(new URL('.', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', `${directory}vitest.config.ts`, ...process.argv.slice(2)],
  { cwd: directory, stdio: 'inherit', env: { ...process.env, CHROMIUM: browser } },
);
process.exit(status ?? 1);
