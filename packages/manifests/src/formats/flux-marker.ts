import { LanewiseError, type PinSelector } from '@lanewise/model';

import { imageSuffix, tryParseImage, whole } from '../edit/holding.js';
import type { FoundPin } from '../find/found-pin.js';
import type { Format } from '../format.js';
import { errorAt, placeAt, type Source } from '../source.js';
import type { Spot } from '../spot.js';
import { nodesOf, type ScalarNode } from '../yaml/outline.js';

/**
 * Lines that carry a comment such as `# {"$imagepolicy": "flux-system:docs:tag"}`, chosen by its
 * text: `path: flux-system:docs:tag`. While Flux's own automation writes such a file, two writers
 * would fight over it: `findImageUpdateAutomations` tells which paths that automation covers.
 */
export const fluxMarker: Format = {
  name: 'flux-marker',
  recognises: () => false,
  locate: (source, selector): Spot => {
    const { node, marker } = chooseLine(source, selector);
    return {
      kind: 'scalar',
      language: 'yaml',
      node,
      inFlow: false,
      holding: /:(?:tag|name|digest)$/.test(marker) ? whole : imageSuffix,
    };
  },
  find: (source) => markedLines(source).map((line) => found(source, line)),
};

interface MarkedLine {
  readonly node: ScalarNode;
  readonly marker: string;
}

function chooseLine(source: Source, { path }: PinSelector): MarkedLine {
  if (path === undefined) {
    throw new LanewiseError('CONFIG_INVALID', `A pin in '${source.file}' names no policy.`, {
      place: { file: source.file },
      hint: 'Write what the marker says: path: flux-system:docs:tag.',
    });
  }
  const lines = markedLines(source);
  const [line, second] = lines.filter(({ marker }) => marker === path);
  if (second) {
    throw errorAt(source, second.node.start, {
      code: 'PIN_AMBIGUOUS',
      message: `Several lines of '${source.file}' carry the marker '${path}'.`,
      hint: 'Write one pin for each, with format: kubernetes or format: yaml and a path.',
    });
  }
  if (line) return line;
  const markers = [...new Set(lines.map(({ marker }) => `'${marker}'`))];
  throw new LanewiseError(
    'PIN_MISSING',
    `No line of '${source.file}' carries the marker '${path}'.`,
    {
      place: { file: source.file },
      hint:
        markers.length === 0
          ? 'The file has no {"$imagepolicy": …} comment behind a value.'
          : `There is ${markers.slice(0, 6).join(', ')}.`,
    },
  );
}

const comment = /[ \t]+#[ \t]*(\{[^\r\n]*\})[ \t]*\r?$/my;

function markedLines(source: Source): MarkedLine[] {
  if (!source.text.includes('$imagepolicy')) return [];
  return source.yaml().documents.flatMap(({ root }) =>
    [...nodesOf(root)].flatMap((node) => {
      if (
        node.kind !== 'scalar' ||
        node.style === 'literal' ||
        node.style === 'folded' ||
        node.style === 'empty'
      )
        return [];
      comment.lastIndex = node.end;
      const marker = policyOf(comment.exec(source.text)?.[1]);
      return marker === null ? [] : [{ node, marker }];
    }),
  );
}

function policyOf(json: string | undefined): string | null {
  if (json === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(json);
    const policy =
      typeof parsed === 'object' && parsed !== null && '$imagepolicy' in parsed
        ? parsed.$imagepolicy
        : null;
    return typeof policy === 'string' ? policy : null;
  } catch {
    return null;
  }
}

function found(source: Source, { node, marker }: MarkedLine): FoundPin {
  const image = /:(?:tag|name|digest)$/.test(marker) ? null : tryParseImage(node.text);
  return {
    selector: { format: 'flux-marker', path: marker },
    text: image === null ? node.text : imageSuffix.read(node.text),
    line: placeAt(source, node.start).line,
    image: image?.repository ?? null,
    holds: marker.endsWith(':digest') ? 'digest' : 'tag',
    sureness: 'likely',
    why: `the marker of the image policy '${marker}'`,
  };
}
