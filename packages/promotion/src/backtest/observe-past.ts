import type { Repository } from '@lanewise/git';
import { isCandidatePath, type KnownProduct } from '@lanewise/manifests';
import {
  makePastInputs,
  makeRevisions,
  readExtendedTsconfigs,
  type Naming,
  type PastAnswer,
  type PastInputs,
  type PastInputsSources,
  type PastStep,
} from '@lanewise/release';
import {
  isLanewiseError,
  type CommitId,
  type EnvironmentName,
  type ObjectId,
  type Pin,
  type ProductName,
  type RefName,
  type RepoPath,
  type Timestamp,
} from '@lanewise/model';
import { makeCommitIndex, type CommitIndex } from './commit-index.js';
import type { PastFacts } from './figures.js';
import { findGonePins, type GonePins } from './gone-pins.js';
import type { FileVersion } from './file-version.js';
import { followRenames } from './follow-renames.js';
import { findLandings } from './find-landings.js';
import {
  chainBuilds,
  chainLandings,
  judgeBuilds,
  judgeLandings,
  stepBetween,
} from './judge-landings.js';
import { makeSourceNamer } from './name-sources.js';
import { makeLineCollector, type PastCommit } from './past-line.js';
import { groupByFile, type PastPin, type PinnedFile } from './past-pin.js';
import { makeVersionReader, type VersionReader } from './read-versions.js';
import { walkPast } from './walk-past.js';

type PastRepository = Pick<
  Repository,
  | 'readHistory'
  | 'readBlobs'
  | 'listFiles'
  | 'readEntries'
  | 'diffTreePairs'
  | 'readCommits'
  | 'readTags'
>;

/** What a front end knows before anything of the past is read. */
export interface PastSources {
  readonly gitops: PastRepository;
  /** Head of the branch that holds the manifests. */
  readonly tip: CommitId;
  /** Whether the branch's history is there from its beginning. */
  readonly isComplete: boolean;
  /** The same object as `gitops` where one repository is both. */
  readonly workspace: PastRepository;
  /** HEAD of the workspace, and its refs: branches and tags. */
  readonly head: CommitId;
  readonly refs: ReadonlyMap<RefName, ObjectId>;
  /** The pins of the tip. */
  readonly pins: readonly PastPin[];
  /** The same as the configuration has them: their files are no inputs where one repository is both. */
  readonly configured: readonly Pin[];
  readonly products: readonly KnownProduct[];
  /** Names of each product's images. */
  readonly images: ReadonlyMap<string, readonly string[]>;
  readonly environments: readonly EnvironmentName[];
  /** What products are built from; null: it cannot be told. */
  readonly built: Pick<PastInputsSources, 'graph' | 'config' | 'inputs'> | null;
  /** What the caller says about the commits of values. */
  readonly naming: Naming;
}

/** The past as it was read, with what could not be. */
export interface ObservedPast extends PastFacts {
  /** Dates of the first and the last commit of the line; null: there is none. */
  readonly span: { readonly from: Timestamp; readonly to: Timestamp } | null;
  /** The commit behind which the history is cut off; null: it is whole. */
  readonly cutAt: CommitId | null;
  readonly unread: {
    /** Versions of manifests of which a value could not be read. */
    readonly versions: number;
    /** Manifests that are gone and hold versions that could not be placed. */
    readonly files: number;
  };
  readonly watchedFiles: { readonly present: number; readonly gone: number };
}

