import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { lockfileName } from './render.js';
import { splitPackage, type ProjectShape, type Shape } from './shape.js';

/**
 * The slow, obvious reference: lists every input of a product with its content, from real files in a
 * work tree and from what the generator knows. It shares no code with what it judges: filters,
 * packages and settings are written out by hand.
 */
export function fullInputs(
  product: ProjectShape,
  /** The graph: projects, edges, filters. */
  shape: Shape,
  /** What the settings' files say, which is another commit's where only its files are known. */
  settings: Shape,
  tree: Tree,
  /** By whose projects aliases and packages are judged: what a project imports is in its files. */
  judge: Shape,
): string {
  const members = membersOf(product, shape);
  const names = new Set(members.map(({ name }) => name));
  const lines: string[] = [];
  const rules = new Map(
    members.map((member) => [member, ruleOf(member, product, shape, settings)] as const),
  );
  const rule = (member: ProjectShape): number => rules.get(member) ?? 0;
  for (const member of members) {
    // Nx's `sharedGlobals` are a part of this filter alone.
    const shared = rule(member) === 4 ? ` with shared globals ${settings.sharedGlobals}` : '';
    lines.push(`member ${member.name} at ${member.root} filtered by ${rule(member)}${shared}`);
  }
  let compiles = false;
  for (const [path, what] of tree) {
    for (const member of members) {
      if (
        !owns(member, path, shape) ||
        !counts(member, path, rule(member)) ||
        isApart(path, shape, settings)
      )
        continue;
      lines.push(`file of ${member.name}: ${path.slice(bytes(member.root).length)} ${what}`);
      if (/\.[mc]?tsx?$|(?:^|\/)tsconfig[^/]*\.json$/.test(path)) compiles = true;
    }
    const isGlobal = members.some((member) => isGlobalOf(member, path, rule(member), settings));
    if ((isGlobal && !isApart(path, shape, settings)) || isAdded(product, path))
      lines.push(`global ${path} ${what}`);
  }
  if (shape.workspace === 'nx') {
    const used = packagesOf(members, product, judge, settings);
    lines.push(...packageLines(used, settings, tree), ...nxLines(members, settings));
  }
  if (compiles) lines.push(`options ${settings.options}`);
  for (const [alias, target] of settings.aliases) {
    const owner = ownerOf(bytes(target), judge);
    const matters = owner === null || owner.root === '' ? compiles : names.has(owner.name);
    if (matters) lines.push(`alias ${alias} ${target}`);
  }
  return lines.sort().join('\n');
}

/**
 * The number of the filter by which a member's files count: of Nx's `production`, or of what the
 * target says that builds the product. 7: `src` alone; 8: all, `top.json` and the package `p0`.
 */
function ruleOf(
  member: ProjectShape,
  product: ProjectShape,
  { workspace }: Shape,
  settings: Shape,
): number {
  if (workspace === 'declared') return 0;
  const production = member.filter ?? settings.filter;
  const { target, targets, inputs } = product;
  if (target === null || !targets.includes(target)) return production;
  const isOwn = member === product;
  switch (inputs) {
    case null:
    case 0:
      return 0;
    case 1:
      return production;
    case 2:
      return isOwn ? 7 : production;
    case 3:
      return isOwn ? 8 : production;
    default:
      throw new Error(`What are the inputs ${inputs}?`);
  }
}

/** Paths (bytes as latin1) with mode and digest of what is there. */
export type Tree = ReadonlyMap<string, string>;

