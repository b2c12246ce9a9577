import {
  canReadLockfile,
  comparePackages,
  readLockfile,
  resolvePackages,
  type BuiltFrom,
  type ChangedPackage,
  type Lockfile,
  type Project,
  type ResolvedPackage,
  type ResolvedPackages,
  type WorkspaceGraph,
} from '@lanewise/graph';
import { byText, sha256, isLanewiseError, type ObjectId, type RepoPath } from '@lanewise/model';
import type { Repository } from '@lanewise/git';
import type { Reason } from '../reason.js';
import type { UsedPackages } from './install-files.js';

/** One version of a lockfile; its name tells which package manager wrote it. */
export interface LockfileVersion {
  readonly file: RepoPath;
  readonly id: ObjectId;
}

/** External packages by resolved version, from the lockfiles of several commits. */
export interface Packages {
  /** Packages that are not the same for a product's members, or why the lockfile counts as a whole. */
  compare(
    before: LockfileVersion | null,
    after: LockfileVersion | null,
    members: readonly BuiltFrom[],
  ): readonly Reason[];
  /** Names of all packages behind the members. */
  uses(lockfile: LockfileVersion | null, members: readonly BuiltFrom[]): UsedPackages;
  /** What the members resolve to: equal packages, equal texts. */
  key(lockfile: LockfileVersion | null, members: readonly BuiltFrom[]): string;
  /** What the workspace's root resolves one name to; where that cannot be told, the lockfile as a whole. */
  keyOf(lockfile: LockfileVersion | null, name: string): string;
}

/** A lockfile that was read, or why it cannot be. */
export type Opened = { readonly lockfile: Lockfile } | { readonly why: string };

/** Reads the given lockfiles in one batch; they are parsed when they are asked for, each once. */
export async function readPackages(
  repository: Pick<Repository, 'readBlobs'>,
  graph: Pick<WorkspaceGraph, 'packagesKnown' | 'projects'>,
  versions: readonly LockfileVersion[],
): Promise<Packages> {
  if (versions.length === 0)
    return { compare: () => [], uses: () => 'none', key: () => '', keyOf: () => '' };
  const packagesKnown = arePackagesKnown(graph);
  const wanted = versions.flatMap(({ file, id }) => (canReadLockfile(file) ? [id] : []));
  const blobs =
    wanted.length === 0
      ? new Map<ObjectId, Uint8Array>()
      : await repository.readBlobs([...new Set(wanted)]);
  const open = once(({ file, id }: LockfileVersion) => openLockfile(blobs.get(id), file));
  const names = (project: Project): readonly string[] | null =>
    packagesKnown ? project.packages : null;
  // Who uses no package has no part in the lockfile, whatever became of it.
  const users = (members: readonly BuiltFrom[]): readonly BuiltFrom[] =>
    members.filter(({ project }) => names(project)?.length !== 0);
  const resolve = twice((version: LockfileVersion, project: Project): ResolvedPackages => {
    const opened = open(version);
    if ('why' in opened) return { packages: new Map(), direct: new Set(), wider: opened.why };
    return resolvePackages(opened.lockfile, project.root, names(project));
  });
  const changes = new Map<string, Map<Project, readonly ChangedPackage[]>>();
  const compareOne = (
    before: LockfileVersion,
    after: LockfileVersion,
    project: Project,
  ): readonly ChangedPackage[] => {
    const key = [before.file, before.id, after.file, after.id].join(' ');
    const own = changes.get(key) ?? new Map<Project, readonly ChangedPackage[]>();
    const known = own.get(project);
    if (known !== undefined) return known;
    const found = comparePackages(resolve(before, project), resolve(after, project));
    changes.set(key, own.set(project, found));
    return found;
  };
  return {
    compare(before, after, all) {
      const members = users(all);
      // The same bytes under another name are read as another package manager's.
      if (isSame(before, after) || members.length === 0) return [];
      if (before === null) return unreadable(after, 'it was not there before');
      if (after === null) return unreadable(before, 'it is not there any more');
      const why = widest(
        members.flatMap(({ project }) => [resolve(before, project), resolve(after, project)]),
      );
      if (why !== null) return unreadable(after, why);
      return mergeByPackage(after.file, members, (project) => compareOne(before, after, project));
    },
    uses(version, all) {
      const members = users(all);
      if (version === null || members.length === 0) return 'none';
      const found = members.map(({ project }) => resolve(version, project));
      if (widest(found) !== null) return null;
      return new Set(found.flatMap(({ packages }) => [...packages.values()].map(importedName)));
    },
    key(version, all) {
      const members = users(all);
      if (version === null || members.length === 0) return '';
      const resolved = members.map(({ project }) => ({
        name: project.name,
        found: resolve(version, project),
      }));
      if (widest(resolved.map(({ found }) => found)) !== null)
        return `${version.file} ${version.id}`;
      const lines = resolved.map(({ name, found }) => `${name}\0${packagesKey(found)}`);
      return sha256(lines.sort(byText).join('\n'));
    },
    keyOf(version, name) {
      if (version === null) return '';
      const whole = `${version.file} ${version.id}`;
      const opened = open(version);
      if ('why' in opened) return whole;
      const found = resolvePackages(opened.lockfile, '' as RepoPath, [name]);
      return found.wider !== null || found.packages.size === 0 ? whole : packagesKey(found);
    },
  };
}

