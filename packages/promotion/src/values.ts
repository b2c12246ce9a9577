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
  /** What the pins of a file hold in each version of it that was asked for, in the order of the selectors. */
  in(file: Pick<WantedValues, 'file' | 'selectors'>): ReadonlyMap<ObjectId, readonly PinValue[]>;
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
  const questionOf = questioner();
  const questions = new Map<Question, Map<ObjectId, KeyedValues>>();
  const keys = new Set<string>();
  for (const one of wanted) {
    const question = questionOf(one);
    let blobs = questions.get(question);
    if (blobs === undefined) questions.set(question, (blobs = new Map<ObjectId, KeyedValues>()));
    if (blobs.has(one.blob)) continue;
    const key = `${one.blob} ${question.digest}`;
    keys.add(key);
    blobs.set(one.blob, { key, one });
  }
  const directory = keys.size >= worthKeeping ? repository.cacheDirectory : null;
  const kept = directory === null ? null : await openKeptValues(directory, keys);
  const rest: KeyedValues[] = [];
  for (const [question, blobs] of questions) {
    for (const [blob, keyed] of blobs) {
      const values = kept?.values.get(keyed.key);
      if (values?.length === keyed.one.selectors.length) question.found.set(blob, values);
      else rest.push(keyed);
    }
  }
  const read = await readRest(repository, rest);
  for (const { key, one } of rest) questionOf(one).found.set(one.blob, read.get(key) ?? []);
  await kept?.add(read);
  return { in: (file) => questionOf(file).found };
}

/** What is wanted, with what it is kept under. */
interface KeyedValues {
  readonly key: string;
  readonly one: WantedValues;
}

/** What is looked for in files of one name, and what was found. */
interface Question {
  readonly digest: string;
  readonly found: Map<ObjectId, readonly PinValue[]>;
}

async function readRest(
  repository: Pick<Repository, 'readBlobs'>,
  rest: readonly KeyedValues[],
): Promise<ReadonlyMap<string, readonly PinValue[]>> {
  if (rest.length === 0) return new Map();
  const blobs = await repository.readBlobs([...new Set(rest.map(({ one }) => one.blob))]);
  return new Map(
    rest.map(({ key, one: { blob, file, selectors } }) => {
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
function questioner(): (file: Pick<WantedValues, 'file' | 'selectors'>) => Question {
  const byDigest = new Map<string, Question>();
  const bySelectors = new Map<readonly PinSelector[], Map<string, Question>>();
  const make = (name: string, selectors: readonly PinSelector[]): Question => {
    const asked = `${name} ${JSON.stringify(selectors)}`;
    const digest = createHash('sha256').update(asked).digest('hex').slice(0, 12);
    const question = byDigest.get(digest) ?? { digest, found: new Map() };
    byDigest.set(digest, question);
    return question;
  };
  return ({ file, selectors }) => {
    let names = bySelectors.get(selectors);
    if (names === undefined) bySelectors.set(selectors, (names = new Map<string, Question>()));
    const name = file.slice(file.lastIndexOf('/') + 1);
    let question = names.get(name);
    if (question === undefined) names.set(name, (question = make(name, selectors)));
    return question;
  };
}
