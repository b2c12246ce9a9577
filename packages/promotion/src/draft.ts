import type { CommitDraft, Identity, Repository, TreeEntry } from '@lanewise/git';
import { movesChartLock, rewritePins } from '@lanewise/manifests';
import {
  isLanewiseError,
  LanewiseError,
  type CommitId,
  type ObjectId,
  type RepoPath,
} from '@lanewise/model';
import { cellKey } from './cell.js';
import { chartLockOf, writeChart } from './chart-lock.js';
import { changeLock } from './edit-lock.js';
import { pinsByFile } from './history.js';
import { lockPath } from './lock-places.js';
import { lockMessage, promotionMessage } from './message.js';
import type { Intent, PromoteIntent } from './plan.js';
import type { PromotionState } from './state.js';

/** A commit to be written for an intent. */
export interface DraftedIntent {
  readonly intent: Intent;
  readonly draft: CommitDraft;
}

export interface Drafted {
  readonly drafts: readonly DraftedIntent[];
  readonly failed: readonly { readonly intent: Intent; readonly error: LanewiseError }[];
}

/** A file as the chain of commits has it so far; `content` null: it is not there. */
interface WorkFile {
  readonly content: Uint8Array | null;
  readonly mode: '100644' | '100755';
}

type WorkFiles = ReadonlyMap<RepoPath, WorkFile | LanewiseError>;

/**
 * Turns intents into commits, one for each product and environment, each on top of the one before.
 * Every file is read at the tip that they build on: nothing is carried over from an older state.
 * An intent that cannot be written safely is left out and reported; the others go on.
 */
export async function draftCommits(
  gitops: Repository,
  state: PromotionState,
  intents: readonly Intent[],
  author: Identity,
): Promise<Drafted> {
  const files = new Map(
    await readWorkFiles(
      gitops,
      state.tip,
      intents.flatMap((one) => pathsOf(state, one)),
    ),
  );
  const drafts: DraftedIntent[] = [];
  const failed: { intent: Intent; error: LanewiseError }[] = [];
  for (const intent of intents) {
    try {
      const changed = changeFiles(state, intent, files);
      if (changed.size === 0 && !isRepeat(intent)) continue;
      const before = drafts.at(-1)?.draft.mark;
      drafts.push({
        intent,
        draft: toDraft(state, intent, changed, { before, author, number: drafts.length }),
      });
      for (const [path, file] of changed) files.set(path, file);
    } catch (error) {
      if (!isLanewiseError(error)) throw error;
      failed.push({ intent, error });
    }
  }
  return { drafts, failed };
}

/** The only commit without a change: somebody asked for what runs to be written again. */
function isRepeat(intent: Intent): boolean {
  return intent.kind === 'promote' && intent.origin === 'again';
}

function pathsOf(state: PromotionState, intent: Intent): readonly RepoPath[] {
  const locks = intent.locks.map(({ where }) => lockPath(where));
  if (intent.kind === 'lock') return locks;
  const cell = state.cells.get(cellKey(intent.environment, intent.product));
  const pins = (cell?.pins ?? []).flatMap(({ pin: { file, selector } }) =>
    movesChartLock(file, selector) ? [file, chartLockOf(file)] : [file],
  );
  return [...locks, ...pins];
}

async function readWorkFiles(
  gitops: Repository,
  tip: CommitId,
  wanted: readonly RepoPath[],
): Promise<WorkFiles> {
  const paths = [...new Set(wanted)];
  const folders = [...new Set(paths.flatMap((path) => foldersAbove(path)))];
  const [entries, filtered] = await Promise.all([
    gitops.readEntries([...paths, ...folders].map((path) => ({ commit: tip, path }))),
    gitops.findFiltered(tip, paths),
  ]);
  const byPath = new Map([...paths, ...folders].map((path, at) => [path, entries[at]]));
  const plain = paths.flatMap((path) => {
    const entry = byPath.get(path);
    return entry !== undefined && isPlain(entry) ? [entry.id] : [];
  });
  const blobs = await gitops.readBlobs([...new Set(plain)]);
  return new Map(paths.map((path) => [path, workFile(path, { byPath, filtered, blobs })]));
}

function foldersAbove(path: RepoPath): readonly RepoPath[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/') as RepoPath);
}

function isPlain({ type, mode }: TreeEntry): boolean {
  return type === 'blob' && (mode === '100644' || mode === '100755');
}

