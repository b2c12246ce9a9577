// A monorepo on disk for questions about the graph: projects in layers, 50,000 files, a history in
// which each commit changes one file, and one release tag for each product on a commit of its own.
// Made with git fast-import; the releases are adopted by the real command.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, git } from './world.mjs';

const installed = fileURLToPath(new URL('../../node_modules', import.meta.url));
const start = 1_700_000_000;

/**
 * Makes a remote and a clone with `projects` projects, of which `products` are deployed. `bases` is
 * how many commits the releases are spread over; 1: all products were released one commit ago, and
 * one file changed since.
 */
export function makeMonorepo(directory, { projects, products, bases, files = 50_000 }) {
  mkdirSync(directory, { recursive: true });
  const env = { ...cleanEnvironment(directory), NX_DAEMON: 'false' };
  const every = projects / products;
  const names = Array.from({ length: projects }, (_, number) => nameOf(number));
  const deployed = names.filter((_, number) => number % every === 0);
  const commits = bases === 1 ? 2 : Math.max(1000, bases);
  const remote = join(directory, 'acme.git');
  git('/', env, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  const input = stream({ names, deployed, commits, files });
  const options = { cwd: remote, env, input, maxBuffer: 2 ** 28 };
  const { status, stderr } = spawnSync('git', ['fast-import', '--quiet', '--force'], options);
  if (status !== 0) throw new Error(String(stderr));
  git(remote, env, 'repack', '-adq');
  const checkout = join(directory, 'acme');
  git(directory, env, 'clone', '--quiet', remote, checkout);
  install(checkout);
  const ids = git(checkout, env, 'rev-list', '--reverse', 'main').trim().split('\n');
  const baseOf = deployed.map((_, number) =>
    bases === 1 ? ids.length - 2 : 1 + (((number % bases) * 7919) % (ids.length - 2)),
  );
  const lines = deployed.map((name, number) => `${name}@1.0.0=${ids[baseOf[number]]}`);
  writeFileSync(join(directory, 'bases.txt'), `${lines.join('\n')}\n`);
  return {
    directory,
    env,
    checkout,
    products: deployed,
    bases: baseOf.map((number) => ids[number]),
    map: join(directory, 'bases.txt'),
  };
}

function nameOf(number) {
  return `p${String(number).padStart(4, '0')}`;
}

/**
 * Teams of a hundred projects: each project needs two or three before it in its team, and every
 * second one a project of the first team. A product is built from a few dozen to 150 projects.
 */
function dependencies(number) {
  const place = number % 100;
  const picks = [3, 11, 29].slice(0, 2 + (number % 2));
  const own = picks.map((step) => place - step - (number % 5)).filter((other) => other >= 0);
  const shared = number >= 100 && number % 2 === 0 ? [(number * 31) % 50] : [];
  return [...own.map((other) => number - place + other), ...shared];
}

function stream({ names, deployed, commits, files }) {
  const perProject = Math.max(1, Math.floor(files / names.length) - 1);
  const parts = [];
  const commit = (number, message, changes) => {
    const who = `Dev <dev@example.com> ${start + number * 600} +0000`;
    const from = number === 0 ? '' : `from :${number}\n`;
    parts.push(
      `commit refs/heads/main\nmark :${number + 1}\nauthor ${who}\ncommitter ${who}\n${data(message)}${from}`,
    );
    for (const [path, text] of changes) parts.push(`M 100644 inline ${path}\n${data(text)}`);
    parts.push('\n');
  };
  commit(0, 'chore: begin', [
    ...rootFiles(),
    ...names.flatMap((name, number) =>
      projectFiles(name, number, perProject, deployed.includes(name)),
    ),
    ...deployed.map((name) => [
      `deploy/dev/${name}/values.yaml`,
      `image:\n  repository: registry.example.com/acme/${name}\n  tag: "1.0.0"\n`,
    ]),
  ]);
  for (let number = 1; number < commits; number++) {
    // The last project that is deployed has nothing above it: what changes there concerns it alone.
    const last = number === commits - 1;
    const name = last ? deployed.at(-1) : names[(number * 7919) % names.length];
    const path = `packages/${name}/src/file0.ts`;
    commit(number, `fix: change ${number}`, [[path, `export const value = ${number};\n`]]);
  }
  return parts.join('');
}

function rootFiles() {
  const config = `products:
  select: "tag:deployable"
  image: registry.example.com/acme/{product}
  build: external
  pins: [{ file: "deploy/{env}/{product}/values.yaml", path: image.tag }]
environments:
  dev: { on: command, tags: false }
`;
  const nxJson = {
    analytics: false,
    neverConnectToCloud: true,
    namedInputs: { default: ['{projectRoot}/**/*'], production: ['default'] },
  };
  return [
    ['.gitignore', 'node_modules\n.nx\n'],
    ['lanewise.yaml', config],
    ['nx.json', JSON.stringify(nxJson)],
    ['package.json', JSON.stringify({ name: 'acme', private: true, workspaces: ['packages/*'] })],
    ['package-lock.json', JSON.stringify({ name: 'acme', lockfileVersion: 3, packages: {} })],
  ];
}

function projectFiles(name, number, count, isProduct) {
  const needs = dependencies(number).map((other) => [`@acme/${nameOf(other)}`, '*']);
  const manifest = {
    name: `@acme/${name}`,
    version: '1.0.0',
    dependencies: Object.fromEntries(needs),
    nx: { tags: isProduct ? ['deployable'] : [] },
  };
  const sources = Array.from({ length: count }, (_, file) => [
    `packages/${name}/src/file${file}.ts`,
    `export const value = ${file}; // ${name}\n`,
  ]);
  return [[`packages/${name}/package.json`, JSON.stringify(manifest)], ...sources];
}

/** The workspace's own Nx is the one of this repository. */
function install(checkout) {
  const folder = join(checkout, 'node_modules');
  mkdirSync(folder);
  for (const name of readdirSync(installed)) {
    if (!name.startsWith('.')) symlinkSync(join(installed, name), join(folder, name));
  }
  symlinkSync(join(installed, '.bin'), join(folder, '.bin'));
  const state = readFileSync(join(installed, '.package-lock.json'));
  writeFileSync(join(folder, '.package-lock.json'), state);
}

function data(text) {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
