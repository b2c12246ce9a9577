import { posix } from 'node:path';
import { byText, parseProjectName, type ProjectName, type RepoPath } from '@lanewise/model';
import { isRecord } from './canonical.js';
import { findCycles } from './cycles.js';
import { resolveInputs } from './nx/named-inputs.js';
import { ownerFinder } from './owner-finder.js';
import type { Edge, Project, WorkspaceGraph } from './workspace-graph.js';

/** The parsed package.json of a folder; undefined: there is none, or it cannot be read. */
export type ReadManifest = (folder: RepoPath) => unknown;

/**
 * Adds the folders of the workspace that are no projects and that somebody takes as a package
 * (`file:`, `link:`, `portal:`): what is built from one is built from its files, its packages and
 * the folders that it takes itself. Each becomes a node with the folder's path as its name.
 *
 * A folder that the root's package.json names is taken by those projects that use the package by
 * that name; where none is known to, any may. A project around the folder keeps its files.
 */
export function withLinkedFolders(
  graph: WorkspaceGraph,
  readManifest: ReadManifest,
): WorkspaceGraph {
  const { folders, packages } = findFolders(graph, readManifest);
  if (folders.size === 0 && packages.size === 0) return graph;
  const names = nameFolders(folders.keys(), graph);
  const added = [...folders].map(([root, folder]) =>
    folderProject(names.get(root) ?? ('' as ProjectName), root, folder.packages),
  );
  const known = [...graph.projects.values()].map((project) => withPackages(project, packages));
  const projects = [...known, ...added].sort((a, b) => byText(a.name, b.name));
  const edges = withEdges(graph, folders, names);
  return {
    ...graph,
    projects: new Map(projects.map((project) => [project.name, project] as const)),
    edges,
    cycles: findCycles(edges),
  };
}

interface Folder {
  /** Names of the packages that it asks for, folders left out. */
  readonly packages: readonly string[];
  /** Projects, and folders, that take it. */
  readonly takenBy: Set<ProjectName>;
  readonly takenByFolders: Set<RepoPath>;
}

type Folders = ReadonlyMap<RepoPath, Folder>;

interface Found {
  readonly folders: Folders;
  /** Packages of folders inside of projects that take these, for the projects. */
  readonly packages: ReadonlyMap<ProjectName, readonly string[]>;
}

function findFolders(graph: WorkspaceGraph, readManifest: ReadManifest): Found {
  const projects = [...graph.projects.values()].filter(({ linked }) => linked !== true);
  const roots = new Set(projects.map(({ root }) => root));
  const found = new Map<RepoPath, Folder>();
  const take = (root: RepoPath): Folder | null => {
    if (roots.has(root)) return null;
    const known = found.get(root);
    if (known !== undefined) return known;
    const manifest = readManifest(root);
    const folder: Folder = {
      packages: askedPackages(manifest),
      takenBy: new Set(),
      takenByFolders: new Set(),
    };
    found.set(root, folder);
    for (const { target } of linksOf(manifest, root, shippedLists))
      take(target)?.takenByFolders.add(root);
    return folder;
  };
  const asked = new Map<ProjectName, ReadonlySet<string>>();
  const packages = new Map<ProjectName, readonly string[]>();
  for (const { name, root, filter } of projects) {
    // Declared products without files of their own stand at the root and have no package.json.
    if (root === '' || filter.patterns.length === 0) continue;
    const manifest = readManifest(root);
    if (manifest === undefined) continue;
    asked.set(name, new Set(allLists.flatMap((list) => Object.keys(listIn(manifest, list)))));
    for (const { target } of linksOf(manifest, root, allLists)) {
      const isInside = target.startsWith(`${root}/`) && !roots.has(target);
      // What lies in the project itself is among its files.
      if (isInside)
        packages.set(name, [...(packages.get(name) ?? []), ...askedPackages(readManifest(target))]);
      else take(target)?.takenBy.add(name);
    }
  }
  const rootManifest = readManifest('' as RepoPath);
  for (const { name, target } of [
    ...linksOf(rootManifest, '' as RepoPath, allLists),
    ...forcedLinks(rootManifest),
  ]) {
    const folder = take(target);
    const may = projects.filter((project) => asked.get(project.name)?.has(name) !== true);
    const users = graph.packagesKnown ? may.filter((one) => one.packages.includes(name)) : [];
    for (const project of users.length > 0 ? users : may) folder?.takenBy.add(project.name);
  }
  keepAround(found, graph);
  return { folders: found, packages };
}

/** A folder inside a project or folder is cut out of it: that is built from it as before. */
function keepAround(found: Folders, graph: WorkspaceGraph): void {
  const owner = ownerFinder(graph);
  for (const [root, { takenBy, takenByFolders }] of found) {
    const around = owner(root);
    if (around !== null) takenBy.add(around);
    for (let above: string = root; above !== '';) {
      above = above.slice(0, Math.max(0, above.lastIndexOf('/')));
      if (found.has(above as RepoPath)) takenByFolders.add(above as RepoPath);
    }
  }
}

