import { LanewiseError } from '@lanewise/model';
import { lastWords } from './failure.js';
import { decodePath } from './path-text.js';
import { parseRawChange } from './read-trees.js';
import type { FileChange, TreePair } from './repository.js';
import { runGit } from './runner.js';
import type { Session } from './session.js';

/** The trees without entries, which git knows in every repository. */
const emptyTrees = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
} as const;

/** Files that differ within each pair of trees, in the order asked: one process for all. Throws OBJECT_MISSING. */
export async function diffTreePairs(
  session: Session,
  pairs: readonly TreePair[],
): Promise<readonly (readonly FileChange[])[]> {
  if (pairs.length === 0) return [];
  const empty = emptyTrees[session.objectFormat];
  const lines = pairs.map(({ from, to }) => `${from ?? empty} ${to ?? empty}\n`);
  const args = ['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-renames', '--no-abbrev'];
  const { code, stdout, stderr } = await runGit(session.readerPlace, args, {
    input: lines.join(''),
  });
  const lists = parsePairs(stdout);
  // A pair that git cannot read is complained of and left out, and the rest goes on.
  if (code !== 0 || lists.length !== pairs.length) throw unreadable(session, stderr);
  return lists;
}

/**
 * Parses `diff-tree --stdin -z` over pairs of trees (git-diff-tree(1)): for each pair its ids and a
 * line feed, then `:<mode> <mode> <id> <id> <letter>`, NUL, path, NUL for each file.
 */
export function parsePairs(output: Buffer): readonly (readonly FileChange[])[] {
  const lists: FileChange[][] = [];
  const fields = splitFields(output);
  for (let index = 0; index < fields.length; index += 2) {
    const head = (fields[index] ?? '').split('\n');
    const meta = head.pop() ?? '';
    for (const _pair of head) lists.push([]);
    const path = fields[index + 1];
    if (path !== undefined) lists.at(-1)?.push(parseRawChange(meta, path));
  }
  return lists;
}

/** One decoding for all is by far the fastest; bytes that are no text need the careful way. */
function splitFields(output: Buffer): readonly string[] {
  const text = output.toString();
  if (!text.includes('\ufffd')) return text.split('\0');
  const fields: string[] = [];
  for (let at = 0; at <= output.length;) {
    const next = output.indexOf(0, at);
    const end = next < 0 ? output.length : next;
    fields.push(decodePath(output.subarray(at, end)));
    at = end + 1;
  }
  return fields;
}

function unreadable(session: Session, stderr: string): LanewiseError {
  return new LanewiseError(
    'OBJECT_MISSING',
    `Trees in ${session.name} could not be read: ${lastWords(stderr)}.`,
    { hint: 'The repository may have been rewritten; run the command again to read it anew.' },
  );
}
