import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { CommitId, ObjectId, RefName } from '@lanewise/model';
import { readMirroredRefs } from './mirrored-refs.js';
import { classifyFailure, gitFailure } from './failure.js';
import { runOrdinary, type OrdinaryResult } from './ordinary.js';
import { parseRefPattern, refspecOf, type RefPattern } from './ref-pattern.js';
import type { FetchRequest } from './repository.js';
import { runGit, type GitPlace } from './runner.js';
import type { Session } from './session.js';

/** Options of every fetch: only what is asked, nothing written beside it. */
const fetchOptions = [
  'fetch',
  // With words: simple-git waits 50 ms after a command that says nothing.
  '--verbose',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-show-forced-updates',
  '--no-auto-maintenance',
];

/** How a fetch ended: well, or for a reason that lies in the store, which making it anew may mend. */
export type FetchOutcome =
  | {
      readonly kind: 'done';
      readonly stderr: string;
      /** The mirror's refs of the patterns, where they are known without reading them again. */
      readonly refs?: ReadonlyMap<RefName, ObjectId>;
    }
  | { readonly kind: 'store-broken'; readonly stderr: string };

/**
 * Brings refs and what they name into the store, in one fetch. Refs that the remote no longer has
 * go from the mirror. Throws REMOTE_UNREACHABLE, REMOTE_CREDENTIALS, DISK_FULL.
 */
export async function fetchRefs(
  session: Session,
  request: FetchRequest,
  isNew: boolean,
): Promise<FetchOutcome> {
  const patterns = request.refs.map(parseRefPattern);
  if (patterns.length === 0) return { kind: 'done', stderr: '' };
  const depth = await depthOptions(session, request.depth, patterns, isNew);
  const refspecs = [...new Set(patterns.map(refspecOf))];
  const outcome = await runFetch(session, ['--prune', '--filter=blob:none', ...depth], refspecs);
  if (outcome.kind === 'done') await packRefs(session, outcome.stderr);
  return outcome;
}

/**
 * With history in the store a plain fetch is enough, and one round trip where nothing is new. A
 * shallow store asks for depth 1 again, else a new tag on an old commit would bring all history;
 * only for branches that it knows already the plain fetch is the shorter one.
 */
export async function depthOptions(
  session: Session,
  depth: FetchRequest['depth'],
  patterns: readonly RefPattern[],
  isNew: boolean,
): Promise<readonly string[]> {
  if (session.borrows) return [];
  const shallow = await session.isShallow();
  if (depth === 'history') {
    if (shallow) return ['--unshallow'];
    return (await isShallowFolder(session.url)) ? [endlessDepth] : [];
  }
  if (isNew) return ['--depth=1'];
  if (!shallow || (await allKnown(session, patterns))) return [];
  return ['--depth=1'];
}

/** What `--unshallow` means (git-fetch(1)), for a store that is not shallow yet. */
const endlessDepth = '--depth=2147483647';

/**
 * Whether the remote is a clone on this disk whose own history is cut off. Git asks such a one for
 * the commits that it lacks again and again, unless it is asked for a depth.
 */
async function isShallowFolder(url: string): Promise<boolean> {
  const folder = url.replace(/^file:\/\//, '');
  if (!isAbsolute(folder)) return false;
  const files = [join(folder, '.git', 'shallow'), join(folder, 'shallow')];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.some((text) => text.trim() !== '');
}

async function allKnown(session: Session, patterns: readonly RefPattern[]): Promise<boolean> {
  if (patterns.some((pattern) => pattern.kind === 'prefix')) return false;
  const known = await readMirroredRefs(session.mirror, patterns);
  return patterns.every((pattern) => pattern.kind === 'exact' && known.has(pattern.ref));
}

/** Most refspecs that are written as arguments; more go by standard input. */
const mostArguments = 200;

/** Runs one fetch of refspecs or ids. Throws where the remote is the reason; a broken store is told. */
export async function runFetch(
  session: Session,
  options: readonly string[],
  refspecs: readonly string[],
): Promise<FetchOutcome> {
  const place = await session.remotePlace();
  const result = await fetchWith(place, options, refspecs);
  if (result.code === 0) return { kind: 'done', stderr: result.stderr };
  const kind = classifyFailure(result.stderr);
  if (kind === 'other' || kind === 'read-only')
    return { kind: 'store-broken', stderr: result.stderr };
  throw gitFailure(`${session.name} could not be read`, result.stderr, session.secrets);
}

async function fetchWith(
  place: GitPlace,
  options: readonly string[],
  refspecs: readonly string[],
): Promise<Pick<OrdinaryResult, 'stderr'> & { code: number | null }> {
  const args = [...fetchOptions, ...options];
  if (refspecs.length <= mostArguments)
    return runOrdinary(place, [...args, '--', 'lanewise', ...refspecs]);
  return runGit(place, [...args, '--stdin', '--', 'lanewise'], {
    input: refspecs.map((refspec) => `${refspec}\n`).join(''),
  });
}

/** Many new refs as single files make every later look at them slow; packed they are one file. */
async function packRefs(session: Session, stderr: string): Promise<void> {
  const changed = stderr.match(/^ [*+t-] /gm)?.length ?? 0;
  if (changed > 300) await runGit(await session.remotePlace(), ['pack-refs', '--all']);
}

/** Brings commits by id; false for those that the remote does not give. */
export async function fetchCommits(
  session: Session,
  ids: readonly CommitId[],
  depth: FetchRequest['depth'],
): Promise<ReadonlyMap<CommitId, boolean>> {
  const shallow = session.borrows
    ? []
    : depth === 'tip'
      ? ['--depth=1']
      : (await session.isShallow())
        ? ['--unshallow']
        : [];
  const options = ['--filter=blob:none', ...shallow];
  if (ids.length === 0) return new Map();
  if ((await runFetch(session, options, ids)).kind === 'done')
    return new Map(ids.map((id) => [id, true]));
  if (ids.length === 1) return new Map(ids.map((id) => [id, false]));
  // One id that the remote does not give fails the whole fetch, so they are asked for one by one.
  const given = new Map<CommitId, boolean>();
  for (const id of ids) {
    const outcome = await runFetch(session, options, [id]);
    given.set(id, outcome.kind === 'done');
  }
  return given;
}
