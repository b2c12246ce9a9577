import type { BuiltFrom, ProductInputs, Project, WorkspaceGraph } from '@lanewise/graph';
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
import { lookAt, type Looked } from './look.js';
import { readPackages, type Packages } from './packages.js';
import { readPinnedInputs, type PinnedInputs } from './pinned-inputs.js';
import {
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
export const inputsAlgorithm = 1;

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
  readonly repository: Pick<Repository, 'readEntries' | 'diffTrees' | 'listFiles' | 'readBlobs'>;
  readonly head: CommitId;
  readonly graph: WorkspaceGraph;
  readonly config: Config;
  readonly pins: readonly Pin[];
}

/** Everything that was read to answer for all products. */
interface Facts {
  readonly rules: InputRules;
  readonly looked: Looked;
  readonly lists: FileLists;
  readonly packages: Packages;
  readonly typescript: TypeScriptSettings;
  readonly tsconfig: RepoPath | null;
  readonly pinned: PinnedInputs;
  readonly diffs: TreeDiffs;
  readonly sources: InputsSources;
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
  const tsconfig = await findTsconfig(repository, head, questions);
  const special = { lockfile: graph.lockfile, tsconfig };
  const rules = makeInputRules(graph, config, new Set(pins.map(({ file }) => file)), special);
  const asked = questions.map((question) => ({
    ...question,
    rule: rules.globals(question.inputs),
  }));
  const looked = await lookAt(
    repository,
    head,
    asked.flatMap(({ inputs, base, rule }) => {
      const paths = lookPaths(inputs, rule, tsconfig);
      return base === null ? [] : [{ base: base.commit, paths }];
    }),
  );
  const answers = new Map<ProductName, InputsAnswer>();
  const candidates: Candidate[] = [];
  for (const { inputs, base, rule } of asked) {
    const candidate =
      base === null ? null : findCandidate(inputs, base, rule, looked, rules, tsconfig);
    if (candidate !== null) candidates.push(candidate);
    else if (base !== null)
      answers.set(inputs.product.name, { comparison: { kind: 'equal' }, digest: null });
  }
  const fresh = asked.filter(({ base }) => base === null);
  if (candidates.length === 0 && fresh.length === 0) return answers;
  const facts = await readFacts(sources, { rules, looked, tsconfig }, candidates, fresh);
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
  tsconfig: RepoPath | null,
): readonly RepoPath[] {
  const globals = rule.patterns
    .filter((pattern) => !pattern.startsWith('!'))
    .map((pattern) => literalPart(pattern).text.replace(/\/$/, '') as RepoPath);
  const roots = inputs.members.map(({ project }) => project.root);
  const files = [inputs.lockfile, tsconfig].filter((file) => file !== null);
  return [...new Set([...roots, ...globals, ...files])];
}

function findCandidate(
  inputs: ProductInputs,
  base: Release,
  rule: GlobalRule,
  looked: Looked,
  rules: InputRules,
  tsconfig: RepoPath | null,
): Candidate | null {
  const structure = compareStructure(base.inputs?.projects ?? null, inputs, rules, rule);
  const paths = lookPaths(inputs, rule, tsconfig);
  const differing = looked.differing({ base: base.commit, paths });
  const same =
    differing.length === 0 && structure.reasons.length === 0 && !structure.cutDifferently;
  return same ? null : { inputs, base, rule, structure, differing };
}

async function readFacts(
  sources: InputsSources,
  known: Pick<Facts, 'rules' | 'looked' | 'tsconfig'>,
  candidates: readonly Candidate[],
  fresh: readonly { readonly inputs: ProductInputs; readonly rule: GlobalRule }[],
): Promise<Facts> {
  const { repository, head, graph, pins } = sources;
  const { looked, rules, tsconfig } = known;
  const lists = makeFileLists(await repository.listFiles(head), rules);
  const commits = [...new Set(candidates.map(({ base }) => base.commit))];
  const versions = (path: RepoPath | null): ObjectId[] =>
    path === null
      ? []
      : [lists.file(path)?.id, ...commits.map((commit) => looked.entry(commit, path)?.id)].filter(
          (id) => id !== undefined,
        );
  const diffs = await readTreeDiffs(
    repository,
    head,
    candidates.flatMap(({ differing }) => differing),
  );
  const inPins = new Set(pins.map(({ file }) => file));
  const pinnedFiles = [...candidates, ...fresh]
    .flatMap(({ rule }) => lists.globalFiles(rule))
    .filter(({ path }) => inPins.has(path));
  const before = await readBefore(repository, commits, [
    ...new Set(pinnedFiles.map(({ path }) => path)),
  ]);
  return {
    ...known,
    sources,
    lists,
    diffs,
    packages: await readPackages(repository, graph, versions(graph.lockfile)),
    typescript: await readTypeScript(repository, graph, tsconfig, versions(tsconfig)),
    pinned: await readPinnedInputs(repository, pins, [...pinnedFiles, ...before.values()]),
    looked: withEntries(looked, before),
  };
}

