import type { Random } from './random.js';

/** A project as one commit has it. */
export interface ProjectShape {
  readonly name: string;
  readonly root: string;
  readonly product: boolean;
  readonly edges: readonly {
    readonly to: string;
    readonly type: 'static' | 'dynamic' | 'implicit';
  }[];
  /** Number of its own filter, or null: the workspace's. */
  readonly filter: number | null;
  readonly packages: readonly string[];
  readonly targets: readonly string[];
  /** Globs that lanewise.yaml adds for it. */
  readonly added: readonly string[];
}

export type LockKind = 'npm1' | 'npm3' | 'pnpm5' | 'pnpm6' | 'pnpm9' | 'yarn' | 'berry' | 'bun';

/** A file: paths are bytes, written as latin1. */
export interface FileShape {
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly content: string;
}

/** All of a workspace at one commit. */
export interface Shape {
  readonly projects: readonly ProjectShape[];
  /** Number of the filter that nx.json gives to all. */
  readonly filter: number;
  readonly lock: { readonly kind: LockKind; readonly broken: boolean } | null;
  /** Versions of packages and what each depends on. */
  readonly packages: ReadonlyMap<
    string,
    { readonly version: number; readonly deps: readonly string[] }
  >;
  readonly aliases: ReadonlyMap<string, string>;
  readonly options: number;
  /** Values of settings in nx.json. */
  readonly nx: {
    readonly build: number;
    readonly bundle: number;
    readonly lint: number;
    readonly plugin: number;
    readonly eslint: number;
    readonly idle: number;
  };
  readonly files: ReadonlyMap<string, FileShape>;
}

const names = ['api', 'docs', 'web', 'ui', 'core', '@acme/data', 'top'] as const;
const roots = [
  'apps/api',
  'apps/docs',
  'apps/docs/inner',
  'apps/we\'b "x"',
  'libs/ui',
  'libs/ui/src/deep',
  'libs/core',
  'libs/dätä',
  'vendor/sub',
  'vendor/sub/packages/one',
] as const;
/** Names below a root: bytes that are no text, line breaks, quotes, dots, letters of other scripts. */
const tails = [
  'index.ts',
  'main.go',
  'src/a.ts',
  'src/a.spec.ts',
  'src/.env',
  'src/li\nne/b.js',
  'docs/read "me".md',
  'bytes-\xff.txt',
  'bytes-\xfe.txt',
  'src/\xc3\xa9\xe2\x98\x83.ts',
  'we[i]rd{1}.txt',
  'package.json',
] as const;
const outside = [
  'ci/one.yml',
  'ci/two.yml',
  'top.json',
  'tools/api.txt',
  'tools/ui.txt',
  'deploy/dev/api.yaml',
  'deploy/dev/web.yaml',
  'README.md',
  '.lanewise/lock/dev/_all',
  'libs/stray.txt',
] as const;
const packages = ['p0', 'p1', '@s/p2', 'p3', 'p4', 'p5'] as const;
const lockKinds = ['npm1', 'npm3', 'pnpm5', 'pnpm6', 'pnpm9', 'yarn', 'berry', 'bun'] as const;

/** How many filters there are to choose from; `reference.ts` knows what each lets through. */
export const filterCount = 7;

export function randomShape(random: Random): Shape {
  let shape: Shape = {
    projects: [],
    filter: random.below(filterCount),
    lock: random.chance(0.8) ? { kind: random.pick(lockKinds), broken: false } : null,
    packages: new Map(
      packages.map((name, index) => [
        name,
        // A package depends on later ones only, and sometimes on an earlier one: circles exist.
        {
          version: random.below(3),
          deps: packages.filter(
            (_, other) => other !== index && random.chance(other > index ? 0.35 : 0.08),
          ),
        },
      ]),
    ),
    aliases: new Map(),
    options: random.below(2),
    nx: { build: 0, bundle: 0, lint: 0, plugin: 0, eslint: 0, idle: 0 },
    files: new Map(),
  };
  for (const name of names) if (random.chance(0.75)) shape = addProject(shape, name, random);
  shape = { ...shape, aliases: randomAliases(shape, random) };
  for (let count = 12 + random.below(20); count > 0; count -= 1) shape = changeFile(shape, random);
  return shape;
}

