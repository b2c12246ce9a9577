import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBareDirectory, quoteConfig } from './mirror.js';
import { runOrdinary, type OrdinaryResult } from './ordinary.js';
import type { RefUpdate } from './repository.js';
import { overObjects, type Session } from './session.js';

export interface PushOptions {
  readonly atomic: boolean;
  /** Ask the remote first which commits it has: a round trip more, for when it has moved on. */
  readonly negotiate: boolean;
}

/** How much of a command line the expected values may take: Windows has 32 KiB, others at least 1 MiB. */
const longestArguments = process.platform === 'win32' ? 16_000 : 250_000;

/**
 * Runs one `git push` of ids, with the expected old value of every ref.
 *
 * git takes refspecs and expectations as arguments, of which thousands do not fit. Refspecs can
 * come from a repository's configuration instead, so the push runs in a repository of its own
 * over the store's objects. Where the expectations are too many as well, they are its
 * remote-tracking refs: there `--force-with-lease` without a value means as tracked, and absent
 * where nothing is tracked. That is the slower way, as git then writes every tracking ref anew.
 */
export async function pushUpdates(
  session: Session,
  updates: readonly RefUpdate[],
  options: PushOptions,
): Promise<OrdinaryResult> {
  const directory = join(session.mirror.root, `push-${randomBytes(6).toString('hex')}.git`);
  const leases = updates.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected ?? ''}`);
  const fits = leases.reduce((sum, lease) => sum + lease.length + 1, 0) <= longestArguments;
  try {
    const remote = remoteSection(session.url, updates, fits ? '' : trackExpected);
    await makeBareDirectory(directory, session.objectFormat, remote);
    if (!fits) await writeFile(join(directory, 'packed-refs'), expectedRefs(updates));
    const place = overObjects(await session.remotePlace(), session.mirror, directory);
    return await runOrdinary(place, [
      ...(options.negotiate ? ['-c', 'push.negotiate=true'] : []),
      'push',
      '--porcelain',
      '--no-verify',
      '--no-follow-tags',
      '--recurse-submodules=no',
      '--no-force-if-includes',
      ...(fits ? leases : ['--force-with-lease']),
      ...(options.atomic ? ['--atomic'] : []),
      '--',
      'lanewise',
    ]);
  } finally {
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

const trackExpected = '\tfetch = +refs/*:refs/expected/*\n';

function remoteSection(url: string, updates: readonly RefUpdate[], more: string): string {
  const lines = updates.map(({ ref, to }) => `\tpush = ${quoteConfig(`${to ?? ''}:${ref}`)}\n`);
  return `[remote "lanewise"]\n\turl = ${quoteConfig(url)}\n${more}${lines.join('')}`;
}

function expectedRefs(updates: readonly RefUpdate[]): string {
  const expected = updates.flatMap((update) =>
    update.expected === null ? [] : ([update] as const),
  );
  return expected.map(({ ref, expected: id }) => `${id} refs/expected/${ref.slice(5)}\n`).join('');
}
