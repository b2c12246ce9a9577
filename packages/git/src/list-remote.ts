import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRefName, type ObjectId, type RefName } from '@lanewise/model';
import { gitFailure } from './failure.js';
import { runOrdinary } from './ordinary.js';
import { makeRefFilter, parseRefLines, parseRefPattern, type RefPattern } from './ref-pattern.js';
import type { Session } from './session.js';

/** What a remote says of its refs, without bringing any object. */
export interface RemoteListing {
  readonly refs: ReadonlyMap<RefName, ObjectId>;
  /** The branch that HEAD names; null where it names none. */
  readonly head: RefName | null;
}

/** Most patterns that are written as arguments; with more, everything is listed. */
const mostArguments = 200;

/** The remote's refs by `git ls-remote`. Throws REMOTE_UNREACHABLE, REMOTE_CREDENTIALS. */
export async function listRemoteRefs(
  session: Session,
  refs: readonly string[],
): Promise<ReadonlyMap<RefName, ObjectId>> {
  const patterns = refs.map(parseRefPattern);
  if (patterns.length === 0) return new Map();
  return parseRefLines(await askRemote(session, [], argumentsFor(patterns)), '\t', patterns);
}

/** The branch that the remote's HEAD names, kept in the mirror as a guess for the next run. */
export async function readRemoteHead(session: Session): Promise<RefName | null> {
  return (await listRemote(session, [])).head;
}

/** Refs and HEAD in one question; HEAD is kept in the mirror as a guess for the next run. */
export async function listRemote(
  session: Session,
  patterns: readonly RefPattern[],
): Promise<RemoteListing> {
  const narrowed = argumentsFor(patterns);
  const asked = narrowed.length === patterns.length ? ['HEAD', ...narrowed] : [];
  const text = await askRemote(session, ['--symref'], asked);
  const target = /^ref: (\S+)\tHEAD$/m.exec(text)?.[1];
  const head = target === undefined ? null : parseRefName(target);
  await writeFile(headFile(session), head ?? '').catch(() => undefined);
  return { refs: parseRefLines(text, '\t', patterns), head };
}

/** What the remote's HEAD named when it was last read, by an earlier run too. */
export async function rememberedHead(session: Session): Promise<RefName | null> {
  const text = await readFile(headFile(session), 'utf8').catch(() => '');
  return makeRefFilter([{ kind: 'prefix', prefix: 'refs/heads/' }])(text)
    ? (text as RefName)
    : null;
}

async function askRemote(
  session: Session,
  options: readonly string[],
  names: readonly string[],
): Promise<string> {
  const place = await session.remotePlace();
  const result = await runOrdinary(place, ['ls-remote', ...options, '--', 'lanewise', ...names]);
  if (result.code === 0) return result.stdout;
  throw gitFailure(`${session.name} could not be read`, result.stderr, session.secrets);
}

/** ls-remote's own patterns match the end of a name too: good for narrowing, not for deciding. */
function argumentsFor(patterns: readonly RefPattern[]): readonly string[] {
  if (patterns.length > mostArguments) return [];
  return patterns.map((one) => (one.kind === 'exact' ? one.ref : `${one.prefix}*`));
}

function headFile(session: Session): string {
  return join(session.mirror.root, 'head');
}
