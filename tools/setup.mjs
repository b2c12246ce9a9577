// Makes a fresh checkout ready: the dependencies by the lockfile, and the built command.
// `npm test`, `npm run demo` and `npm run bench` call it first, so that each works alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'node_modules', '.lanewise-setup');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  stop(`Node ${process.versions.node} is too old: Lanewise needs 20.19 or newer.`);
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
if (!isInstalled()) {
  console.error('Installing the dependencies (npm ci) …');
  const npm = process.env.npm_execpath;
  if (npm === undefined) stop("Start this with 'npm test', 'npm run demo' or 'npm run bench'.");
  run([npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}
run([join(root, 'packages/cli/build.mjs')]);

function isInstalled() {
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === lock;
  // Installed by hand with npm ci or npm install: npm keeps its own picture of the tree.
  return existsSync(join(root, 'node_modules', '.package-lock.json'));
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) stop(`'node ${args.join(' ')}' failed.`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
