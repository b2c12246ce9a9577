import { lockfile } from './lockfiles.js';
import { type InstallFile, type LockKind, type ProjectShape, type Shape } from './shape.js';

/** What the files of a workspace's root say, as people and tools would have written them. */
export function rootFiles(shape: Shape): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ['tsconfig.base.json', tsconfig(shape)],
    ['lanewise.yaml', lanewise(shape)],
  ]);
  if (shape.workspace === 'nx') files.set('nx.json', JSON.stringify(nxJson(shape), null, 2));
  if (shape.lock !== null) {
    const text = shape.lock.broken ? '<<<<<<< ours\n{\n' : lockfile(shape, shape.lock.kind);
    files.set(lockfileName(shape.lock.kind), text);
  }
  for (const [name, number] of shape.patches) files.set(`patches/${name}`, `+${number}\n`);
  for (const [name, number] of Object.entries(shape.install)) {
    if (number > 0) files.set(name, installText(name as InstallFile, number));
  }
  return files;
}

export function lockfileName(kind: LockKind): string {
  if (kind.startsWith('npm')) return 'package-lock.json';
  if (kind.startsWith('pnpm')) return 'pnpm-lock.yaml';
  return kind === 'bun' ? 'bun.lock' : 'yarn.lock';
}

/** 1 says nothing of what is installed, 2 and 3 do, in two ways. */
function installText(file: InstallFile, number: number): string {
  const mattering = number - 1;
  switch (file) {
    case '.npmrc': {
      const linker =
        mattering === 0 ? '' : `node-linker = ${['isolated', 'hoisted'][mattering - 1]}\n`;
      return `registry=https://registry.example.com/\n${linker}# by hand\n`;
    }
    case '.yarnrc.yml': {
      const linker =
        mattering === 0 ? '' : `nodeLinker: ${['pnp', 'node-modules'][mattering - 1]}\n`;
      return `npmRegistryServer: https://registry.example.com\n${linker}`;
    }
    case 'pnpm-workspace.yaml': {
      const builds = mattering === 0 ? '' : `onlyBuiltDependencies:\n  - p${mattering}\n`;
      return `packages:\n  - apps/*\n${builds}`;
    }
    case 'package.json': {
      const trusted = mattering === 0 ? {} : { trustedDependencies: [`p${mattering}`] };
      return JSON.stringify({ name: 'acme', scripts: { build: 'true' }, ...trusted });
    }
    default:
      return file satisfies never;
  }
}

/** Named inputs of the filters; `reference.ts` says by hand what each means. */
const filters: readonly (readonly unknown[])[] = [
  ['{projectRoot}/**/*'],
  ['default', '!{projectRoot}/**/*.spec.ts'],
  ['{projectRoot}/src/**/*', '{projectRoot}/package.json'],
  ['{projectRoot}/**/*', '{workspaceRoot}/ci/*.yml', '!{workspaceRoot}/ci/two.yml'],
  ['default', 'sharedGlobals', { env: 'X' }, { runtime: 'node -v' }],
  [
    { fileset: '{projectRoot}/**/*' },
    '!{projectRoot}/docs/**',
    '{workspaceRoot}/tools/{projectName}.txt',
  ],
  ['!{projectRoot}/**/*.go', '{workspaceRoot}/ci/**/*'],
];

/** What targets say of their inputs. */
const targetInputs: readonly (readonly unknown[])[] = [
  ['default', '^default'],
  ['production', '^production'],
  ['{projectRoot}/src/**/*'],
  ['default', '{workspaceRoot}/top.json', '^production', { externalDependencies: ['p0'] }],
];

const sharedGlobals: readonly (readonly string[])[] = [
  ['{workspaceRoot}/top.json'],
  ['{workspaceRoot}/top.json', '{workspaceRoot}/more.json'],
  [],
];

