import { LanewiseError, type ErrorCode, type Place, type RepoPath } from '@lanewise/model';

import type { Manifest } from './format.js';
import { scanJson } from './json/scan-json.js';
import type { Outline, OutlineResult } from './yaml/outline.js';
import { readYaml } from './yaml/read-yaml.js';

/** A manifest that was opened: text of which every offset can be spliced and encoded again. */
export interface Source {
  readonly file: RepoPath;
  /** The whole file, a byte-order mark included, so that offsets count it. */
  readonly text: string;
  /** Parsed at most once, however many pins are asked for. Throws PIN_UNREADABLE. */
  readonly yaml: () => Outline;
  readonly json: () => Outline;
}

/** Larger manifests are refused: nobody writes them by hand, and reading one would hold up all others. */
const largest = 10 * 1024 * 1024;

/**
 * Opens a manifest for reading and rewriting. Throws PIN_UNREADABLE for what is no text (NUL bytes,
 * invalid UTF-8, more than 10 MiB), PIN_REFUSED for a Git LFS pointer.
 */
export function openSource(manifest: Manifest): Source {
  const { file, bytes } = manifest;
  if (bytes.length > largest) {
    throw unreadable(
      file,
      `is ${Math.round(bytes.length / 1024 / 1024)} MiB large`,
      'Pins are read in files of at most 10 MiB.',
    );
  }
  if (bytes.includes(0)) {
    throw unreadable(
      file,
      'is a binary file: it holds NUL bytes',
      'A pin must stand in a text file, in UTF-8.',
    );
  }
  const text = decode(file, bytes);
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    throw new LanewiseError(
      'PIN_REFUSED',
      `'${file}' is a Git LFS pointer, not the manifest itself.`,
      {
        place: { file, line: 1 },
        hint: 'Keep manifests in Git itself: git lfs untrack, then commit the file.',
      },
    );
  }
  return sourceOf(file, text);
}

/** A source for text that is known to be sound: a result to be checked, or YAML inside a string. */
export function sourceOf(file: RepoPath, text: string): Source {
  let yaml: Outline | undefined;
  let json: Outline | undefined;
  return {
    file,
    text,
    yaml: () => (yaml ??= outlineOf(file, text, 'YAML', readYaml(text))),
    json: () => (json ??= outlineOf(file, text, 'JSON', scanJson(text))),
  };
}

/** Where an offset stands, with the source line for a caret. */
export function placeAt(
  source: Pick<Source, 'file' | 'text'>,
  offset: number,
): Place & { line: number; column: number } {
  const { file, text } = source;
  const starts = lineStartsOf(source);
  const line = countUpTo(starts, offset);
  const lineStart = starts[line - 1] ?? 0;
  const lineEnd = (starts[line] ?? text.length + 1) - 1;
  const whole = text.slice(lineStart, Math.min(lineEnd, lineStart + 500)).replace(/\r$/, '');
  return { file, line, column: offset - lineStart + 1, text: whole };
}

/** Counted once for a source, as many pins may stand in it. */
const lineStarts = new WeakMap<object, readonly number[]>();

function lineStartsOf(source: Pick<Source, 'file' | 'text'>): readonly number[] {
  const known = lineStarts.get(source);
  if (known) return known;
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1))
    starts.push(at + 1);
  lineStarts.set(source, starts);
  return starts;
}

/** How many of the ascending numbers are not above the given one. */
function countUpTo(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An error about one place of a source. */
export function errorAt(
  source: Pick<Source, 'file' | 'text'>,
  offset: number,
  error: { code: ErrorCode; message: string; hint?: string },
): LanewiseError {
  return new LanewiseError(error.code, error.message, {
    place: placeAt(source, offset),
    hint: error.hint,
  });
}

function decode(file: RepoPath, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new LanewiseError('PIN_UNREADABLE', `'${file}' is not valid UTF-8.`, {
      place: { file },
      hint: 'Convert the file to UTF-8 and commit it.',
      cause,
    });
  }
}

function outlineOf(file: RepoPath, text: string, language: string, result: OutlineResult): Outline {
  if (result.kind === 'outline') return result.outline;
  const { message, offset } = result.fault;
  const template = /\{\{|\{%/.test(text);
  throw errorAt({ file, text }, offset, {
    code: 'PIN_UNREADABLE',
    message: `'${file}' cannot be read as ${language}: ${message}.`,
    hint: template
      ? 'It looks like a template. Pin the value in the values file that fills it, or choose the line with format: text and a pattern.'
      : `Repair the file, or choose the line with format: text and a pattern.`,
  });
}

function unreadable(file: RepoPath, what: string, hint: string): LanewiseError {
  return new LanewiseError('PIN_UNREADABLE', `'${file}' ${what}.`, { place: { file }, hint });
}
