import { compareNxJson } from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import {
  canonicalJson,
  isLanewiseError,
  parseConfig,
  type ProductName,
  type RepoPath,
} from '@lanewise/model';
import { nxJson } from '../inputs/nx-settings.js';
import type { Reason } from '../reason.js';
import type { EvidenceFile, FoundCommits } from './evidence.js';
import {
  eachChange,
  listChanges,
  unreadable,
  type ListedChange,
  type Texts,
} from './each-change.js';
import { isManifest } from './mentions.js';
import { inOrder, type TrailCommit } from './trail.js';

export type FilterReason = Extract<Reason, { kind: 'filter' }>;

/** A project whose filter is another one, with the commits since the base, newest first. */
export interface FilterQuestion {
  readonly product: ProductName;
  readonly reason: FilterReason;
  readonly root: RepoPath;
  readonly configFile: RepoPath;
  readonly commits: readonly TrailCommit[];
}

/**
 * The commits in which it was said differently which files of a project count: in `nx.json`, in the
 * project's own `project.json` or `package.json`, or in `lanewise.yaml`.
 */
export async function findFilterCommits(
  repository: Pick<Repository, 'readBlobs'>,
  { product, reason, root, configFile, commits }: FilterQuestion,
): Promise<FoundCommits> {
  const manifests = ['project.json', 'package.json'].map((name) =>
    root === '' ? name : `${root}/${name}`,
  );
  const places = new Set<string>([nxJson, configFile, ...manifests]);
  const changes = listChanges(commits, (path) => places.has(path));
  const made = new Map<RepoPath, ListedChange[]>();
  const readable = await eachChange(repository, changes, (one, texts) => {
    const { path } = one.change;
    if (saysOtherwise(path, texts, product, configFile))
      made.set(path, [...(made.get(path) ?? []), one]);
  });
  const files = [...made].map(([path, of]): EvidenceFile => {
    const change = of[0]?.change.id === null ? 'deleted' : 'changed';
    return { path, change, commits: of.map(({ commit }) => commit.id) };
  });
  const named = new Set(files.flatMap((file) => file.commits));
  const found = inOrder(commits, named);
  if (!readable) return { commits: found, files, unsure: unreadable };
  const where = `${nxJson}, ${configFile} or the files of ${reason.project}`;
  const unsure =
    found.length > 0
      ? null
      : `no commit to ${where} says it: a plugin of Nx may, or the Lanewise that made the release`;
  return { commits: found, files, unsure };
}

function saysOtherwise(
  path: RepoPath,
  { before, after }: Texts,
  product: ProductName,
  configFile: RepoPath,
): boolean {
  if (path === nxJson) return compareNxJson(before, after).some(({ part }) => part !== 'other');
  if (path === configFile)
    return inputsIn(before, path, product) !== inputsIn(after, path, product);
  return isManifest(path) && declaredIn(before) !== declaredIn(after);
}

/** What a lanewise.yaml says of which files count for a product. */
function inputsIn(text: string | null, path: RepoPath, product: ProductName): string {
  if (text === null) return '';
  try {
    const config = parseConfig(text, path);
    const own = config.products.get(product);
    const projects = [...config.projects].map(([name, { inputs }]) => [name, inputs]);
    return canonicalJson([own?.target ?? null, own?.inputs ?? null, projects]);
  } catch (error) {
    if (isLanewiseError(error)) return text;
    throw error;
  }
}

/** Named inputs and inputs of targets, of project.json or of package.json's `nx`. */
function declaredIn(text: string | null): string {
  try {
    const value = JSON.parse(text ?? '{}') as Record<string, unknown> | null;
    const nx = (value?.['nx'] ?? {}) as Record<string, unknown>;
    const parts = [value, nx].map((one) => {
      const targets = Object.entries((one?.['targets'] ?? {}) as Record<string, unknown>);
      const inputs = targets.map(([name, target]) => [
        name,
        (target as { readonly inputs?: unknown } | null)?.inputs ?? null,
      ]);
      return [one?.['namedInputs'] ?? null, inputs];
    });
    return canonicalJson(parts);
  } catch {
    return text ?? '';
  }
}
