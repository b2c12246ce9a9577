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

/**
 * Runs one `git push` of ids, with the expected old value of every ref.
 *
 * git takes refspecs and expectations as arguments, of which thousands do not fit (32 KiB on
 * Windows). Both can come from a repository's configuration and refs instead: the push runs in
 * one of its own, over the store's objects, whose `remote.lanewise.push` are the updates and whose
 * remote-tracking refs are the expected values. There `--force-with-lease` without a value means:
 * as tracked, and absent where nothing is tracked.
 */
export async function pushUpdates(
  session: Session,
  updates: readonly RefUpdate[],
  options: PushOptions,
): Promise<OrdinaryResult> {
  const directory = join(session.mirror.root, `push-${randomBytes(6).toString('hex')}.git`);
  try {
    await makeBareDirectory(directory, session.objectFormat, remoteSection(session.url, updates));
    await writeFile(join(directory, 'packed-refs'), expectedRefs(updates));
    const place = overObjects(await session.remotePlace(), session.mirror, directory);
    return await runOrdinary(place, [
      '-c',
      `push.negotiate=${options.negotiate}`,
      'push',
      '--porcelain',
      '--no-verify',
      '--no-follow-tags',
      '--recurse-submodules=no',
      '--force-with-lease',
      '--no-force-if-includes',
      ...(options.atomic ? ['--atomic'] : []),
      '--',
      'lanewise',
    ]);
  } finally {
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

function remoteSection(url: string, updates: readonly RefUpdate[]): string {
  const lines = updates.map(({ ref, to }) => `\tpush = ${quoteConfig(`${to ?? ''}:${ref}`)}\n`);
  return `[remote "lanewise"]\n\turl = ${quoteConfig(url)}\n\tfetch = +refs/*:refs/expected/*\n${lines.join('')}`;
}

function expectedRefs(updates: readonly RefUpdate[]): string {
  return updates
    .flatMap(({ ref, expected }) =>
      expected === null ? [] : [`${expected} refs/expected/${ref.slice('refs/'.length)}\n`],
    )
    .join('');
}