/** One small step, of a kind that repositories know. */
export function mutate(shape: Shape, random: Random): Shape {
  switch (random.below(17)) {
    case 0:
      return addProject(shape, random.pick(names), random);
    case 1:
      return { ...shape, projects: shape.projects.slice(0, -1) };
    case 2:
      return changeProject(shape, random, (project) => ({
        ...project,
        root: freeRoot(shape, random) ?? project.root,
      }));
    case 3:
      return changeProject(shape, random, (project) => ({
        ...project,
        filter: random.chance(0.3) ? null : random.below(filterCount),
      }));
    case 4:
      return changeProject(shape, random, (project) => ({
        ...project,
        edges: randomEdges(shape, random),
      }));
    case 5:
      return { ...shape, filter: random.below(filterCount) };
    case 6:
    case 7: {
      const name = random.pick(packages);
      const old = shape.packages.get(name) ?? { version: 0, deps: [] };
      const changed = random.chance(0.7)
        ? { ...old, version: random.below(4) }
        : {
            ...old,
            deps: random.some(
              packages.filter((other) => other !== name),
              0.3,
            ),
          };
      return { ...shape, packages: new Map(shape.packages).set(name, changed) };
    }
    case 8:
      return changeProject(shape, random, (project) => ({
        ...project,
        packages: random.some(packages, 0.3),
      }));
    case 9:
      return { ...shape, aliases: randomAliases(shape, random) };
    case 10:
      return { ...shape, options: random.below(3) };
    case 11: {
      const key = random.pick(['build', 'bundle', 'lint', 'plugin', 'eslint', 'idle'] as const);
      return { ...shape, nx: { ...shape.nx, [key]: random.below(3) } };
    }
    case 12:
      if (random.chance(0.6)) return shape;
      return {
        ...shape,
        lock: random.chance(0.2)
          ? null
          : { kind: random.pick(lockKinds), broken: random.chance(0.4) },
      };
    case 13:
      return changeProject(shape, random, (project) => ({
        ...project,
        added: random.chance(0.5) ? [] : [random.pick(['ci/*.yml', 'top.json', 'libs/*.txt'])],
      }));
    default:
      return changeFile(shape, random);
  }
}

function addProject(shape: Shape, name: string, random: Random): Shape {
  const root = name === 'top' ? '' : freeRoot(shape, random);
  if (root === null || shape.projects.some((one) => one.name === name || one.root === root))
    return shape;
  const project: ProjectShape = {
    name,
    root,
    product: random.chance(0.6),
    edges: randomEdges(shape, random),
    filter: random.chance(0.6) ? null : random.below(filterCount),
    packages: random.some(packages, 0.3),
    targets: random.some(['build', 'bundle', 'lint'], 0.5),
    added: [],
  };
  return { ...shape, projects: [...shape.projects, project] };
}

function freeRoot(shape: Shape, random: Random): string | null {
  const free = roots.filter((root) => shape.projects.every((one) => one.root !== root));
  return free.length === 0 ? null : random.pick(free);
}

function randomEdges(shape: Shape, random: Random): ProjectShape['edges'] {
  return random.some(shape.projects, 0.3).map(({ name }) => ({
    to: name,
    type: random.pick(['static', 'static', 'dynamic', 'implicit'] as const),
  }));
}

function changeProject(
  shape: Shape,
  random: Random,
  change: (project: ProjectShape) => ProjectShape,
): Shape {
  if (shape.projects.length === 0) return shape;
  const chosen = random.pick(shape.projects);
  return { ...shape, projects: shape.projects.map((one) => (one === chosen ? change(one) : one)) };
}

function randomAliases(shape: Shape, random: Random): ReadonlyMap<string, string> {
  const inside = random
    .some(shape.projects, 0.5)
    .map(
      ({ name, root }) => [`@acme/${name}`, `${root === '' ? '' : `${root}/`}index.ts`] as const,
    );
  return new Map([...inside, ...(random.chance(0.2) ? [['@acme/dist', 'dist/x'] as const] : [])]);
}

function changeFile(shape: Shape, random: Random): Shape {
  const files = new Map(shape.files);
  const folders = [...roots, 'libs', ''].map((root) => Buffer.from(root).toString('latin1'));
  const path = random.chance(0.3)
    ? random.pick(outside)
    : [random.pick(folders), random.pick(tails)].filter((part) => part !== '').join('/');
  if (random.chance(0.07)) return submodule(shape, random);
  if (random.chance(0.25)) files.delete(path);
  else files.set(path, randomFile(random));
  return { ...shape, files: withoutClashes(files, path) };
}

/** A submodule, a link or a plain file in the place of a folder; or the folder again. */
function submodule(shape: Shape, random: Random): Shape {
  const files = new Map(shape.files);
  const path = random.pick(['vendor/sub', 'libs/ui', 'libs/core/mod']);
  const mode = random.pick(['160000', '160000', '120000', '100644'] as const);
  if (files.has(path) && random.chance(0.4)) files.delete(path);
  else
    files.set(path, {
      mode,
      content: mode === '160000' ? `${random.below(3)}`.padStart(40, 'a') : `to ${random.below(3)}`,
    });
  return { ...shape, files: withoutClashes(files, path) };
}

function randomFile(random: Random): FileShape {
  const mode = random.pick(['100644', '100644', '100644', '100755', '120000'] as const);
  const content = random.chance(0.1)
    ? `version https://git-lfs.github.com/spec/v1\noid sha256:${random.below(2)}\nsize 1\n`
    : `${random.below(3)}`;
  return { mode, content: mode === '120000' ? `to-${content.length}` : content };
}

/** A path cannot be a file and a folder at once: the newest wins. */
function withoutClashes(files: Map<string, FileShape>, path: string): Map<string, FileShape> {
  if (!files.has(path)) return files;
  for (const other of files.keys()) {
    if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) files.delete(other);
  }
  return files;
}
