import { LanewiseError, type PinSelector } from '@lanewise/model';

import { holdingOf, type Holding } from '../edit/holding.js';
import { parsePinPath, type PathStep } from '../paths/parse-path.js';
import type { Resolved } from '../paths/resolve-path.js';
import { errorAt, type Source } from '../source.js';
import type { Language, ScalarSpot, Spot } from '../spot.js';
import { resolveInDocuments } from './documents.js';
import { findTemplateLine, type TemplateLine } from './template-lines.js';

export interface ByPath {
  readonly language: Exclude<Language, 'template'>;
  /** How the scalar holds the value; by its text and key where the format knows no better. */
  readonly holding?: (text: string, key: string | null) => Holding;
}

/** The scalar at the selector's own path. Throws as `resolvePath` does, CONFIG_INVALID without a path. */
export function locateByPath(source: Source, selector: PinSelector, options: ByPath): Spot {
  if (selector.path === undefined) {
    throw new LanewiseError('CONFIG_INVALID', `A pin in '${source.file}' says no path.`, {
      place: { file: source.file },
      hint: 'Say where the value stands: path: image.tag.',
    });
  }
  return locateAt(source, selector, parsePinPath(selector.path), options);
}

/** The scalar at a path that the format has made. */
export function locateAt(
  source: Source,
  selector: PinSelector,
  steps: readonly PathStep[],
  options: ByPath,
): Spot {
  const line = options.language === 'yaml' ? templateLine(source, steps) : null;
  if (line !== null) {
    const holding = (options.holding ?? holdingOf)(line.node.text, line.key);
    return { kind: 'scalar', language: 'template', node: line.node, inFlow: false, holding };
  }
  const outline = options.language === 'json' ? source.json() : source.yaml();
  const resolved = resolveInDocuments(source, outline.documents, steps, selector.document);
  if (resolved.kind === 'node') return scalarSpot(source, resolved, options);
  if (selector.create !== true) throw resolved.error;
  const { deepest, deepestEntry, inFlow, missing } = resolved;
  return {
    kind: 'absent',
    language: options.language,
    parent: deepest,
    parentEntry: deepestEntry,
    inFlow,
    missing,
  };
}

/** The line of a template that no parser reads, where it is sure; null for YAML and where it is not. */
function templateLine(source: Source, steps: readonly PathStep[]): TemplateLine | null {
  if (!source.text.includes('{{')) return null;
  try {
    source.yaml();
    return null;
  } catch (error) {
    if (error instanceof LanewiseError) return findTemplateLine(source, steps);
    throw error;
  }
}

function scalarSpot(
  source: Source,
  resolved: Extract<Resolved, { kind: 'node' }>,
  options: ByPath,
): ScalarSpot {
  const { node, key, inFlow } = resolved;
  if (node.kind !== 'scalar') throw noScalar(source, resolved);
  const holding = (options.holding ?? holdingOf)(node.text.replace(/\n+$/, ''), key);
  return { kind: 'scalar', language: options.language, node, inFlow, holding };
}

function noScalar(source: Source, { node }: Extract<Resolved, { kind: 'node' }>): LanewiseError {
  if (source.text.startsWith('{{', node.start)) {
    return errorAt(source, node.start, {
      code: 'PIN_REFUSED',
      message: `The value in '${source.file}' is a template expression.`,
      hint: 'Pin the value in the values file that fills it, or put the expression in quotes.',
    });
  }
  const keys =
    node.kind === 'map'
      ? node.entries.flatMap(({ key }) => (key === null ? [] : [`'${key}'`]))
      : [];
  return errorAt(source, node.start, {
    code: 'PIN_REFUSED',
    message: `The path ends at a ${node.kind === 'map' ? 'map' : 'list'} in '${source.file}', not at a value.`,
    hint:
      keys.length === 0
        ? 'Make the path longer.'
        : `Make the path longer: there is ${keys.slice(0, 6).join(', ')}.`,
  });
}
