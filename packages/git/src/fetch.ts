import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRefName, type CommitId, type ObjectId, type RefName } from '@lanewise/model';
import { classifyFailure, gitFailure } from './failure.js';
import { runOrdinary, type OrdinaryResult } from './ordinary.js';
import {
  makeRefFilter,
  mirrorNamespace,
  mirrorRef,
  parseRefLines,
  parseRefPattern,
  refspecOf,
  type RefPattern,
} from './ref-pattern.js';
import type { FetchRequest, RefSnapshot } from './repository.js';
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
  | { readonly kind: 'done'; readonly stderr: string }
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
async function depthOptions(
  session: Session,
  depth: FetchRequest['depth'],
  patterns: readonly RefPattern[],
  isNew: boolean,
): Promise<readonly string[]> {
  if (session.borrows) return [];
  const shallow = await session.isShallow();
  if (depth === 'history') return shallow ? ['--unshallow'] : [];
  if (isNew) return ['--depth=1'];
  if (!shallow || (await allKnown(session, patterns))) return [];
  return ['--depth=1'];
}

async function allKnown(session: Session, patterns: readonly RefPattern[]): Promise<boolean> {
  if (patterns.some((pattern) => pattern.kind === 'prefix')) return false;
  const packed = await readFile(join(session.mirror.store, 'packed-refs'), 'utf8').catch(() => '');
  const known = await Promise.all(
    patterns.map(async (pattern) => {
      const name = pattern.kind === 'exact' ? mirrorRef(pattern.ref) : '';
      if (packed.includes(` ${name}\n`)) return true;
      return access(join(session.mirror.store, name)).then(
        () => true,
        () => false,
      );
    }),
  );
  return known.every(Boolean);
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

/** The refs asked for as the mirror has them after a fetch. */
export async function readMirroredRefs(
  session: Session,
  refs: readonly string[],
): Promise<RefSnapshot> {
  const patterns = refs.map(parseRefPattern);
  if (patterns.length === 0) return { refs: new Map() };
  const place = {
    ...session.readerPlace,
    environment: { ...session.readerPlace.environment, GIT_DIR: session.mirror.store },
  };
  const folders = [...new Set(patterns.map(folderOf))];
  const asked = folders.length > 100 ? [mirrorNamespace] : folders;
  const result = await runGit(place, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    '--',
    ...asked,
  ]);
  if (result.code !== 0)
    throw gitFailure(`the mirror of ${session.name} could not be read`, result.stderr);
  return { refs: parseRefLines(result.stdout.toString(), ' ', patterns, mirrorNamespace) };
}

/** for-each-ref matches whole parts of a name: the exact ref, or the folder that holds a prefix. */
function folderOf(pattern: RefPattern): string {
  const name = mirrorRef(pattern.kind === 'exact' ? pattern.ref : pattern.prefix);
  return pattern.kind === 'exact' ? name : name.slice(0, name.lastIndexOf('/') + 1);
}

/** The remote's refs by `git ls-remote`, which brings no objects. Throws REMOTE_UNREACHABLE, REMOTE_CREDENTIALS. */
export async function listRemoteRefs(
  session: Session,
  refs: readonly string[],
): Promise<ReadonlyMap<RefName, ObjectId>> {
  const patterns = refs.map(parseRefPattern);
  if (patterns.length === 0) return new Map();
  // ls-remote's own patterns match the end of a name too: good for narrowing, not for deciding.
  const asked =
    patterns.length > mostArguments
      ? []
      : patterns.map((pattern) => (pattern.kind === 'exact' ? pattern.ref : `${pattern.prefix}*`));
  const result = await runOrdinary(await session.remotePlace(), [
    'ls-remote',
    '--',
    'lanewise',
    ...asked,
  ]);
  if (result.code !== 0) throw unreadable(session, result.stderr);
  return parseRefLines(result.stdout, '\t', patterns);
}

/** The branch that the remote's HEAD names, kept in the mirror as a guess for the next run. */
export async function readRemoteHead(session: Session): Promise<RefName | null> {
  const result = await runOrdinary(await session.remotePlace(), [
    'ls-remote',
    '--symref',
    '--',
    'lanewise',
    'HEAD',
  ]);
  if (result.code !== 0) throw unreadable(session, result.stderr);
  const target = /^ref: (\S+)\tHEAD$/m.exec(result.stdout)?.[1];
  const head = target === undefined ? null : parseRefName(target);
  await writeFile(headFile(session), head ?? '').catch(() => undefined);
  return head;
}

/** What `readRemoteHead` last wrote, by an earlier run too. */
export async function rememberedHead(session: Session): Promise<RefName | null> {
  const text = await readFile(headFile(session), 'utf8').catch(() => '');
  return makeRefFilter([{ kind: 'prefix', prefix: 'refs/heads/' }])(text)
    ? (text as RefName)
    : null;
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

function unreadable(session: Session, stderr: string): Error {
  return gitFailure(`${session.name} could not be read`, stderr, session.secrets);
}

function headFile(session: Session): string {
  return join(session.mirror.root, 'head');
}