/** Reads a work tree file by file. Submodules come by their ids, which is all that Git knows. */
export function readWorkTree(root: string, submodules: ReadonlyMap<string, string>): Tree {
  const tree = new Map<string, string>();
  const walk = (folder: Buffer, above: string): void => {
    for (const entry of readdirSync(folder, { encoding: 'buffer' })) {
      const path = above === '' ? entry.toString('latin1') : `${above}/${entry.toString('latin1')}`;
      const place = Buffer.concat([folder, Buffer.from('/'), entry]);
      const stat = lstatSync(place);
      if (submodules.has(path)) continue;
      if (stat.isDirectory()) walk(place, path);
      else if (stat.isSymbolicLink()) tree.set(path, `link ${readlinkSync(place)}`);
      else {
        const digest = createHash('sha256').update(readFileSync(place)).digest('hex');
        tree.set(path, `${(stat.mode & 0o100) === 0 ? 'plain' : 'executable'} ${digest}`);
      }
    }
  };
  walk(Buffer.from(root), '');
  for (const [path, id] of submodules) tree.set(path, `submodule ${id}`);
  return tree;
}

/** What a product is built from; an implicit edge between two products is a need, as Nx knows it. */
export function membersOf(product: ProjectShape, shape: Shape): readonly ProjectShape[] {
  const members: ProjectShape[] = [product];
  for (const member of members) {
    for (const { to, type } of member.edges) {
      const target = shape.projects.find(({ name }) => name === to);
      if (target === undefined || members.includes(target)) continue;
      const isNeed = type === 'implicit' && member.product !== null && target.product !== null;
      if (isNeed && shape.workspace === 'nx') continue;
      members.push(target);
    }
  }
  return members;
}

const bytes = (text: string): string => Buffer.from(text).toString('latin1');

function isIn(path: string, root: string): boolean {
  return root === '' || path.startsWith(`${bytes(root)}/`);
}

function ownerOf(path: string, { projects }: Shape): ProjectShape | null {
  const around = projects.filter(({ root }) => isIn(path, root));
  return around.reduce<ProjectShape | null>(
    (best, one) => (best === null || one.root.length > best.root.length ? one : best),
    null,
  );
}

/** Where something that is no folder stands in a project's place, it is all that is known of it. */
function standsFor({ root }: ProjectShape, path: string): boolean {
  return bytes(root) === path || bytes(root).startsWith(`${path}/`);
}

function owns(project: ProjectShape, path: string, shape: Shape): boolean {
  if (standsFor(project, path)) return true;
  if (shape.projects.some(({ root }) => bytes(root) === path)) return false;
  return ownerOf(path, shape) === project;
}

function counts(project: ProjectShape, path: string, rule: number): boolean {
  if (standsFor(project, path)) return true;
  const inside = project.root === '' ? path : path.slice(bytes(project.root).length + 1);
  switch (rule) {
    case 1:
      return !path.endsWith('.spec.ts');
    case 2:
      return inside.startsWith('src/') || inside === 'package.json';
    case 5:
      return !inside.startsWith('docs/');
    case 6:
      return !path.endsWith('.go');
    case 7:
      return inside.startsWith('src/');
    default:
      return true;
  }
}

function isGlobalOf(
  project: ProjectShape,
  path: string,
  rule: number,
  { sharedGlobals }: Shape,
): boolean {
  switch (rule) {
    case 3:
      return path === 'ci/one.yml';
    case 4:
      if (path === 'more.json') return sharedGlobals === 1;
      return path === 'top.json' && sharedGlobals !== 2;
    case 5:
      return path === `tools/${project.name}.txt`;
    case 6:
      return path.startsWith('ci/');
    case 8:
      return path === 'top.json';
    default:
      return false;
  }
}

function isAdded({ added }: ProjectShape, path: string): boolean {
  return added.some((glob) => {
    if (glob === 'ci/*.yml') return path === 'ci/one.yml' || path === 'ci/two.yml';
    return glob === 'libs/*.txt' ? /^libs\/[^/]*\.txt$/s.test(path) : path === glob;
  });
}

/** Files that steer, that pins ship, or that count by what is in them. */
function isApart(path: string, { projects, workspace }: Shape, settings: Shape): boolean {
  if (path === 'lanewise.yaml' || path.startsWith('.lanewise/')) return true;
  if (path === 'tsconfig.base.json' || (path === 'nx.json' && workspace === 'nx')) return true;
  if (['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'].includes(path)) return true;
  if (settings.workspace !== workspace) throw new Error('A workspace stays what it is.');
  return projects.some(({ product }) => path === `deploy/dev/${product}.yaml`);
}

