import type { ProductInputs } from '@lanewise/graph';
import type { Repository, TreeEntry } from '@lanewise/git';
import type {
  CommitId,
  InputsDigest,
  ObjectId,
  ProductName,
  Release,
  RepoPath,
} from '@lanewise/model';
import type { Comparison } from '../state.js';
import { digestInputs, inputsAlgorithm } from './digest-inputs.js';
import type { Candidate, Facts, InputsSources } from './facts.js';
import { makeFileLists } from './file-lists.js';
import { differingOf, makeChangedFiles } from './changed-files.js';
import { findReasons } from './find-reasons.js';
import { makeInputRules, type GlobalRule, type InputRules } from './input-rules.js';
import { installSettings, readInstallFiles } from './install-files.js';
import { lookAt, type Looked } from './look.js';
import { lookPaths } from './look-paths.js';
import { readNxSettings } from './nx-settings.js';
import { readPackages } from './packages.js';
import { readPinnedInputs } from './pinned-inputs.js';
import {
  findSpecial,
  lockfileAt,
  onlyFile,
  tsconfigAt,
  type SpecialPaths,
} from './special-paths.js';
import { compareStructure } from './structure.js';
import { readTreeDiffs } from './tree-diffs.js';
import { readTsconfigVersions } from './tsconfig-versions.js';
import { makeTypeScriptSettings, tsconfigNames, type TypeScriptSettings } from './typescript.js';

export interface InputsQuestion {
  readonly inputs: ProductInputs;
  /** null: nothing to compare with, but the digest is wanted. */
  readonly base: Release | null;
}

export interface InputsAnswer {
  readonly comparison: Comparison | null;
  /** Digest of the inputs at HEAD; null where nobody asked for it and something less told the answer. */
  readonly digest: InputsDigest | null;
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
  const commits = [...new Set(candidates.map(({ base }) => base.commit))];
  const named = [...new Set([...special.looked, ...special.lockfiles, ...tsconfigNames])];
  const [diffs, entries] = await Promise.all([
    readTreeDiffs(
      repository,
      candidates.flatMap(({ differing }) => differing),
    ),
    readAt(repository, [head, ...commits], named),
  ]);
  const at = withEntries(known.looked, entries);
  const versions = (paths: readonly RepoPath[]): ObjectId[] =>
    paths.flatMap((path) => [head, ...commits].flatMap((commit) => idOf(at.entry(commit, path))));
  const lockfiles = special.lockfiles.flatMap((file) =>
    versions([file]).map((id) => ({ file, id })),
  );
  const packages = await readPackages(repository, graph, lockfiles);
  const typescript = await readTypeScript(sources, { special, packages, commits }, at);
  const changedOf = makeChangedFiles(rules, diffs);
  const seen = { sources, looked: at, changedOf, typescript };
  const toldByFiles = new Set(candidates.filter((one) => isToldByFiles(one, seen)));
  const closer = candidates.filter((one) => !toldByFiles.has(one));
  const atHead = named.flatMap((path) => at.entry(head, path) ?? []);
  const lists = makeFileLists(await readFiles(sources, known, closer, fresh, atHead), rules);
  const inPins = new Set(pins.map(({ file }) => file));
  const pinnedFiles = [...closer, ...fresh]
    .flatMap(({ rule }) => lists.globalFiles(rule))
    .filter(({ path }) => inPins.has(path));
  const pinnedBefore = await readAt(repository, commits, [
    ...new Set(pinnedFiles.map(({ path }) => path)),
  ]);
  return {
    ...known,
    sources,
    lists,
    diffs,
    packages,
    typescript,
    nx: await readNxSettings(repository, versions(onlyFile(special.nxJson))),
    install: await readInstallFiles(repository, versions(installSettings)),
    pinned: await readPinnedInputs(repository, pins, [...pinnedFiles, ...pinnedBefore.values()]),
    looked: withEntries(at, pinnedBefore),
    toldByFiles,
    changedOf,
  };
}

/** The root's tsconfig at HEAD and at all bases, with what each extends. */
async function readTypeScript(
  { repository, head, graph }: InputsSources,
  known: Pick<Facts, 'special' | 'packages'> & { readonly commits: readonly CommitId[] },
  { entry }: Pick<Looked, 'entry'>,
): Promise<TypeScriptSettings> {
  const { special, packages, commits } = known;
  const questions = [...new Set([head, ...commits])].flatMap((commit) => {
    const found = tsconfigAt((path) => entry(commit, path));
    return found === null ? [] : [{ commit, file: found.path, entry: found }];
  });
  const versions = await readTsconfigVersions(repository, graph, questions, (name, commit) =>
    packages.keyOf(
      lockfileAt(special, (path) => entry(commit, path)),
      name,
    ),
  );
  return makeTypeScriptSettings(graph, special.tsconfig, versions);
}

/**
 * Whether a file that is at HEAD and counts is another than at the base: then no digest can be what
 * the base's record says, whatever counted there, and none has to be made to tell that the product
 * is affected. (A file that is gone may not have counted then.)
 */
function isToldByFiles(
  { base, differing, rule, structure }: Candidate,
  {
    sources,
    looked,
    changedOf,
    typescript,
  }: Pick<Facts, 'sources' | 'looked' | 'changedOf' | 'typescript'>,
): boolean {
  if (sources.digests !== 'deciding' || rule.patterns.length > 0) return false;
  if (!typescript.isSame(base.commit, sources.head)) return false;
  return structure.comparable.some((member) => {
    const paths = differingOf(member, { base, differing }, { looked });
    return paths.length > 0 && changedOf(member.project, paths).some(({ deleted }) => !deleted);
  });
}

/** HEAD's files, as far as anybody has to look through them: at least those that are named. */
async function readFiles(
  { repository, head }: InputsSources,
  known: Pick<Facts, 'looked' | 'special'>,
  closer: readonly Candidate[],
  fresh: readonly unknown[],
  named: readonly TreeEntry[],
): Promise<readonly TreeEntry[]> {
  if (closer.length === 0 && fresh.length === 0) return named.filter(({ type }) => type !== 'tree');
  return repository.listFiles(head, fresh.length > 0 ? undefined : filePlaces(closer, known));
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

function answer(candidate: Candidate, facts: Facts): InputsAnswer {
  const { inputs, base, rule } = candidate;
  if (facts.toldByFiles.has(candidate)) {
    const reasons = findReasons(candidate, facts);
    return { comparison: { kind: 'different', reasons }, digest: null };
  }
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

/** What single files are at some commits. */
async function readAt(
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