interface Link {
  readonly name: string;
  readonly target: RepoPath;
}

const shippedLists = ['dependencies', 'optionalDependencies'] as const;
const allLists = [...shippedLists, 'devDependencies', 'peerDependencies'] as const;

function linksOf(
  manifest: unknown,
  folder: RepoPath,
  lists: readonly (typeof allLists)[number][],
): readonly Link[] {
  return lists.flatMap((list) => linksIn(listIn(manifest, list), folder));
}

/** What the root forces on everybody: `overrides` (npm, bun), `resolutions` (yarn), `pnpm.overrides`. */
function forcedLinks(manifest: unknown): readonly Link[] {
  if (!isRecord(manifest)) return [];
  const pnpm = isRecord(manifest['pnpm']) ? manifest['pnpm']['overrides'] : undefined;
  const lists = [manifest['overrides'], manifest['resolutions'], pnpm];
  return lists.filter(isRecord).flatMap((list) =>
    linksIn(list, '' as RepoPath).map(({ name, target }) => ({
      // `parent/name`, `parent>name`, `name@^1.0.0`
      name: (name.split('>').at(-1) ?? name).replace(/(?<=.)@.*$/, '').replace(/^.*\/(?=@)/, ''),
      target,
    })),
  );
}

function linksIn(list: Record<string, unknown>, folder: RepoPath): readonly Link[] {
  return Object.entries(list).flatMap(([name, range]) => {
    const target = typeof range === 'string' ? linkedFolder(range, folder) : null;
    return target === null ? [] : [{ name, target }];
  });
}

/** The folder of the workspace that a range names; an archive is locked by its checksum, as others are. */
function linkedFolder(range: string, folder: RepoPath): RepoPath | null {
  const [, written] = /^(?:(?:file|link|portal):)(?!\/)([^#]+)$/.exec(range) ?? [];
  const path = written ?? (/^\.{1,2}\//.test(range) ? range : undefined);
  if (path === undefined || /\.(?:tgz|tar|tar\.gz)$/.test(path)) return null;
  const target = posix.join(folder, path.replaceAll('\\', '/')).replace(/\/$/, '');
  return target === '.' || target === '..' || target.startsWith('../')
    ? null
    : (target as RepoPath);
}

function listIn(manifest: unknown, list: string): Record<string, unknown> {
  const value = isRecord(manifest) ? manifest[list] : undefined;
  return isRecord(value) ? value : {};
}

function askedPackages(manifest: unknown): readonly string[] {
  const names = [...shippedLists, 'peerDependencies'].flatMap((list) =>
    Object.entries(listIn(manifest, list)).flatMap(([name, range]) =>
      typeof range === 'string' && linkedFolder(range, 'x' as RepoPath) === null ? [name] : [],
    ),
  );
  return [...new Set(names)].sort(byText);
}

function withPackages(
  project: Project,
  packages: ReadonlyMap<ProjectName, readonly string[]>,
): Project {
  const added = packages.get(project.name);
  if (added === undefined) return project;
  return { ...project, packages: [...new Set([...project.packages, ...added])].sort(byText) };
}

/** The folder's path is its name, unless a project is called like that. */
function nameFolders(
  roots: Iterable<RepoPath>,
  { projects }: WorkspaceGraph,
): ReadonlyMap<RepoPath, ProjectName> {
  return new Map(
    [...roots].map((root) => {
      const known = projects.get(root as string as ProjectName);
      const isTaken = known !== undefined && known.linked !== true;
      return [root, parseProjectName(isTaken ? `./${root}` : root)] as const;
    }),
  );
}

function folderProject(name: ProjectName, root: RepoPath, packages: readonly string[]): Project {
  const owner = { name, root, namedInputs: new Map() };
  const { filter } = resolveInputs(owner, new Map(), ['default']);
  return { name, root, tags: [], filter, packages, targets: [], linked: true };
}

function withEdges(
  { edges }: WorkspaceGraph,
  found: Folders,
  names: ReadonlyMap<RepoPath, ProjectName>,
): readonly Edge[] {
  const added = [...found].flatMap(([root, { takenBy, takenByFolders }]): Edge[] => {
    const target = names.get(root);
    if (target === undefined) return [];
    const folders = [...takenByFolders].flatMap((folder) => names.get(folder) ?? []);
    return [...takenBy, ...folders]
      .filter((source) => source !== target)
      .map((source) => ({ source, target, type: 'static' }));
  });
  const keyOf = ({ source, target, type }: Edge): string => [source, target, type].join('\0');
  const all = new Map([...edges, ...added].map((edge) => [keyOf(edge), edge]));
  return [...all.values()].sort(
    (a, b) => byText(a.source, b.source) || byText(a.target, b.target) || byText(a.type, b.type),
  );
}