/** Who uses which packages: by the graph, and by what a target names. */
type Uses = ReadonlyMap<string, readonly string[]>;

function packagesOf(
  members: readonly ProjectShape[],
  { product: name }: ProjectShape,
  judge: Shape,
  settings: Shape,
): Uses {
  const product = judge.projects.find((one) => one.product === name);
  const uses = members.flatMap((member) => {
    const known = judge.projects.find((one) => one.name === member.name);
    if (known === undefined) return [];
    const named = product !== undefined && ruleOf(known, product, judge, settings) === 8;
    const packages = [...new Set([...known.packages, ...(named ? ['p0'] : [])])];
    return packages.length === 0 ? [] : [[known.name, packages] as const];
  });
  return new Map(uses);
}

/** Every package that a member reaches, or the whole lockfile where it cannot be told. */
function packageLines(uses: Uses, settings: Shape, tree: Tree): string[] {
  const { lock, packages, older } = settings;
  if (uses.size === 0 || lock === null) return [];
  const patched = (isUsed: (name: string) => boolean): string[] =>
    [...tree].flatMap(([path, what]) => {
      const [, file = ''] = /^patches\/(.*)$/s.exec(path) ?? [];
      const name = patchOf.get(file);
      return name !== undefined && (name === null || isUsed(name)) ? [`patch ${file} ${what}`] : [];
    });
  const installed = Object.entries(settings.install).flatMap(([file, number]) =>
    number < 2 ? [] : [`installed by ${file} as ${number}`],
  );
  if (lock.broken) {
    return [`lockfile ${lockfileName(lock.kind)} broken`, ...patched(() => true), ...installed];
  }
  // Checksums are written in two ways: by Berry, and by all others.
  const lines = [`lockfile ${lock.kind === 'berry' ? 'of berry' : ''}`];
  const at = (id: string): string => {
    const { name, isOlder } = splitPackage(id);
    return isOlder
      ? `${name}@0.${older.get(name) ?? 0}`
      : `${name}@1.${packages.get(name)?.version}`;
  };
  const taken = new Set([...packages.values()].flatMap(({ deps }) => deps));
  const all = new Set<string>();
  for (const [user, names] of uses) {
    // Yarn 1 does not say which of two versions a project gets: it counts as using both.
    const both = names.filter((name) => lock.kind === 'yarn' && taken.has(`${name} older`));
    const direct = [...names, ...both.map((name) => `${name} older`)];
    const reached = [...direct];
    for (const id of reached) {
      const { name, isOlder } = splitPackage(id);
      const deps = isOlder ? [] : (packages.get(name)?.deps ?? []);
      lines.push(`${user} reaches ${at(id)} which takes ${deps.map(at).sort().join()}`);
      reached.push(...deps.filter((one) => !reached.includes(one)));
      all.add(name);
    }
    lines.push(`${user} takes ${direct.map(at).sort().join()}`);
  }
  return [...lines, ...patched((name) => all.has(name)), ...installed];
}

/** Which package a file in `patches/` is for; null: it may be for any. */
const patchOf: ReadonlyMap<string, string | null> = new Map([
  ['p1@1.0.0.patch', 'p1'],
  ['@s__p2@1.0.0.patch', '@s/p2'],
  ['p4+1.0.0.patch', 'p4'],
  ['notes.txt', null],
]);

function nxLines(members: readonly ProjectShape[], { nx }: Shape): string[] {
  const targets = new Set(members.flatMap((member) => member.targets));
  const lines: string[] = [];
  if (targets.has('build')) lines.push(`build ${nx.build}`);
  if (targets.has('bundle')) lines.push(`bundle ${nx.bundle}`);
  if (targets.has('build') || targets.has('bundle')) lines.push(`plugin ${nx.plugin}`);
  return lines;
}
