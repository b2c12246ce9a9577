import type { OutlineNode } from '../yaml/outline.js';
import { nodeAt, textAt } from '../paths/node-at.js';
import type { DeployedSource } from './deployed-sources.js';
import { fromRoot, itemsOf } from './tree-paths.js';

/** A ConfigMap or Secret that some file gives under a name: values for whoever takes it. */
export interface GivenValues {
  readonly name: string;
  /** The manifest that makes it, and the files whose content it holds. */
  readonly file: string;
  readonly files: readonly string[];
}

/** A HelmRelease that takes its values from such objects. */
export interface TakenValues {
  readonly source: DeployedSource;
  readonly names: readonly string[];
}

/** What the generators of a Kustomization make of files: `values.yaml=podinfo.yaml`, or the file alone. */
export function givenByGenerators(file: string, root: OutlineNode | null): readonly GivenValues[] {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  return ['configMapGenerator', 'secretGenerator'].flatMap((generator) =>
    itemsOf(nodeAt(root, generator)).flatMap((item): GivenValues[] => {
      const name = textAt(item, 'name');
      const files = itemsOf(nodeAt(item, 'files')).flatMap((one) => {
        const path = one.kind === 'scalar' ? one.text.replace(/^[^=]*=/, '') : '..';
        return fromRoot(`${folder}/${path}`) ?? [];
      });
      return name === null || files.length === 0 ? [] : [{ name, file, files }];
    }),
  );
}

/** A ConfigMap that is written out holds its values itself. */
export function givenByObject(file: string, root: OutlineNode | null): readonly GivenValues[] {
  const name = textAt(root, 'metadata', 'name');
  return name === null ? [] : [{ name, file, files: [file] }];
}

/** The names under `valuesFrom`. */
export function takenNames(spec: OutlineNode | null): readonly string[] {
  return itemsOf(nodeAt(spec, 'valuesFrom')).flatMap((item) => textAt(item, 'name') ?? []);
}

/**
 * Leads from each HelmRelease to the files that its `valuesFrom` means. The same base is used by many
 * overlays, of which each gives the name another file; so what is said stands in the manifest that
 * gives it, which is in the environment's folder.
 */
export function followValues(
  taken: readonly TakenValues[],
  given: readonly GivenValues[],
): readonly DeployedSource[] {
  const byName = new Map<string, GivenValues[]>();
  for (const one of given) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  return taken.flatMap(({ source, names }) =>
    names.flatMap((name) =>
      (byName.get(name) ?? []).map(({ file, files }) => ({ ...source, file, line: 1, files })),
    ),
  );
}
