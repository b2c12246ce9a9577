// What is measured. Each case gives rows; the estate (2,000 products, 8,000 pins) is made once.
import { spawn } from 'node:child_process';
import { build } from 'esbuild';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureAffected, measureKept, measureProducts } from './graph-cases.mjs';
import { measureBacktest } from './backtest.mjs';
import { measureManifests } from './manifests.mjs';
import { alternate, median, peakFileIn, row, run } from './measure.mjs';
import { git, makeEstate, manifest, manifestOf } from './world.mjs';

const lanewiseCommand = fileURLToPath(
  new URL('../../packages/cli/bin/lanewise.js', import.meta.url),
);

export const cases = [
  { name: 'help', measure: measureHelp },
  { name: 'state', measure: measureState },
  { name: 'status', measure: measureStatus },
  { name: 'promote', measure: measurePromote },
  { name: 'latency', measure: measureLatency },
  { name: 'manifests', measure: measureManifests },
  { name: 'backtest', measure: measureBacktest },
  { name: 'affected', measure: (at) => measureAffected({ ...at, bundle }) },
  { name: 'graph', measure: (at) => measureKept({ ...at, bundle }) },
  { name: 'products', measure: measureProducts },
];

let estate = null;

/** The estate with its releases adopted, as after a team's first day; refs packed, as servers do at night. */
function readyEstate(directory) {
  if (estate === null) {
    estate = makeEstate(join(directory, 'estate'));
    lanewise(estate, 'adopt', '--at', 'v{version}');
    git(estate.workspace, estate.env, 'pack-refs', '--all');
  }
  return estate;
}

function lanewise(at, ...args) {
  return run({
    command: process.execPath,
    args: [lanewiseCommand, ...args],
    cwd: at.checkout,
    env: at.env,
  });
}

/** Peak memory in MiB of one more run. */
function peakOf(at, ...args) {
  const command = [lanewiseCommand, ...args];
  const peakFile = peakFileIn(at.directory);
  return run({ command: process.execPath, args: command, cwd: at.checkout, env: at.env, peakFile })
    .mib;
}

function measureHelp({ directory, runs }) {
  const at = { directory, checkout: directory, env: { PATH: process.env.PATH, HOME: directory } };
  const taken = alternate(runs * 3, {
    ours: () => lanewise(at, '--help'),
    floor: () => run({ command: process.execPath, args: ['-e', '0'], cwd: directory, env: at.env }),
  });
  return [row('help', { ...taken, peak: peakOf(at, '--help') })];
}

/** The state alone, as a library gives it: what runs in all cells, in a process that has started. */
async function measureState({ directory, runs }) {
  const at = readyEstate(directory);
  const program = join(directory, 'read-state.mjs');
  await bundle(fileURLToPath(new URL('read-state.mjs', import.meta.url)), program);
  const read = (peakFile) => {
    const args = [program, at.checkout, at.products.join(',')];
    const taken = run({ command: process.execPath, args, cwd: directory, env: at.env, peakFile });
    return { ...taken, ms: Number(/in ([\d.]+) ms/.exec(taken.stdout)?.[1]) };
  };
  const floor = readBlobs(at);
  const cold = alternate(Math.min(runs, 3), {
    ours: () => {
      rmSync(at.env.LANEWISE_CACHE, { recursive: true, force: true });
      return read();
    },
    floor,
  });
  const warm = alternate(runs, { ours: () => read(), floor });
  warm.peak = read(peakFileIn(directory)).mib;
  return [row('state of 8,000 pins, cold', cold), row('state of 8,000 pins, warm', warm)];
}

async function bundle(from, to) {
  const js =
    "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);";
  await build({
    entryPoints: [from],
    outfile: to,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@lanewise/source'],
    banner: { js },
    logLevel: 'error',
  });
}

/** All manifests at the head, by git alone. */
function readBlobs(at) {
  const input = blobIds(at);
  return () =>
    run({ command: 'git', args: ['cat-file', '--batch'], cwd: at.gitops, env: at.env, input });
}

function measureStatus({ directory, runs }) {
  const at = readyEstate(directory);
  const floor = readBlobs(at);
  const cold = alternate(Math.min(runs, 3), {
    ours: () => {
      rmSync(at.env.LANEWISE_CACHE, { recursive: true, force: true });
      return lanewise(at, 'status', '--json');
    },
    floor,
  });
  const warm = alternate(runs, { ours: () => lanewise(at, 'status', '--json'), floor });
  warm.peak = peakOf(at, 'status', '--json');
  return [row('status --json, cold', cold), row('status --json, warm', warm)];
}

/** Ids of all manifests at the head, a line each, as `git cat-file --batch` reads them. */
function blobIds(at) {
  return git(at.gitops, at.env, 'ls-tree', '-r', '--object-only', 'main', 'apps');
}

function measurePromote({ directory, runs }) {
  const at = readyEstate(directory);
  const batches = takeFrom(at.products);
  const one = promotions(at, runs, 1, batches);
  const jobs = median([1, 2, 3, 4, 5].map(() => script(at, at.products.slice(0, 1)).ms));
  const many = promotions(at, runs, 200, batches);
  const asJobs = { ...many, peer: [{ ms: jobs * 200 }], floor: [] };
  const cold = coldPromotion(at, () => batches.next(1));
  return [
    row('promote 1', one),
    row('promote 1, cold', { ours: cold }),
    row('promote 200', many),
    // One job of the script, the median of five, two hundred times: nobody waits for them all.
    row('promote 200 against 200 jobs', asJobs),
  ];
}

