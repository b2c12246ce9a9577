import type { ProductInputs } from '@lanewise/graph';
import type { TreeEntry } from '@lanewise/git';
import {
  byText,
  canonicalJson,
  sha256,
  type InputsDigest,
  type ObjectId,
  type RepoPath,
} from '@lanewise/model';
import { typescriptUse, type Facts } from './facts.js';
import type { GlobalRule } from './input-rules.js';
import { patchFolder } from './install-files.js';
import { buildTargets } from './nx-settings.js';
import { blobId, lockfileAt } from './special-paths.js';
import { recordedProjects } from './structure.js';

/** Number of the algorithm that makes inputs digests: digests of different numbers say nothing together. */
export const inputsAlgorithm = 2;

/** Digest of what counts of a product's inputs at HEAD, and the projects it is cut into. */
export function digestInputs(inputs: ProductInputs, rule: GlobalRule, facts: Facts): InputsDigest {
  const { lists, rules, packages, typescript, nx, pinned, special, sources } = facts;
  const at = (path: RepoPath | null): ObjectId | null =>
    path === null ? null : blobId(lists.file(path));
  const projects = recordedProjects(inputs, rules, rule);
  const files = {
    projects: inputs.members
      .map(({ project }) => {
        const { filter } = rules.filterKey(project);
        return [project.name, project.root, filter, lists.projectDigest(project)];
      })
      .sort(([a = ''], [b = '']) => byText(a, b)),
    globals: lists
      .globalFiles(rule)
      .map(({ path, mode, id }) => [path, mode, pinned.digest(path, id)]),
  };
  const settings = {
    packages: packages.key(
      lockfileAt(special, (path) => lists.file(path)),
      inputs.members,
    ),
    typescript: typescript.key(sources.head, typescriptUse(inputs, facts)),
    nx: nx.key(at(special.nxJson), buildTargets(inputs)),
    install: installKey(inputs, facts),
  };
  // Apart, because a file may count for a project only since another was cut out of it or put in.
  const digest = [files, settings].map((part) => sha256(canonicalJson(part))).join('.');
  return { algorithm: inputsAlgorithm, digest, projects };
}

function installKey(inputs: ProductInputs, { packages, install, lists, special }: Facts): string {
  if (inputs.lockfile === null) return '';
  const at = (path: RepoPath): TreeEntry | undefined => lists.file(path);
  return install.key(at, lists.below(patchFolder), () =>
    packages.uses(lockfileAt(special, at), inputs.members),
  );
}
