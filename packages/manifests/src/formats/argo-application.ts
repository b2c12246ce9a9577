import type { LanewiseError, PinSelector } from '@lanewise/model';

import {
  holdingOf,
  imageOverride,
  imageSuffix,
  tryParseImage,
  whole,
  type Holding,
} from '../edit/holding.js';
import { exactVersion, isVersionRange } from '../edit/version-holding.js';
import type { FoundPin } from '../find/found-pin.js';
import { documentChoice, findImagePins, foundPin, isTemplate } from '../find/image-pins.js';
import { walkDocument, type WalkedMap } from '../find/walk.js';
import type { Format } from '../format.js';
import { nodeAt, textAt } from '../paths/node-at.js';
import { parsePinPath, type PathStep } from '../paths/parse-path.js';
import { errorAt, type Source } from '../source.js';
import type { Spot } from '../spot.js';
import { pathByImage } from './by-image.js';
import { locateAt } from './by-path.js';
import { findInBlock, locateInBlock } from './inner-block.js';

/**
 * Argo CD's Application and ApplicationSet: `targetRevision` of a source, `helm.parameters`,
 * `helm.valuesObject`, the YAML inside the `helm.values` block, `kustomize.images`, elements of a
 * list generator. A path goes on into the block as if it were a map: `spec.source.helm.values.image.tag`.
 */
export const argoApplication: Format = {
  name: 'argo-application',
  recognises: ({ text }) =>
    /^apiVersion:\s*["']?argoproj\.io\//m.test(text) &&
    /^kind:\s*["']?Application(?:Set)?\b/m.test(text),
  locate: (source, selector, value) => {
    const { document, create, ...named } = selector;
    const chosen =
      named.path === undefined ? pathByImage(source, selector, find(source), value) : selector;
    if (chosen.path === undefined) throw noPath(source);
    return locateSteps(
      source,
      { ...chosen, ...(document && { document }), ...(create !== undefined && { create }) },
      parsePinPath(chosen.path),
    );
  },
  find,
};

function locateSteps(source: Source, selector: PinSelector, steps: readonly PathStep[]): Spot {
  const into =
    steps.findIndex(
      (step, index) => index > 0 && keyOf(step) === 'values' && keyOf(steps[index - 1]) === 'helm',
    ) + 1;
  if (into === 0 || into === steps.length)
    return locateAt(source, selector, steps, { language: 'yaml', holding: holdingFor(steps) });
  return locateInBlock(source, selector, steps, into);
}

function keyOf(step: PathStep | undefined): string | null {
  return step?.kind === 'key' ? step.key : step?.kind === 'pointer' ? step.text : null;
}

/** How the scalar at a path holds its value, by what Argo CD uses it for. */
function holdingFor(steps: readonly PathStep[]): (text: string, key: string | null) => Holding {
  const above = steps.map((step) => keyOf(step));
  return (text, key) => {
    if (key === 'targetRevision') return isVersionRange(text) ? exactVersion : whole;
    if (above.at(-3) === 'kustomize' || above.at(-2) === 'images')
      return text.includes('=') ? imageOverride : imageSuffix;
    if (key === 'value' && above.includes('parameters')) return whole;
    return holdingOf(text, key);
  };
}

function find(source: Source): readonly FoundPin[] {
  return source.yaml().documents.flatMap(({ root }) => {
    if (!/^Application(?:Set)?$/.test(textAt(root, 'kind') ?? '')) return [];
    const document = documentChoice(source, root);
    return walkDocument(root).maps.flatMap((walked) => findInMap(source, document, walked));
  });
}

function findInMap(
  source: Source,
  document: FoundPin['selector']['document'],
  walked: WalkedMap,
): readonly FoundPin[] {
  const { map, steps, key } = walked;
  const area = { source, format: 'argo-application', root: map, document } as const;
  if (key === 'source' || key === 'sources') return findRevision(area, steps);
  if (key === 'helm') return [...findParameters(area, steps), ...findValues(area, steps)];
  return key === 'kustomize' ? findOverrides(area, steps) : [];
}

type Area = Parameters<typeof foundPin>[0];

function findRevision(area: Area, steps: readonly PathStep[]): FoundPin[] {
  const node = nodeAt(area.root, 'targetRevision');
  if (node?.kind !== 'scalar' || isTemplate(node.text) || isVersionRange(node.text)) return [];
  const chart = textAt(area.root, 'chart');
  const exact = /^v?\d+\.\d+|^[0-9a-f]{7,40}$/.test(node.text);
  const why =
    chart === null
      ? exact
        ? 'the revision of the source'
        : 'a branch or tag of the source'
      : `the version of the chart '${chart}'`;
  const traits = {
    image: null,
    holds: chart === null ? 'revision' : 'version',
    sureness: exact ? 'sure' : 'perhaps',
    why,
  } as const;
  return [foundPin(area, [...steps, { kind: 'key', key: 'targetRevision' }], node, traits)];
}

function findParameters(area: Area, steps: readonly PathStep[]): FoundPin[] {
  const list = nodeAt(area.root, 'parameters');
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => {
    const name = textAt(item, 'name');
    const node = nodeAt(item, 'value');
    if (
      name === null ||
      !/(?:^|\.)tag$|Tag$/.test(name) ||
      node?.kind !== 'scalar' ||
      isTemplate(node.text)
    )
      return [];
    const path: PathStep[] = [
      ...steps,
      { kind: 'key', key: 'parameters' },
      { kind: 'entry', key: 'name', value: name },
      { kind: 'key', key: 'value' },
    ];
    return [
      foundPin(area, path, node, {
        image: null,
        holds: 'tag',
        sureness: 'likely',
        why: `the Helm parameter '${name}'`,
      }),
    ];
  });
}

function findValues(area: Area, steps: readonly PathStep[]): readonly FoundPin[] {
  const object = nodeAt(area.root, 'valuesObject');
  const pins =
    object === null
      ? []
      : findImagePins({
          ...area,
          root: object,
          from: [...steps, { kind: 'key', key: 'valuesObject' }],
        });
  const block = nodeAt(area.root, 'values');
  return [...pins, ...findInBlock(area, block, [...steps, { kind: 'key', key: 'values' }])];
}

function findOverrides(area: Area, steps: readonly PathStep[]): FoundPin[] {
  const list = nodeAt(area.root, 'images');
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((node) => {
    if (node.kind !== 'scalar' || isTemplate(node.text)) return [];
    const text = node.text.trim();
    const image = tryParseImage(text.slice(text.indexOf('=') + 1));
    if (image === null) return [];
    const prefix = text.includes('=')
      ? text.slice(0, text.indexOf('=') + 1)
      : `${image.repository}${text[image.repository.length] ?? ''}`;
    const path: PathStep[] = [...steps, { kind: 'key', key: 'images' }, { kind: 'prefix', prefix }];
    const holds = image.tag === undefined && image.digest !== undefined ? 'digest' : 'tag';
    const pin = foundPin(area, path, node, {
      image: image.repository,
      holds,
      sureness: 'sure',
      why: 'an image override of Kustomize',
    });
    return [{ ...pin, text: image.tag ?? image.digest ?? '' }];
  });
}

function noPath(source: Source): LanewiseError {
  return errorAt(source, 0, {
    code: 'CONFIG_INVALID',
    message: `A pin in '${source.file}' says neither path nor image.`,
    hint: 'Say where the value stands: path: spec.source.targetRevision.',
  });
}
