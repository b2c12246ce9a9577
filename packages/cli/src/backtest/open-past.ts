import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  defaultCacheDirectory,
  openCheckout,
  openRepository,
  type Checkout,
  type Repository,
} from '@lanewise/git';
import {
  branchRef,
  isLanewiseError,
  LanewiseError,
  show,
  type CommitId,
  type ObjectId,
  type RefName,
} from '@lanewise/model';
import type { Call } from '../command.js';
import { gitOptions } from '../context/git-options.js';

/** A repository whose past is read, with its branches and tags. */
export interface PastRepository {
  readonly repository: Repository;
  readonly refs: ReadonlyMap<RefName, ObjectId>;
  /** Whether its history is there from the beginning. */
  readonly isComplete: boolean;
  /** The clone that it was opened from; null for an address. */
  readonly checkout: Checkout | null;
}

/**
 * Opens a clone for looking back. The past lies in the clone itself, so nothing is asked of a remote
 * (no network, no token), unless the clone is shallow or partial: then its remote is asked for the
 * rest, and where that cannot be reached, what there is must do.
 */
export async function openClone(call: Call, directory: string): Promise<PastRepository> {
  const { environment } = call.shell;
  const checkout = await openCheckout(directory, { environment });
  const isWhole = !checkout.shallow && !checkout.partial;
  if (!isWhole && checkout.remote !== null) {
    const fromRemote = await openAddress(call, checkout.remote.url, checkout).catch(
      (error: unknown) => {
        if (!isLanewiseError(error)) throw error;
        call.note(`${error.message} The clone's own history is read instead.`);
        return null;
      },
    );
    if (fromRemote !== null) return { ...fromRemote, checkout };
  }
  return { ...(await openAddress(call, checkout.root, checkout)), checkout };
}

/** Opens a folder with a clone in it, or an address. */
export async function openPast(call: Call, where: string, base: string): Promise<PastRepository> {
  const folder = resolve(base, where);
  const isClone =
    existsSync(folder) && statSync(folder).isDirectory() && existsSync(join(folder, '.git'));
  return isClone ? openClone(call, folder) : openAddress(call, where, null, base);
}

async function openAddress(
  call: Call,
  url: string,
  borrow: Checkout | null,
  base = call.global.directory,
): Promise<PastRepository> {
  const { environment } = call.shell;
  const repository = await openRepository({
    ...gitOptions(call),
    url,
    base,
    cacheDirectory: defaultCacheDirectory(environment),
    token: environment['LANEWISE_GITOPS_TOKEN'],
    ...(borrow !== null && { borrow, config: borrow.config }),
  });
  try {
    const wanted = ['refs/heads/*', 'refs/tags/*', ...(borrow === null ? [] : ['refs/remotes/*'])];
    const { refs, complete } = await repository.fetch({ refs: wanted, depth: 'history' });
    return { repository, refs, isComplete: complete === true, checkout: null };
  } catch (error) {
    await repository.close();
    throw error;
  }
}

/** The head of a branch: the one that is named, else what is checked out, else the remote's default. Throws REF_UNKNOWN. */
export async function tipOf(past: PastRepository, branch: string | null): Promise<CommitId> {
  const { repository, refs, checkout } = past;
  const name = branch ?? checkout?.branch ?? null;
  const remote = checkout?.remote?.name ?? 'origin';
  const found =
    name === null
      ? (checkout?.head ?? refs.get((await repository.readHead()) ?? ('' as RefName)))
      : (refs.get(branchRef(name)) ?? refs.get(`refs/remotes/${remote}/${name}` as RefName));
  if (found !== undefined) return found as CommitId;
  throw new LanewiseError(
    'REF_UNKNOWN',
    `${repository.name} has no branch ${name === null ? 'by default' : show(name)}, from which manifests are read.`,
    { hint: 'Name the branch that Argo CD or Flux follow with --branch.' },
  );
}
