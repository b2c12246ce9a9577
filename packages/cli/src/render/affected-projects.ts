import type { AffectedProject, Product, ProjectCause } from '@lanewise/graph';
import { byText, oneLine, type ProjectName } from '@lanewise/model';
import { affectedEntries, type Reason, type ReleasePlan } from '@lanewise/release';
import type { View } from '../command.js';
import { renderTable } from '../output/table.js';
import { count } from './release-plan.js';

/** The affected projects as a table, and a sentence on what was compared. */
export function renderProjects(
  found: {
    readonly from: string | null;
    readonly to: string;
    readonly changedFiles: number | null;
    readonly projects: readonly AffectedProject[];
  },
  total: number,
  view: View,
): string {
  const { projects, from, to, changedFiles } = found;
  const columns = [{ title: 'project' }, { title: 'because', narrow: 'wrap' }] as const;
  const rows = projects.map((one) => [
    { text: one.project, paint: view.paint.name },
    describeProject(one),
  ]);
  const table = rows.length === 0 ? '' : `${renderTable(columns, rows, view)}\n`;
  const since =
    from === null
      ? 'since the last releases of the products'
      : `between ${from.slice(0, 8)} and ${to.slice(0, 8)} (${count(changedFiles ?? 0, 'changed file')})`;
  const are = projects.length === 1 ? 'is' : 'are';
  return `${table}${projects.length} of ${count(total, 'project')} ${are} affected ${since}.\n`;
}

function describeProject({ path, causes }: AffectedProject): string {
  const [first] = causes;
  const what = first === undefined ? '' : describeCause(first);
  const more = causes.length > 1 ? `; ${causes.length - 1} more` : '';
  return `${what}${more}${path.length > 1 ? ` (${path.join(' → ')})` : ''}`;
}

function describeCause(cause: ProjectCause): string {
  switch (cause.kind) {
    case 'files':
      return `${oneLine(cause.first)}${cause.count > 1 ? ` and ${cause.count - 1} more` : ''}`;
    case 'workspace-file':
      return `${oneLine(cause.file)}, which its inputs name`;
    case 'package':
      return `package ${cause.name}${cause.packages.length > 1 ? ` (${cause.packages.join(' → ')})` : ''}`;
    case 'typescript-path':
      return `the path ${cause.alias} in ${cause.file}`;
    case 'everything':
      return `${oneLine(cause.file)}: ${cause.why}`;
    default:
      return cause satisfies never;
  }
}

/**
 * The projects that a plan finds changed, those of affected products, and all on the ways between
 * them: what has to be built or tested for these products.
 */
export function projectsOfPlan(
  plan: ReleasePlan,
  products: readonly Product[],
): readonly AffectedProject[] {
  const projectOf = new Map(products.map(({ name, project }) => [name, project]));
  const found = new Map<ProjectName, AffectedProject>();
  const keep = (path: readonly ProjectName[], causes: readonly ProjectCause[]): void => {
    for (const [place, project] of path.entries()) {
      const known = found.get(project);
      const rest = path.slice(place);
      if (known === undefined || known.path.length > rest.length)
        found.set(project, { project, path: rest, causes });
    }
  };
  for (const entry of affectedEntries(plan)) {
    const own = projectOf.get(entry.product);
    for (const reason of entry.reasons) {
      const path = 'path' in reason ? reason.path : own === undefined ? [] : [own];
      keep(path, causesOf(reason));
    }
  }
  return [...found.values()].sort((a, b) => byText(a.project, b.project));
}

function causesOf(reason: Reason): readonly ProjectCause[] {
  if ('files' in reason) {
    const [first] = reason.files.shown;
    return first === undefined
      ? []
      : [{ kind: 'files', count: reason.files.count, first: first.path }];
  }
  if (reason.kind === 'package') {
    const { name, packages } = reason;
    return [{ kind: 'package', name, packages }];
  }
  if (reason.kind === 'typescript-path') {
    const { file, alias } = reason;
    return [{ kind: 'typescript-path', file, alias }];
  }
  return [];
}
