import {
  lockfileNames,
  ownProjects,
  type BuiltFrom,
  type ProductInputs,
  type Project,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { Repository, TreeEntry } from '@lanewise/git';
import {
  byText,
  canonicalJson,
  sha256,
  type CommitId,
  type Config,
  type InputsDigest,
  type ObjectId,
  type Pin,
  type ProductName,
  type Release,
  type RepoPath,
} from '@lanewise/model';
import { changedFiles, type Reason } from '../reason.js';
import type { Comparison } from '../state.js';
import { literalPart, makeFileLists, type FileLists } from './file-lists.js';
import { makeInputRules, type GlobalRule, type InputRules } from './input-rules.js';
import {
  installSettings,
  patchFolder,
  readInstallFiles,
  type InstallFiles,
  type UsedPackages,
} from './install-files.js';
import { lookAt, type Looked } from './look.js';
import { buildTargets, nxJson, readNxSettings, type NxSettings } from './nx-settings.js';
import { readPackages, type LockfileVersion, type Packages } from './packages.js';
import { readPinnedInputs, type PinnedInputs } from './pinned-inputs.js';
import {
  compareNamedInputs,
  compareStructure,
  memberNames,
  recordedProjects,
  type StructureChange,
} from './structure.js';
import {
  readTreeDiffs,
  type ChangedFile,
  type DifferingPath,
  type TreeDiffs,
} from './tree-diffs.js';
import {
  readTypeScript,
  tsconfigNames,
  type TypeScriptSettings,
  type TypeScriptUse,
} from './typescript.js';

/** Number of the algorithm that makes inputs digests: digests of different numbers say nothing together. */
export const inputsAlgorithm = 2;

export interface InputsQuestion {
  readonly inputs: ProductInputs;
  /** null: nothing to compare with, but the digest is wanted. */
  readonly base: Release | null;
}

export interface InputsAnswer {
  readonly comparison: Comparison | null;
  /** Digest of the inputs at HEAD; null where they equal the base's without a closer look. */
  readonly digest: InputsDigest | null;
}

export interface InputsSources {
  readonly repository: Pick<
    Repository,
    'readEntries' | 'diffTreePairs' | 'listFiles' | 'readBlobs'
  >;
  readonly head: CommitId;
  readonly graph: WorkspaceGraph;
  readonly config: Config;
  readonly pins: readonly Pin[];
  /** How many files a reason names; default the first few, as most answers show no more. */
  readonly shownFiles?: number | undefined;
}

/** Everything that was read to answer for all products. */
interface Facts {
  readonly rules: InputRules;
  readonly looked: Looked;
  readonly lists: FileLists;
  readonly packages: Packages;
  readonly typescript: TypeScriptSettings;
  readonly nx: NxSettings;
  readonly install: InstallFiles;
  readonly special: SpecialPaths;
  readonly pinned: PinnedInputs;
  readonly diffs: TreeDiffs;
  readonly sources: InputsSources;
  /** Changed files of members, as several products share members. */
  readonly changed: Map<string, readonly ChangedFile[]>;
}

/** A product whose trees are not all equal, or whose set of projects is not. */
interface Candidate {
  readonly inputs: ProductInputs;
  readonly base: Release;
  readonly rule: GlobalRule;
  readonly structure: StructureChange;
  readonly differing: readonly DifferingPath[];
}

/**
 * Compares the inputs of all products at HEAD with those at their own bases, by content: what was
 * changed and changed back is no change. Equal trees end it for most products at once; only what
 * differs is looked at file by file, so the cost grows with what changed.
 */
export async function compareInputs(
  sources: InputsSources,
  questions: readonly InputsQuestion[],
): Promise<ReadonlyMap<ProductName, InputsAnswer>> {
  const { repository, head, graph, config, pins } = sources;
  const special = await findSpecial(repository, head, graph);
  const pinFiles = new Set(pins.map(({ file }) => file));
  const rules = makeInputRules(graph, config, pinFiles, special.files);
  const asked = questions.map((question) => ({
    ...question,
    rule: rules.globals(question.inputs),
  }));
  const looked = await lookAt(
    repository,
    head,
    asked.flatMap(({ inputs, base, rule }) => {
      const paths = lookPaths(inputs, rule, special);
      return base === null ? [] : [{ base: base.commit, paths }];
    }),
  );
  const answers = new Map<ProductName, InputsAnswer>();
  const candidates: Candidate[] = [];
  for (const { inputs, base, rule } of asked) {
    const candidate =
      base === null ? null : findCandidate(inputs, base, rule, looked, rules, special);
    if (candidate !== null) candidates.push(candidate);
    else if (base !== null)
      answers.set(inputs.product.name, { comparison: { kind: 'equal' }, digest: null });
  }
  const fresh = asked.filter(({ base }) => base === null);
  if (candidates.length === 0 && fresh.length === 0) return answers;
  const facts = await readFacts(sources, { rules, looked, special }, candidates, fresh);
  for (const { inputs, rule } of fresh) {
    answers.set(inputs.product.name, {
      comparison: null,
      digest: digestInputs(inputs, rule, facts),
    });
  }
  for (const candidate of candidates) {
    answers.set(candidate.inputs.product.name, answer(candidate, facts));
  }
  return answers;
}

/** Paths whose equality proves the inputs equal, the set of projects being the same. */
function lookPaths(
  inputs: ProductInputs,
  rule: GlobalRule,
  special: Pick<SpecialPaths, 'looked'>,
): readonly RepoPath[] {
  const globals = rule.patterns
    .filter((pattern) => !pattern.startsWith('!'))
    .map((pattern) => literalPart(pattern).text.replace(/\/$/, '') as RepoPath);
  const roots = inputs.members.map(({ project }) => project.root);
  return [...new Set([...roots, ...globals, ...special.looked])];
}

function findCandidate(
  inputs: ProductInputs,
  base: Release,
  rule: GlobalRule,
  looked: Looked,
  rules: InputRules,
  special: SpecialPaths,
): Candidate | null {
  const structure = compareStructure(base.inputs?.projects ?? null, inputs, rules, rule);
  const paths = lookPaths(inputs, rule, special);
  const differing = looked.differing({ base: base.commit, paths });
  const same =
    differing.length === 0 && structure.reasons.length === 0 && !structure.cutDifferently;
  return same ? null : { inputs, base, rule, structure, differing };
}

async function readFacts(
  sources: InputsSources,
  known: Pick<Facts, 'rules' | 'looked' | 'special'>,
  candidates: readonly Candidate[],
  fresh: readonly { readonly inputs: ProductInputs; readonly rule: GlobalRule }[],
): Promise<Facts> {
  const { repository, head, graph, pins } = sources;
  const { rules, special } = known;
  const places = fresh.length > 0 ? undefined : filePlaces(candidates, known);
  const [files, diffs] = await Promise.all([
    repository.listFiles(head, places),
    readTreeDiffs(
      repository,
      candidates.flatMap(({ differing }) => differing),
    ),
  ]);
  const lists = makeFileLists(files, rules);
  const commits = [...new Set(candidates.map(({ base }) => base.commit))];
  const inPins = new Set(pins.map(({ file }) => file));
  const pinnedFiles = [...candidates, ...fresh]
    .flatMap(({ rule }) => lists.globalFiles(rule))
    .filter(({ path }) => inPins.has(path));
  const before = await readBefore(repository, commits, [
    ...new Set([
      ...pinnedFiles.map(({ path }) => path),
      ...special.looked,
      ...special.lockfiles,
      ...tsconfigNames,
    ]),
  ]);
  const looked = withEntries(known.looked, before);
  const versions = (paths: readonly RepoPath[]): ObjectId[] =>
    paths.flatMap((path) => [
      ...idOf(lists.file(path)),
      ...commits.flatMap((commit) => idOf(looked.entry(commit, path))),
    ]);
  const lockfiles = special.lockfiles.flatMap((file) =>
    versions([file]).map((id) => ({ file, id })),
  );
  const pinnedBefore = [...before.values()].filter(({ path }) => inPins.has(path));
  return {
    ...known,
    sources,
    lists,
    diffs,
    packages: await readPackages(repository, graph, lockfiles),
    typescript: await readTypeScript(repository, graph, special.tsconfig, versions(tsconfigNames)),
    nx: await readNxSettings(repository, versions(onlyFile(special.nxJson))),
    install: await readInstallFiles(repository, versions(installSettings)),
    pinned: await readPinnedInputs(repository, pins, [...pinnedFiles, ...pinnedBefore]),
    looked,
    changed: new Map(),
  };
}

/** More places than this, and all files are listed: the question to git would be too long. */
const mostPlaces = 500;

/** The folders and files whose content is looked at; undefined: all. */
function filePlaces(
  candidates: readonly Candidate[],
  { looked, special }: Pick<Facts, 'looked' | 'special'>,
): readonly RepoPath[] | undefined {
  const places = new Set<RepoPath>([
    ...special.looked,
    ...special.lockfiles,
    ...tsconfigNames,
    ...onlyFile(special.nxJson),
  ]);
  for (const { inputs, rule, base } of candidates) {
    for (const path of lookPaths(inputs, rule, special)) {
      places.add(path);
      for (const place of looked.places(base.commit, path)) places.add(place);
    }
    if (places.size > mostPlaces) return undefined;
  }
  return places.has('' as RepoPath) ? undefined : [...places];
}

function idOf(entry: TreeEntry | undefined): readonly ObjectId[] {
  return entry?.type === 'blob' ? [entry.id] : [];
}

function onlyFile(path: RepoPath | null): readonly RepoPath[] {
  return path === null ? [] : [path];
}

function answer(candidate: Candidate, facts: Facts): InputsAnswer {
  const { inputs, base, rule } = candidate;
  const digest = digestInputs(inputs, rule, facts);
  const recorded = base.inputs?.algorithm === inputsAlgorithm ? base.inputs.digest : null;
  const equal = { comparison: { kind: 'equal' }, digest } as const;
  if (base.commit === facts.sources.head || recorded === digest.digest) return equal;
  const reasons = findReasons(candidate, facts);
  if (reasons.length > 0) return { comparison: { kind: 'different', reasons }, digest };
  // Nothing that counts now differs; where projects are cut differently, other files may have counted.
  const sameFiles = recorded?.split('.')[0] === digest.digest.split('.')[0];
  if (recorded === null || sameFiles || !candidate.structure.cutDifferently) return equal;
  return { comparison: { kind: 'different', reasons: [{ kind: 'boundary' }] }, digest };
}

/** Reasons in the order in which they are told: what is nearest to the product first. */
function findReasons(candidate: Candidate, facts: Facts): readonly Reason[] {
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
  const tsconfig: Versions = [tsconfigId(before), tsconfigId((path) => lists.file(path))];
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
    ...facts.typescript.compare(...tsconfig, typescriptUse(inputs, facts)),
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

function blobId(entry: TreeEntry | undefined): ObjectId | null {
  return entry?.type === 'blob' ? entry.id : null;
}

/** The workspace's tsconfig at one commit. */
function tsconfigId(at: (path: RepoPath) => TreeEntry | undefined): ObjectId | null {
  return blobId(tsconfigNames.map(at).find((entry) => entry !== undefined));
}

/** The workspace's lockfile at one commit: the one in use at HEAD, else any other that was there. */
function lockfileAt(
  { lockfiles }: SpecialPaths,
  at: (path: RepoPath) => TreeEntry | undefined,
): LockfileVersion | null {
  for (const file of lockfiles) {
    const id = blobId(at(file));
    if (id !== null) return { file, id };
  }
  return null;
}

function fileReason(member: BuiltFrom, candidate: Candidate, facts: Facts): Reason | null {
  const { project, path } = member;
  const places = facts.looked.places(candidate.base.commit, project.root);
  const differing = candidate.differing.filter((one) => places.includes(one.path));
  if (differing.length === 0) return null;
  const isNew = differing.every(({ before }) => before === undefined);
  if (isNew && candidate.base.inputs === null) {
    return { kind: 'joined', project: project.name, path };
  }
  const changed = changedOf(project, differing, facts);
  if (changed.length === 0) return null;
  const files = changedFiles(changed, facts.sources.shownFiles);
  if (ownProjects(candidate.inputs.product).includes(project.name))
    return { kind: 'own-files', files };
  return { kind: 'dependency', project: project.name, path, files };
}

/** The files of a project that count and differ, sorted: the same for all products that share it. */
function changedOf(
  project: Project,
  differing: readonly DifferingPath[],
  { changed, diffs, rules }: Facts,
): readonly ChangedFile[] {
  const key = `${differing[0]?.base ?? ''} ${project.filter.digest} ${project.name}`;
  const known = changed.get(key);
  if (known !== undefined) return known;
  const found = sorted(
    differing
      .flatMap(diffs)
      .filter(({ path }) => isOwner(project, rules.owners(path)) && rules.counts(project, path)),
  );
  changed.set(key, found);
  return found;
}

function isOwner({ name }: Project, owners: readonly Project[]): boolean {
  return owners.some((owner) => owner.name === name);
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
          files: changedFiles(sorted([...changed.values()]), facts.sources.shownFiles),
        },
      ];
}

