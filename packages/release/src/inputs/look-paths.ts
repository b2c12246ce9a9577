import type { ProductInputs } from '@lanewise/graph';
import type { RepoPath } from '@lanewise/model';
import { literalPart } from './file-lists.js';
import type { GlobalRule } from './input-rules.js';
import type { SpecialPaths } from './special-paths.js';

/** Paths whose equality proves the inputs equal, the set of projects being the same. */
export function lookPaths(
  inputs: ProductInputs,
  rule: GlobalRule,
  special: Pick<SpecialPaths, 'looked'>,
): readonly RepoPath[] {
  const globals = rule.patterns
    .filter((pattern) => !pattern.startsWith('!'))
    .map((pattern) => literalPart(pattern).text.replace(/\/$/, '') as RepoPath);
  const roots = inputs.members.map(({ project }) => project.root);
  return [...new Set([...roots, ...globals, ...special.looked])];
}
