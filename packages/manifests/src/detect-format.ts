import { LanewiseError, type FormatName, type PinSelector, type RepoPath } from '@lanewise/model';

import type { Format, FormatTable } from './format.js';
import { formats } from './formats/table.js';
import { openSource, type Source } from './source.js';

/** The format of a file, by its name and content, or null where none is recognised. Never throws. */
export function detectFormat(
  file: RepoPath,
  bytes: Uint8Array,
  table: FormatTable = formats,
): FormatName | null {
  try {
    return recognise(openSource({ file, bytes }), table)?.name ?? null;
  } catch (error) {
    if (error instanceof LanewiseError) return null;
    throw error;
  }
}

/** The format that a pin says, else the file's own. Throws CONFIG_INVALID where neither is known. */
export function formatOf(source: Source, selector: PinSelector, table: FormatTable): Format {
  const named = table.find(({ name }) => name === selector.format);
  const format = selector.format === undefined ? recognise(source, table) : named;
  if (format) return format;
  const message =
    selector.format === undefined
      ? `The format of '${source.file}' cannot be told from its name and content.`
      : `There is no format '${selector.format}'.`;
  throw new LanewiseError('CONFIG_INVALID', message, {
    place: { file: source.file },
    hint: `Say format: on the pin: ${table.map(({ name }) => name).join(', ')}.`,
  });
}

function recognise(source: Source, table: FormatTable): Format | undefined {
  return table.find((format) => format.recognises(source));
}