function onlyPinsMoved({ path, deleted }: ChangedFile, { base }: Candidate, facts: Facts): boolean {
  if (deleted || !facts.pinned.files.has(path)) return false;
  const [before, after] = [facts.looked.entry(base.commit, path), facts.lists.file(path)];
  if (before === undefined || after === undefined || before.mode !== after.mode) return false;
  return facts.pinned.digest(path, before.id) === facts.pinned.digest(path, after.id);
}

function digestInputs(inputs: ProductInputs, rule: GlobalRule, facts: Facts): InputsDigest {
  const { lists, rules, packages, typescript, nx, pinned, special } = facts;
  const at = (path: RepoPath | null): ObjectId | null =>
    path === null ? null : blobId(lists.file(path));
  const projects = recordedProjects(inputs, rules, rule);
  const files = {
    projects: inputs.members
      .map(({ project }) => {
        const { filter } = rules.filterKey(project);
        return [project.name, project.root, filter, lists.projectDigest(project)];
      })
      .sort(([a = ''], [b = '']) => byText(a, b)),
    globals: lists
      .globalFiles(rule)
      .map(({ path, mode, id }) => [path, mode, pinned.digest(path, id)]),
  };
  const settings = {
    packages: packages.key(
      lockfileAt(special, (path) => lists.file(path)),
      inputs.members,
    ),
    typescript: typescript.key(
      tsconfigId((path) => lists.file(path)),
      typescriptUse(inputs, facts),
    ),
    nx: nx.key(at(special.nxJson), buildTargets(inputs)),
    install: installKey(inputs, facts),
  };
  // Apart, because a file may count for a project only since another was cut out of it or put in.
  const digest = [files, settings].map((part) => sha256(canonicalJson(part))).join('.');
  return { algorithm: inputsAlgorithm, digest, projects };
}

