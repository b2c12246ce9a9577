import type { Random } from '@lanewise/testing';
import {
  changeFile,
  changeMode,
  changePointer,
  changeSame,
  changeSubmodule,
  clash,
  latin,
  moveSubmodule,
  randomFile,
  setFile,
} from './file-steps.js';
import {
  filterCount,
  inputsCount,
  installFiles,
  lockFile,
  lockKinds,
  olderNames,
  outside,
  packageNames,
  patchNames,
  pinFiles,
  plainName,
  projectNames,
  roots,
  sharedGlobalsCount,
  type LockKind,
  type NxSetting,
  type PackageShape,
  type ProjectShape,
  type Shape,
} from './shape.js';

type Step = (shape: Shape, random: Random) => Shape;

/** Small steps of the kinds that repositories know, by name. A step may find nothing to change. */
export const steps = {
  'add a project': (shape, random) => addProject(shape, random.pick(projectNames), random),
  'delete a project': deleteProject,
  'move a project': (shape, random) =>
    changeProject(shape, random, (project) => ({
      ...project,
      root: freeRoot(shape, random) ?? project.root,
    })),
  'move a project with its files': moveWithFiles,
  'rename a project': renameProject,
  'change what a project filters': (shape, random) =>
    changeProject(shape, random, (project) => ({
      ...project,
      filter: random.chance(0.3) ? null : random.below(filterCount),
    })),
  'change edges': (shape, random) =>
    changeProject(shape, random, (project) => ({ ...project, edges: randomEdges(shape, random) })),
  'change a build edge': (shape, random) => changeEdge(shape, random, ['static', 'dynamic']),
  'change an implicit edge': (shape, random) => changeEdge(shape, random, ['implicit']),
  'change an implicit edge between products': (shape, random) =>
    changeEdge(shape, random, ['implicit'], ({ product }) => product !== null),
  'change dependsOn': (shape, random) =>
    changeEdge(shape, random, ['declared'], ({ product }) => product !== null),
  'change a named input': (shape, random) => ({ ...shape, filter: random.below(filterCount) }),
  'change sharedGlobals': (shape, random) => ({
    ...shape,
    sharedGlobals: random.below(sharedGlobalsCount),
  }),
  'change the inputs of targets': (shape, random) =>
    changeProject(shape, random, (project) => ({
      ...project,
      inputs: random.chance(0.3) ? null : random.below(inputsCount),
    })),
  'change the target that builds': (shape, random) =>
    changeProject(shape, random, (project) => ({ ...project, target: randomTarget(random) })),
  'change inputs in lanewise.yaml': (shape, random) =>
    changeProject(shape, random, (project) => ({
      ...project,
      added: random.chance(0.5) ? [] : [random.pick(['ci/*.yml', 'top.json', 'libs/*.txt'])],
    })),
  'change a package': changePackage,
  'change what a package depends on': (shape, random) => {
    const name = random.pick(packageNames);
    const { version = 0 } = shape.packages.get(name) ?? {};
    const deps = randomDependencies(random, name, 0);
    return { ...shape, packages: new Map(shape.packages).set(name, { version, deps }) };
  },
  'change an older package': (shape, random) => ({
    ...shape,
    older: new Map(shape.older).set(random.pick(olderNames), random.below(4)),
  }),
  'change which packages are used': (shape, random) =>
    changeProject(shape, random, (project) => ({
      ...project,
      packages: random.some(packageNames, 0.3),
    })),
  'change the kind of lockfile': (shape, random) =>
    withLock(shape, { kind: random.pick(lockKinds), broken: false }),
  'break the lockfile, or mend it': (shape, random) =>
    withLock(shape, {
      kind: shape.lock?.kind ?? random.pick(lockKinds),
      broken: shape.lock?.broken !== true,
    }),
  'remove the lockfile, or make one': (shape, random) =>
    withLock(shape, shape.lock === null ? { kind: random.pick(lockKinds), broken: false } : null),
  'change a patch': (shape, random) => {
    const patches = new Map(shape.patches);
    const name = random.pick(patchNames);
    if (random.chance(0.3)) patches.delete(name);
    else patches.set(name, random.below(3));
    return { ...shape, patches };
  },
  'change how packages are installed': (shape, random) => ({
    ...shape,
    install: { ...shape.install, [random.pick(installFiles)]: random.below(4) },
  }),
  'change path aliases': (shape, random) => ({ ...shape, aliases: randomAliases(shape, random) }),
  'change compiler options': (shape, random) => ({ ...shape, options: random.below(3) }),
  'change a default of targets': (shape, random) => setNx(shape, random, ['build', 'bundle']),
  'change a plugin': (shape, random) => setNx(shape, random, ['plugin']),
  'change a setting that builds nothing': (shape, random) =>
    setNx(shape, random, ['lint', 'eslint', 'idle']),
  'change a file': changeFile,
  'change a file that is there': changeSame,
  'change a link': (shape, random) => changeSame(shape, random, '120000'),
  'change an LFS pointer': changePointer,
  'change a file of globals': (shape, random) =>
    setFile(shape, random.pick(outside), randomFile(random)),
  'change a name that is no text': (shape, random) =>
    setFile(shape, `${latin(random.pick(roots))}/bytes-\xff.txt`, randomFile(random)),
  'change a mode': changeMode,
  'change a submodule': changeSubmodule,
  'move a submodule on': moveSubmodule,
  'move a pin or a lock': (shape, random) =>
    setFile(shape, random.pick([...pinFiles, lockFile]), {
      mode: '100644',
      content: `tag: ${random.below(9)}\n`,
    }),
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof steps;
export const stepNames = Object.keys(steps) as readonly StepName[];

export function takeStep(shape: Shape, random: Random): Shape {
  return steps[random.pick(stepNames)](shape, random);
}

/** A workspace to begin with; where a lockfile's kind is wanted, Nx knows it. */
export function randomShape(random: Random, wanted: LockKind | null = null): Shape {
  let shape: Shape = {
    workspace: wanted === null && random.chance(0.15) ? 'declared' : 'nx',
    projects: [],
    filter: random.below(filterCount),
    sharedGlobals: random.below(sharedGlobalsCount),
    lock:
      wanted !== null || random.chance(0.85)
        ? { kind: wanted ?? random.pick(lockKinds), broken: false }
        : null,
    // A package depends on later ones mostly, and sometimes on an earlier one: circles exist.
    packages: new Map(
      packageNames.map((name, index) => [
        name,
        { version: random.below(3), deps: randomDependencies(random, name, index) },
      ]),
    ),
    older: new Map(olderNames.map((name) => [name, random.below(3)])),
    patches: new Map(random.some(patchNames, 0.15).map((name) => [name, random.below(3)])),
    install: { '.npmrc': 0, '.yarnrc.yml': 0, 'pnpm-workspace.yaml': 0, 'package.json': 0 },
    aliases: new Map(),
    options: random.below(2),
    nx: { build: 0, bundle: 0, lint: 0, plugin: 0, eslint: 0, idle: 0 },
    files: new Map(),
  };
  // What a declared workspace resolves is not known package by package.
  if (shape.workspace === 'declared') shape = { ...shape, lock: null };
  for (const name of projectNames) if (random.chance(0.75)) shape = addProject(shape, name, random);
  shape = { ...shape, aliases: randomAliases(shape, random) };
  for (let count = 15 + random.below(20); count > 0; count -= 1) shape = changeFile(shape, random);
  return random.chance(0.3) ? changeSubmodule(shape, random) : shape;
}

function addProject(shape: Shape, name: string, random: Random): Shape {
  const root = name === 'top' ? '' : freeRoot(shape, random);
  const taken = shape.projects.some(
    (one) => one.name === name || one.root === root || one.product === plainName(name),
  );
  if (root === null || taken) return shape;
  const project: ProjectShape = {
    name,
    root,
    product: random.chance(0.6) ? plainName(name) : null,
    edges: randomEdges(shape, random),
    filter: random.chance(0.6) ? null : random.below(filterCount),
    packages: random.some(packageNames, 0.3),
    targets: random.some(['build', 'bundle', 'lint'], 0.5),
    inputs: random.chance(0.6) ? null : random.below(inputsCount),
    target: randomTarget(random),
    added: [],
  };
  return { ...shape, projects: [...shape.projects, project] };
}

function randomTarget(random: Random): string | null {
  return random.chance(0.6) ? null : random.pick(['build', 'bundle']);
}

function freeRoot(shape: Shape, random: Random): string | null {
  const free = roots.filter((root) => shape.projects.every((one) => one.root !== root));
  return free.length === 0 ? null : random.pick(free);
}

/** With its files, or these stay behind and are nobody's, or of a project around them. */
function deleteProject(shape: Shape, random: Random): Shape {
  if (shape.projects.length === 0) return shape;
  const gone = random.pick(shape.projects);
  const files = random.chance(0.5)
    ? new Map([...shape.files].filter(([path]) => ownerOf(path, shape) !== gone))
    : shape.files;
  return { ...shape, files, projects: shape.projects.filter((one) => one !== gone) };
}

/** As `git mv` does it: the files are the same, below another folder. */
function moveWithFiles(shape: Shape, random: Random): Shape {
  const movable = shape.projects.filter(({ root }) => root !== '');
  const to = freeRoot(shape, random);
  if (movable.length === 0 || to === null) return shape;
  const moved = random.pick(movable);
  const [from, there] = [latin(moved.root), latin(to)];
  const files = new Map([...shape.files].filter(([path]) => ownerOf(path, shape) !== moved));
  for (const [path, file] of shape.files) {
    if (ownerOf(path, shape) !== moved) continue;
    const place = `${there}${path.slice(from.length)}`;
    for (const other of files.keys()) if (clash(other, place)) files.delete(other);
    files.set(place, file);
  }
  const projects = shape.projects.map((one) => (one === moved ? { ...one, root: to } : one));
  return { ...shape, files, projects };
}

/** The project has another name everywhere; what it is as a product keeps its own. */
function renameProject(shape: Shape, random: Random): Shape {
  if (shape.projects.length === 0) return shape;
  const { name } = random.pick(shape.projects);
  const renamed = name.endsWith('-app') ? name.slice(0, -'-app'.length) : `${name}-app`;
  if (shape.projects.some((one) => one.name === renamed)) return shape;
  const rename = (old: string): string => (old === name ? renamed : old);
  return {
    ...shape,
    projects: shape.projects.map((one) => ({
      ...one,
      name: rename(one.name),
      edges: one.edges.map(({ to, type }) => ({ to: rename(to), type })),
    })),
  };
}

const edgeTypes = ['static', 'static', 'dynamic', 'implicit', 'implicit', 'declared'] as const;

function randomEdges(shape: Shape, random: Random): ProjectShape['edges'] {
  return random
    .some(shape.projects, 0.3)
    .map(({ name }) => ({ to: name, type: random.pick(edgeTypes) }));
}

/** Adds an edge to a project, or takes it away, among those that are wanted. */
function changeEdge(
  shape: Shape,
  random: Random,
  types: readonly ProjectShape['edges'][number]['type'][],
  wanted: (project: ProjectShape) => boolean = () => true,
): Shape {
  const some = shape.projects.filter(wanted);
  if (some.length < 2) return shape;
  const [from, to] = [random.pick(some), random.pick(some).name];
  const others = from.edges.filter((edge) => edge.to !== to);
  const isThere = others.length < from.edges.length;
  const edges = isThere ? others : [...others, { to, type: random.pick(types) }];
  const projects = shape.projects.map((one) => (one === from ? { ...from, edges } : one));
  return { ...shape, projects };
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

function randomDependencies(random: Random, name: string, index: number): readonly string[] {
  const chosen = packageNames.filter(
    (other, place) => other !== name && random.chance(place > index ? 0.35 : 0.08),
  );
  return chosen.map((other) =>
    (olderNames as readonly string[]).includes(other) && random.chance(0.3)
      ? `${other} older`
      : other,
  );
}

export function changePackage(shape: Shape, random: Random): Shape {
  const name = random.pick(packageNames);
  const { deps = [] } = shape.packages.get(name) ?? {};
  const changed: PackageShape = { version: random.below(4), deps };
  return { ...shape, packages: new Map(shape.packages).set(name, changed) };
}

/** What a declared workspace resolves is not known package by package. */
function withLock(shape: Shape, lock: Shape['lock']): Shape {
  return shape.workspace === 'declared' ? shape : { ...shape, lock };
}

function setNx(shape: Shape, random: Random, settings: readonly NxSetting[]): Shape {
  return { ...shape, nx: { ...shape.nx, [random.pick(settings)]: random.below(3) } };
}

function randomAliases(shape: Shape, random: Random): ReadonlyMap<string, string> {
  const inside = random
    .some(shape.projects, 0.5)
    .map(
      ({ name, root }) => [`@acme/${name}`, `${root === '' ? '' : `${root}/`}index.ts`] as const,
    );
  return new Map([...inside, ...(random.chance(0.2) ? [['@acme/dist', 'dist/x'] as const] : [])]);
}

function ownerOf(path: string, { projects }: Shape): ProjectShape | undefined {
  return projects
    .filter(({ root }) => root === '' || path.startsWith(`${latin(root)}/`))
    .sort((a, b) => b.root.length - a.root.length)[0];
}
