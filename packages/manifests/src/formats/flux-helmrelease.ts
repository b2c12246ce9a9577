import { holdingOf, whole } from '../edit/holding.js';
import { exactVersion, isVersionRange } from '../edit/version-holding.js';
import type { FoundPin } from '../find/found-pin.js';
import { documentChoice, findImagePins, foundPin, isTemplate } from '../find/image-pins.js';
import type { Format } from '../format.js';
import type { PathStep } from '../paths/parse-path.js';
import { nodeAt, textAt } from '../paths/node-at.js';
import type { Source } from '../source.js';
import type { OutlineNode } from '../yaml/outline.js';
import { pathByImage } from './by-image.js';
import { locateByPath } from './by-path.js';

/**
 * Flux's HelmRelease (an image in `spec.values` by its name or path, the chart's version) and its
 * sources: `spec.ref` of OCIRepository and GitRepository, `spec.version` of HelmChart.
 */
export const fluxHelmRelease: Format = {
  name: 'flux-helmrelease',
  recognises: ({ text }) =>
    /^apiVersion:\s*["']?(?:helm|source)\.toolkit\.fluxcd\.io\//m.test(text),
  locate: (source, selector, value) => {
    const byPath = selector.path !== undefined || selector.image === undefined;
    return locateByPath(
      source,
      byPath ? selector : pathByImage(source, selector, find(source), value),
      {
        language: 'yaml',
        holding: (text, key) =>
          key === 'version'
            ? exactVersion
            : key === 'tag' || key === 'commit'
              ? whole
              : holdingOf(text, key),
      },
    );
  },
  find,
};

interface KnownField {
  readonly kind: string;
  readonly way: readonly string[];
  readonly holds: FoundPin['holds'];
  readonly why: string;
}

const knownFields: readonly KnownField[] = [
  {
    kind: 'HelmRelease',
    way: ['spec', 'chart', 'spec', 'version'],
    holds: 'version',
    why: "the version of the release's chart",
  },
  {
    kind: 'HelmChart',
    way: ['spec', 'version'],
    holds: 'version',
    why: 'the version of the chart',
  },
  {
    kind: 'OCIRepository',
    way: ['spec', 'ref', 'tag'],
    holds: 'tag',
    why: 'the tag of the OCI artifact',
  },
  {
    kind: 'OCIRepository',
    way: ['spec', 'ref', 'digest'],
    holds: 'digest',
    why: 'the digest of the OCI artifact',
  },
  { kind: 'GitRepository', way: ['spec', 'ref', 'tag'], holds: 'revision', why: 'the Git tag' },
  {
    kind: 'GitRepository',
    way: ['spec', 'ref', 'commit'],
    holds: 'revision',
    why: 'the Git commit',
  },
];

function find(source: Source): readonly FoundPin[] {
  return source.yaml().documents.flatMap(({ root }) => {
    const kind = textAt(root, 'kind');
    const area = {
      source,
      format: 'flux-helmrelease',
      root,
      document: documentChoice(source, root),
    } as const;
    const fixed = knownFields
      .filter((field) => field.kind === kind)
      .flatMap((field) => knownPin(area, root, field));
    const values = kind === 'HelmRelease' ? nodeAt(root, 'spec', 'values') : null;
    return values === null
      ? fixed
      : [...fixed, ...findImagePins({ ...area, root: values, from: stepsOf(['spec', 'values']) })];
  });
}

function knownPin(
  area: Parameters<typeof foundPin>[0],
  root: OutlineNode | null,
  field: KnownField,
): FoundPin[] {
  const node = nodeAt(root, ...field.way);
  if (
    node?.kind !== 'scalar' ||
    isTemplate(node.text) ||
    (field.holds === 'version' && isVersionRange(node.text))
  )
    return [];
  return [
    foundPin(area, stepsOf(field.way), node, {
      image: null,
      holds: field.holds,
      sureness: 'sure',
      why: field.why,
    }),
  ];
}

function stepsOf(way: readonly string[]): PathStep[] {
  return way.map((key) => ({ kind: 'key', key }));
}
