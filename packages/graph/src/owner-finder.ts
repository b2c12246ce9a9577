import type { ProjectName } from '@lanewise/model';
import type { WorkspaceGraph } from './workspace-graph.js';

/** Finds the project that a path belongs to: the innermost whose root holds it; null: none. */
export function ownerFinder(graph: WorkspaceGraph): (path: string) => ProjectName | null {
  const owners = new Map<string, ProjectName>();
  for (const { name, root, filter } of graph.projects.values()) {
    if (filter.patterns.length > 0 || root !== '') owners.set(root, name);
  }
  return (path) => {
    for (
      let folder = path;
      folder !== '';
      folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))
    ) {
      const owner = owners.get(folder);
      if (owner !== undefined) return owner;
    }
    return owners.get('') ?? null;
  };
}
