// What is affected, in generated workspaces of 100, 1,000 and 4,000 projects with 50,000 files and
// one release tag per product: beside the workspace's own `nx affected`, which knows one base only.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeMonorepo } from './graph-world.mjs';
import { alternate, median, peakFileIn, row, run } from './measure.mjs';
import { git } from './world.mjs';

const lanewiseCommand = fileURLToPath(
  new URL('../../packages/cli/bin/lanewise.js', import.meta.url),
);

/** How many runs of Nx stand for one per product where there are hundreds. */
const sampled = 3;

const sizes = [
  { projects: 100, products: 10, bases: 10 },
  { projects: 1000, products: 100, bases: 97 },
  { projects: 4000, products: 400, bases: 353 },
];

/** Each product with a base of its own. */
export function measureAffected({ directory, runs, bundle, projects }) {
  return inTurn(sizesOf(projects), async (size) => {
    const at = makeMonorepo(join(directory, `own-${size.projects}`), size);
    lanewise(at, 'adopt', '--map', at.map);
    const name = `affected, ${size.projects} projects, ${size.products} products`;
    // What adopting asked of Nx is forgotten.
    rmSync(join(at.env.LANEWISE_CACHE, 'graphs'), { recursive: true, force: true });
    const first = lanewise(at, 'affected');
    const taken = alternate(runs, {
      ours: () => affectedAnew(at),
      peer: () => nxAffected(at, at.bases[0]),
      floor: () => nodeAlone(at),
    });
    lanewise(at, 'affected');
    const again = alternate(runs, {
      ours: () => lanewise(at, 'affected'),
      peer: () => nxAffected(at, at.bases[0]),
      floor: () => nodeAlone(at),
    });
    const daemon = withDaemon(at, runs);
    const each = size.products <= 10 ? at.bases : at.bases.slice(0, sampled);
    const perProduct = median(each.map((base) => nxAffected(at, base).ms)) * size.products;
    const how =
      each.length === size.products ? 'each run' : `${sampled} runs, times ${size.products}`;
    const rows = [
      row(`${name}: Nx asked`, { ours: [first] }),
      row(`${name}: graph kept, own bases; nx affected once`, {
        ...taken,
        peak: peakAnew(at),
      }),
      row(`${name}: asked again, nothing moved; nx affected once`, again),
      row(`${name}: nx affected once, its daemon warm`, { ours: taken.ours, peer: daemon }),
      row(`${name}: nx affected per product (${how})`, {
        ours: taken.ours,
        peer: [{ ms: perProduct }],
      }),
      ...(await insideRows(name, at, bundle)),
    ];
    rmSync(at.directory, { recursive: true, force: true });
    return rows;
  });
}

/** All released one commit ago, one file changed since: what a second command on a commit costs. */
export function measureKept({ directory, runs, bundle, projects }) {
  return inTurn(
    sizesOf(projects).map((size) => ({ ...size, bases: 1 })),
    async (size) => {
      const at = releasedBefore(join(directory, `one-${size.projects}`), size);
      const name = `second command, ${size.projects} projects`;
      const taken = alternate(runs * 2, {
        ours: () => lanewise(at, 'affected'),
        peer: () => nxAffected(at, at.bases[0]),
        floor: () => nodeAlone(at),
      });
      const clean = await cleanCheck(at, bundle, runs);
      const [ours, floor, check] = [taken.ours, taken.floor, clean].map((list) =>
        median(list.map(({ ms }) => ms)),
      );
      const rows = [
        row(`${name}: lanewise affected; nx affected; node -e 0`, {
          ...taken,
          peak: peakOf(at, 'affected'),
        }),
        row(`${name}: of it the check that the work tree is clean`, { ours: clean }),
        row(`${name}: beyond node -e 0 and that check (goal 60)`, {
          ours: [{ ms: ours - floor - check }],
        }),
      ];
      rmSync(at.directory, { recursive: true, force: true });
      return rows;
    },
  );
}