/** Reads what landed when, from where, and whether it changed anything: one walk of each repository. */
export async function observePast(sources: PastSources): Promise<ObservedPast> {
  const { gitops, workspace, tip } = sources;
  const entries = await gitops.listFiles(tip);
  const present = new Map(entries.map(({ path, id }) => [path, id]));
  const imagesOf = (product: ProductName): readonly string[] => sources.images.get(product) ?? [];
  const files = new Map(groupByFile(sources.pins, imagesOf));
  const mayBeGone = (path: RepoPath): boolean => !present.has(path) && isCandidatePath(path);
  const collector = makeLineCollector(tip, (path) => files.has(path) || mayBeGone(path));
  const reader = makeVersionReader(gitops);
  const index = makeCommitIndex();
  const inputs = await readInputs(sources, mayBeGone);
  await walkPast({
    gitops,
    tip,
    workspace,
    heads: await headsOf(sources),
    collector,
    seen: ({ changes }) => {
      for (const { path, id } of changes) {
        const file = id === null ? undefined : files.get(path);
        if (file !== undefined && id !== null) reader.ask(file, id);
      }
      return reader.breathe();
    },
    index,
    inputs,
  });
  const line = collector.line();
  const gone = await findGone(sources, line, present);
  for (const [path, file] of groupByFile(gone.pins, imagesOf)) files.set(path, file);
  askForGone(line, files, present, reader);
  await reader.finish();
  return judgePast(sources, { line, files, reader, index, inputs, gone, present });
}

/** A manifest that nobody can read any more hides what is gone, and nothing else. */
async function findGone(
  sources: PastSources,
  line: readonly PastCommit[],
  present: ReadonlyMap<RepoPath, ObjectId>,
): Promise<GonePins> {
  const { gitops: repository, pins, products } = sources;
  const images = [...sources.images.values()].flat();
  try {
    return await findGonePins({ repository, line, present, pins, products, images });
  } catch (error) {
    if (!isLanewiseError(error, 'OBJECT_MISSING')) throw error;
    return { pins: [], unplaced: 0 };
  }
}

function askForGone(
  line: readonly PastCommit[],
  files: ReadonlyMap<RepoPath, PinnedFile>,
  present: ReadonlyMap<RepoPath, ObjectId>,
  reader: VersionReader,
): void {
  for (const { steps } of line) {
    for (const { path, after } of steps) {
      const file = after === null || present.has(path) ? undefined : files.get(path);
      if (file !== undefined && after !== null) reader.ask(file, after);
    }
  }
}

async function readInputs(
  { built, workspace, gitops, configured, head }: PastSources,
  mayShip: (path: RepoPath) => boolean,
): Promise<PastInputs | null> {
  if (built === null) return null;
  const isOne = workspace === gitops;
  return makePastInputs({
    ...built,
    repository: workspace,
    pins: isOne ? configured : [],
    extended: await readExtendedTsconfigs(workspace, head, built.graph),
    mayShip: (path) => isOne && mayShip(path as RepoPath),
  });
}

/** HEAD first, then every other commit that a branch or tag of the workspace names. */
async function headsOf({ workspace, head, refs }: PastSources): Promise<readonly CommitId[]> {
  const targets = await targetsOf(workspace, refs);
  return [...new Set([head, ...targets.values()])];
}

/** The commits that refs name, tags followed; what is no commit is left out. */
async function targetsOf(
  workspace: PastRepository,
  refs: ReadonlyMap<RefName, ObjectId>,
): Promise<ReadonlyMap<string, CommitId>> {
  const tags = await workspace.readTags([...refs.values()]);
  const found = new Map<string, CommitId>();
  for (const [ref, id] of refs) {
    const tag = tags.get(id);
    if (tag === null || tag === undefined) found.set(ref, id as CommitId);
    else if (tag.targetType === 'commit') found.set(ref, tag.target as CommitId);
  }
  const ids = [...new Set(found.values())];
  const entries = await workspace.readEntries(
    ids.map((commit) => ({ commit, path: '' as RepoPath })),
  );
  const commits = new Set(ids.filter((_, index) => entries[index]?.type === 'tree'));
  return new Map([...found].filter(([, id]) => commits.has(id)));
}

