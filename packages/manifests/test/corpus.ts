import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { parseRepoPath, type RepoPath } from '@lanewise/model';

/** Manifests of public repositories; they lie beside the checkout and are not part of it. */
const folder = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));

/** One line of the corpus's index: a pin, or a file that must be refused. */
export interface CorpusRow {
  readonly line: number;
  readonly file: RepoPath;
  readonly bytes: Uint8Array;
  readonly shape: string;
  readonly document: number;
  readonly pointer: string;
  readonly valueLine: number;
  readonly before: string;
  readonly after: string;
  readonly oddity: string;
  readonly expect: string;
}

export const corpusIsThere = existsSync(`${folder}INDEX.tsv`);

export function readCorpus(): readonly CorpusRow[] {
  const [, ...lines] = readFileSync(`${folder}INDEX.tsv`, 'utf8').trimEnd().split('\n');
  return lines.map((text, index) => {
    const cells = text.split('\t');
    const cell = (at: number): string => cells[at] ?? '';
    return {
      line: index + 2,
      file: parseRepoPath(cell(0)),
      bytes: readFileSync(`${folder}${cell(0)}`),
      shape: cell(5),
      document: Number(cell(6)),
      pointer: cell(7),
      valueLine: Number(cell(8)),
      before: cell(9),
      after: cell(10),
      oddity: cell(11),
      expect: cell(12),
    };
  });
}
