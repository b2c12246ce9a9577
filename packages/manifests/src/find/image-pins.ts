import type { FormatName, PinSelector } from '@lanewise/model';
import { isImageDigest } from '@lanewise/model';

import { isReference, tryParseImage } from '../edit/holding.js';
import { textAt, valueOf } from '../paths/node-at.js';
import { formatPinPath, type PathStep } from '../paths/parse-path.js';
import { placeAt, type Source } from '../source.js';
import type { MapNode, OutlineNode, ScalarNode } from '../yaml/outline.js';
import type { FoundPin } from './found-pin.js';
import { walkDocument, type WalkedMap } from './walk.js';

/** Where pins are looked for: one document, or a part of it. */
export interface SearchArea {
  readonly source: Source;
  readonly format: FormatName;
  readonly root: OutlineNode | null;
  /** The path of `root`. */
  readonly from?: readonly PathStep[];
  readonly document?: NonNullable<PinSelector['document']> | undefined;
}

export type PinTraits = Omit<FoundPin, 'selector' | 'text' | 'line'>;

/** Images as values files hold them: `{ repository, tag }` in parts, `repo:tag` in one, flat keys. */
export function findImagePins(area: SearchArea): readonly FoundPin[] {
  const pins: FoundPin[] = [];
  const { maps } = walkDocument(area.root, area.from);
  for (const walked of maps) {
    pins.push(...partsOf(area, walked));
    for (const { key, value } of walked.map.entries) {
      if (key === null || value?.kind !== 'scalar' || isTemplate(value.text)) continue;
      const traits = wholeImage(key, value) ?? flatTag(key, value);
      if (traits !== null)
        pins.push(foundPin(area, [...walked.steps, { kind: 'key', key }], value, traits));
    }
  }
  return pins;
}

/** A pin at a path, as it is reported. */
export function foundPin(
  area: SearchArea,
  steps: readonly PathStep[],
  node: ScalarNode,
  traits: PinTraits,
): FoundPin {
  const { source, format, document } = area;
  const image = tryParseImage(node.text);
  const text =
    image !== null && isReference(node.text) ? (image.tag ?? image.digest ?? '') : node.text;
  return {
    selector: { format, path: formatPinPath(steps), ...(document && { document }) },
    text,
    line: placeAt(source, node.start).line,
    ...traits,
  };
}

/** What a document is chosen by where the file has several: its kind and name. */
export function documentChoice(source: Source, root: OutlineNode | null): SearchArea['document'] {
  if (source.yaml().documents.length < 2) return undefined;
  const kind = textAt(root, 'kind');
  const name = textAt(root, 'metadata', 'name');
  return kind === null && name === null
    ? undefined
    : { ...(kind !== null && { kind }), ...(name !== null && { name }) };
}

export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('${');
}

function partsOf(area: SearchArea, { map, steps, key }: WalkedMap): FoundPin[] {
  // Most maps hold neither: only for those that do is an image's name looked for.
  if (valueOf(map, 'tag') === null && valueOf(map, 'digest') === null) return [];
  const image = imageName(map);
  const named = key !== null && /image/i.test(key);
  const pins: FoundPin[] = [];
  const part = (name: 'tag' | 'digest'): void => {
    const node = valueOf(map, name);
    if (node?.kind !== 'scalar' || isTemplate(node.text)) return;
    if (image === null && !(named && name === 'tag')) return;
    if (name === 'digest' && !isImageDigest(node.text)) return;
    const why = image === null ? `a tag under '${key}'` : `a ${name} beside the image's name`;
    pins.push(
      foundPin(area, [...steps, { kind: 'key', key: name }], node, {
        image,
        holds: name,
        sureness: image === null ? 'likely' : 'sure',
        why,
      }),
    );
  };
  part('tag');
  part('digest');
  return pins;
}

/** The image's name in parts: `registry` and `repository` (or `name`, or `image`). */
function imageName(map: MapNode): string | null {
  const repository =
    textAt(map, 'repository') ?? textAt(map, 'repo') ?? textAt(map, 'image') ?? textAt(map, 'name');
  if (
    repository === null ||
    repository === '' ||
    isTemplate(repository) ||
    tryParseImage(repository) === null
  )
    return null;
  const registry = textAt(map, 'registry') ?? textAt(map, 'imageRegistry');
  return registry === null || registry === '' ? repository : `${registry}/${repository}`;
}

function wholeImage(key: string, node: ScalarNode): PinTraits | null {
  if (!/image$/i.test(key) && key !== 'image') return null;
  const image = tryParseImage(node.text);
  if (image === null || (image.tag === undefined && image.digest === undefined)) return null;
  const holds = image.tag === undefined ? 'digest' : 'tag';
  return {
    image: image.repository,
    holds,
    sureness: image.repository.includes('/') ? 'sure' : 'likely',
    why: `an image reference under '${key}'`,
  };
}

function flatTag(key: string, { text }: ScalarNode): PinTraits | null {
  if (
    !/(?:[a-z0-9]Tag|_tag|-tag|_TAG|^imagetag)$/.test(key) ||
    !/^[\w][\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?$/.test(text)
  )
    return null;
  const image = /image|docker|container/i.test(key);
  return {
    image: null,
    holds: 'tag',
    sureness: image ? 'likely' : 'perhaps',
    why: `the key '${key}' ends in tag`,
  };
}
