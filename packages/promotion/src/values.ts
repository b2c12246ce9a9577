import { createHash } from 'node:crypto';
import { readPins } from '@lanewise/manifests';
import type { PinReading } from '@lanewise/manifests';
import type { Repository } from '@lanewise/git';
import type { ObjectId, PinSelector, RepoPath } from '@lanewise/model';
import type { PinValue } from './cell.js';
import { openKeptValues } from './kept-values.js';

/** The pins of one version of one file. */
export interface WantedValues {
  readonly blob: ObjectId;
  readonly file: RepoPath;
  readonly selectors: readonly PinSelector[];
}

/** Values that were read, by file and blob. */
export interface ValueSource {
  /** In the order of the selectors. Undefined for what was not asked for. */
  get(wanted: WantedValues): readonly PinValue[] | undefined;
}

/** From so many blobs on, opening the kept values costs less than reading the blobs. */
const worthKeeping = 12;

/**
 * Reads the pins of many file versions: what an earlier run kept by blob id, and the rest in one
 * batch. Only whole readings are kept: problems are told afresh, with the file's name.
 */
export async function readValues(
  repository: Pick<Repository, 'readBlobs' | 'cacheDirectory'>,
  wanted: readonly WantedValues[],
): Promise<ValueSource> {
  const keyOf = keyer();
  const byKey = new Map(wanted.map((one) => [keyOf(one), one]));
  const directory = byKey.size >= worthKeeping ? repository.cacheDirectory : null;
  const kept = directory === null ? null : await openKeptValues(directory, new Set(byKey.keys()));
  const found = new Map<string, readonly PinValue[]>();
  const rest: (readonly [string, WantedValues])[] = [];
  for (const [key, one] of byKey) {
    const values = kept?.values.get(key);
    if (values?.length === one.selectors.length) found.set(key, values);
    else rest.push([key, one]);
  }
  const read = await readRest(repository, rest);
  for (const [key, values] of read) found.set(key, values);
  await kept?.add(read);
  return { get: (one) => found.get(keyOf(one)) };
}

async function readRest(
  repository: Pick<Repository, 'readBlobs'>,
  rest: readonly (readonly [string, WantedValues])[],
): Promise<ReadonlyMap<string, readonly PinValue[]>> {
  if (rest.length === 0) return new Map();
  const blobs = await repository.readBlobs([...new Set(rest.map(([, { blob }]) => blob))]);
  return new Map(
    rest.map(([key, { blob, file, selectors }]) => {
      const bytes = blobs.get(blob) ?? new Uint8Array();
      return [key, readPins({ file, bytes }, selectors).map(plainValue)];
    }),
  );
}

/** A reading without its functions. */
function plainValue(reading: PinReading): PinValue {
  if (reading.kind === 'value') {
    const { kind, text, whole, line, column } = reading;
    return { kind, text, whole, line, column };
  }
  const { kind, error } = reading;
  return { kind, message: error.message, hint: error.hint ?? null, place: error.place ?? null };
}

/** A value depends on the blob, on what is looked for, and on the file's last name, which tells the format. */
function keyer(): (wanted: WantedValues) => string {
  const digests = new Map<string, string>();
  const selectorTexts = new Map<readonly PinSelector[], string>();
  return ({ blob, file, selectors }) => {
    let text = selectorTexts.get(selectors);
    if (text === undefined) {
      text = JSON.stringify(selectors);
      selectorTexts.set(selectors, text);
    }
    const asked = `${file.slice(file.lastIndexOf('/') + 1)} ${text}`;
    let digest = digests.get(asked);
    if (digest === undefined) {
      digest = createHash('sha256').update(asked).digest('hex').slice(0, 12);
      digests.set(asked, digest);
    }
    return `${blob} ${digest}`;
  };
}
