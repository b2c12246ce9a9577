import { matchGlobs } from '@lanewise/graph';
import {
  branchRef,
  type CommitId,
  type Config,
  type ProductName,
  type RefName,
  type TagRules,
} from '@lanewise/model';
import type { Ancestry, RefSnapshot } from '@lanewise/git';
import { tagNaming } from './tag-name.js';

/** A branch of the remote on which releases are made. */
export interface ReleaseBranch {
  readonly name: string;
  readonly tip: CommitId;
}

/**
 * What a release needs to read of the remote: release tags of the named products, reservations
 * and the release branches, as `Repository.fetch` takes them.
 */
export function releaseRefs(
  products: readonly string[],
  config: Pick<Config, 'release'> & TagRules,
  configBranch: string,
): readonly string[] {
  const branches = branchGlobs(config, configBranch).map((glob) => branchPrefix(glob));
  return [
    ...tagNaming(products as readonly ProductName[], config).globs,
    'refs/lanewise/reserved/*',
    ...new Set(branches),
  ];
}

/** The release branches that the remote has, by name. */
export function readReleaseBranches(
  snapshot: RefSnapshot,
  config: Pick<Config, 'release'>,
  configBranch: string,
): readonly ReleaseBranch[] {
  const matches = matchGlobs(branchGlobs(config, configBranch));
  return [...snapshot.refs].flatMap(([ref, id]) => {
    const name = branchName(ref);
    return name !== null && matches(name) ? [{ name, tip: id as CommitId }] : [];
  });
}

/** Tells whether a commit is on one of the release branches. */
export function isOnReleaseBranch(
  commit: CommitId,
  branches: readonly ReleaseBranch[],
  ancestry: Ancestry,
): boolean {
  return branches.some(({ tip }) => ancestry.contains(tip, commit));
}

function branchGlobs(config: Pick<Config, 'release'>, configBranch: string): readonly string[] {
  return config.release.branches ?? [configBranch];
}

/** A glob's refs for a fetch: the branch itself, or all below its literal beginning. */
function branchPrefix(glob: string): string {
  const literal = /^[^*?[\]{}()!+@\\]*/.exec(glob)?.[0] ?? '';
  return literal === glob ? branchRef(glob) : `refs/heads/${literal}*`;
}

function branchName(ref: RefName): string | null {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
}
