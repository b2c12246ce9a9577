import {
  defaultCacheDirectory,
  openCheckout,
  openRepository,
  reuseFetches,
  type Checkout,
  type Repository,
  type WorkTreeStatus,
} from '@lanewise/git';
import { LanewiseError, type CommitId, type Config } from '@lanewise/model';
import type { Call } from '../command.js';
import { gitOptions } from './git-options.js';

/** The clone that a command works in, and its remote. */
export interface Workspace {
  readonly checkout: Checkout;
  /** The workspace's remote; the repository itself where it has none. */
  readonly repository: Repository;
  /** HEAD of the clone. */
  readonly head: CommitId;
  /** The GitOps repository that a configuration names, opened once: the same object where it is the workspace. */
  openGitops(config: Config): Promise<Repository>;
  /** Says what happened besides (an unusable cache, a clone that was deepened), each once. */
  tellNotices(): void;
  close(): Promise<void>;
}

/** Opens the clone of the working directory and its remote. Throws NOT_A_REPOSITORY, USAGE. */
async function openWorkspace(
  call: Call,
  status: Promise<WorkTreeStatus> | undefined,
): Promise<Workspace> {
  const { shell, global } = call;
  const common = gitOptions(call);
  const checkout = await openCheckout(global.directory, { ...common, status });
  const head = headOf(checkout);
  const cacheDirectory = defaultCacheDirectory(shell.environment);
  const remote = checkout.remote?.url ?? null;
  if (remote === null) {
    call.note('This repository has no remote: it is read itself, as if it were its own remote.');
  }
  const open = async (
    url: string,
    borrow: Checkout | undefined,
    token?: string,
  ): Promise<Repository> =>
    reuseFetches(
      await openRepository({
        ...common,
        url,
        borrow,
        config: checkout.config,
        token,
        cacheDirectory,
        base: checkout.root,
        temporaryDirectory: shell.environment['TMPDIR'],
      }),
    );
  const repository = await open(remote ?? checkout.root, checkout);
  const opened = [repository];
  const told = new Set<string>();
  const others = new Map<string, Promise<Repository>>();
  const openOther = async (address: string): Promise<Repository> => {
    const other = await open(address, undefined, shell.environment['LANEWISE_GITOPS_TOKEN']);
    opened.push(other);
    return other;
  };
  return {
    checkout,
    repository,
    head,
    openGitops: (config) => {
      const address = config.gitops.repository;
      if (address === null || sameAddress(address, remote)) return Promise.resolve(repository);
      const other = others.get(address) ?? openOther(address);
      others.set(address, other);
      return other;
    },
    tellNotices: () => {
      for (const { message } of opened.flatMap(({ notices }) => notices)) {
        if (!told.has(message)) call.note(message);
        told.add(message);
      }
    },
    close: async () => {
      await Promise.all(opened.map((one) => one.close()));
    },
  };
}

/**
 * Opens the workspace, runs `work`, and closes it whatever happens; notices are told at the end.
 * `status` is that of the work tree, where it was begun already.
 */
export async function withWorkspace<T>(
  call: Call,
  work: (workspace: Workspace) => Promise<T>,
  status?: Promise<WorkTreeStatus>,
): Promise<T> {
  const workspace = await openWorkspace(call, status);
  try {
    return await work(workspace);
  } finally {
    workspace.tellNotices();
    await workspace.close();
  }
}

function headOf({ head, root }: Checkout): CommitId {
  if (head !== null) return head;
  throw new LanewiseError('NOT_A_REPOSITORY', `The repository ${root} has no commit yet.`, {
    hint: 'Commit something, then run the command again.',
  });
}

function sameAddress(one: string, other: string | null): boolean {
  const plain = (address: string): string => address.replace(/\/+$|\.git\/*$/g, '');
  return other !== null && plain(one) === plain(other);
}