function answer(candidate: Candidate, facts: Facts): InputsAnswer {
  const { inputs, base, rule } = candidate;
  const digest = digestInputs(inputs, rule, facts);
  const recorded = base.inputs?.algorithm === inputsAlgorithm ? base.inputs.digest : null;
  const equal = { comparison: { kind: 'equal' }, digest } as const;
  if (base.commit === facts.sources.head || recorded === digest.digest) return equal;
  const reasons = findReasons(candidate, facts);
  if (reasons.length > 0) return { comparison: { kind: 'different', reasons }, digest };
  if (recorded === null) return equal;
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
  const entry = (path: RepoPath | null): [ObjectId | null, ObjectId | null] => {
    if (path === null) return [null, null];
    const { entry } = facts.looked;
    const { commit } = candidate.base;
    return [entry(commit, path)?.id ?? null, facts.lists.file(path)?.id ?? null];
  };
  return [
    ...own,
    ...globalReason(candidate, rule, facts),
    ...structure.reasons,
    ...through,
    ...facts.packages.compare(...entry(inputs.lockfile), structure.comparable),
    ...facts.typescript.compare(...entry(facts.tsconfig), typescriptUse(inputs, facts)),
  ];
}

function fileReason(member: BuiltFrom, candidate: Candidate, facts: Facts): Reason | null {
  const { project, path } = member;
  const differing = candidate.differing.find((one) => one.path === project.root);
  if (differing === undefined) return null;
  if (differing.before === undefined && candidate.base.inputs === null) {
    return { kind: 'joined', project: project.name, path };
  }
  const { rules } = facts;
  const changed = facts
    .diffs(differing)
    .filter(
      (file) => isOwner(project, rules.owners(file.path)) && rules.counts(project, file.path),
    );
  if (changed.length === 0) return null;
  const files = changedFiles(sorted(changed));
  if (project.name === candidate.inputs.product.project) return { kind: 'own-files', files };
  return { kind: 'dependency', project: project.name, path, files };
}

function isOwner({ name }: Project, owners: readonly Project[]): boolean {
  return owners.some((owner) => owner.name === name);
}

function globalReason(candidate: Candidate, rule: GlobalRule, facts: Facts): readonly Reason[] {
  const changed = new Map<RepoPath, ChangedFile>();
  const paths = new Set(
    lookPaths({ ...candidate.inputs, members: [], lockfile: null }, rule, null),
  );
  for (const differing of candidate.differing) {
    if (!paths.has(differing.path)) continue;
    for (const file of facts.diffs(differing)) {
      if (rule.test(file.path) && !onlyPinsMoved(file, candidate, facts))
        changed.set(file.path, file);
    }
  }
  return changed.size === 0
    ? []
    : [{ kind: 'globals', files: changedFiles(sorted([...changed.values()])) }];
}

function onlyPinsMoved({ path, deleted }: ChangedFile, { base }: Candidate, facts: Facts): boolean {
  if (deleted || !facts.pinned.files.has(path)) return false;
  const [before, after] = [facts.looked.entry(base.commit, path), facts.lists.file(path)];
  if (before === undefined || after === undefined || before.mode !== after.mode) return false;
  return facts.pinned.digest(path, before.id) === facts.pinned.digest(path, after.id);
}

function digestInputs(inputs: ProductInputs, rule: GlobalRule, facts: Facts): InputsDigest {
  const { lists, rules, packages, typescript, pinned } = facts;
  const at = (path: RepoPath | null): ObjectId | null =>
    path === null ? null : (lists.file(path)?.id ?? null);
  const projects = recordedProjects(inputs, rules, rule);
  const content = {
    projects: inputs.members
      .map(({ project }) => {
        const { filter } = rules.filterKey(project);
        return [project.name, project.root, filter, lists.projectDigest(project)];
      })
      .sort(([a = ''], [b = '']) => byText(a, b)),
    globals: lists
      .globalFiles(rule)
      .map(({ path, mode, id }) => [path, mode, pinned.digest(path, id)]),
    packages: packages.key(at(inputs.lockfile), inputs.members),
    typescript: typescript.key(at(facts.tsconfig), typescriptUse(inputs, facts)),
  };
  return { algorithm: inputsAlgorithm, digest: sha256(canonicalJson(content)), projects };
}

function typescriptUse(inputs: ProductInputs, { lists }: Facts): TypeScriptUse {
  return {
    members: memberNames(inputs),
    compiles: inputs.members.some(({ project }) => lists.usesTypeScript(project)),
  };
}

/** The tsconfig of the workspace: at HEAD, or where HEAD has none any more, at a base. */
async function findTsconfig(
  repository: Pick<Repository, 'readEntries'>,
  head: CommitId,
  questions: readonly InputsQuestion[],
): Promise<RepoPath | null> {
  const bases = [...new Set(questions.flatMap(({ base }) => (base === null ? [] : [base.commit])))];
  const looks = [head, ...bases].flatMap((commit) =>
    tsconfigNames.map((path) => ({ commit, path })),
  );
  const found = await repository.readEntries(looks);
  return found.find((entry) => entry !== undefined)?.path ?? null;
}

/** What files that hold pins were at the bases. */
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
    ...looked,
    entry: (commit, path) => entries.get(`${commit}:${path}`) ?? looked.entry(commit, path),
  };
}

function sorted(files: readonly ChangedFile[]): readonly ChangedFile[] {
  return [...files].sort((a, b) => byText(a.path, b.path));
}
