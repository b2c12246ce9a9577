import type { Ancestry, ChangedCommit, Repository } from '@lanewise/git';
import type { CommitId, ObjectId, ProductName, RepoPath } from '@lanewise/model';
import { cancelReverts, parseCommit } from './commits.js';
import { commonPast } from './touching.js';
import {
  bumpFor,
  parseVersionPlan,
  versionPlansFolder,
  type CountedPlan,
  type VersionPlan,
} from './version-plans.js';

/** A product whose plans are wanted, with what counts as released already. */
export interface PlanQuestion {
  readonly product: ProductName;
  /** What a plan may call it: itself, its project, its members. */
  readonly names: readonly string[];
  readonly released: readonly CommitId[];
}

/** A version of a plan's file, as a commit wrote it. */
interface Written {
  readonly path: RepoPath;
  readonly id: ObjectId;
  readonly commit: CommitId;
  /** Whether it stands like this at HEAD. */
  readonly stands: boolean;
}

type Reader = Pick<
  Repository,
  'readHistory' | 'readAncestry' | 'readEntries' | 'readBlobs' | 'listFiles'
>;

/**
 * For each product the version plans whose content was added between its own base and HEAD. So a
 * plan counts for each product once, without being deleted and without anything being written to
 * the branch: what stood at the base is used up. A plan that was deleted since counts as well, as
 * long as the product was not released with it. Of a file that was changed the last content counts.
 * `known` is the ancestry of the releases. Throws CONFIG_INVALID for a plan at HEAD that cannot be read.
 */
export async function readVersionPlans(
  repository: Reader,
  head: CommitId,
  known: Ancestry,
  questions: readonly PlanQuestion[],
): Promise<ReadonlyMap<ProductName, readonly CountedPlan[]>> {
  if (questions.length === 0) return new Map();
  const commits = await planCommits(repository, head, commonPast(questions, known));
  if (commits.length === 0) return new Map();
  const bases = [...new Set(questions.flatMap(({ released }) => released))];
  const standing = new Map(
    (await repository.listFiles(head, versionPlansFolder)).map(({ path, id }) => [path, id]),
  );
  const written = commits.flatMap(({ id: commit, changes }) =>
    changes.flatMap(({ path, id }): Written[] =>
      id === null || !path.endsWith('.md')
        ? []
        : [{ path, id, commit, stands: standing.get(path) === id }],
    ),
  );
  const ancestry = await repository.readAncestry([
    ...bases,
    ...written.map(({ commit }) => commit),
  ]);
  const paths = commits.flatMap(({ changes }) => changes.map(({ path }) => path));
  const used = await readUsed(repository, bases, [...new Set(paths)]);
  const plans = await readPlans(repository, written);
  return new Map(
    questions.map((question) => {
      const isNew = ({ commit, id }: Written): boolean =>
        question.released.every(
          (base) => !ancestry.contains(base, commit) && used.get(base)?.has(id) !== true,
        );
      return [question.product, counted(lastOfEach(written.filter(isNew)), plans, question.names)];
    }),
  );
}

/** Commits that touched plans, newest first, without those that were taken back. */
async function planCommits(
  repository: Reader,
  head: CommitId,
  since: readonly CommitId[],
): Promise<readonly Pick<ChangedCommit, 'id' | 'changes'>[]> {
  const commits: ChangedCommit[] = [];
  const request = { tip: head, since, firstParent: false, paths: [versionPlansFolder] } as const;
  for await (const commit of repository.readHistory(request)) {
    // A merge only repeats what the commits that it brings have written.
    if (commit.parents.length < 2) commits.push(commit);
  }
  const read = commits.map((commit) => ({ ...commit, parsed: parseCommit(commit.message) }));
  return cancelReverts(read);
}

/** For each base the contents that it had under the paths of plans: they were released with it. */
async function readUsed(
  repository: Reader,
  bases: readonly CommitId[],
  paths: readonly RepoPath[],
): Promise<ReadonlyMap<CommitId, ReadonlySet<ObjectId>>> {
  const looks = bases.flatMap((commit) => paths.map((path) => ({ commit, path })));
  const entries = await repository.readEntries(looks);
  const used = new Map<CommitId, Set<ObjectId>>(bases.map((base) => [base, new Set()]));
  for (const [index, entry] of entries.entries()) {
    const base = looks[index]?.commit;
    if (base !== undefined && entry !== undefined) used.get(base)?.add(entry.id);
  }
  return used;
}

async function readPlans(
  repository: Reader,
  written: readonly Written[],
): Promise<(one: Written) => VersionPlan | null> {
  const blobs = await repository.readBlobs([...new Set(written.map(({ id }) => id))]);
  return ({ id, path, stands }) => {
    try {
      return parseVersionPlan(new TextDecoder().decode(blobs.get(id)), path);
    } catch (error) {
      // What nobody can mend any more, as it is no longer there, says nothing.
      if (stands) throw error;
      return null;
    }
  };
}

/** Of each file the last content; equal contents under two names are one plan. */
function lastOfEach(written: readonly Written[]): readonly Written[] {
  const paths = new Set<RepoPath>();
  const ids = new Set<ObjectId>();
  return written.filter(({ path, id }) => {
    if (paths.has(path) || ids.has(id)) return false;
    paths.add(path);
    ids.add(id);
    return true;
  });
}

function counted(
  written: readonly Written[],
  read: (one: Written) => VersionPlan | null,
  names: readonly string[],
): readonly CountedPlan[] {
  return written.flatMap((one): CountedPlan[] => {
    const plan = read(one);
    const bump = plan === null ? null : bumpFor(plan, names);
    if (plan === null || bump === null) return [];
    return [{ file: one.path, commit: one.commit, bump, message: plan.message }];
  });
}
