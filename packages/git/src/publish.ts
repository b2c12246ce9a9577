import { setTimeout as sleep } from 'node:timers/promises';
import { LanewiseError, redactCredentials, type ObjectId, type RefName } from '@lanewise/model';
import { classifyFailure, gitFailure, lastWords } from './failure.js';
import { runFetch } from './fetch.js';
import { configFlag, refuseSigning } from './git-config.js';
import { findBlocked, judgePush, type Judgement } from './judge.js';
import { listRemoteRefs } from './list-remote.js';
import type { OrdinaryResult } from './ordinary.js';
import { pushUpdates, type PushOptions } from './push.js';
import type { PublishOutcome, RefUpdate } from './repository.js';
import { runGit } from './runner.js';
import type { Session } from './session.js';

/** How often a push that changed nothing is tried: connections break, and locks of other pushes pass. */
const tries = 4;

/**
 * Publishes updates by one atomic push. A clean success is believed; after anything else the
 * remote's refs are read and decide. Throws REMOTE_UNREACHABLE, REMOTE_CREDENTIALS,
 * SIGNING_CONFIGURED.
 */
export async function publishUpdates(
  session: Session,
  updates: readonly RefUpdate[],
): Promise<PublishOutcome> {
  if (updates.length === 0) return { kind: 'published' };
  const config = await session.config();
  if (configFlag(config, 'push.gpgsign')) refuseSigning(config);
  return pushUntilJudged(session, updates, updates.length > 1);
}

async function pushUntilJudged(
  session: Session,
  updates: readonly RefUpdate[],
  atomic: boolean,
): Promise<PublishOutcome> {
  let options: PushOptions = { atomic, negotiate: false };
  let result: OrdinaryResult | undefined;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    result = await pushUpdates(session, updates, options);
    if (result.code === 0) return { kind: 'published' };
    if (options.atomic && /does not support --atomic/.test(result.stderr))
      return publishOneByOne(session, updates);
    const { judgement, refs } = await judgeByRefs(session, updates);
    if (judgement.kind !== 'unchanged') return judgement;
    const blocked = findBlocked(updates, refs.keys());
    if (blocked.length > 0) return blockedOutcome(blocked);
    if (lacksObjects(result.stderr) && !options.negotiate)
      options = { ...options, negotiate: true };
    else if (!isPassing(result) || attempt === tries) break;
    else await sleep(60 * attempt * attempt);
  }
  return refusedOutcome(session, updates, result);
}

/** Each prefix of the updates is a state that callers can go on from, so the first failure ends it. */
async function publishOneByOne(
  session: Session,
  updates: readonly RefUpdate[],
): Promise<PublishOutcome> {
  if (!session.notices.some((notice) => notice.kind === 'no-atomic')) {
    session.notices.push({
      kind: 'no-atomic',
      message: `${session.name} takes no atomic push: refs are published one by one.`,
    });
  }
  for (const update of updates) {
    const outcome = await pushUntilJudged(session, [update], false);
    if (outcome.kind !== 'published') return outcome;
  }
  return { kind: 'published' };
}

async function judgeByRefs(
  session: Session,
  updates: readonly RefUpdate[],
): Promise<{ readonly judgement: Judgement; readonly refs: ReadonlyMap<RefName, ObjectId> }> {
  const refs = await readRefsPatiently(session, updates);
  const containing = new Set<RefName>();
  for (const { ref, to, expected } of updates) {
    const found = refs.get(ref);
    if (
      to === null ||
      found === undefined ||
      found === to ||
      found === expected ||
      !ref.startsWith('refs/heads/')
    )
      continue;
    // Only where the push went forward: a branch that was to be set back contains its goal anyway.
    const isForward = expected === null || (await isAncestor(session, expected, to));
    if (isForward && (await branchContains(session, ref, found, to))) containing.add(ref);
  }
  return { judgement: judgePush(updates, refs, (ref) => containing.has(ref)), refs };
}

