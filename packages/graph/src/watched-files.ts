import { isRecord } from './canonical.js';
import type { InputLists, Project, WorkspaceGraph } from './workspace-graph.js';

const prefix = '{workspaceRoot}/';

/**
 * The files outside of a project that touch it, as `nx affected` has it: what the `inputs` of any
 * of its targets name below `{workspaceRoot}`, directly or by a named input. Where the graph does
 * not tell the targets' inputs (a declared graph, or one written by `nx graph --file`), what its
 * filter names.
 */
export function watchedFiles(graph: WorkspaceGraph): (project: Project) => readonly string[] {
  const { inputLists } = graph;
  if (inputLists === undefined) return ({ filter }) => filter.globals;
  const shared = new Map<number, readonly string[]>();
  return ({ declares }) => {
    const numbers = [...new Set(Object.values(declares?.targets ?? {}))].sort((a, b) => a - b);
    const own = declares?.named;
    const named = { ...graph.namedInputs, ...own };
    const globs = numbers.flatMap((number) => {
      const known = own === undefined ? shared.get(number) : undefined;
      const found = known ?? [...filesOf(inputLists[number] ?? [], named, new Set())];
      if (own === undefined) shared.set(number, found);
      return found;
    });
    return [...new Set(globs)];
  };
}

function* filesOf(
  inputs: readonly unknown[],
  named: InputLists,
  seen: ReadonlySet<string>,
): Generator<string> {
  for (const input of inputs) {
    if (typeof input === 'string' && Object.hasOwn(named, input)) {
      if (!seen.has(input)) yield* filesOf(named[input] ?? [], named, new Set([...seen, input]));
    } else {
      const file = isRecord(input) ? input['fileset'] : input;
      if (typeof file === 'string' && file.startsWith(prefix)) yield file.slice(prefix.length);
    }
  }
}
