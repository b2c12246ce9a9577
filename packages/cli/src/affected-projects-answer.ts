import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspaceGraph } from '@lanewise/graph';
import { isLanewiseError, type Config, type ProjectName, type RepoPath } from '@lanewise/model';
import type { ProjectsAnswer, ReleasePlan, WorkTreeChanges } from '@lanewise/release';
import type { Answer, Call } from './command.js';
import { loadGraph } from './context/graph.js';
import type { OpenedRelease } from './context/release-sources.js';
import type { Workspace } from './context/workspace.js';
import { readTreeConfig } from './context/work-tree-config.js';
import type { ProjectsOptions } from './check-projects-options.js';
import { projectsOfPlan, renderProjects } from './render/affected-projects.js';
import { separated } from './render/separated.js';

/**
 * The projects that changed since one commit, as `nx affected` has it: no release, no tag and no
 * configuration is needed. Without `--head` the work tree counts too.
 */
export async function projectsSince(
  call: Call,
  workspace: Workspace,
  options: ProjectsOptions & { readonly base: string },
): Promise<Answer> {
  const { checkout, repository } = workspace;
  const { root } = checkout;
  const range = await checkout.findRange(options.base, options.head ?? 'HEAD');
  const graph = await loadGraph(
    call,
    workspace.checkout,
    await configIfAny(call, root),
    options.graph ?? null,
  );
  const { readAffectedProjects } = await import('@lanewise/release');
  await repository.fetchCommits([range.from, range.to], 'tip');
  const found = await readAffectedProjects({
    repository,
    graph,
    ...range,
    ...(options.head === undefined && { workTree: await readWorkTree(workspace) }),
  });
  return projectsAnswer(found, countProjects(graph), options);
}

/** The projects that make products affected, each product since its own release. */
export function projectsOfProducts(
  plan: ReleasePlan,
  { products, sources }: OpenedRelease,
  options: ProjectsOptions,
): Answer {
  const isProject = (name: ProjectName): boolean =>
    sources.graph.projects.get(name)?.linked !== true;
  const projects = projectsOfPlan(plan, products).filter(({ project }) => isProject(project));
  const total = countProjects(sources.graph);
  const found = { from: null, to: plan.head.commit, changedFiles: null, projects };
  return { ...projectsAnswer(found, total, options), exitCode: plan.exitCode };
}

/** Folders that are taken as packages are no projects: nobody can run them. */
function countProjects({ projects }: WorkspaceGraph): number {
  return [...projects.values()].filter(({ linked }) => linked !== true).length;
}

type Found = Omit<ProjectsAnswer, 'from' | 'changedFiles'> & {
  readonly from: ProjectsAnswer['from'] | null;
  readonly changedFiles: number | null;
};

function projectsAnswer(found: Found, total: number, options: ProjectsOptions): Answer {
  const names = found.projects.map(({ project }) => project);
  const json = {
    schema: 'lanewise.dev/projects/1',
    from: found.from,
    to: found.to,
    changedFiles: found.changedFiles,
    any: names.length > 0,
    projects: found.projects,
  };
  return {
    exitCode: 0,
    json,
    outputs: { any: String(names.length > 0), projects: names.join(',') },
    text: (view) => {
      switch (options.format) {
        case 'table':
          return renderProjects(found, total, view);
        case 'json':
          return `${JSON.stringify(json, null, 2)}\n`;
        case 'any':
          return `${names.length > 0}\n`;
        default:
          return separated(names, options.separator ?? '\n');
      }
    },
  };
}

/** Nx alone is enough for a graph; declared projects stand in the configuration. */
async function configIfAny(call: Call, root: string): Promise<Config | null> {
  try {
    return await readTreeConfig(call, root);
  } catch (error) {
    if (isLanewiseError(error, 'CONFIG_MISSING') && call.global.config === null) return null;
    throw error;
  }
}

async function readWorkTree({ checkout }: Workspace): Promise<WorkTreeChanges> {
  const { staged, changed, untracked } = await checkout.readStatus();
  const paths = new Set([...staged, ...changed, ...untracked]);
  const at = (path: RepoPath): string => join(checkout.root, path);
  return {
    files: [...paths].map((path) => ({ path, deleted: !existsSync(at(path)) })),
    textOf: (path) => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : null),
  };
}
