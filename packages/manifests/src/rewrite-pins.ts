import { LanewiseError, show, type PinSelector } from '@lanewise/model';

import { formatOf } from './detect-format.js';
import { applySplices, planEdits, type PlacedEdit, type Planned } from './edit/apply-edits.js';
import { compareOutlines } from './edit/compare-outlines.js';
import { insertKey, type AddedKeys } from './edit/insert-key.js';
import { editsOfUse } from './every-use.js';
import type { FormatTable, Manifest, PinEdit } from './format.js';
import { formats } from './formats/table.js';
import { refuseSops } from './sops.js';
import { openSource, sourceOf, type Source } from './source.js';
import type { AbsentSpot, Spot } from './spot.js';

/**
 * The manifest's bytes with these values written, and nothing else changed. A value that stands
 * there already changes nothing: without any other edit the very same bytes come back.
 *
 * The result is read again and compared before it is given out. Throws PIN_MISSING, PIN_AMBIGUOUS,
 * PIN_REFUSED, PIN_UNREADABLE, and EDIT_UNSAFE where that comparison fails; then nothing is written.
 */
export function rewritePins(
  manifest: Manifest,
  asked: readonly PinEdit[],
  table: FormatTable = formats,
): Uint8Array {
  const source = openSource(manifest);
  refuseSops(source);
  const edits = asked.flatMap((edit) => editsOfUse(source, edit, table));
  const placed: PlacedEdit[] = [];
  const making: PinEdit[] = [];
  for (const edit of edits) {
    refuseControl(source, edit.value);
    const spot = locate(source, edit, table);
    if (spot.kind === 'absent') making.push(edit);
    else placed.push({ selector: edit.selector, spot, value: edit.value });
  }
  let result = writeValues(source, placed);
  for (const edit of making) result = makeKey(result, edit, table);
  checkReadings(result, edits, table);
  return result === source ? manifest.bytes : new TextEncoder().encode(result.text);
}

/** No format has a use for a value of several lines, and half a surrogate pair cannot be encoded. */
function refuseControl(source: Source, value: PinEdit['value']): void {
  if (typeof value !== 'string' || !unwritable.test(value)) return;
  throw new LanewiseError(
    'PIN_REFUSED',
    `The value ${show(value)} for '${source.file}' holds a line break or another control character.`,
    {
      place: { file: source.file },
      hint: 'Write a value of one line.',
    },
  );
}

// eslint-disable-next-line no-control-regex -- control characters are what is refused
const unwritable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u;

function locate(source: Source, { selector, value }: PinEdit, table: FormatTable): Spot {
  return formatOf(source, selector, table).locate(source, selector, value);
}

function writeValues(source: Source, edits: readonly PlacedEdit[]): Source {
  const planned = planEdits(source, edits);
  if (planned.splices.length === 0) return source;
  const result = sourceOf(source.file, applySplices(source.text, planned.splices));
  for (const language of languagesOf(edits))
    check(source, result, planned, { language, added: null });
  return result;
}

/** A key that an earlier edit of this call has made by now is simply written. */
function makeKey(source: Source, edit: PinEdit, table: FormatTable): Source {
  const spot = locate(source, edit, table);
  if (spot.kind !== 'absent')
    return writeValues(source, [{ selector: edit.selector, spot, value: edit.value }]);
  return addKey(source, spot, edit.value);
}

function addKey(source: Source, spot: AbsentSpot, value: PinEdit['value']): Source {
  const { splice, added } = insertKey(source, spot, value);
  const result = sourceOf(source.file, applySplices(source.text, [splice]));
  const nothing = { splices: [splice], expected: { texts: new Map(), inner: new Map() } };
  check(source, result, nothing, { language: 'yaml', added });
  return result;
}

function languagesOf(edits: readonly PlacedEdit[]): Set<'yaml' | 'json'> {
  return new Set(
    edits.flatMap(({ spot }) => {
      if (spot.kind === 'inner') return ['yaml'];
      return spot.kind === 'scalar' && spot.language !== 'template' ? [spot.language] : [];
    }),
  );
}

function check(
  source: Source,
  result: Source,
  planned: Planned,
  options: { language: 'yaml' | 'json'; added: AddedKeys | null },
): void {
  const { language, added } = options;
  const difference = compareOutlines(
    source[language](),
    reread(result, language),
    planned.expected,
    added,
  );
  if (difference !== null) throw unsafe(source, `it would also change ${difference}`);
}

function reread(result: Source, language: 'yaml' | 'json'): ReturnType<Source['yaml']> {
  try {
    return result[language]();
  } catch (cause) {
    throw unsafe(result, 'the result could not be read', cause);
  }
}

/**
 * Every selector must find its value in the result: an edit may not change what a pin is chosen by
 * (a document's kind, the name of a list entry, the text that a pattern asks for).
 */
function checkReadings(result: Source, edits: readonly PinEdit[], table: FormatTable): void {
  for (const edit of edits) {
    if (isFoundAgain(result, edit, table)) continue;
    throw new LanewiseError(
      'PIN_REFUSED',
      `After writing it, the value in '${result.file}' would not be found again at ${describe(edit.selector)}.`,
      {
        place: { file: result.file },
        hint: 'The pin is chosen by the very text that it changes. Choose it by something that stays.',
      },
    );
  }
}

function isFoundAgain(result: Source, edit: PinEdit, table: FormatTable): boolean {
  try {
    const spot = locate(result, edit, table);
    return spot.kind !== 'absent' && planEdits(result, [{ ...edit, spot }]).splices.length === 0;
  } catch (error) {
    if (error instanceof LanewiseError) return false;
    throw error;
  }
}

function describe({ path, image }: PinSelector): string {
  return `'${path ?? image ?? ''}'`;
}

function unsafe(source: Source, why: string, cause?: unknown): LanewiseError {
  return new LanewiseError('EDIT_UNSAFE', `The edit of '${source.file}' was thrown away: ${why}.`, {
    place: { file: source.file },
    hint: 'Nothing was written. Please report this with the file and the value; until then change the value by hand.',
    cause,
  });
}
