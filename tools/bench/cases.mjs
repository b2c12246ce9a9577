// What is measured. Each case gives rows; the estate (2,000 products, 8,000 pins) is made once.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternate, median, peakFileIn, row, run } from './measure.mjs';
import { git, makeEstate, manifest, manifestOf } from './world.mjs';

const lanewiseCommand = fileURLToPath(
  new URL('../../packages/cli/bin/lanewise.js', import.meta.url),
);

export const cases = [
  { name: 'help', measure: measureHelp },
  { name: 'status', measure: measureStatus },
  { name: 'promote', measure: measurePromote },
  { name: 'latency', measure: measureLatency },
];

let estate = null;

/** The estate with its releases adopted, as after a team's first day. */
function readyEstate(directory) {
  if (estate === null) {
    estate = makeEstate(join(directory, 'estate'));
    lanewise(estate, 'adopt', '--at', 'v{version}');
  }
  return estate;
}

function lanewise(at, ...args) {
  return run({
    command: process.execPath,
    args: [lanewiseCommand, ...args],
    cwd: at.checkout,
    env: at.env,
    peakFile: peakFileIn(at.directory),
  });
}

function measureHelp({ directory, runs }) {
  const env = { PATH: process.env.PATH, HOME: directory };
  const node = (...args) => run({ command: process.execPath, args, cwd: directory, env });
  const taken = alternate(runs * 3, {
    ours: () =>
      run({
        command: process.execPath,
        args: [lanewiseCommand, '--help'],
        cwd: directory,
        env,
        peakFile: peakFileIn(directory),
      }),
    floor: () => node('-e', '0'),
  });
  return [row('help', taken)];
}

function measureStatus({ directory, runs }) {
  const at = readyEstate(directory);
  const blobs = blobIds(at);
  const floor = () =>
    run({
      command: 'git',
      args: ['cat-file', '--batch'],
      cwd: at.gitops,
      env: at.env,
      input: blobs,
    });
  const cold = alternate(Math.min(runs, 3), {
    ours: () => {
      rmSync(at.env.LANEWISE_CACHE, { recursive: true, force: true });
      return lanewise(at, 'status', '--json');
    },
    floor,
  });
  const warm = alternate(runs, { ours: () => lanewise(at, 'status', '--json'), floor });
  return [row('status 8,000 pins, cold', cold), row('status 8,000 pins, warm', warm)];
}

/** Ids of all manifests at the head, a line each, as `git cat-file --batch` reads them. */
function blobIds(at) {
  return git(at.gitops, at.env, 'ls-tree', '-r', '--object-only', 'main', 'apps');
}

function measurePromote({ directory, runs }) {
  const at = readyEstate(directory);
  const batches = takeFrom(at.products);
  const one = promotions(at, runs, () => batches.next(1));
  const jobs = scriptJobs(at, () => batches.next(1));
  const many = promotions(at, Math.min(runs, 5), () => batches.next(200));
  const cold = coldPromotion(at, () => batches.next(1));
  const asJobs = { ...many, peer: [{ ms: jobs * 200 }], floor: [] };
  return [
    row('promote 1', one),
    row('promote 1, cold', { ours: cold }),
    row('promote 200', many),
    row('promote 200 against 200 jobs', asJobs),
  ];
}

/** Hands out products that nobody promoted yet. */
function takeFrom(products) {
  let from = 0;
  return {
    next: (count) => {
      const taken = products.slice(from, from + count);
      if (taken.length < count) from = 0;
      from += count;
      return taken;
    },
  };
}

function promotions(at, runs, next) {
  lanewise(at, 'promote', ...next().slice(0, 1), '--to', 'test'); // the mirror and the index are warm from here on
  return alternate(runs, {
    ours: () => lanewise(at, 'promote', ...next(), '--to', 'test'),
    peer: () => script(at, next()),
    floor: () => floor(at, next()),
  });
}

function coldPromotion(at, next) {
  return [1, 2, 3].map(() => {
    rmSync(at.env.LANEWISE_CACHE, { recursive: true, force: true });
    return lanewise(at, 'promote', ...next(), '--to', 'test');
  });
}

/** Milliseconds of one job of the script, the median of five; two hundred of them are that many times as long. */
function scriptJobs(at, next) {
  return median([1, 2, 3, 4, 5].map(() => script(at, next()).ms));
}

/** What teams use today: clone, edit (`sed`, faster than `yq`), add, commit, push. */
function script(at, products) {
  const clone = join(at.directory, 'script');
  rmSync(clone, { recursive: true, force: true });
  const files = products.map((product) => manifestOf(product, 'test'));
  const program = `set -e
git clone --quiet "$1" "$2"
cd "$2"
xargs sed -i 's/^  tag: "[^"]*"/  tag: "1.1.0"/'
git add --all
git commit --quiet --message 'deploy(test): 1.1.0'
git push --quiet origin HEAD:main`;
  return run({
    command: 'bash',
    args: ['-c', program, 'script', at.gitops, clone],
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
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const who = 'Dev <dev@example.com> 1750000000 +0000';
  return products
    .map((product, index) => {
      const from = index === 0 ? `from ${parent}\n` : '';
      const content = manifest(product, 'test', '1.1.0');
      return `commit refs/heads/floor\nauthor ${who}\ncommitter ${who}\n${data(`deploy(test): ${product}`)}${from}M 100644 inline ${manifestOf(product, 'test')}\n${data(content)}\n`;
    })
    .join('');
}
