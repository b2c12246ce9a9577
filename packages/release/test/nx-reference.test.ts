import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadNxGraph, productInputs, selectProducts, type WorkspaceGraph } from '@lanewise/graph';
import { parseConfig, type CommitId, type Release } from '@lanewise/model';
import { compareInputs, type InputsAnswer } from '@lanewise/release';
import { makeRandom, makeWorld, seed, type Random } from '@lanewise/testing';

const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const steps = Number(process.env['LANEWISE_NX_RUNS'] ?? 3);
const names = ['a', 'b', 'c', 'd', 'e'] as const;

/** A workspace of packages that Nx itself makes the graph of. */
interface Workspace {
  /** What each package depends on, and where it lies. */
  readonly packages: Readonly<
    Record<string, { readonly root: string; readonly on: readonly string[] }>
  >;
  readonly production: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

const lists = [
  ['default', '!{projectRoot}/**/*.spec.ts'],
  ['{projectRoot}/src/**/*', '{projectRoot}/package.json'],
  ['default', '{workspaceRoot}/ci.yml'],
] as const;

function begin(random: Random): Workspace {
  const packages = Object.fromEntries(
    names.map((name, index) => [
      name,
      { root: `packages/${name}`, on: random.some(names.slice(index + 1), 0.4) },
    ]),
  );
  return { packages, production: lists[0], files: { 'ci.yml': '0' } };
}

function step(from: Workspace, random: Random): Workspace {
  const name = random.pick(names);
  const one = from.packages[name] ?? { root: '', on: [] };
  switch (random.below(6)) {
    case 0: {
      const on = random.some(
        names.filter((other) => other !== name),
        0.4,
      );
      return { ...from, packages: { ...from.packages, [name]: { ...one, on } } };
    }
    case 1: {
      const root = one.root.startsWith('packages/') ? `libs/${name}` : `packages/${name}`;
      return { ...from, packages: { ...from.packages, [name]: { ...one, root } } };
    }
    case 2:
      return { ...from, production: random.pick(lists) };
    default: {
      const file = random.pick(['src/index.ts', 'src/index.spec.ts', 'notes.md', 'ci.yml']);
      const path = file === 'ci.yml' ? file : `${name}:${file}`;
      return { ...from, files: { ...from.files, [path]: String(random.below(3)) } };
    }
  }
}

function textsOf({ packages, production, files }: Workspace): Readonly<Record<string, string>> {
  const manifests = Object.entries(packages).map(([name, { root, on }]) => [
    `${root}/package.json`,
    JSON.stringify({
      name: `@acme/${name}`,
      version: '1.0.0',
      dependencies: Object.fromEntries(on.map((other) => [`@acme/${other}`, '*'])),
    }),
  ]);
  const sources = Object.entries(files).map(([path, content]) => {
    const [name = '', file] = path.split(':');
    return [file === undefined ? path : `${packages[name]?.root ?? ''}/${file}`, content];
  });
  return Object.fromEntries([
    ...manifests,
    ...sources,
    [
      'package.json',
      JSON.stringify({ name: 'acme', private: true, workspaces: ['packages/*', 'libs/*'] }),
    ],
    [
      'nx.json',
      JSON.stringify({ analytics: false, neverConnectToCloud: true, namedInputs: { production } }),
    ],
    ['.gitignore', 'node_modules\n.nx\n'],
  ]);
}

/** Reads the work tree: all that is below each package that one is built from, by what it asks for. */
function fullInputs(name: string, { packages, production }: Workspace, root: string): string {
  const members = [name];
  for (const member of members)
    members.push(...(packages[member]?.on ?? []).filter((one) => !members.includes(one)));
  const read = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    );
  const lines = [`by ${production.join()}`];
  for (const member of members) {
    const folder = packages[member]?.root ?? '';
    lines.push(`${member} at ${folder}`);
    for (const path of read(folder)) {
      const inside = path.slice(join(root, folder).length + 1);
      const counts =
        production === lists[0]
          ? !inside.endsWith('.spec.ts')
          : production === lists[1]
            ? /^src\/|^package\.json$/.test(inside)
            : true;
      if (counts) lines.push(`${member} ${inside} ${readFileSync(path, 'utf8')}`);
    }
  }
  if (production === lists[2]) lines.push(readFileSync(join(root, 'ci.yml'), 'utf8'));
  return lines.sort().join('\n');
}

const config = parseConfig(
  'products: { select: "*", image: "x/{product}" }\nenvironments: {}\n',
  'lanewise.yaml',
);

it(`agrees with work trees where Nx makes the graph (LANEWISE_SEED=${seed} LANEWISE_NX_RUNS=${steps})`, async () => {
  const random = makeRandom(seed);
  const world = makeWorld();
  const remote = world.makeRemote();
  const made: { id: CommitId; shape: Workspace; root: string; graph: WorkspaceGraph }[] = [];
  let shape = begin(random);
  for (let index = 0; index < steps; index += 1) {
    const texts = textsOf(shape);
    const gone = Object.keys(made.length === 0 ? {} : remote.files()).filter(
      (path) => !(path in texts),
    );
    const id = remote.commit({ ...texts, ...Object.fromEntries(gone.map((path) => [path, null])) });
    const root = world.clone(remote, { name: `tree-${index}` }).root;
    symlinkSync(installed, join(root, 'node_modules'), 'dir');
    const environment = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NX_DAEMON: 'false',
      NX_CACHE_DIRECTORY: join(root, '.nx/cache'),
      NX_WORKSPACE_DATA_DIRECTORY: join(root, '.nx/data'),
    };
    const graph = await loadNxGraph({ root, environment, timeoutMs: 120_000 });
    made.push({ id, shape, root, graph });
    for (let count = 1 + random.below(2); count > 0; count -= 1) shape = step(shape, random);
  }
  const repository = await world.open(remote);
  await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
  const answer = async (
    { id, graph }: (typeof made)[number],
    bases: ReadonlyMap<string, Release> | null,
  ): Promise<ReadonlyMap<string, InputsAnswer>> => {
    const products = selectProducts(graph, config, []).filter(({ name }) => /^[a-e]$/.test(name));
    const questions = products.map((product) => ({
      inputs: productInputs(graph, product, config, products),
      base: bases?.get(product.name) ?? null,
    }));
    return compareInputs({ repository, head: id, graph, config, pins: [] }, questions);
  };
  for (const [index, before] of made.entries()) {
    const records = await answer(before, null);
    for (const after of made.slice(index + 1)) {
      const bases = new Map(
        [...records].map(([product, { digest }]) => [
          product,
          { product, commit: before.id, inputs: digest } as unknown as Release,
        ]),
      );
      const told = await answer(after, bases);
      for (const [name, { comparison }] of told) {
        const differs =
          fullInputs(name, before.shape, before.root) !== fullInputs(name, after.shape, after.root);
        const where = `${name} from ${index} to ${made.indexOf(after)}: ${JSON.stringify(comparison)}`;
        expect(comparison?.kind === 'different', where).toBe(differs);
      }
      expect(told.size).toBe(names.length);
    }
  }
  await world.dispose();
}, 1_800_000);
