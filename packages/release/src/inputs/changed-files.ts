import type { BuiltFrom, Project } from '@lanewise/graph';
import { byText } from '@lanewise/model';
import type { Candidate, Facts } from './facts.js';
import type { InputRules } from './input-rules.js';
import type { Looked } from './look.js';
import type { ChangedFile, DifferingPath, TreeDiffs } from './tree-diffs.js';

/** The files of a project that count and differ, sorted: told once for all products that share it. */
export function makeChangedFiles(rules: InputRules, diffs: TreeDiffs): Facts['changedOf'] {
  const told = new Map<string, readonly ChangedFile[]>();
  return (project, differing) => {
    const key = `${differing[0]?.base ?? ''} ${project.filter.digest} ${project.name}`;
    let files = told.get(key);
    if (files === undefined) {
      files = sortedByPath(
        differing
          .flatMap(diffs)
          .filter(
            ({ path }) => isOwner(project, rules.owners(path)) && rules.counts(project, path),
          ),
      );
      told.set(key, files);
    }
    return files;
  };
}

/** What differs of a member between its product's base and HEAD. */
export function differingOf(
  { project }: BuiltFrom,
  { base, differing }: Pick<Candidate, 'base' | 'differing'>,
  { looked }: { readonly looked: Pick<Looked, 'places'> },
): readonly DifferingPath[] {
  const places = looked.places(base.commit, project.root);
  return differing.filter(({ path }) => places.includes(path));
}

export function sortedByPath(files: readonly ChangedFile[]): readonly ChangedFile[] {
  return [...files].sort((a, b) => byText(a.path, b.path));
}

function isOwner({ name }: Project, owners: readonly Project[]): boolean {
  return owners.some((owner) => owner.name === name);
}