function isSame(before: LockfileVersion | null, after: LockfileVersion | null): boolean {
  return before?.id === after?.id && before?.file === after?.file;
}

/** Where Nx found no package for any project, it could not read the lockfile either. */
export function arePackagesKnown({
  packagesKnown,
  projects,
}: Pick<WorkspaceGraph, 'packagesKnown' | 'projects'>): boolean {
  return (
    packagesKnown &&
    [...projects.values()].some(({ packages, linked }) => packages.length > 0 && linked !== true)
  );
}

/** Reads a lockfile by its name, where one of its kind can be read. */
export function openLockfile(bytes: Uint8Array | undefined, file: RepoPath): Opened {
  if (file.endsWith('bun.lockb')) {
    return { why: "it is binary; 'bun install --save-text-lockfile' writes one that can be read" };
  }
  if (bytes === undefined) return { why: 'lockfiles of its kind are not read package by package' };
  try {
    return { lockfile: readLockfile(new TextDecoder().decode(bytes), file) };
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    const line = error.place?.line;
    return {
      why: line === undefined ? error.message : error.message.replace(/\.$/, ` (line ${line}).`),
    };
  }
}

/** A package once for a product, by the nearest member that uses it. */
function mergeByPackage(
  lockfile: RepoPath,
  members: readonly BuiltFrom[],
  changed: (project: Project) => readonly ChangedPackage[],
): readonly Reason[] {
  const reasons = new Map<string, Reason>();
  for (const member of members) {
    for (const { name, before, after, path } of changed(member.project)) {
      const key = JSON.stringify([name, before, after]);
      if (reasons.has(key)) continue;
      const { project } = member;
      reasons.set(key, {
        kind: 'package',
        lockfile,
        name,
        before,
        after,
        project: project.name,
        path: member.path,
        packages: path,
      });
    }
  }
  return [...reasons.values()];
}

function packagesKey({ packages, direct }: ResolvedPackages): string {
  const lines = [...packages].map(([key, { integrity, dependencies }]) =>
    [key, integrity, ...dependencies].join(' '),
  );
  return [...lines.sort(byText), ...[...direct].sort(byText)].join('\n');
}

function widest(resolved: readonly ResolvedPackages[]): string | null {
  return resolved.find(({ wider }) => wider !== null)?.wider ?? null;
}

/** A patch of an alias is named for the package that it stands for. */
function importedName({ name, version }: ResolvedPackage): string {
  return /^npm:(.+)@[^@]*$/.exec(version)?.[1] ?? name;
}

function unreadable(version: LockfileVersion | null, why: string): readonly Reason[] {
  return version === null ? [] : [{ kind: 'lockfile-unreadable', file: version.file, why }];
}

function once<R>(make: (version: LockfileVersion) => R): (version: LockfileVersion) => R {
  const made = new Map<string, R>();
  return (version) => {
    const key = `${version.id} ${version.file}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const result = make(version);
    made.set(key, result);
    return result;
  };
}

/** By the project itself: as a member of a product that a target builds it may use other packages. */
function twice<R>(
  make: (version: LockfileVersion, project: Project) => R,
): (version: LockfileVersion, project: Project) => R {
  const made = once(() => new Map<Project, R>());
  return (version, project) => {
    const byProject = made(version);
    const known = byProject.get(project);
    if (known !== undefined) return known;
    const result = make(version, project);
    byProject.set(project, result);
    return result;
  };
}
