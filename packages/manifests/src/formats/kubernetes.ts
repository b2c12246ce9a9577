import type { PinSelector } from '@lanewise/model';

import { holdingOf, imageSuffix, tryParseImage, type Holding } from '../edit/holding.js';
import { documentChoice, foundPin, isTemplate, type SearchArea } from '../find/image-pins.js';
import type { FoundPin } from '../find/found-pin.js';
import { walkDocument } from '../find/walk.js';
import type { Format, PinEdit } from '../format.js';
import { parsePinPath, type PathStep } from '../paths/parse-path.js';
import type { Source } from '../source.js';
import type { OutlineNode } from '../yaml/outline.js';
import { pathByImage } from './by-image.js';
import { locateAt } from './by-path.js';
import { findInBlock, locateInBlock } from './inner-block.js';
import { nodeAt, textAt } from '../paths/node-at.js';
import { chooseDocuments } from './documents.js';

/**
 * Kubernetes objects with containers, at any depth (Deployment, CronJob, Pod, List, custom kinds):
 * an image by its name, or a container by its own: `containers[name=app].image`. And ConfigMaps, whose
 * `data` may hold the values of a chart: a path goes on into such a block as if it were a map,
 * `data."values.yaml".image.tag`.
 */
export const kubernetes: Format = {
  name: 'kubernetes',
  recognises: (source) =>
    /^(?:apiVersion|["']apiVersion["']):/m.test(source.text) &&
    (/\bcontainers["']?:/.test(source.text) || holdsValues(source)),
  locate: (source, selector, value) => {
    const steps = stepsOf(source, selector, value);
    const isData = steps[0]?.kind === 'key' && steps[0].key === 'data';
    if (isData && steps.length > 2) return locateInBlock(source, selector, steps, 2);
    const holding = isData ? holdingOf : (): Holding => imageSuffix;
    return locateAt(source, selector, steps, { language: 'yaml', holding });
  },
  find,
};

/** A ConfigMap with a key that is called after values, as charts and Flux call it. */
function holdsValues({ text }: Source): boolean {
  return (
    /^kind:\s*["']?ConfigMap\b/m.test(text) && /^\s+["']?[\w.-]*values[\w.-]*["']?:/im.test(text)
  );
}

const podSpecs: readonly (readonly string[])[] = [
  [],
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
];

function stepsOf(
  source: Source,
  selector: PinSelector,
  value: PinEdit['value'] | undefined,
): readonly PathStep[] {
  const { path } =
    selector.path === undefined ? pathByImage(source, selector, find(source), value) : selector;
  const steps = parsePinPath(path ?? '');
  const [first] = steps;
  if (first?.kind !== 'key' || !isContainers(first.key)) return steps;
  const above = podSpecs.find((way) =>
    chooseDocuments(source, source.yaml().documents, selector.document).some(
      ({ root }) => nodeAt(root, ...way, first.key) !== null,
    ),
  );
  return [...(above ?? []).map((key) => ({ kind: 'key', key }) as const), ...steps];
}

function find(source: Source): readonly FoundPin[] {
  return source.yaml().documents.flatMap(({ root }) => findContainers(source, root));
}

function findContainers(source: Source, root: OutlineNode | null): readonly FoundPin[] {
  if (textAt(root, 'apiVersion') === null) return [];
  const area = {
    source,
    format: 'kubernetes',
    root,
    document: documentChoice(source, root),
  } as const;
  if (textAt(root, 'kind') === 'ConfigMap') return findInData(area);
  return walkDocument(root).maps.flatMap(({ map, steps, key }) => {
    const node = nodeAt(map, 'image');
    if (key === null || node?.kind !== 'scalar' || isTemplate(node.text)) return [];
    const image = tryParseImage(node.text);
    if (image === null) return [];
    const container = isContainers(key);
    if (!container && image.tag === undefined && image.digest === undefined) return [];
    const holds = image.tag === undefined && image.digest !== undefined ? 'digest' : 'tag';
    const why = container ? `a container's image` : `an image under '${key}'`;
    const traits = {
      image: image.repository,
      holds,
      sureness: container ? 'sure' : 'perhaps',
      why,
    } as const;
    return [foundPin(area, [...steps, { kind: 'key', key: 'image' }], node, traits)];
  });
}

/** Whoever takes a ConfigMap as values says under which key they are; they are called so nearly always. */
function findInData(area: SearchArea): readonly FoundPin[] {
  const data = nodeAt(area.root, 'data');
  if (data?.kind !== 'map') return [];
  return data.entries.flatMap(({ key, value }) => {
    if (key === null || !/values/i.test(key)) return [];
    return findInBlock(area, value, [
      { kind: 'key', key: 'data' },
      { kind: 'key', key },
    ]);
  });
}

function isContainers(key: string): boolean {
  return key === 'containers' || key === 'initContainers' || key === 'ephemeralContainers';
}