export function nxJson(shape: Shape): Record<string, unknown> {
  const { build, bundle, lint, plugin, eslint, idle } = shape.nx;
  return {
    namedInputs: {
      default: ['{projectRoot}/**/*'],
      sharedGlobals: sharedGlobals[shape.sharedGlobals],
      production: filters[shape.filter],
    },
    targetDefaults: {
      build: { cache: idle === 0, options: { level: build } },
      bundle: { options: { level: bundle } },
      lint: { options: { level: lint } },
    },
    plugins: [
      { plugin: '@nx/eslint/plugin', options: { level: eslint } },
      { plugin: './tools/plugin', options: { level: plugin } },
    ],
    defaultBase: `main${idle}`,
  };
}

/** The graph that Nx would give. */
export function nxGraph(shape: Shape): unknown {
  const known = new Set(shape.projects.map(({ name }) => name));
  return {
    nodes: Object.fromEntries(shape.projects.map((project) => [project.name, node(project)])),
    dependencies: Object.fromEntries(
      shape.projects.map(({ name, edges, packages, product }) => [
        name,
        [
          ...edges
            .filter(
              ({ to, type }) =>
                known.has(to) && to !== name && !(type === 'declared' && product !== null),
            )
            .map(({ to, type }) => ({
              source: name,
              target: to,
              type: type === 'declared' ? 'static' : type,
            })),
          ...packages.map((one) => ({ source: name, target: `npm:${one}`, type: 'static' })),
        ],
      ]),
    ),
    externalNodes: Object.fromEntries(
      [...shape.packages.keys()].map((name) => [`npm:${name}`, { data: { packageName: name } }]),
    ),
  };
}

function node({ name, root, filter, targets, inputs }: ProjectShape): unknown {
  const target = inputs === null ? {} : { inputs: targetInputs[inputs] };
  return {
    name,
    type: 'lib',
    data: {
      root: root === '' ? '.' : root,
      tags: [],
      targets: Object.fromEntries(targets.map((one) => [one, target])),
      ...(filter !== null && { namedInputs: { production: filters[filter] } }),
    },
  };
}

function lanewise(shape: Shape): string {
  const { projects, workspace } = shape;
  const declared = workspace === 'declared';
  const each = projects.flatMap((project) => {
    const { product, name, added, target, root } = project;
    if (product === null) return [];
    const dependsOn = dependencies(project, shape);
    const settings = {
      project: name,
      inputs: added,
      ...(dependsOn.length > 0 && { dependsOn }),
      ...(declared ? { root: root === '' ? '.' : root } : target !== null && { target }),
    };
    return [[product, settings]];
  });
  const others = projects.flatMap((project) => {
    if (!declared || project.product !== null) return [];
    const dependsOn = dependencies(project, shape);
    const root = project.root === '' ? '.' : project.root;
    return [[project.name, { root, ...(dependsOn.length > 0 && { dependsOn }) }]];
  });
  return JSON.stringify({
    products: {
      image: 'registry.example.com/{product}',
      pins: [{ file: 'deploy/{env}/{product}.yaml', path: 'tag' }],
      each: Object.fromEntries(each),
    },
    ...(others.length > 0 && { projects: Object.fromEntries(others) }),
    environments: { dev: {} },
  });
}

/** What a project depends on by lanewise.yaml: all where it declares the graph, else what it adds. */
function dependencies(project: ProjectShape, { projects, workspace }: Shape): readonly string[] {
  return project.edges.flatMap(({ to, type }) => {
    if (workspace === 'nx' && type !== 'declared') return [];
    const target = projects.find(({ name }) => name === to);
    if (target === undefined || target === project) return [];
    return [target.product ?? target.name];
  });
}

function tsconfig({ aliases, options }: Shape): string {
  const paths = Object.fromEntries([...aliases].map(([alias, target]) => [alias, [target]]));
  return `{ // written by hand\n "compilerOptions": ${JSON.stringify({ paths, level: options })}, }`;
}
