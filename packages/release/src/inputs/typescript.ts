import {
  compareTsconfig,
  outlineTsconfig,
  ownerFinder,
  type ChangedAlias,
  type TsconfigOutline,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import {
  byText,
  canonicalJson,
  type ObjectId,
  type ProjectName,
  type RepoPath,
} from '@lanewise/model';
import type { Reason } from '../reason.js';

/** The root's tsconfig as it matters to single products. */
export interface TypeScriptSettings {
  compare(
    before: ObjectId | null,
    after: ObjectId | null,
    product: TypeScriptUse,
  ): readonly Reason[];
  /** What of it matters to the product: equal settings, equal texts. */
  key(id: ObjectId | null, product: TypeScriptUse): string;
}

/** How a product meets TypeScript: the projects it is built from, and whether any has such files. */
export interface TypeScriptUse {
  readonly members: ReadonlySet<ProjectName>;
  readonly compiles: boolean;
}

/** Names of the file that Nx writes for the whole workspace, the first that is there. */
export const tsconfigNames = [
  'tsconfig.base.json',
  'tsconfig.json',
] as readonly string[] as readonly RepoPath[];

/**
 * Reads the given versions of the root's tsconfig. An alias in `paths` matters to those who are
 * built from the project that it leads to, before or after; an alias that leads to no project and
 * every other setting matter to all that have TypeScript files.
 */
export async function readTypeScript(
  repository: Pick<Repository, 'readBlobs'>,
  graph: WorkspaceGraph,
  file: RepoPath | null,
  ids: readonly ObjectId[],
): Promise<TypeScriptSettings> {
  if (file === null) return { compare: () => [], key: () => '' };
  const blobs = await repository.readBlobs([...new Set(ids)]);
  const textOf = (id: ObjectId | null): string | null =>
    id === null ? null : new TextDecoder().decode(blobs.get(id));
  const owner = ownerFinder(graph);
  const leadsTo = (target: string): ProjectName | null => {
    const project = owner(target.replace(/^\.\//, '').replace(/[^/]*\*.*$/, ''));
    // What lies in no project but the root's own may be what another one is built into.
    return project === null || graph.projects.get(project)?.root === '' ? null : project;
  };
  const matters = (targets: readonly string[], { members, compiles }: TypeScriptUse): boolean => {
    const projects = targets.map(leadsTo);
    const isOpen = projects.length === 0 || projects.includes(null);
    return (isOpen && compiles) || projects.some((name) => name !== null && members.has(name));
  };
  const outlines = new Map<ObjectId | null, TsconfigOutline | null>();
  const outline = (id: ObjectId | null): TsconfigOutline | null => {
    if (!outlines.has(id)) outlines.set(id, outlineTsconfig(textOf(id)));
    return outlines.get(id) ?? null;
  };
  return {
    compare(before, after, product) {
      if (before === after) return [];
      const { pathsChanged, otherChanged } = compareTsconfig(textOf(before), textOf(after));
      const aliases = pathsChanged.filter((change) => matters(targetsOf(change), product));
      const options: Reason = { kind: 'typescript-options', file };
      return [
        ...aliases.map((change) => aliasReason(change, file)),
        ...(otherChanged && product.compiles ? [options] : []),
      ];
    },
    key(id, product) {
      const parts = outline(id);
      if (parts === null) return product.compiles ? (id ?? '') : '';
      const aliases = [...parts.aliases].filter(([, targets]) => matters(targets, product));
      const rest = product.compiles ? parts.rest : '';
      return canonicalJson([aliases.sort(([a], [b]) => byText(a, b)), rest]);
    },
  };
}

function targetsOf({ before, after }: ChangedAlias): readonly string[] {
  return [...(before ?? []), ...(after ?? [])];
}

function aliasReason({ alias, before, after }: ChangedAlias, file: RepoPath): Reason {
  return { kind: 'typescript-path', file, alias, before: before ?? [], after: after ?? [] };
}
