import { LanewiseError, show, type PinSelector } from '@lanewise/model';

import type { FormatTable, PinEdit, PinReading } from './format.js';
import { findIn } from './find/find-in.js';
import type { FoundPin } from './find/found-pin.js';
import { fits } from './formats/by-image.js';
import type { Source } from './source.js';

/** Tag, digest, or both: what fits behind an image's name as well as beside it. */
const version = /^(?:[\w][\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?|sha256:[0-9a-f]{64})$/;

/** One use of an image: where its version stands, and where its digest stands in a key beside it. */
interface Use {
  readonly place: PinSelector;
  readonly digest: PinSelector | null;
}

/**
 * The places of every use of an image in a file, in the file's order: whole references, tags beside
 * a repository with their digests, entries of Kustomize. Throws PIN_MISSING where there is none,
 * CONFIG_INVALID where the selector names a path, or no image.
 */
export function usesOf(source: Source, selector: PinSelector, table: FormatTable): readonly Use[] {
  const pins = findUses(source, selector, table);
  const digests = pins.filter(({ holds }) => holds === 'digest');
  const paired = new Set<FoundPin>();
  const uses = pins.map((pin): Use & { readonly pin: FoundPin } => {
    const digest = pin.holds === 'digest' ? undefined : digests.find((one) => isBeside(one, pin));
    if (digest !== undefined) paired.add(digest);
    return { pin, place: pin.selector, digest: digest?.selector ?? null };
  });
  return uses.filter(({ pin }) => !paired.has(pin));
}

/** Whether two pins stand under one key, in one document. */
function isBeside(one: FoundPin, other: FoundPin): boolean {
  const parentOf = ({ selector: { path = '', document } }: FoundPin): string =>
    JSON.stringify([path.slice(0, Math.max(0, path.lastIndexOf('.'))), document]);
  return parentOf(one) === parentOf(other);
}

/** What a use says as a whole: its tag, with the digest beside it. */
export function joinReading(version: PinReading, digest: PinReading | null): PinReading {
  if (digest === null || version.kind !== 'value') return version;
  if (digest.kind !== 'value') return digest;
  if (digest.text === '') return version;
  const text = `${version.text}@${digest.text}`;
  return { ...version, text, whole: text };
}

/** An edit of every use as one edit for each. A value is written behind names and beside them alike. */
export function editsOfUse(source: Source, edit: PinEdit, table: FormatTable): readonly PinEdit[] {
  const { selector, value } = edit;
  if (selector.every !== true) return [edit];
  if (typeof value !== 'string' || !version.test(value)) {
    throw new LanewiseError(
      'CONFIG_INVALID',
      `${show(String(value))} cannot be written at every use of '${selector.image ?? ''}' in '${source.file}'.`,
      {
        place: { file: source.file },
        hint: "Write value: '{tag}', '{tag}@{digest}' or '{digest}': names stay as they are.",
      },
    );
  }
  const [tag = '', digest] = value.startsWith('sha256:') ? ['', value] : value.split('@');
  return usesOf(source, selector, table).flatMap((use): readonly PinEdit[] => {
    if (use.digest === null) return [{ selector: use.place, value }];
    // The digest alone decides what runs: a tag without it would change nothing, and it without a tag would mislead.
    if (digest === undefined || tag === '') throw incomplete(source, selector);
    return [
      { selector: use.place, value: tag },
      { selector: use.digest, value: digest },
    ];
  });
}

function incomplete({ file }: Source, { image = '' }: PinSelector): LanewiseError {
  return new LanewiseError(
    'PIN_REFUSED',
    `A use of '${image}' in '${file}' has its tag and its digest in two keys: both must be written.`,
    { place: { file }, hint: "Write value: '{tag}@{digest}' on the pin." },
  );
}

/** One reading for all places: the first one that cannot be read, or what they agree on. */
export function agreedReading(
  source: Source,
  { image }: PinSelector,
  readings: readonly PinReading[],
): PinReading {
  const failed = readings.find(({ kind }) => kind !== 'value');
  if (failed !== undefined) return failed;
  const values = readings.flatMap((one) => (one.kind === 'value' ? [one] : []));
  const [first] = values;
  if (first === undefined) return { kind: 'missing', error: nowhere(source, image) };
  // Names differ in how they are written, not in what is pinned: only the version counts.
  if (values.every(({ text }) => text === first.text)) return { ...first, whole: first.text };
  const places = values.map(({ text, line }) => `${show(text)} in line ${line}`).join(', ');
  const error = new LanewiseError(
    'PIN_AMBIGUOUS',
    `The uses of '${image ?? ''}' in '${source.file}' disagree: ${places}.`,
    {
      place: { file: source.file, line: first.line, column: first.column },
      hint: 'Write the same version at all of them by hand once, or pin each by its path.',
    },
  );
  return { kind: 'refused', error };
}

function findUses(source: Source, selector: PinSelector, table: FormatTable): readonly FoundPin[] {
  const { image, path, format, document } = selector;
  if (image === undefined || path !== undefined) {
    throw new LanewiseError(
      'CONFIG_INVALID',
      `A pin on every use in '${source.file}' must name an image, and no path.`,
      { place: { file: source.file }, hint: 'Write image: registry.example.com/acme/docs.' },
    );
  }
  const uses = findIn(source, table).filter(
    (pin) =>
      pin.image === image &&
      (format === undefined || pin.selector.format === format) &&
      (document === undefined || fits(pin.selector.document, document)),
  );
  if (uses.length === 0) throw nowhere(source, image);
  return [...uses].sort((a, b) => a.line - b.line);
}

function nowhere({ file }: Source, image = ''): LanewiseError {
  return new LanewiseError('PIN_MISSING', `No use of the image '${image}' is in '${file}'.`, {
    place: { file },
    hint: 'The image is found with its full name, and a tag or digest.',
  });
}
