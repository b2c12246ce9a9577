import { LanewiseError } from '@lanewise/model';

import type { Manifest } from '../format.js';
import { nodeAt, textAt } from '../paths/node-at.js';
import { openSource, placeAt, type Source } from '../source.js';
import type { OutlineNode } from '../yaml/outline.js';
import {
  followValues,
  givenByGenerators,
  givenByObject,
  takenNames,
  type GivenValues,
  type TakenValues,
} from './given-values.js';
import { fromRoot, itemsOf } from './tree-paths.js';

/** What an object of Argo CD or Flux brings to a cluster, as far as Git shows it. */
export interface DeployedSource {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Address of the repository; null where the object does not say it. */
  readonly repository: string | null;
  /** Branch, tag or commit; null where the object does not say it. */
  readonly revision: string | null;
  /** Folders of manifests or charts, from the repository's root. Words of templates stay: `{{env}}`. */
  readonly folders: readonly string[];
  /** Values files, from the repository's root. */
  readonly files: readonly string[];
}

const signs = ['argoproj.io/', 'toolkit.fluxcd.io/', 'Generator:', 'ConfigMap'].map((sign) =>
  Buffer.from(sign),
);

/**
 * What the Applications, ApplicationSets, Kustomizations and HelmReleases of a tree point to, with the
 * files that HelmReleases take their values from. A file that cannot be read says nothing.
 */
export function findDeployedSources(manifests: Iterable<Manifest>): readonly DeployedSource[] {
  const said = [...manifests].flatMap(readManifest);
  return [
    ...said.flatMap(({ sources }) => sources),
    ...followValues(
      said.flatMap(({ taken }) => taken),
      said.flatMap(({ given }) => given),
    ),
  ];
}

/** What one document says. */
interface Said {
  readonly sources: readonly DeployedSource[];
  readonly taken: readonly TakenValues[];
  readonly given: readonly GivenValues[];
}

function readManifest(manifest: Manifest): readonly Said[] {
  const { bytes } = manifest;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!signs.some((sign) => buffer.includes(sign))) return [];
  try {
    const source = openSource(manifest);
    return source.yaml().documents.map(({ root }) => readDocument(source, root));
  } catch (error) {
    if (error instanceof LanewiseError) return [];
    throw error;
  }
}

function readDocument(source: Source, root: OutlineNode | null): Said {
  const kind = textAt(root, 'kind') ?? '';
  const group = (textAt(root, 'apiVersion') ?? '').split('/')[0] ?? '';
  const { line } = placeAt(source, root?.start ?? 0);
  const object = { kind, name: textAt(root, 'metadata', 'name') ?? '', file: source.file, line };
  const names = kind === 'HelmRelease' ? takenNames(nodeAt(root, 'spec')) : [];
  return {
    sources: sourcesOf(`${group} ${kind}`, object, root),
    taken: names.length === 0 ? [] : [{ source: { ...object, ...nowhere }, names }],
    // A Kustomization of Kustomize need not say what it is.
    given:
      kind === 'ConfigMap'
        ? givenByObject(source.file, root)
        : givenByGenerators(source.file, root),
  };
}

function sourcesOf(
  kind: string,
  object: NamedObject,
  root: OutlineNode | null,
): readonly DeployedSource[] {
  switch (kind) {
    case 'argoproj.io Application':
      return ofArgo(object, nodeAt(root, 'spec'));
    case 'argoproj.io ApplicationSet':
      return [
        ...ofArgo(object, nodeAt(root, 'spec', 'template', 'spec')),
        ...ofGenerators(object, nodeAt(root, 'spec', 'generators')),
      ];
    case 'kustomize.toolkit.fluxcd.io Kustomization': {
      const folder = fromRoot(textAt(root, 'spec', 'path') ?? '.');
      return folder === null ? [] : [{ ...object, ...nowhere, folders: [folder] }];
    }
    case 'helm.toolkit.fluxcd.io HelmRelease':
      return ofHelmRelease(object, nodeAt(root, 'spec', 'chart', 'spec'));
    case 'source.toolkit.fluxcd.io GitRepository': {
      const repository = textAt(root, 'spec', 'url');
      const revision = textAt(root, 'spec', 'ref', 'branch');
      return [{ ...object, ...nowhere, repository, revision }];
    }
    default:
      return [];
  }
}