function installKey(inputs: ProductInputs, { packages, install, lists, special }: Facts): string {
  if (inputs.lockfile === null) return '';
  const at = (path: RepoPath): TreeEntry | undefined => lists.file(path);
  return install.key(at, lists.below(patchFolder), () =>
    packages.uses(lockfileAt(special, at), inputs.members),
  );
}

function typescriptUse(inputs: ProductInputs, { lists }: Facts): TypeScriptUse {
  return {
    members: memberNames(inputs),
    compiles: inputs.members.some(({ project }) => lists.usesTypeScript(project)),
  };
}

/** Files of the workspace's root that are compared by what is in them. */
interface SpecialPaths {
  /** They count by their content only, for whom it matters. */
  readonly files: ReadonlySet<RepoPath>;
  /** Paths to look at: equal there, equal settings. */
  readonly looked: readonly RepoPath[];
  /** Names of lockfiles, the one in use at HEAD first. */
  readonly lockfiles: readonly RepoPath[];
  readonly tsconfig: RepoPath | null;
  readonly nxJson: RepoPath | null;
}

/**
 * Which of them there are at HEAD. Those that HEAD lacks are looked at too: a base may have them.
 */
async function findSpecial(
  repository: Pick<Repository, 'readEntries'>,
  head: CommitId,
  graph: WorkspaceGraph,
): Promise<SpecialPaths> {
  const found = await repository.readEntries(tsconfigNames.map((path) => ({ commit: head, path })));
  const index = found.findIndex((entry) => entry !== undefined);
  const tsconfigs = index < 0 ? tsconfigNames : tsconfigNames.slice(0, index + 1);
  const nx = graph.kind === 'nx' ? nxJson : null;
  const lockfiles = [...new Set([...onlyFile(graph.lockfile), ...lockfilePaths])];
  const named = [...lockfiles, nx, tsconfigs.at(-1) ?? null];
  return {
    files: new Set(named.filter((path) => path !== null)),
    looked: [
      ...tsconfigs,
      ...(graph.lockfile === null ? lockfiles : [graph.lockfile, ...installSettings, patchFolder]),
      ...onlyFile(nx),
    ],
    lockfiles,
    tsconfig: tsconfigs.at(-1) ?? null,
    nxJson: nx,
  };
}

const lockfilePaths = lockfileNames as readonly string[] as readonly RepoPath[];
/** What single files were at the bases. */
async function readBefore(
  repository: Pick<Repository, 'readEntries'>,
  commits: readonly CommitId[],
  paths: readonly RepoPath[],
): Promise<ReadonlyMap<string, TreeEntry>> {
  const looks = paths.flatMap((path) => commits.map((commit) => ({ commit, path })));
  const found = await repository.readEntries(looks);
  const entries = looks.map(
    ({ commit, path }, index) => [`${commit}:${path}`, found[index]] as const,
  );
  return new Map(
    entries.flatMap(([key, entry]) => (entry === undefined ? [] : [[key, entry] as const])),
  );
}

function withEntries(looked: Looked, entries: ReadonlyMap<string, TreeEntry>): Looked {
  return {
    places: (base, folder) => looked.places(base, folder),
    host: (folder) => looked.host(folder),
    differing: (request) => looked.differing(request),
    entry: (commit, path) => entries.get(`${commit}:${path}`) ?? looked.entry(commit, path),
  };
}

function sorted(files: readonly ChangedFile[]): readonly ChangedFile[] {
  return [...files].sort((a, b) => byText(a.path, b.path));
}
