import type { ProductInputs, WorkspaceGraph } from '@lanewise/graph';
import type { Config, Pin, ProductName, ProjectName, RepoPath } from '@lanewise/model';
import { makeInputRules, type GlobalRule } from './input-rules.js';

/**
 * Tells whether a file is an input of a product: of one of its projects, by a global, or, of the
 * lockfile and the settings in the workspace's root, by what is in it.
 */
export function makeInputTest(
  graph: WorkspaceGraph,
  config: Config,
  pins: readonly Pin[],
): (inputs: ProductInputs, path: RepoPath) => boolean {
  const rules = makeInputRules(graph, config, new Set(pins.map(({ file }) => file)), new Set());
  const byContent = new Set<string>(['nx.json', 'tsconfig.base.json', 'tsconfig.json']);
  if (graph.lockfile !== null) byContent.add(graph.lockfile);
  const known = new Map<ProductName, { members: ReadonlySet<ProjectName>; globals: GlobalRule }>();
  return (inputs, path) => {
    if (byContent.has(path)) return true;
    let own = known.get(inputs.product.name);
    if (own === undefined) {
      const members = new Set(inputs.members.map(({ project }) => project.name));
      known.set(inputs.product.name, (own = { members, globals: rules.globals(inputs) }));
    }
    const { members, globals } = own;
    const owners = rules.owners(path).filter(({ name }) => members.has(name));
    return (
      globals.test(path) ||
      owners.some((owner) => {
        const member = inputs.members.find(({ project }) => project.name === owner.name);
        return member !== undefined && rules.counts(member.project, path);
      })
    );
  };
}
