import type { CommitId, ObjectId, RepoPath } from '@lanewise/model';
import { findLines } from './find-lines.js';
import type { FileStep, HistoryIndex, IndexedCommit, LostTip } from './history-index.js';
import type { Trailers } from './trailers.js';

/** Raise it when the index means something else: what an older one kept is read anew. */
const format = 2;

interface Head {
  readonly format: number;
  /** Digest of what was watched for. */
  readonly watch: string;
  readonly tip: CommitId;
  readonly lostTips: readonly LostTip[];
  /** How many commits this part tells, and the number of its first. */
  readonly commits: number;
  readonly first: number;
}

type CommitLine = readonly [
  commit: CommitId,
  at: number,
  author: string,
  subject: string,
  trailers: Trailers | 0,
];

/** A commit with the watched files that it changed, as it goes into an index. */
export interface IndexEntry extends Omit<IndexedCommit, 'position'> {
  readonly changes: readonly { readonly path: RepoPath; readonly id: ObjectId | null }[];
}

/**
 * One part of an index as text: its head, a line for each commit, oldest first, and a line for each
 * file with the number and the blob of each of its changes. So what happened to one file is found
 * without reading the rest.
 */
export function writeIndexPart(
  head: Omit<Head, 'format' | 'commits'>,
  entries: readonly IndexEntry[],
): string {
  const steps = new Map<RepoPath, string[]>();
  const commits = entries.map(({ commit, at, author, subject, trailers, changes }, index) => {
    for (const { path, id } of changes) {
      const step = `${head.first + index} ${id ?? '-'}`;
      const known = steps.get(path);
      if (known === undefined) steps.set(path, [step]);
      else known.push(step);
    }
    const said = Object.keys(trailers).length === 0 ? 0 : trailers;
    const line: CommitLine = [commit, at, author, subject, said];
    return JSON.stringify(line);
  });
  const files = [...steps].map(([path, list]) => `${JSON.stringify(path)}\t${list.join(' ')}`);
  const whole: Head = { format, ...head, commits: entries.length };
  return [JSON.stringify(whole), ...commits, ...files, ''].join('\n');
}

/** Parts that follow each other, as one. A file's lines keep their order, and are read as if they were one. */
export function joinIndexParts(parts: readonly string[]): string {
  const heads = parts.flatMap((part) => readHead(part) ?? []);
  const lines = parts.map((part) => part.split('\n').slice(1, -1));
  const commits = lines.flatMap((all, number) => all.slice(0, heads[number]?.commits));
  const files = lines.flatMap((all, number) => all.slice(heads[number]?.commits));
  const head = { ...heads.at(-1), first: 0, commits: commits.length };
  return [JSON.stringify(head), ...commits, ...files, ''].join('\n');
}

/** The index that parts make together, and what they watched for; null where they are none of ours. */
export function readIndexParts(
  parts: readonly string[],
): { readonly index: HistoryIndex; readonly watch: string } | null {
  const heads = parts.map(readHead);
  const last = heads.at(-1);
  if (last === undefined || last === null || heads.some((head) => head?.watch !== last.watch))
    return null;
  const { tip, lostTips, watch, first, commits } = last;
  const line = makeLine(parts, heads as readonly Head[]);
  return {
    watch,
    index: {
      tip,
      lostTips,
      parts,
      count: first + commits,
      commit: line,
      has: (commit) => parts.some((part) => part.includes(`\n["${commit}"`)),
      steps: (paths) => readSteps(parts, paths),
    },
  };
}

function readHead(part: string): Head | null {
  try {
    const head = JSON.parse(part.slice(0, part.indexOf('\n'))) as Head | null;
    return head?.format === format ? head : null;
  } catch {
    return null;
  }
}

/** Commits by number: each is read once, and is the same object whenever it is asked for. */
function makeLine(
  parts: readonly string[],
  heads: readonly Head[],
): (position: number) => IndexedCommit {
  const read = new Map<number, IndexedCommit>();
  const lines = new Map<number, readonly string[]>();
  return (position) => {
    const known = read.get(position);
    if (known !== undefined) return known;
    const number = heads.findIndex(({ first, commits }) => position < first + commits);
    const all = lines.get(number) ?? (parts[number] ?? '').split('\n');
    lines.set(number, all);
    const text = all[1 + position - (heads[number]?.first ?? 0)] ?? '';
    const [commit, at, author, subject, trailers] = JSON.parse(text) as CommitLine;
    const made = {
      position,
      commit,
      at,
      author,
      subject,
      trailers: trailers === 0 ? {} : trailers,
    };
    read.set(position, made);
    return made;
  };
}

function readSteps(
  parts: readonly string[],
  paths: ReadonlySet<RepoPath>,
): ReadonlyMap<RepoPath, readonly FileStep[]> {
  const keys = new Map([...paths].map((path) => [JSON.stringify(path), path]));
  const found = new Map<RepoPath, readonly FileStep[]>();
  for (const [key, lines] of findLines(parts, new Set(keys.keys()))) {
    const fields = lines.join(' ').split(' ');
    const steps: FileStep[] = [];
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const blob = fields[at + 1];
      steps.push({
        position: Number(fields[at]),
        blob: blob === '-' ? null : (blob as ObjectId),
      });
    }
    found.set(keys.get(key) as RepoPath, steps);
  }
  return found;
}