type NamedObject = Pick<DeployedSource, 'kind' | 'name' | 'file' | 'line'>;

const nowhere = { repository: null, revision: null, folders: [], files: [] } as const;

function ofArgo(object: NamedObject, spec: OutlineNode | null): readonly DeployedSource[] {
  const one = nodeAt(spec, 'source');
  const sources = [...(one === null ? [] : [one]), ...itemsOf(nodeAt(spec, 'sources'))];
  const fromGit = sources.filter((source) => textAt(source, 'chart') === null);
  const repositories = new Map(
    fromGit.map((source) => [textAt(source, 'ref') ?? '', textAt(source, 'repoURL')] as const),
  );
  return sources.flatMap((source): DeployedSource[] => {
    const isChart = textAt(source, 'chart') !== null;
    const path = textAt(source, 'path');
    const folder = isChart || path === null ? null : fromRoot(path);
    const listed = itemsOf(nodeAt(source, 'helm', 'valueFiles')).flatMap((item) =>
      item.kind === 'scalar' ? [item.text] : [],
    );
    // `$values/…` names a file of the source that is called so; others stand beside the chart.
    const away = listed.flatMap((file) => {
      const [, ref = '', inner = ''] = /^\$([\w-]+)\/(.+)$/.exec(file) ?? [];
      const inside = fromRoot(inner);
      return inner === '' || inside === null
        ? []
        : [{ ...nowhere, repository: repositories.get(ref) ?? null, files: [inside] }];
    });
    const beside = listed.flatMap((file) =>
      file.startsWith('$') || file.includes('://') || isChart ? [] : inFolder(folder ?? '', file),
    );
    const own = {
      repository: isChart ? null : textAt(source, 'repoURL'),
      revision: isChart ? null : textAt(source, 'targetRevision'),
      folders: folder === null ? [] : [folder],
      files: beside,
    };
    return [{ ...object, ...own }, ...away.map((file) => ({ ...object, ...file }))];
  });
}

/** Git generators name folders and files whose content fills the template; matrices hold others. */
function ofGenerators(object: NamedObject, list: OutlineNode | null): readonly DeployedSource[] {
  return itemsOf(list).flatMap((generator): DeployedSource[] => {
    const git = nodeAt(generator, 'git');
    const inner = ['matrix', 'merge'].flatMap((kind) => [
      ...ofGenerators(object, nodeAt(generator, kind, 'generators')),
    ]);
    if (git === null) return inner;
    const paths = (key: string): string[] =>
      itemsOf(nodeAt(git, key)).flatMap((item) => fromRoot(textAt(item, 'path') ?? '..') ?? []);
    return [
      {
        ...object,
        repository: textAt(git, 'repoURL'),
        revision: textAt(git, 'revision'),
        folders: paths('directories'),
        files: paths('files'),
      },
      ...inner,
    ];
  });
}

/** A chart that stands in Git is named by its folder. */
function ofHelmRelease(object: NamedObject, chart: OutlineNode | null): readonly DeployedSource[] {
  const folder = fromRoot(textAt(chart, 'chart') ?? '..');
  if (textAt(chart, 'sourceRef', 'kind') !== 'GitRepository' || folder === null) return [];
  const listed = itemsOf(nodeAt(chart, 'valuesFiles')).flatMap((item) =>
    item.kind === 'scalar' ? [item.text] : [],
  );
  // Flux reads these from the root of the source.
  const files = listed.flatMap((file) => fromRoot(file) ?? []);
  return [{ ...object, ...nowhere, folders: [folder], files }];
}

function inFolder(folder: string, file: string): string[] {
  const path = file.startsWith('/') ? fromRoot(file) : fromRoot(`${folder}/${file}`);
  return path === null ? [] : [path];
}
