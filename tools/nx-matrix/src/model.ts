import type { Random } from '@lanewise/testing';

/** A project of a model workspace; its number orders edges, so that there are no cycles. */
export interface ModelProject {
  readonly name: string;
  readonly root: string;
  readonly kind: 'project.json' | 'package.json';
  /** Names of projects it depends on. */
  readonly needs: ReadonlySet<string>;
  /** Names of external packages. */
  readonly packages: ReadonlySet<string>;
  /** Its own files, by name inside. */
  readonly files: Readonly<Record<string, string>>;
}

/** A workspace as it should be on the disk at one commit. */
export interface Model {
  readonly projects: ReadonlyMap<string, ModelProject>;
  /** Versions in the lockfile. */
  readonly packages: Readonly<Record<string, string>>;
  readonly readme: string;
  /** A file that every project's inputs name. */
  readonly shared: string;
  readonly parallel: number;
}

/** `alpha` is used through `beta` by whoever uses `beta`. */
const packageNeeds: Readonly<Record<string, readonly string[]>> = {
  alpha: [],
  beta: ['alpha'],
  gamma: [],
};

/** A first workspace of some projects, a few edges each. */
export function makeModel(random: Random): Model {
  const projects = new Map<string, ModelProject>();
  const count = 5 + random.below(6);
  for (let number = 0; number < count; number += 1) addProject(projects, number, random);
  return {
    projects,
    packages: { alpha: '1.0.0', beta: '1.0.0', gamma: '1.0.0' },
    readme: 'read me\n',
    shared: 'shared\n',
    parallel: 3,
  };
}

/** Puts a project in, with edges to those that are there. */
export function addProject(
  projects: Map<string, ModelProject>,
  number: number,
  random: Random,
): void {
  const kind = random.chance(0.5) ? 'project.json' : 'package.json';
  const name = kind === 'package.json' ? `@acme/p${number}` : `p${number}`;
  const known = [...projects.keys()];
  const needs = new Set(known.filter(() => random.chance(1.2 / (known.length + 1))));
  const packages = kind === 'package.json' ? Object.keys(packageNeeds) : [];
  projects.set(name, {
    name,
    kind,
    root: `${kind === 'package.json' ? 'packages' : 'libs'}/p${number}`,
    needs,
    packages: new Set(packages.filter(() => random.chance(0.3))),
    files: { 'src/main.txt': 'main\n', 'test/main.txt': 'test\n', 'naïve name.md': 'x\n' },
  });
}

/** All files of a model, by path. */
export function modelFiles(model: Model): Record<string, string> {
  const files: Record<string, string> = {
    'README.md': model.readme,
    'shared.txt': model.shared,
    'nx.json': json({
      analytics: false,
      neverConnectToCloud: true,
      parallel: model.parallel,
      namedInputs: {
        default: ['{projectRoot}/**/*', '{workspaceRoot}/shared.txt'],
        production: ['default', '!{projectRoot}/test/**/*'],
      },
      targetDefaults: { build: { inputs: ['production', '^production'] } },
    }),
    'package.json': json({ name: 'acme', private: true, workspaces: ['packages/*'] }),
    'package-lock.json': lockfile(model),
  };
  for (const project of model.projects.values()) {
    const { root, kind, name } = project;
    const needs = [...project.needs];
    const ofPackages = needs.filter((one) => model.projects.get(one)?.kind === 'package.json');
    const isLinked = (one: string): boolean => kind === 'package.json' && ofPackages.includes(one);
    const build = { build: { executor: 'nx:noop' } };
    const implicitDependencies = needs.filter((one) => !isLinked(one));
    if (kind === 'project.json')
      files[`${root}/project.json`] = json({ name, targets: build, implicitDependencies });
    else {
      const wanted = [...needs.filter(isLinked), ...project.packages];
      files[`${root}/package.json`] = json({
        name,
        version: '0.0.0',
        dependencies: Object.fromEntries(wanted.map((one) => [one, '*'])),
        nx: { targets: build, implicitDependencies },
      });
    }
    for (const [file, text] of Object.entries(project.files)) files[`${root}/${file}`] = text;
  }
  return files;
}

function lockfile({ projects, packages }: Model): string {
  const entries: Record<string, unknown> = { '': { name: 'acme', workspaces: ['packages/*'] } };
  for (const { kind, name, root } of projects.values()) {
    if (kind !== 'package.json') continue;
    entries[`node_modules/${name}`] = { resolved: root, link: true };
  }
  for (const project of projects.values()) {
    if (project.kind !== 'package.json') continue;
    const linked = [...project.needs].filter((one) => projects.get(one)?.kind === 'package.json');
    const wanted = [...linked, ...project.packages];
    const dependencies = Object.fromEntries(wanted.map((one) => [one, '*']));
    entries[project.root] = { name: project.name, version: '0.0.0', dependencies };
  }
  for (const [name, version] of Object.entries(packages)) {
    const dependencies = Object.fromEntries((packageNeeds[name] ?? []).map((one) => [one, '*']));
    const resolved = `https://registry.example.com/${name}/-/${name}-${version}.tgz`;
    entries[`node_modules/${name}`] = {
      version,
      resolved,
      integrity: integrity(name, version),
      dependencies,
    };
  }
  return json({ name: 'acme', lockfileVersion: 3, requires: true, packages: entries });
}

function integrity(name: string, version: string): string {
  return `sha512-${Buffer.from(`${name}@${version}`.padEnd(64, '.')).toString('base64')}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Names of packages that a project gets, directly or through others. */
export function packagesOf({ packages }: ModelProject): ReadonlySet<string> {
  const all = new Set(packages);
  for (const name of all) for (const inner of packageNeeds[name] ?? []) all.add(inner);
  return all;
}
