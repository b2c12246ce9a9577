import { matchGlobs, type Product, type WorkspaceGraph } from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import {
  branchRef,
  LanewiseError,
  templateWords,
  type CommitId,
  type Config,
  type RepoPath,
} from '@lanewise/model';

/**
 * Names of products that manifests exist for: what stands where the first pin's file has
 * `{product}`. None where the file is named by other words too, as they cannot be read backwards.
 */
export function existingProducts(config: Config, files: Iterable<string>): string[] {
  const template = config.defaults.pins[0]?.file;
  if (template === undefined) return [];
  const words = templateWords(template);
  if (!words.includes('product') || words.some((word) => word !== 'env' && word !== 'product'))
    return [];
  const shape = templateShape(template, [...config.environments.keys()]);
  const names = new Set<string>();
  for (const file of files) {
    const name = shape.exec(file)?.groups?.['product'];
    if (name !== undefined) names.add(name);
  }
  return [...names].sort();
}

/**
 * Of names found in manifests those that `select` may mean. Where it chooses by tag, which only the
 * graph knows, all are kept but those that it leaves out by name.
 */
export function selectableNames(config: Config, existing: readonly string[]): readonly string[] {
  const { select } = config;
  if (select === null) return existing;
  const byTag = select.some((pattern) => pattern.startsWith('tag:'));
  const patterns = select.filter((pattern) => !/^!?tag:/.test(pattern));
  const matches = matchGlobs(byTag ? ['*', ...patterns] : patterns);
  return existing.filter((name) => matches(name));
}

/** A regular expression for the paths that a file template can become; its globs included. */
function templateShape(template: string, environments: readonly string[]): RegExp {
  let seen = false;
  const source = template.split(/(\{env\}|\{product\}|\*\*\/?|\*)/).map((part) => {
    if (part === '{env}') return `(?:${environments.map(escape).join('|')})`;
    if (part === '{product}' && seen) return '\\k<product>';
    if (part === '{product}') {
      seen = true;
      return '(?<product>[a-z0-9][a-z0-9._-]*?)';
    }
    if (part.startsWith('**')) return '(?:.*/)?';
    return part === '*' ? '[^/]*' : escape(part);
  });
  return new RegExp(`^${source.join('')}$`);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** All files at the head of the GitOps branch. Throws REF_UNKNOWN where the branch is not there. */
export async function gitopsFiles(
  gitops: Repository,
  config: Config,
): Promise<ReadonlySet<RepoPath>> {
  const tip = await gitopsTip(gitops, config);
  return new Set((await gitops.listFiles(tip)).map(({ path }) => path));
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
  const existing = config.select === null ? existingProducts(config, await readFiles()) : [];
  return selectProducts(graph, config, existing);
}