function workFile(
  path: RepoPath,
  read: {
    readonly byPath: ReadonlyMap<RepoPath, TreeEntry | undefined>;
    readonly filtered: ReadonlySet<RepoPath>;
    readonly blobs: ReadonlyMap<ObjectId, Uint8Array>;
  },
): WorkFile | LanewiseError {
  const detour = foldersAbove(path).find(
    (folder) => (read.byPath.get(folder)?.type ?? 'tree') !== 'tree',
  );
  if (detour !== undefined)
    return refusedFile(path, `the folder ${detour} is a symbolic link, a submodule or a file`);
  const entry = read.byPath.get(path);
  if (entry === undefined) return { content: null, mode: '100644' };
  if (!isPlain(entry))
    return refusedFile(path, `it has the mode ${entry.mode}: only plain files are changed`);
  if (read.filtered.has(path))
    return refusedFile(
      path,
      "'.gitattributes' gives it a filter, so Git keeps another text than people see",
    );
  const content = read.blobs.get(entry.id) ?? new Uint8Array();
  if (isLfsPointer(content)) return refusedFile(path, 'it is a pointer of Git LFS');
  return { content, mode: entry.mode === '100755' ? '100755' : '100644' };
}

function isLfsPointer(content: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(content.subarray(0, 43));
  return head.startsWith('version https://git-lfs.github.com/spec/v1');
}

function refusedFile(file: RepoPath, why: string): LanewiseError {
  return new LanewiseError('PIN_REFUSED', `${file} is not changed: ${why}.`, {
    place: { file },
    hint: 'Keep the pin in a plain file, or change this one by hand.',
  });
}

function changeFiles(
  state: PromotionState,
  intent: Intent,
  files: WorkFiles,
): ReadonlyMap<RepoPath, WorkFile> {
  const changed = new Map<RepoPath, WorkFile>();
  const now = (path: RepoPath): WorkFile => {
    const file = changed.get(path) ?? files.get(path) ?? { content: null, mode: '100644' };
    if (file instanceof LanewiseError) throw file;
    return file;
  };
  if (intent.kind === 'promote') {
    for (const [path, content] of writePins(state, intent, now)) changed.set(path, content);
  }
  for (const change of intent.locks) {
    const path = lockPath(change.where);
    const { content, mode } = now(path);
    const text =
      content === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
    const after = changeLock(text, change);
    if (after !== text) {
      changed.set(path, { content: after === null ? null : new TextEncoder().encode(after), mode });
    }
  }
  return changed;
}

function writePins(
  state: PromotionState,
  intent: PromoteIntent,
  now: (path: RepoPath) => WorkFile,
): ReadonlyMap<RepoPath, WorkFile> {
  const changed = new Map<RepoPath, WorkFile>();
  const cell = state.cells.get(cellKey(intent.environment, intent.product));
  for (const { file, indexes, selectors } of pinsByFile(cell?.placement ?? { pins: [] })) {
    const { content, mode } = now(file);
    if (content === null)
      throw new LanewiseError('PIN_MISSING', `${file} is not there.`, { place: { file } });
    const edits = selectors.flatMap((selector, at) => {
      const value = intent.values[indexes[at] ?? -1];
      return value === undefined ? [] : [{ selector, value }];
    });
    const manifest = { file, bytes: content };
    if (edits.some(({ selector }) => movesChartLock(file, selector))) {
      const path = chartLockOf(file);
      const lock = now(path);
      const written = writeChart(manifest, lock.content, edits, commitTime(state));
      if (sameBytes(written.chart, content)) continue;
      changed.set(file, { content: written.chart, mode });
      changed.set(path, { content: written.lock, mode: lock.mode });
      continue;
    }
    const bytes = rewritePins(manifest, edits);
    if (!sameBytes(bytes, content)) changed.set(file, { content: bytes, mode });
  }
  return changed;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}

function toDraft(
  state: PromotionState,
  intent: Intent,
  changed: ReadonlyMap<RepoPath, WorkFile>,
  { before, author, number }: { before: string | undefined; author: Identity; number: number },
): CommitDraft {
  return {
    kind: 'commit',
    mark: `promotion-${number}`,
    parents: [before === undefined ? state.tip : { mark: before }],
    edits: [...changed].map(([path, { content, mode }]) => ({ path, content, mode })),
    message: messageOf(state, intent),
    author,
    at: commitTime(state),
  };
}

function commitTime({ now, tipAt }: PromotionState): number {
  return Math.max(now, tipAt);
}

function messageOf(state: PromotionState, intent: Intent): string {
  if (intent.kind === 'lock') return lockMessage(intent);
  const release = state.book.get(intent.product, intent.to);
  if (release === null) {
    throw new LanewiseError(
      'RELEASE_UNKNOWN',
      `${intent.product} ${intent.to} was never released.`,
    );
  }
  return promotionMessage(state.config, intent, release);
}
