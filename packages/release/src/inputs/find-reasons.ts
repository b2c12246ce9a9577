import { ownProjects, type BuiltFrom } from '@lanewise/graph';
import type { TreeEntry } from '@lanewise/git';
import type { ObjectId, RepoPath } from '@lanewise/model';
import { changedFiles, type Reason } from '../reason.js';
import { differingOf, sortedByPath } from './changed-files.js';
import { typescriptUse, type Candidate, type Facts } from './facts.js';
import type { GlobalRule } from './input-rules.js';
import { installSettings, patchFolder, type UsedPackages } from './install-files.js';
import { lookPaths } from './look-paths.js';
import { buildTargets } from './nx-settings.js';
import { blobId, lockfileAt } from './special-paths.js';
import { compareNamedInputs } from './structure.js';
import type { ChangedFile } from './tree-diffs.js';

/** Reasons in the order in which they are told: what is nearest to the product first. */
export function findReasons(candidate: Candidate, facts: Facts): readonly Reason[] {
  const { inputs, structure, rule } = candidate;
  const files = structure.comparable.flatMap(
    (member) => fileReason(member, candidate, facts) ?? [],
  );
  const own = files.filter(({ kind }) => kind === 'own-files');
  const through = files.filter(({ kind }) => kind !== 'own-files');
  const { special, lists, looked } = facts;
  const { commit } = candidate.base;
  const before = (path: RepoPath): TreeEntry | undefined => looked.entry(commit, path);
  const pair = (path: RepoPath | null): Versions =>
    path === null ? [null, null] : [blobId(before(path)), blobId(lists.file(path))];
  return [
    ...own,
    ...globalReason(candidate, rule, facts, installChanges(candidate, facts, before)),
    ...structure.reasons,
    ...oldFilters(candidate, facts, pair(special.nxJson)),
    ...through,
    ...facts.packages.compare(
      lockfileAt(special, before),
      lockfileAt(special, (path) => lists.file(path)),
      structure.comparable,
    ),
    ...(facts.typescript.isSame(commit, facts.sources.head)
      ? []
      : facts.typescript.compare(commit, facts.sources.head, typescriptUse(inputs, facts))),
    ...facts.nx.compare(...pair(special.nxJson), buildTargets(inputs)),
  ];
}

function oldFilters(
  { inputs, base }: Candidate,
  { nx, sources }: Facts,
  [before, after]: Versions,
): readonly Reason[] {
  if (base.inputs !== null || sources.graph.kind !== 'nx' || before === after) return [];
  const named = nx.namedBefore(before, after);
  return named === null ? [] : compareNamedInputs(inputs, sources.graph, named);
}

type Versions = [before: ObjectId | null, after: ObjectId | null];

function fileReason(member: BuiltFrom, candidate: Candidate, facts: Facts): Reason | null {
  const { project, path } = member;
  const differing = differingOf(member, candidate, facts);
  if (differing.length === 0) return null;
  const isNew = differing.every(({ before }) => before === undefined);
  if (isNew && candidate.base.inputs === null) {
    return { kind: 'joined', project: project.name, path };
  }
  const changed = facts.changedOf(project, differing);
  if (changed.length === 0) return null;
  const files = changedFiles(changed, facts.sources.shownFiles);
  if (ownProjects(candidate.inputs.product).includes(project.name))
    return { kind: 'own-files', files };
  return { kind: 'dependency', project: project.name, path, files };
}

/** Patches and settings by which the same locked packages are installed otherwise. */
function installChanges(
  { inputs, differing }: Candidate,
  { packages, install, lists, special, diffs }: Facts,
  before: (path: RepoPath) => TreeEntry | undefined,
): readonly ChangedFile[] {
  const after = (path: RepoPath): TreeEntry | undefined => lists.file(path);
  const paths = new Set<RepoPath>([...installSettings, patchFolder]);
  const touched = differing.filter(({ path }) => paths.has(path));
  if (touched.length === 0 || inputs.lockfile === null) return [];
  const patches = touched.filter(({ path }) => path === patchFolder).flatMap(diffs);
  const used = [before, after].map((at) => packages.uses(lockfileAt(special, at), inputs.members));
  return install.changed(before, after, patches, union(used));
}

function union(used: readonly UsedPackages[]): UsedPackages {
  const names = new Set<string>();
  if (used.includes(null)) return null;
  if (used.every((one) => one === 'none')) return 'none';
  for (const one of used)
    if (one !== null && one !== 'none') for (const name of one) names.add(name);
  return names;
}

function globalReason(
  candidate: Candidate,
  rule: GlobalRule,
  facts: Facts,
  beside: readonly ChangedFile[],
): readonly Reason[] {
  const changed = new Map(beside.map((file) => [file.path, file] as const));
  const paths = new Set(lookPaths({ ...candidate.inputs, members: [] }, rule, { looked: [] }));
  for (const differing of candidate.differing) {
    if (!paths.has(differing.path)) continue;
    for (const file of facts.diffs(differing)) {
      if (rule.test(file.path) && !onlyPinsMoved(file, candidate, facts))
        changed.set(file.path, file);
    }
  }
  return changed.size === 0
    ? []
    : [
        {
          kind: 'globals',
          files: changedFiles(sortedByPath([...changed.values()]), facts.sources.shownFiles),
        },
      ];
}

function onlyPinsMoved({ path, deleted }: ChangedFile, { base }: Candidate, facts: Facts): boolean {
  if (deleted || !facts.pinned.files.has(path)) return false;
  const [before, after] = [facts.looked.entry(base.commit, path), facts.lists.file(path)];
  if (before === undefined || after === undefined || before.mode !== after.mode) return false;
  return facts.pinned.digest(path, before.id) === facts.pinned.digest(path, after.id);
}
