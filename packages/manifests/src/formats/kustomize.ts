import { isImageDigest, LanewiseError, type PinSelector } from '@lanewise/model';

import { imageDigest, imageTag, whole, type Holding } from '../edit/holding.js';
import { urlRef } from '../edit/version-holding.js';
import { documentChoice, foundPin, isTemplate } from '../find/image-pins.js';
import type { FoundPin } from '../find/found-pin.js';
import type { Format, PinEdit } from '../format.js';
import { parsePinPath, type PathStep } from '../paths/parse-path.js';
import { errorAt, type Source } from '../source.js';
import type { ListNode, MapNode, OutlineNode } from '../yaml/outline.js';
import { locateAt } from './by-path.js';
import { nodeAt, textAt } from '../paths/node-at.js';
import { chooseDocuments } from './documents.js';

/**
 * A Kustomization or Component: an entry of `images` by its `name` (`newName` may say another), and
 * in it `newTag`, `digest` or `newName`; or the `?ref=` of a remote base: `resources[^https://…]`.
 */
export const kustomize: Format = {
  name: 'kustomize',
  recognises: ({ file, text }) =>
    /(?:^|\/)kustomization(?:\.ya?ml)?$/i.test(file) ||
    /^apiVersion:\s*["']?kustomize\.config\.k8s\.io\//m.test(text),
  locate: (source, selector, value) =>
    locateAt(source, selector, stepsOf(source, selector, value), {
      language: 'yaml',
      holding: holdingFor,
    }),
  find: (source) =>
    source
      .yaml()
      .documents.flatMap(({ root }) => [
        ...findEntries(source, root),
        ...findRemotes(source, root),
      ]),
};

function holdingFor(text: string, key: string | null): Holding {
  if (key === null) return /[?&]ref=/.test(text) ? urlRef : whole;
  return key === 'newTag' ? imageTag : key === 'digest' ? imageDigest : whole;
}

function stepsOf(
  source: Source,
  selector: PinSelector,
  value: PinEdit['value'] | undefined,
): readonly PathStep[] {
  const { image, path } = selector;
  if (image === undefined && path === undefined) {
    throw new LanewiseError(
      'CONFIG_INVALID',
      `A pin in '${source.file}' says neither image nor path.`,
      {
        place: { file: source.file },
        hint: 'Name the entry of images: image: registry.example.com/acme/docs.',
      },
    );
  }
  const steps = path === undefined ? [] : parsePinPath(path);
  if (image === undefined) return steps;
  const entry: PathStep[] = [
    { kind: 'key', key: 'images' },
    { kind: 'entry', key: 'name', value: image },
  ];
  return [
    ...entry,
    ...(steps.length > 0
      ? steps
      : [{ kind: 'key', key: fieldFor(source, selector, image, value) } as const]),
  ];
}

/** Which key of an entry holds the version: the one that is there; for a new value, the one of its kind. */
function fieldFor(
  source: Source,
  selector: PinSelector,
  image: string,
  value: PinEdit['value'] | undefined,
): string {
  const entry = findEntry(source, selector, image);
  const has = (key: string): boolean =>
    entry?.entries.some((candidate) => candidate.key === key) === true;
  if (entry && has('digest') && has('newTag')) {
    throw errorAt(source, entry.start, {
      code: 'PIN_AMBIGUOUS',
      message: `The entry '${image}' in '${source.file}' has both newTag and digest.`,
      hint: 'Say which one this pin is: path: newTag, or path: digest. Pin both, so that they stay one image.',
    });
  }
  const digest = typeof value === 'string' && isImageDigest(value);
  if (entry && value !== undefined && has('digest') && !digest) {
    throw errorAt(source, entry.start, {
      code: 'PIN_REFUSED',
      message: `The entry '${image}' in '${source.file}' is pinned by digest, and the new value is none.`,
      hint: "Write value: '{digest}' on the pin, or replace digest by newTag by hand once.",
    });
  }
  return has('digest') || digest ? 'digest' : 'newTag';
}

function findEntry(source: Source, selector: PinSelector, image: string): MapNode | undefined {
  for (const { root } of chooseDocuments(source, source.yaml().documents, selector.document)) {
    const images = nodeAt(root, 'images');
    const entry = images?.kind === 'list' ? entryOf(images, image) : undefined;
    if (entry) return entry;
  }
  return undefined;
}

function entryOf(images: ListNode, image: string): MapNode | undefined {
  return images.items.find(
    (item): item is MapNode => item.kind === 'map' && textAt(item, 'name') === image,
  );
}

function findEntries(source: Source, root: OutlineNode | null): readonly FoundPin[] {
  const images = nodeAt(root, 'images');
  const area = {
    source,
    format: 'kustomize',
    root,
    document: documentChoice(source, root),
  } as const;
  if (images?.kind !== 'list') return [];
  return images.items.flatMap((item) => {
    const name = textAt(item, 'name');
    if (name === null) return [];
    const image = textAt(item, 'newName') ?? name;
    return (['newTag', 'digest'] as const).flatMap((key) => {
      const node = nodeAt(item, key);
      if (node?.kind !== 'scalar' || isTemplate(node.text)) return [];
      const holds = key === 'digest' ? 'digest' : 'tag';
      const steps: PathStep[] = [
        { kind: 'key', key: 'images' },
        { kind: 'entry', key: 'name', value: name },
        { kind: 'key', key },
      ];
      return [
        foundPin(area, steps, node, {
          image,
          holds,
          sureness: 'sure',
          why: `${key} of the image '${name}'`,
        }),
      ];
    });
  });
}

function findRemotes(source: Source, root: OutlineNode | null): readonly FoundPin[] {
  const area = {
    source,
    format: 'kustomize',
    root,
    document: documentChoice(source, root),
  } as const;
  return ['resources', 'components', 'bases'].flatMap((key) => {
    const list = nodeAt(root, key);
    if (list?.kind !== 'list') return [];
    return list.items.flatMap((node) => {
      if (node.kind !== 'scalar' || !/[?&]ref=./.test(node.text)) return [];
      const steps: PathStep[] = [
        { kind: 'key', key },
        { kind: 'prefix', prefix: node.text.slice(0, node.text.search(/[?&]ref=/)) },
      ];
      const pin = foundPin(area, steps, node, {
        image: null,
        holds: 'revision',
        sureness: 'sure',
        why: 'the ref of a remote base',
      });
      return [{ ...pin, text: urlRef.read(node.text) }];
    });
  });
}
