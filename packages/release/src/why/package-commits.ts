import {
  isUsedOtherwise,
  lockfileNames,
  packageUses,
  type PackageUse,
  type ProductInputs,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import type { CommitId, RepoPath } from '@lanewise/model';
import { arePackagesKnown, openLockfile, type LockfileVersion } from '../inputs/packages.js';
import type { Reason } from '../reason.js';
import { readBlobsOfPast } from './each-change.js';
import type { FoundCommits } from './evidence.js';
import type { Trail, TrailCommit } from './trail.js';

export type PackageReason = Extract<Reason, { kind: 'package' }>;

/** A product whose packages changed, with the commits that changed a lockfile, newest first. */
export interface PackageQuestion {
  readonly inputs: ProductInputs;
  readonly reasons: readonly PackageReason[];
  readonly commits: readonly TrailCommit[];
}

/** How much is looked into: more costs seconds, and nobody reads hundreds of commits of one cause. */
export interface PackageBounds {
  /** Versions of lockfiles that are read and parsed. */
  readonly versions: number;
  /** Walks over the packages of one product in one version. */
  readonly walks: number;
}

const usualBounds: PackageBounds = { versions: 100, walks: 400 };

/**
 * For each reason the commits in which the package was resolved otherwise for the product. Each version
 * of a lockfile is read and parsed once, a few at a time, and asked for all products.
 */
export async function findPackageCommits(
  repository: Pick<Repository, 'readBlobs'>,
  graph: WorkspaceGraph,
  trail: Pick<Trail, 'idAt'>,
  questions: readonly PackageQuestion[],
  bounds: PackageBounds = usualBounds,
): Promise<ReadonlyMap<Reason, FoundCommits>> {
  const names = [...(graph.lockfile === null ? [] : [graph.lockfile]), ...lockfileNames];
  const looks = planLooks(questions, [...new Set(names)] as readonly RepoPath[], trail, bounds);
  const uses = await readUses(repository, arePackagesKnown(graph), looks);
  const found = new Map<Reason, FoundCommits>();
  for (const look of looks) {
    for (const reason of look.question.reasons)
      found.set(reason, judgeReason(reason, look, uses?.get(look) ?? null));
  }
  return found;
}

/** One commit and the lockfile before it, after it, and at the other parents of a merge (undefined: not known). */
interface Step {
  readonly commit: TrailCommit;
  readonly before: LockfileVersion | null;
  readonly after: LockfileVersion | null;
  readonly others: readonly (LockfileVersion | null | undefined)[];
}

interface Look {
  readonly question: PackageQuestion;
  readonly steps: readonly Step[];
  readonly versions: ReadonlyMap<string, LockfileVersion>;
  /** Older commits that were too many. */
  readonly left: number;
}

/** The newest commits first, until the bounds are reached. */
function planLooks(
  questions: readonly PackageQuestion[],
  names: readonly RepoPath[],
  trail: Pick<Trail, 'idAt'>,
  bounds: PackageBounds,
): readonly Look[] {
  const all = new Set<string>();
  const known = new Map<CommitId, Step>();
  let walks = 0;
  return questions.map((question) => {
    const versions = new Map<string, LockfileVersion>();
    const steps: Step[] = [];
    for (const commit of question.commits) {
      const step = known.get(commit.id) ?? stepOf(commit, names, trail);
      known.set(commit.id, step);
      const own = versionsOf(step).filter((version) => !versions.has(keyOf(version)));
      const fresh = own.filter((version) => !all.has(keyOf(version)));
      if (all.size + fresh.length > bounds.versions || walks + own.length > bounds.walks) break;
      for (const version of own) {
        all.add(keyOf(version));
        versions.set(keyOf(version), version);
      }
      walks += own.length;
      steps.push(step);
    }
    return { question, steps, versions, left: question.commits.length - steps.length };
  });
}

function stepOf(commit: TrailCommit, names: readonly RepoPath[], trail: Pick<Trail, 'idAt'>): Step {
  const changes = new Map(commit.changes.map((change) => [change.path, change]));
  const version = (side: 'before' | 'after'): LockfileVersion | null => {
    for (const file of names) {
      const change = changes.get(file);
      const changed = side === 'after' ? change?.id : change?.before?.id;
      const id = change === undefined ? trail.idAt(commit.id, file) : changed;
      if (id !== undefined && id !== null) return { file, id };
    }
    return null;
  };
  const others = commit.parents.slice(1).map((parent) => {
    const ids = names.map((file) => ({ file, id: trail.idAt(parent, file) }));
    const there = ids.find(({ id }) => typeof id === 'string');
    if (there?.id !== undefined && there.id !== null) return { file: there.file, id: there.id };
    return undefined;
  });
  return { commit, before: version('before'), after: version('after'), others };
}

function versionsOf({ before, after, others }: Step): readonly LockfileVersion[] {
  const all = [before, after, ...others].filter((one) => one !== null && one !== undefined);
  return [...new Map(all.map((version) => [keyOf(version), version])).values()];
}

function keyOf({ file, id }: LockfileVersion): string {
  return `${id} ${file}`;
}

/** Uses by name; null: that version of the lockfile cannot be read. */
type UsesByName = ReadonlyMap<string, PackageUse> | null;

/** The package, and those on the way to it. */
function namesOf({ name, packages }: PackageReason): readonly string[] {
  return [name, ...packages];
}

/** By version. */
type Uses = ReadonlyMap<string, UsesByName>;

/** Lockfiles that are in memory at once. */
const atOnce = 8;

/** null: the remote does not give the lockfiles of the past. */
async function readUses(
  repository: Pick<Repository, 'readBlobs'>,
  packagesKnown: boolean,
  looks: readonly Look[],
): Promise<ReadonlyMap<Look, Uses> | null> {
  const versions = new Map(looks.flatMap((look) => [...look.versions]));
  const uses = new Map(looks.map((look) => [look, new Map<string, UsesByName>()]));
  const texts = new Map<string, string>();
  const intern = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, text);
    return text;
  };
  const list = [...versions.values()];
  for (let from = 0; from < list.length; from += atOnce) {
    const some = list.slice(from, from + atOnce);
    const blobs = await readBlobsOfPast(
      repository,
      some.map(({ id }) => id),
    );
    if (blobs === null) return null;
    for (const version of some) {
      const opened = openLockfile(blobs.get(version.id), version.file);
      for (const look of looks) {
        if (!look.versions.has(keyOf(version))) continue;
        const names = new Set(look.question.reasons.flatMap(namesOf));
        const found =
          'why' in opened
            ? null
            : packageUses(opened.lockfile, look.question.inputs, packagesKnown, names);
        const kept =
          found === null ? null : new Map([...found].map(([name, use]) => [name, intern(use)]));
        uses.get(look)?.set(keyOf(version), kept);
      }
    }
  }
  return uses;
}

