import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { lockfileName } from './render.js';
import type { ProjectShape, Shape } from './shape.js';

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
  for (const member of members) {
    const filter = member.filter ?? settings.filter;
    lines.push(`member ${member.name} at ${member.root} filtered by ${filter}`);
  }
  let compiles = false;
  for (const [path, what] of tree) {
    for (const member of members) {
      if (!owns(member, path, shape) || !counts(member, path, settings) || isApart(path, shape))
        continue;
      lines.push(`file of ${member.name}: ${path.slice(bytes(member.root).length)} ${what}`);
      if (/\.[mc]?tsx?$|(?:^|\/)tsconfig[^/]*\.json$/.test(path)) compiles = true;
    }
    const isGlobal = members.some((member) => isGlobalOf(member, path, settings));
    if ((isGlobal && !isApart(path, shape)) || isAdded(product, path))
      lines.push(`global ${path} ${what}`);
  }
  lines.push(...packageLines(members, settings, judge), ...nxLines(members, settings));
  if (compiles) lines.push(`options ${settings.options}`);
  for (const [alias, target] of settings.aliases) {
    const owner = ownerOf(bytes(target), judge);
    const matters = owner === null || owner.root === '' ? compiles : names.has(owner.name);
    if (matters) lines.push(`alias ${alias} ${target}`);
  }
  return lines.sort().join('\n');
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

/** What a product is built from; an implicit edge between two products is a need. */
export function membersOf(product: ProjectShape, shape: Shape): readonly ProjectShape[] {
  const members: ProjectShape[] = [product];
  for (const member of members) {
    for (const { to, type } of member.edges) {
      const target = shape.projects.find(({ name }) => name === to);
      if (target === undefined || members.includes(target)) continue;
      if (type === 'implicit' && member.product && target.product) continue;
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

function counts(project: ProjectShape, path: string, settings: Shape): boolean {
  if (standsFor(project, path)) return true;
  const inside = project.root === '' ? path : path.slice(bytes(project.root).length + 1);
  switch (project.filter ?? settings.filter) {
    case 1:
      return !path.endsWith('.spec.ts');
    case 2:
      return inside.startsWith('src/') || inside === 'package.json';
    case 5:
      return !inside.startsWith('docs/');
    case 6:
      return !path.endsWith('.go');
    default:
      return true;
  }
}

function isGlobalOf(project: ProjectShape, path: string, settings: Shape): boolean {
  switch (project.filter ?? settings.filter) {
    case 3:
      return path === 'ci/one.yml';
    case 4:
      return path === 'top.json';
    case 5:
      return path === `tools/${project.name}.txt`;
    case 6:
      return path.startsWith('ci/');
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
function isApart(path: string, { projects }: Shape): boolean {
  if (path === 'lanewise.yaml' || path.startsWith('.lanewise/')) return true;
  if (['nx.json', 'tsconfig.base.json'].includes(path)) return true;
  if (['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'].includes(path)) return true;
  return projects.some(
    ({ product, name }) => product && path === `deploy/dev/${name.replace(/^.*\//, '')}.yaml`,
  );
}

/** Every package that a member reaches, or the whole lockfile where it cannot be told. */
function packageLines(
  members: readonly ProjectShape[],
  { lock, packages }: Shape,
  judge: Shape,
): string[] {
  const known = members.map(({ name }) => judge.projects.find((one) => one.name === name));
  const users = known.filter((one) => one !== undefined && one.packages.length > 0);
  if (users.length === 0 || lock === null) return [];
  if (lock.broken) return [`lockfile ${lockfileName(lock.kind)} broken`];
  // Checksums are written in two ways: by Berry, and by all others.
  const lines = [`lockfile ${lock.kind === 'berry' ? 'of berry' : ''}`];
  const at = (name: string): string => `${name}@${packages.get(name)?.version ?? '?'}`;
  for (const user of users) {
    if (user === undefined) continue;
    const reached = [...user.packages];
    for (const name of reached) {
      const { deps = [] } = packages.get(name) ?? {};
      lines.push(`${user.name} reaches ${at(name)} which takes ${deps.map(at).sort().join()}`);
      reached.push(...deps.filter((one) => !reached.includes(one)));
    }
    lines.push(`${user.name} takes ${user.packages.map(at).sort().join()}`);
  }
  return lines;
}

function nxLines(members: readonly ProjectShape[], { nx }: Shape): string[] {
  const targets = new Set(members.flatMap((member) => member.targets));
  const lines: string[] = [];
  if (targets.has('build')) lines.push(`build ${nx.build}`);
  if (targets.has('bundle')) lines.push(`bundle ${nx.bundle}`);
  if (targets.has('build') || targets.has('bundle')) lines.push(`plugin ${nx.plugin}`);
  return lines;
}