interface Read {
  readonly line: readonly PastCommit[];
  readonly files: ReadonlyMap<RepoPath, PinnedFile>;
  readonly reader: VersionReader;
  readonly index: CommitIndex;
  readonly inputs: PastInputs | null;
  readonly gone: GonePins;
  readonly present: ReadonlyMap<RepoPath, ObjectId>;
}

async function judgePast(sources: PastSources, read: Read): Promise<ObservedPast> {
  const { line, files, reader, index, gone } = read;
  const dates = await readDates(sources, read);
  const landedAt = ({ committedAt, parents }: PastCommit): Timestamp =>
    parents.reduce((at, parent) => Math.max(at, dates.get(parent) ?? 0), committedAt);
  const cutAt = sources.isComplete ? null : (line[0]?.id ?? null);
  const isGone = (path: RepoPath): boolean => !read.present.has(path);
  const followed = followRenames(line, files, isGone, reader.get);
  // Versions were read under the files as they were known then.
  const versionOf = (file: PinnedFile, blob: ObjectId): FileVersion =>
    reader.get(files.get(file.file) ?? file, blob);
  const landings = findLandings({ line, files: followed, versionOf, landedAt, cutAt });
  const targets = await targetsOf(sources.workspace, sources.refs);
  const revisions = makeRevisions(new Map([['HEAD', sources.head], ...targets]), index.dates);
  const chained = chainLandings(landings, makeSourceNamer(revisions, sources.naming));
  const builds = chainBuilds(chained);
  const steps = [
    ...chained.map(({ landing, before, source }) => stepBetween(landing.product, before, source)),
    ...builds.map(({ build, before }) => stepBetween(build.product, before, build.source)),
  ];
  const answers = await compareSteps(steps, read);
  const moments = line.map(landedAt);
  return {
    deployments: judgeLandings(chained, answers, index.contains),
    builds: judgeBuilds(builds, answers.slice(chained.length)),
    emptyCommits: line.flatMap((commit) =>
      commit.changed === 0 && commit.parents.length > 0
        ? [{ at: landedAt(commit), subject: commit.subject }]
        : [],
    ),
    landedAt: moments,
    present: new Set(sources.pins.map(({ product }) => product)),
    environments: sources.environments,
    span: moments.length === 0 ? null : { from: moments[0] ?? 0, to: moments.at(-1) ?? 0 },
    cutAt,
    unread: { versions: reader.unread(), files: gone.unplaced },
    watchedFiles: {
      present: new Set(sources.pins.map(({ file }) => file)).size,
      gone: new Set(gone.pins.map(({ file }) => file)).size,
    },
  };
}

/** The answers in the order of the steps; `unknown` where there is no step to compare. */
async function compareSteps(
  steps: readonly (PastStep | null)[],
  { inputs, gone }: Read,
): Promise<readonly PastAnswer[]> {
  const shipped = new Set(gone.pins.map(({ file }) => file));
  const asked = steps.filter((step) => step !== null);
  const told = inputs === null ? [] : await inputs.compare(asked, shipped);
  let at = -1;
  return steps.map((step) => (step === null ? 'unknown' : (told[(at += 1)] ?? 'unknown')));
}

/** Dates of the line's commits and their parents: merged branches are not on the line. */
async function readDates(
  { gitops, workspace }: PastSources,
  { line, index }: Read,
): Promise<ReadonlyMap<CommitId, Timestamp>> {
  if (gitops === workspace) return index.dates;
  const dates = new Map(line.map(({ id, committedAt }) => [id, committedAt]));
  const others = line.flatMap(({ parents }) => parents.filter((parent) => !dates.has(parent)));
  try {
    const read = await gitops.readCommits([...new Set(others)]);
    for (const [id, { committedAt }] of read) dates.set(id, committedAt);
  } catch (error) {
    // Behind a cut-off history parents are named that are not there: the commit's own date stands.
    if (!isLanewiseError(error, 'OBJECT_MISSING')) throw error;
  }
  return dates;
}
