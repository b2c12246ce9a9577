import {
  compareTsconfig,
  outlineTsconfig,
  ownerFinder,
  type ChangedAlias,
  type TsconfigOutline,
  type WorkspaceGraph,
} from '@lanewise/graph';
import {
  byText,
  canonicalJson,
  type CommitId,
  type ProjectName,
  type RepoPath,
} from '@lanewise/model';
import type { Reason } from '../reason.js';
import type { TsconfigVersion } from './tsconfig-versions.js';

/** The root's tsconfig, with what it extends, as it matters to single products. */
export interface TypeScriptSettings {
  /** Whether they are the same at two commits for everybody. */
  isSame(before: CommitId, after: CommitId): boolean;
  compare(before: CommitId, after: CommitId, product: TypeScriptUse): readonly Reason[];
  /** What of it matters to the product: equal settings, equal texts. */
  key(commit: CommitId, product: TypeScriptUse): string;
}

/** How a product meets TypeScript: the projects it is built from, and whether any has such files. */
export interface TypeScriptUse {
  readonly members: ReadonlySet<ProjectName>;
  readonly compiles: boolean;
}

/** Names of the file that Nx writes for the whole workspace, the first that is there. */
export const tsconfigNames = [
  'tsconfig.base.json',
  'tsconfig.json',
] as readonly string[] as readonly RepoPath[];

/**
 * Compares versions of the root's tsconfig. An alias in `paths` matters to those who are built from
 * the project that it leads to, before or after; an alias that leads to no project and every other
 * setting matter to all that have TypeScript files.
 */
export function makeTypeScriptSettings(
  graph: WorkspaceGraph,
  file: RepoPath | null,
  versions: ReadonlyMap<CommitId, TsconfigVersion>,
): TypeScriptSettings {
  if (file === null) return { isSame: () => true, compare: () => [], key: () => '' };
  const none: TsconfigVersion = {
    ...{ key: '', text: null, parts: new Map(), packages: new Map() },
    pathsIn: file,
  };
  const at = (commit: CommitId): TsconfigVersion => versions.get(commit) ?? none;
  const { lockfile } = graph;
  const matters = mattering(graph);
  const outlines = new Map<string, TsconfigOutline | null>();
  const outline = ({ key, text }: TsconfigVersion): TsconfigOutline | null => {
    if (!outlines.has(key)) outlines.set(key, outlineTsconfig(text));
    return outlines.get(key) ?? null;
  };
  return {
    isSame: (before, after) => at(before).key === at(after).key,
    compare(before, after, product) {
      const [old, now] = [at(before), at(after)];
      if (old.key === now.key) return [];
      const { pathsChanged, otherChanged } = compareTsconfig(old.text, now.text);
      const aliases = pathsChanged.filter((change) => matters(targetsOf(change), product));
      const from = aliases.some((change) => change.after !== null) ? now.pathsIn : old.pathsIn;
      return [
        ...aliases.map((change) => aliasReason(change, from)),
        ...(product.compiles ? optionReasons(old, now, { file, lockfile, otherChanged }) : []),
      ];
    },
    key(commit, product) {
      const version = at(commit);
      const parts = outline(version);
      if (parts === null) return product.compiles ? version.key : '';
      const aliases = [...parts.aliases].filter(([, targets]) => matters(targets, product));
      const rest = product.compiles ? parts.rest : '';
      const packages = product.compiles && version.packages.size > 0 ? [...version.packages] : null;
      const settings = [aliases.sort(([a], [b]) => byText(a, b)), rest];
      return canonicalJson(packages === null ? settings : [...settings, packages]);
    },
  };
}

type Matters = (targets: readonly string[], product: TypeScriptUse) => boolean;

function mattering(graph: WorkspaceGraph): Matters {
  const owner = ownerFinder(graph);
  const leadsTo = (target: string): ProjectName | null => {
    const project = owner(target.replace(/^\.\//, '').replace(/[^/]*\*.*$/, ''));
    // What lies in no project but the root's own may be what another one is built into.
    return project === null || graph.projects.get(project)?.root === '' ? null : project;
  };
  return (targets, { members, compiles }) => {
    const projects = targets.map(leadsTo);
    const isOpen = projects.length === 0 || projects.includes(null);
    return (isOpen && compiles) || projects.some((name) => name !== null && members.has(name));
  };
}

interface Known {
  readonly file: RepoPath;
  readonly lockfile: RepoPath | null;
  readonly otherChanged: boolean;
}

/** A reason for each file and package of the chain by which the options are not the same. */
function optionReasons(
  old: TsconfigVersion,
  now: TsconfigVersion,
  { file, lockfile, otherChanged }: Known,
): readonly Reason[] {
  const kind = 'typescript-options';
  const locked = lockfile === null ? {} : { lockfile };
  const names = [...new Set([...old.packages.keys(), ...now.packages.keys()])].sort(byText);
  const packages = names
    .filter((name) => old.packages.get(name) !== now.packages.get(name))
    .map((name): Reason => ({ kind, file, package: name, ...locked }));
  if (!otherChanged) return packages;
  const paths = [...new Set([...now.parts.keys(), ...old.parts.keys()])];
  const differing = paths.filter((path) => old.parts.get(path) !== now.parts.get(path));
  const telling = differing.filter((path) => saysOtherwise(path, old, now));
  const files = (telling.length > 0 ? telling : differing).map((path): Reason =>
    path === file ? { kind, file } : { kind, file: path, extendedBy: file },
  );
  return [...files, ...packages];
}

/** Whether a file itself says something else than its entries of `paths` otherwise. */
function saysOtherwise(path: RepoPath, old: TsconfigVersion, now: TsconfigVersion): boolean {
  const [before, after] = [old, now].map(({ parts }) => parts.get(path) ?? null);
  return compareTsconfig(before ?? null, after ?? null).otherChanged;
}

function targetsOf({ before, after }: ChangedAlias): readonly string[] {
  return [...(before ?? []), ...(after ?? [])];
}

function aliasReason({ alias, before, after }: ChangedAlias, file: RepoPath): Reason {
  return { kind: 'typescript-path', file, alias, before: before ?? [], after: after ?? [] };
}
