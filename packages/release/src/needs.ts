import type { ProductNeed, Project, WorkspaceGraph } from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import type { CommitId, ProductName, Release, Version } from '@lanewise/model';
import type { InputRules } from './inputs/input-rules.js';
import { lookAt } from './inputs/look.js';
import { readTreeDiffs, type DifferingPath } from './inputs/tree-diffs.js';
import type { ReleaseBook } from './release-book.js';
import type { NeedFacts } from './state.js';
import { isPrerelease } from './tag-name.js';

/**
 * For each need the newest release of the needed product, and the oldest one whose content of the
 * projects on the way between the two equals HEAD's, with none in between that differs: from that
 * one on the two speak alike.
 */
export async function readNeeds(
  repository: Pick<Repository, 'readEntries' | 'diffTreePairs' | 'listFiles'>,
  head: CommitId,
  graph: WorkspaceGraph,
  rules: InputRules,
  book: ReleaseBook,
  needs: ReadonlyMap<ProductName, readonly ProductNeed[]>,
): Promise<ReadonlyMap<ProductName, readonly NeedFacts[]>> {
  const wanted = [...needs.values()].flat();
  const questions = wanted.flatMap(({ product, onPath }) => {
    const projects = onPath.flatMap((name) => graph.projects.get(name) ?? []);
    return projects.length === 0
      ? []
      : candidates(book, product).map((release) => ({ release, projects }));
  });
  const looked = await lookAt(
    repository,
    head,
    questions.map(({ release, projects }) => ({
      base: release.commit,
      paths: projects.map(({ root }) => root),
    })),
  );
  const differing = questions.flatMap(({ release, projects }) =>
    looked.differing({ base: release.commit, paths: projects.map(({ root }) => root) }),
  );
  const diffs = await readTreeDiffs(repository, differing);
  const isEqual = (release: Release, project: Project): boolean =>
    looked
      .differing({ base: release.commit, paths: [project.root] })
      .every(
        (one) => wasThere(one) && !diffs(one).some(({ path }) => belongs(path, project, rules)),
      );
  const facts = ({ product, onPath }: ProductNeed): NeedFacts => {
    const projects = onPath.flatMap((name) => graph.projects.get(name) ?? []);
    const releases = candidates(book, product);
    const equal = oldestOfRun(releases, (release) =>
      projects.every((one) => isEqual(release, one)),
    );
    const seen = releases[0]?.version ?? null;
    return {
      product,
      via: onPath,
      seen,
      equal: versionOf(projects.length === 0 ? undefined : equal),
    };
  };
  return new Map([...needs].map(([product, list]) => [product, list.map((need) => facts(need))]));
}

/**
 * Of releases, newest first, the oldest from which on all are equal: one in between that spoke
 * otherwise must not count as good enough. None where the newest is not equal: the next one will be.
 */
function oldestOfRun(
  releases: readonly Release[],
  isEqual: (release: Release) => boolean,
): Release | undefined {
  const end = releases.findIndex((release) => !isEqual(release));
  return releases[(end < 0 ? releases.length : end) - 1];
}

function candidates(book: ReleaseBook, product: ProductName): readonly Release[] {
  return book.releases(product).filter(({ version }) => !isPrerelease(version));
}

function belongs(path: DifferingPath['path'], project: Project, rules: InputRules): boolean {
  return (
    rules.owners(path).some(({ name }) => name === project.name) && rules.counts(project, path)
  );
}

function wasThere({ before }: DifferingPath): boolean {
  return before !== undefined;
}

function versionOf(release: Release | undefined): Version | null {
  return release?.version ?? null;
}