function judgeReason(reason: PackageReason, look: Look, uses: Uses | null): FoundCommits {
  const { lockfile } = reason;
  const all = (unsure: string, of = look.question.commits): FoundCommits => ({
    commits: withoutMerges(of),
    files: [],
    unsure,
  });
  const which = `these changed ${lockfile}, and which of them changed the package is not known`;
  if (uses === null) return all(`${which}: its older versions are not in the repository`);
  if (look.steps.length === 0 && look.left > 0)
    return all(
      `${which}: there is too much to look into; 'lanewise why' for one product looks further`,
    );
  const judge = (names: readonly string[]): readonly (Judged & { readonly step: Step })[] =>
    look.steps
      .map((step) => ({ step, ...judgeStep(step, reason, names, uses) }))
      .filter((one) => one.changed);
  const direct = judge([reason.name]);
  // A part of the product may have come to another of several versions by another one of who takes it.
  const changed = direct.length > 0 || look.left > 0 ? direct : judge(reason.packages);
  if (changed.length === 0 && look.left > 0) {
    const what = `one of these: they are older than the ${look.steps.length} commits to ${lockfile} that were looked into`;
    return all(what, look.question.commits.slice(look.steps.length));
  }
  if (changed.length === 0) return all(which);
  const plain = changed.filter(({ step, byItself }) => step.commit.parents.length < 2 || byItself);
  const named = plain.length === 0 ? changed : plain;
  const doubts = [
    ...(named.some(({ readable }) => !readable)
      ? [`where ${lockfile} cannot be read, a commit may have changed the package`]
      : []),
    ...(look.left > 0
      ? [
          `${look.left} older ${look.left === 1 ? 'commit' : 'commits'} to ${lockfile} were not looked into`,
        ]
      : []),
  ];
  return {
    commits: named.map(({ step }) => step.commit.id),
    files: [],
    unsure: doubts.length === 0 ? null : doubts.join('; '),
  };
}

interface Judged {
  readonly changed: boolean;
  /** Of a merge: not only what one of its branches had already. */
  readonly byItself: boolean;
  readonly readable: boolean;
}

function judgeStep(
  { before, after, others }: Step,
  { before: old, after: now }: PackageReason,
  names: readonly string[],
  uses: Uses,
): Judged {
  let readable = true;
  const rewired = old.join('\n') === now.join('\n');
  const differs = (one: LockfileVersion | null, other: LockfileVersion | null): boolean => {
    if (one === null || other === null) return one !== other;
    if (keyOf(one) === keyOf(other)) return false;
    const [before, after] = [uses.get(keyOf(one)) ?? null, uses.get(keyOf(other)) ?? null];
    if (before === null || after === null) {
      readable = false;
      return true;
    }
    return names.some((name) =>
      isUsedOtherwise(before.get(name) ?? '', after.get(name) ?? '', rewired),
    );
  };
  const changed = differs(before, after);
  const byItself =
    others.length > 0 && others.every((other) => other !== undefined && differs(other, after));
  return { changed, byItself, readable };
}

/** A merge brings what its branch did: it is named only where nothing else tells. */
function withoutMerges(commits: readonly TrailCommit[]): readonly CommitId[] {
  const plain = commits.filter(({ parents }) => parents.length < 2);
  return (plain.length === 0 ? commits : plain).map(({ id }) => id);
}