/** One changed file among 4,000 projects, with 400 products and with 4,000. */
export async function measureProducts({ directory, runs }) {
  const make = (products) => {
    const size = { projects: 4000, products, bases: 1 };
    return releasedBefore(join(directory, `products-${products}`), size);
  };
  const [few, many] = [make(400), make(4000)];
  const taken = alternate(runs, {
    ours: () => affectedAnew(many),
    floor: () => affectedAnew(few),
  });
  const peak = peakAnew(many);
  for (const at of [few, many]) rmSync(at.directory, { recursive: true, force: true });
  return [row('1 changed file: 4,000 products over 400 products (goal 1.5)', { ...taken, peak })];
}

function releasedBefore(directory, size) {
  const at = makeMonorepo(directory, size);
  git(at.checkout, at.env, 'checkout', '--quiet', 'HEAD~1');
  lanewise(at, 'release', '--first', ...at.products);
  git(at.checkout, at.env, 'checkout', '--quiet', 'main');
  lanewise(at, 'affected');
  return at;
}

/** Inside a process that has started: what is read of the bases, and the clean check. */
async function insideRows(name, at, bundle) {
  const said = await inside(at, bundle, 'bases');
  const { ms, looks, bases } = JSON.parse(said);
  return [
    row(`${name}: base trees, ${looks} looks at ${bases} bases by one cat-file (goal 450)`, {
      ours: [{ ms }],
    }),
  ];
}

async function cleanCheck(at, bundle, runs) {
  const taken = [];
  for (let index = 0; index < runs; index++) {
    taken.push(JSON.parse(await inside(at, bundle, 'clean')));
  }
  return taken;
}

async function inside(at, bundle, what) {
  const program = join(at.directory, '..', 'inside-affected.mjs');
  await bundle(fileURLToPath(new URL('inside-affected.mjs', import.meta.url)), program);
  const args = [program, what, at.checkout];
  return run({ command: process.execPath, args, cwd: at.checkout, env: at.env }).stdout;
}

function lanewise(at, ...args) {
  const command = [lanewiseCommand, ...args];
  return run({ command: process.execPath, args: command, cwd: at.checkout, env: at.env });
}

/** With the graph kept and no plan: what is affected is found out. */
function affectedAnew(at) {
  forgetPlans(at);
  return lanewise(at, 'affected');
}

function peakAnew(at) {
  forgetPlans(at);
  return peakOf(at, 'affected');
}

function forgetPlans(at) {
  rmSync(join(at.env.LANEWISE_CACHE, 'plans'), { recursive: true, force: true });
}

function peakOf(at, ...args) {
  const peakFile = peakFileIn(at.directory);
  const command = [lanewiseCommand, ...args];
  return run({ command: process.execPath, args: command, cwd: at.checkout, env: at.env, peakFile })
    .mib;
}

function nodeAlone(at) {
  return run({ command: process.execPath, args: ['-e', '0'], cwd: at.checkout, env: at.env });
}

function nxAffected(at, base, more = {}) {
  const nx = join(at.checkout, 'node_modules/nx/package.json');
  const args = ['show', 'projects', '--affected', `--base=${base}`, '--head=HEAD'];
  const command = join(nx, '..', 'dist/bin/nx.js');
  return run({
    command: process.execPath,
    args: [command, ...args],
    cwd: at.checkout,
    env: { ...at.env, ...more },
  });
}

/** With Nx's daemon, as developers have it; it is ended afterwards. */
function withDaemon(at, runs) {
  const more = { NX_DAEMON: 'true', CI: '' };
  nxAffected(at, at.bases[0], more);
  const taken = Array.from({ length: runs }, () => nxAffected(at, at.bases[0], more));
  const nx = join(at.checkout, 'node_modules/nx/dist/bin/nx.js');
  const env = { ...at.env, ...more };
  run({ command: process.execPath, args: [nx, 'daemon', '--stop'], cwd: at.checkout, env });
  return taken;
}

function sizesOf(projects) {
  return sizes.filter((size) => projects === null || size.projects === projects);
}

async function inTurn(items, make) {
  const rows = [];
  for (const item of items) rows.push(...(await make(item)));
  return rows;
}