/** The refs of the updates and those that could stand in their way; a remote that just broke off is given time. */
async function readRefsPatiently(
  session: Session,
  updates: readonly RefUpdate[],
): Promise<ReadonlyMap<RefName, ObjectId>> {
  const asked =
    updates.length > 50
      ? ['refs/']
      : updates.flatMap(({ ref }) => [ref, `${ref}/`, ...foldersAbove(ref)]);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listRemoteRefs(session, [...new Set(asked)]);
    } catch (cause) {
      if (attempt === 3 || !(cause instanceof LanewiseError) || cause.code !== 'REMOTE_UNREACHABLE')
        throw cause;
      await sleep(200 * attempt);
    }
  }
}

function foldersAbove(ref: RefName): readonly string[] {
  const parts = ref.split('/');
  return parts.slice(2, -1).map((_, index) => parts.slice(0, index + 3).join('/'));
}

async function branchContains(
  session: Session,
  ref: RefName,
  tip: ObjectId,
  commit: ObjectId,
): Promise<boolean> {
  const outcome = await runFetch(session, ['--filter=blob:none'], [ref]);
  if (outcome.kind !== 'done') return false;
  return isAncestor(session, commit, tip);
}

async function isAncestor(session: Session, older: ObjectId, newer: ObjectId): Promise<boolean> {
  const result = await runGit(session.readerPlace, ['merge-base', '--is-ancestor', older, newer]);
  return result.code === 0;
}

/**
 * The remote moved on to commits that the store has not, so git took more for new than is, and a
 * partial store does not have it all.
 */
function lacksObjects(stderr: string): boolean {
  return /unable to read|bad object|missing (?:blob|tree|commit)|could not read|unable to find|failed to pack|pack-objects died/i.test(
    stderr,
  );
}

/** Another push's lock, or a broken connection: trying again may help, and is safe with expected values. */
function isPassing(result: OrdinaryResult): boolean {
  const words = result.stderr + result.stdout;
  if (
    /cannot lock ref|Unable to create .*\.lock|failed to update ref|incorrect old value/.test(words)
  )
    return true;
  return classifyFailure(result.stderr) === 'unreachable' && !/\[remote rejected\]/.test(words);
}

function blockedOutcome(blocked: ReturnType<typeof findBlocked>): PublishOutcome {
  const [first] = blocked;
  const reason = `${first?.by ?? ''} exists on the remote and stands in the way of ${first?.ref ?? ''}: git cannot have both`;
  return { kind: 'refused', refs: blocked.map(({ ref }) => ref), reason, blocked };
}

function refusedOutcome(
  session: Session,
  updates: readonly RefUpdate[],
  result: OrdinaryResult | undefined,
): PublishOutcome {
  const stderr = result?.stderr ?? '';
  const rejected = rejectedRefs(result?.stdout ?? '');
  const kind = rejected.length > 0 ? 'other' : classifyFailure(stderr);
  if (kind === 'unreachable' || kind === 'credentials') {
    throw gitFailure(`Nothing could be pushed to ${session.name}`, stderr, session.secrets);
  }
  const said =
    rejected.find(({ why }) => why !== 'atomic transaction failed' && why !== 'atomic push failed')
      ?.why ?? rejected[0]?.why;
  const words = lastWords(stderr, session.secrets);
  const reason = redactCredentials([said, words].filter(Boolean).join('; '), session.secrets);
  const named = rejected.filter(({ why }) => !/^atomic/.test(why)).map(({ ref }) => ref as RefName);
  const refs = updates
    .map(({ ref }) => ref)
    .filter((ref) => named.length === 0 || named.includes(ref));
  return { kind: 'refused', refs, reason: reason === '' ? 'git gave no reason' : reason };
}

/** Reads `git push --porcelain`: `!`, tab, `<from>:<to>`, tab, summary with the reason in brackets. */
export function rejectedRefs(
  stdout: string,
): readonly { readonly ref: string; readonly why: string }[] {
  return stdout.split('\n').flatMap((line) => {
    const found = /^!\t[^\t]*:([^\t]+)\t(?:.*\((.*)\)|(.*))$/.exec(line);
    return found === null ? [] : [{ ref: found[1] ?? '', why: found[2] ?? found[3] ?? '' }];
  });
}
