import type { ProjectName } from '@lanewise/model';
import type { ViewNode } from './graph-view.js';

/** The product's name, with the project's behind it where that differs. */
export function nodeLabel({ product, project }: ViewNode): string {
  if (product === null) return project.name;
  return product === (project.name as string) ? product : `${product} (${project.name})`;
}

/** Ids that no name can spoil: `n0`, `n1`, … in the order of the nodes. */
export function numberNodes(nodes: readonly ViewNode[]): (name: ProjectName) => string {
  const ids = new Map(nodes.map(({ project }, number) => [project.name, `n${number}`] as const));
  return (name) => ids.get(name) ?? 'n';
}
