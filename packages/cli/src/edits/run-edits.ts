import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isLanewiseError, type LanewiseError } from '@lanewise/model';
import type { Call } from '../command.js';
import { editFile, type EditedFile } from './edit-file.js';
import type { AskedEdit } from './parse-edit.js';
import { unifiedDiff } from './unified-diff.js';
import { writeFileInPlace } from './write-file.js';

/** What became of one file. */
export type FileOutcome =
  | {
      readonly kind: 'changed' | 'same';
      readonly file: string;
      readonly changes: EditedFile['changes'];
      /** The unified diff, where it was asked for. */
      readonly diff: string | null;
    }
  | { readonly kind: 'refused'; readonly file: string; readonly error: LanewiseError };

/**
 * Makes all edits, file by file in the order in which they were first named. The edits of one file
 * are one rewrite: all or none. A file that is refused stays as it is and stops no other.
 */
export async function runEdits(
  { global, shell }: Call,
  asked: readonly AskedEdit[],
  dryRun: boolean,
): Promise<readonly FileOutcome[]> {
  const byFile = new Map<string, AskedEdit[]>();
  for (const edit of asked) {
    const file = await placeOf(global.directory, edit.file);
    const known = byFile.get(file);
    if (known === undefined) byFile.set(file, [edit]);
    else known.push(edit);
  }
  const outcomes: FileOutcome[] = [];
  const files = [...byFile.values()].map((edits) => [edits[0]?.file ?? '', edits] as const);
  for (let from = 0; from < files.length; from += atOnce) {
    const batch = files.slice(from, from + atOnce);
    const settled = await Promise.all(
      batch.map(async ([name, edits]) => runFile({ global, shell }, name, edits, dryRun)),
    );
    outcomes.push(...settled.flat());
  }
  return outcomes;
}

/** One file may be named in several ways: its edits must meet in one rewrite. */
async function placeOf(directory: string, name: string): Promise<string> {
  const path = resolve(directory, name);
  return realpath(path).catch(() => path);
}

/** Enough to keep the disk busy, few enough for a process's open files. */
const atOnce = 32;

async function runFile(
  { global, shell }: Pick<Call, 'global' | 'shell'>,
  name: string,
  edits: readonly AskedEdit[],
  dryRun: boolean,
): Promise<readonly FileOutcome[]> {
  try {
    const edited = await editFile(global.directory, name, edits, shell.now());
    return await Promise.all(edited.map((one) => settle(one, dryRun, shell.random)));
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    return [{ kind: 'refused', file: name, error }];
  }
}

async function settle(
  edited: EditedFile,
  dryRun: boolean,
  random: () => number,
): Promise<FileOutcome> {
  const { file, bytes, changes } = edited;
  const isSame = Buffer.compare(bytes, file.bytes) === 0;
  const diff = dryRun && !isSame ? await unifiedDiff(file.name, file.bytes, bytes) : null;
  if (!dryRun) await writeFileInPlace(edited, random);
  return { kind: isSame ? 'same' : 'changed', file: file.name, changes, diff };
}
