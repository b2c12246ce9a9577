import { existingProducts, matchGlobs, type Product, type WorkspaceGraph } from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import {
  branchRef,
  LanewiseError,
  type CommitId,
  type Config,
  type RepoPath,
} from '@lanewise/model';

/**
 * Of names found in manifests those that `select` may mean, with those that it names outright. Where
 * it chooses by tag, which only the graph knows, all are kept but those that it leaves out by name.
 */
export function selectableNames(config: Config, existing: readonly string[]): readonly string[] {
  const { select } = config;
  if (select === null) return existing;
  const byTag = select.some((pattern) => pattern.startsWith('tag:'));
  const patterns = select.filter((pattern) => !/^!?tag:/.test(pattern));
  const matches = matchGlobs(byTag ? ['*', ...patterns] : patterns);
  const renamed = new Set<string>(
    [...config.products.values()].flatMap(({ project }) => project ?? []),
  );
  const plain = patterns.filter(
    (pattern) => !/[!*?[\]{}()]/.test(pattern) && !renamed.has(pattern),
  );
  return [...new Set([...existing.filter((name) => matches(name)), ...plain.map(unscoped)])];
}

/** What a project is called as a product. */
function unscoped(project: string): string {
  return project.replace(/^@[^/]+\//, '');
}

/** All files at the head of the GitOps branch. Throws REF_UNKNOWN where the branch is not there. */
export async function gitopsFiles(
  gitops: Repository,
  config: Config,
): Promise<ReadonlySet<RepoPath>> {
  const tip = await gitopsTip(gitops, config);
  return new Set((await gitops.listFiles(tip)).map(({ path }) => path));
}

/**
 * The files at the head of the GitOps branch that pins can name: where all pins begin with a folder
 * that is written out, only these folders are listed. Throws REF_UNKNOWN.
 */
export async function pinnableFiles(
  gitops: Repository,
  config: Config,
): Promise<ReadonlySet<RepoPath>> {
  const tip = await gitopsTip(gitops, config);
  const folders = pinFolders(config);
  const files = await gitops.listFiles(tip, folders.includes('' as RepoPath) ? undefined : folders);
  return new Set(files.map(({ path }) => path));
}

/** What stands before the first word or star of each pin's file, up to the last whole folder. */
function pinFolders(config: Config): readonly RepoPath[] {
  const all = [config.defaults, ...config.products.values()].flatMap(({ pins }) => pins);
  const folders = all.map(({ file }) => {
    const plain = /^[^{}*?[\]()!+@\\]*/.exec(file)?.[0] ?? '';
    const folder = plain.slice(0, Math.max(plain.lastIndexOf('/'), 0));
    return (/(?:^|\/)\.{0,2}(?:\/|$)/.test(folder) ? '' : folder) as RepoPath;
  });
  return [...new Set(folders)];
}

/** Head of the GitOps branch, fetched. Throws REF_UNKNOWN. */
async function gitopsTip(gitops: Repository, config: Config): Promise<CommitId> {
  const ref = branchRef(config.gitops.branch);
  const { refs } = await gitops.fetch({ refs: [ref], depth: 'tip' });
  const tip = refs.get(ref) as CommitId | undefined;
  if (tip !== undefined) return tip;
  throw new LanewiseError(
    'REF_UNKNOWN',
    `${gitops.name} has no branch ${config.gitops.branch}, from which manifests are read.`,
    {
      hint: 'Push the branch, or name another with gitops.branch in lanewise.yaml.',
    },
  );
}

/** The products of a graph (null: none is declared), with those that only manifests name where the configuration chooses none. */
export async function productsOfGraph(
  graph: WorkspaceGraph | null,
  config: Config,
  readFiles: () => Promise<Iterable<string>>,
): Promise<readonly Product[]> {
  const { selectProducts } = await import('@lanewise/graph');
  const isAsked = config.select === null || graph === null;
  const existing = isAsked ? existingProducts(config, await readFiles()) : [];
  return selectProducts(
    graph,
    config,
    graph === null ? selectableNames(config, existing) : existing,
  );
}