/** Hands out products that nobody promoted yet. */
function takeFrom(products) {
  let from = 0;
  return { next: (count) => products.slice(from, (from += count)) };
}

/** Ours into `test`; the script and the floor change the same number of files of `prod`. */
function promotions(at, runs, count, batches) {
  const promote = () => ['promote', ...batches.next(count), '--to', 'test'];
  lanewise(at, 'promote', ...batches.next(1), '--to', 'test'); // mirror and index are warm from here on
  const others = at.products.slice(0, count);
  const taken = alternate(runs, {
    ours: () => lanewise(at, ...promote()),
    peer: () => script(at, others),
    floor: () => floor(at, others),
  });
  return { ...taken, peak: peakOf(at, ...promote()) };
}

function coldPromotion(at, next) {
  return [1, 2, 3].map(() => {
    rmSync(at.env.LANEWISE_CACHE, { recursive: true, force: true });
    return lanewise(at, 'promote', ...next(), '--to', 'test');
  });
}

let version = 0;

/** A version that no file holds yet. */
function nextVersion() {
  version++;
  return `9.0.${version}`;
}

/** What teams use today: clone, edit (`sed`, faster than `yq`), add, commit, push. */
function script(at, products) {
  const clone = join(at.directory, 'script');
  rmSync(clone, { recursive: true, force: true });
  const files = products.map((product) => manifestOf(product, 'prod'));
  const program = `set -e
git clone --quiet "$1" "$2"
cd "$2"
xargs sed -i 's/^  tag: "[^"]*"/  tag: "'"$3"'"/'
git add --all
git commit --quiet --message 'deploy(prod)'
git push --quiet origin HEAD:main`;
  return run({
    command: 'bash',
    args: ['-c', program, 'script', at.gitops, clone, nextVersion()],
    cwd: at.directory,
    env: at.env,
    input: files.join('\n'),
  });
}

/** What cannot be saved: Node's start, one fetch, one import of ready objects, one push. */
function floor(at, products) {
  const mirror = join(at.directory, 'floor.git');
  rmSync(mirror, { recursive: true, force: true });
  cpSync(at.gitops, mirror, { recursive: true });
  git(mirror, at.env, 'remote', 'add', 'origin', at.gitops);
  const stream = importStream(git(mirror, at.env, 'rev-parse', 'main').trim(), products);
  const input = join(at.directory, 'stream');
  writeFileSync(input, stream);
  const program = `set -e
"$1" -e 0
git fetch --quiet origin main
git fast-import --quiet --force <"$2"
git push --quiet origin refs/heads/floor:refs/heads/main`;
  return run({
    command: 'bash',
    args: ['-c', program, 'floor', process.execPath, input],
    cwd: mirror,
    env: at.env,
  });
}

function importStream(parent, products) {
  const version = nextVersion();
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const who = 'Dev <dev@example.com> 1750000000 +0000';
  return products
    .map((product, index) => {
      const from = index === 0 ? `from ${parent}\n` : '';
      const content = manifest(product, 'prod', version);
      return `commit refs/heads/floor\nauthor ${who}\ncommitter ${who}\n${data(`deploy(prod): ${product}`)}${from}M 100644 inline ${manifestOf(product, 'prod')}\n${data(content)}\n`;
    })
    .join('');
}

const roundTrip = 50;

/** The same promotion with both remotes behind HTTP and 50 ms on every round trip. */
async function measureLatency({ directory, runs }) {
  const at = readyEstate(directory);
  const log = join(directory, 'round-trips');
  const server = await startSlowServer(at, log);
  try {
    const slow = { ...at, env: slowEnvironment(at, server.url) };
    const batches = takeFrom([...at.products].reverse());
    const trips = [];
    const counted = (measure) => (index) => {
      rmSync(log, { force: true });
      const taken = measure(index);
      trips.push(existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0);
      return taken;
    };
    lanewise(slow, 'promote', ...batches.next(1), '--to', 'test');
    const ours = alternate(runs, {
      ours: counted(() => lanewise(slow, 'promote', ...batches.next(1), '--to', 'test')),
    });
    const others = alternate(Math.min(runs, 3), {
      peer: () => script(slow, slow.products.slice(0, 1)),
      floor: () => floor(slow, slow.products.slice(0, 1)),
    });
    return [
      row(`promote 1, ${roundTrip} ms a round trip (${median(trips)} of them)`, {
        ...ours,
        ...others,
      }),
    ];
  } finally {
    server.stop();
  }
}

async function startSlowServer(at, log) {
  const program = fileURLToPath(new URL('slow-server.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, at.directory, String(roundTrip), log], {
    env: at.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(String(text).trim()));
    child.once('exit', () => reject(new Error('The slow server did not start.')));
  });
  return { url, stop: () => child.kill() };
}

/** git itself turns the paths on disk into addresses of the server. */
function slowEnvironment(at, url) {
  const config = join(at.directory, 'gitconfig-slow');
  const global = readFileSync(at.env.GIT_CONFIG_GLOBAL, 'utf8');
  writeFileSync(
    config,
    `${global}[url "${url.replace(/\/?$/, '/')}"]\n\tinsteadOf = ${at.directory}/\n`,
  );
  return { ...at.env, GIT_CONFIG_GLOBAL: config };
}
