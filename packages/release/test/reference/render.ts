import type { LockKind, ProjectShape, Shape } from './shape.js';

/** What the files of a workspace's root say, as people and tools would have written them. */
export function rootFiles(shape: Shape): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ['nx.json', JSON.stringify(nxJson(shape), null, 2)],
    ['tsconfig.base.json', tsconfig(shape)],
    ['lanewise.yaml', lanewise(shape)],
  ]);
  if (shape.lock !== null) {
    const text = shape.lock.broken ? '<<<<<<< ours\n{\n' : lockfile(shape, shape.lock.kind);
    files.set(lockfileName(shape.lock.kind), text);
  }
  return files;
}

export function lockfileName(kind: LockKind): string {
  if (kind.startsWith('npm')) return 'package-lock.json';
  if (kind.startsWith('pnpm')) return 'pnpm-lock.yaml';
  return kind === 'bun' ? 'bun.lock' : 'yarn.lock';
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

export function nxJson(shape: Shape): Record<string, unknown> {
  const { build, bundle, lint, plugin, eslint, idle } = shape.nx;
  return {
    namedInputs: {
      default: ['{projectRoot}/**/*'],
      sharedGlobals: ['{workspaceRoot}/top.json'],
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
      shape.projects.map(({ name, edges, packages }) => [
        name,
        [
          ...edges
            .filter(({ to }) => known.has(to) && to !== name)
            .map(({ to, type }) => ({ source: name, target: to, type })),
          ...packages.map((one) => ({ source: name, target: `npm:${one}`, type: 'static' })),
        ],
      ]),
    ),
    externalNodes: Object.fromEntries(
      [...shape.packages.keys()].map((name) => [`npm:${name}`, { data: { packageName: name } }]),
    ),
  };
}

function node({ name, root, filter, targets }: ProjectShape): unknown {
  return {
    name,
    type: 'lib',
    data: {
      root: root === '' ? '.' : root,
      tags: [],
      targets: Object.fromEntries(targets.map((target) => [target, {}])),
      ...(filter !== null && { namedInputs: { production: filters[filter] } }),
    },
  };
}

function lanewise({ projects }: Shape): string {
  const each = projects
    .filter(({ product }) => product)
    .map(({ name, added }) => [name.replace(/^.*\//, ''), { project: name, inputs: added }]);
  return JSON.stringify({
    products: {
      image: 'registry.example.com/{product}',
      pins: [{ file: 'deploy/{env}/{product}.yaml', path: 'tag' }],
      each: Object.fromEntries(each),
    },
    environments: { dev: {} },
  });
}

function tsconfig({ aliases, options }: Shape): string {
  const paths = Object.fromEntries([...aliases].map(([alias, target]) => [alias, [target]]));
  return `{ // written by hand\n "compilerOptions": ${JSON.stringify({ paths, level: options })}, }`;
}

type Packages = Shape['packages'];

function lockfile({ packages, projects }: Shape, kind: LockKind): string {
  switch (kind) {
    case 'npm1':
    case 'npm3':
      return npm(packages, kind === 'npm1');
    case 'pnpm5':
    case 'pnpm6':
    case 'pnpm9':
      return pnpm(packages, projects, Number(kind.slice(4)));
    case 'yarn':
      return yarn(packages);
    case 'berry':
      return berry(packages);
    case 'bun':
      return bun(packages);
    default:
      return kind satisfies never;
  }
}

const version = (number: number): string => `1.${number}.0`;
const sum = (name: string, number: number): string =>
  `sha512-${Buffer.from(`${name}@${number}`).toString('base64')}`;
const ranges = (deps: readonly string[]): Record<string, string> =>
  Object.fromEntries(deps.map((name) => [name, '^1.0.0']));

function npm(packages: Packages, first: boolean): string {
  const entries = [...packages].map(([name, { version: number, deps }]) => [
    first ? name : `node_modules/${name}`,
    {
      version: version(number),
      resolved: `https://registry.example.com/${name}/-/${version(number)}.tgz`,
      integrity: sum(name, number),
      [first ? 'requires' : 'dependencies']: ranges(deps),
    },
  ]);
  return JSON.stringify(
    first
      ? { lockfileVersion: 1, dependencies: Object.fromEntries(entries) }
      : { lockfileVersion: 3, packages: { '': {}, ...Object.fromEntries(entries) } },
    null,
    2,
  );
}

function pnpm(packages: Packages, projects: readonly ProjectShape[], major: number): string {
  const at = (name: string): string => version(packages.get(name)?.version ?? 0);
  const key = (name: string): string =>
    major === 5
      ? `/${name}/${at(name)}`
      : major === 6
        ? `/${name}@${at(name)}`
        : `${name}@${at(name)}`;
  const asked = [...packages.keys()];
  const listed = (indent: string, names: readonly string[]): string =>
    names
      .map((name) =>
        major === 5
          ? `${indent}'${name}': ${at(name)}\n`
          : `${indent}'${name}':\n${indent}  specifier: ^1.0.0\n${indent}  version: ${at(name)}\n`,
      )
      .join('');
  const importers = [
    ['.', asked] as const,
    ...projects.slice(0, 1).map(({ root, packages: own }) => [root, own] as const),
  ]
    .filter(([root, names]) => root !== '' && names.length > 0)
    .map(
      ([root, names]) =>
        `  ${JSON.stringify(root)}:\n    dependencies:\n${listed('      ', names)}`,
    )
    .join('');
  const body = (name: string): string => {
    const { deps = [] } = packages.get(name) ?? {};
    const lines = deps.map((one) => `      '${one}': ${at(one)}\n`).join('');
    return lines === '' ? '' : `    dependencies:\n${lines}`;
  };
  const resolution = (name: string): string =>
    `    resolution: {integrity: ${sum(name, packages.get(name)?.version ?? 0)}}\n`;
  const all = asked
    .map((name) => `  '${key(name)}':\n${resolution(name)}${major === 9 ? '' : body(name)}`)
    .join('');
  const snapshots = asked
    .map((name) =>
      body(name) === '' ? `  '${key(name)}': {}\n` : `  '${key(name)}':\n${body(name)}`,
    )
    .join('');
  const quoted = major === 5 ? '5.4' : `'${major}.0'`;
  return `lockfileVersion: ${quoted}\n\nimporters:\n${importers}\npackages:\n${all}${major === 9 ? `\nsnapshots:\n${snapshots}` : ''}`;
}

function yarn(packages: Packages): string {
  const blocks = [...packages].map(([name, { version: number, deps }]) => {
    const lines = deps.map((one) => `    "${one}" "^1.0.0"\n`).join('');
    return `"${name}@^1.0.0":\n  version "${version(number)}"\n  resolved "https://registry.example.com/${name}.tgz#${number}"\n  integrity ${sum(name, number)}\n${lines === '' ? '' : `  dependencies:\n${lines}`}`;
  });
  return `# yarn lockfile v1\n\n\n${blocks.join('\n')}`;
}

function berry(packages: Packages): string {
  const blocks = [...packages].map(([name, { version: number, deps }]) => {
    const lines = deps.map((one) => `    "${one}": "npm:^1.0.0"\n`).join('');
    return `"${name}@npm:^1.0.0":\n  version: ${version(number)}\n  resolution: "${name}@npm:${version(number)}"\n${lines === '' ? '' : `  dependencies:\n${lines}`}  checksum: 10/${Buffer.from(sum(name, number)).toString('hex')}\n  languageName: node\n  linkType: hard\n`;
  });
  const asked = [...packages.keys()].map((name) => `    "${name}": "npm:^1.0.0"\n`).join('');
  return `__metadata:\n  version: 8\n\n"acme@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "acme@workspace:."\n  dependencies:\n${asked}  languageName: unknown\n  linkType: soft\n\n${blocks.join('\n')}`;
}

function bun(packages: Packages): string {
  const asked = Object.fromEntries([...packages.keys()].map((name) => [name, '^1.0.0']));
  const lines = [...packages].map(
    ([name, { version: number, deps }]) =>
      `    ${JSON.stringify(name)}: [${JSON.stringify(`${name}@${version(number)}`)}, "", ${JSON.stringify(deps.length === 0 ? {} : { dependencies: ranges(deps) })}, ${JSON.stringify(sum(name, number))}],\n`,
  );
  return `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": { "name": "acme", "dependencies": ${JSON.stringify(asked)} },\n  },\n  "packages": {\n${lines.join('')}  }\n}\n`;
}
