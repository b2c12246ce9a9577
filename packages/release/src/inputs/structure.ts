import {
  underNamedInputs,
  type BuiltFrom,
  type ProductInputs,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { ProjectName, RecordedProject, RepoPath } from '@lanewise/model';
import type { Reason } from '../reason.js';
import type { GlobalRule, InputRules } from './input-rules.js';
import type { NamedBefore } from './nx-settings.js';

/** How the set of projects differs from the one that the base's record keeps. */
export interface StructureChange {
  readonly reasons: readonly Reason[];
  /** Members whose files can be compared: there before, at the same root. */
  readonly comparable: readonly BuiltFrom[];
  /** Whether a comparable member has other projects inside it now: equal trees are then not enough. */
  readonly cutDifferently: boolean;
}

/**
 * Compares the projects that a product is built from with those its base was built from. Without
 * a record the graph of that day is not known, and today's stands for it.
 */
export function compareStructure(
  recorded: readonly RecordedProject[] | null,
  inputs: ProductInputs,
  rules: InputRules,
  globals: GlobalRule,
): StructureChange {
  if (recorded === null) return { reasons: [], comparable: inputs.members, cutDifferently: false };
  if (isSame(recorded, inputs, rules, globals))
    return { reasons: [], comparable: inputs.members, cutDifferently: false };
  const before = new Map(recorded.map((project) => [project.name, project]));
  const reasons: Reason[] = [];
  const comparable: BuiltFrom[] = [];
  let cutDifferently = false;
  for (const member of inputs.members) {
    const { name, root } = member.project;
    const known = before.get(name);
    before.delete(name);
    // A folder that is taken as a package was there before it was followed: its files tell.
    if (known === undefined && member.project.linked === true) {
      comparable.push(member);
      continue;
    }
    if (known === undefined) {
      reasons.push({ kind: 'joined', project: name, path: member.path });
      continue;
    }
    const filters = filtersOf(member, inputs, rules, globals);
    const [filter] = filters.split('/');
    if (known.filters.split('/')[0] !== filter)
      reasons.push({ kind: 'filter', project: name, path: member.path });
    if (known.root !== root) {
      const [from, to] = [known.root as RepoPath, root];
      reasons.push({ kind: 'moved', project: name, path: member.path, from, to });
      continue;
    }
    if (known.filters !== filters) cutDifferently = true;
    comparable.push(member);
  }
  const left = [...before.keys()].map((project): Reason => ({ kind: 'left', project }));
  return { reasons: [...reasons, ...left], comparable, cutDifferently };
}

/** Whether all projects are there as they were, in the order in which records keep them: mostly so. */
function isSame(
  recorded: readonly RecordedProject[],
  inputs: ProductInputs,
  rules: InputRules,
  globals: GlobalRule,
): boolean {
  return (
    recorded.length === inputs.members.length &&
    inputs.members.every((member, index) => {
      const known = recorded[index];
      return (
        known?.name === member.project.name &&
        known.root === member.project.root &&
        known.filters === filtersOf(member, inputs, rules, globals)
      );
    })
  );
}

/** The projects of a product as its record keeps them. */
export function recordedProjects(
  inputs: ProductInputs,
  rules: InputRules,
  globals: GlobalRule,
): readonly RecordedProject[] {
  return inputs.members.map((member) => {
    const { name, root } = member.project;
    return { name, root, filters: filtersOf(member, inputs, rules, globals) };
  });
}

/** `filter`, and behind slashes what else decides which files count: projects inside, added globs. */
function filtersOf(
  { project }: BuiltFrom,
  { product }: ProductInputs,
  rules: InputRules,
  globals: GlobalRule,
): string {
  const { filter, inside } = rules.filterKey(project);
  const added = project.name === product.project ? globals.addedKey : '';
  return `${filter}${inside === '' && added === '' ? '' : `/${inside}`}${added === '' ? '' : `/${added}`}`;
}

/** Names of the members, for questions about the set. */
export function memberNames(inputs: ProductInputs): ReadonlySet<ProjectName> {
  return new Set(inputs.members.map(({ project }) => project.name));
}

/**
 * Members whose files were sorted otherwise by the nx.json of the base. Where a record keeps the
 * filters, these tell it; a tag without a record has only that file.
 */
export function compareNamedInputs(
  inputs: ProductInputs,
  graph: Pick<WorkspaceGraph, 'namedInputs'>,
  before: NamedBefore,
): readonly Reason[] {
  const named = Object.fromEntries(
    [
      ...new Map<string, readonly unknown[] | undefined>([
        ...Object.entries(graph.namedInputs ?? {}),
        ...before,
      ]),
    ].filter((entry): entry is [string, readonly unknown[]] => entry[1] !== undefined),
  );
  return inputs.members.flatMap(({ project, path }): Reason[] => {
    const then = underNamedInputs(project, named);
    if (then.filter.digest === project.filter.digest) return [];
    return [{ kind: 'filter', project: project.name, path }];
  });
}
