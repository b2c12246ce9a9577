import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from './runner.js';
import type { Session } from './session.js';

/** How many packs a store may have; every fetch and every write adds one, and each is looked through. */
const mostPacks = 60;

/**
 * Makes one pack of many, when a store that stays has too many: git's own clean-up is off, as it
 * runs beside whatever comes next. Drafts that were never published go with it. A failure is
 * nothing: the store is as good as before.
 */
export async function repackStore(session: Session): Promise<void> {
  if (session.mirror.cache === null) return;
  const names = await readdir(join(session.mirror.objects, 'pack')).catch(() => []);
  if (names.filter((name) => name.endsWith('.pack')).length <= mostPacks) return;
  const place = await session.remotePlace();
  await runGit(place, ['repack', '-a', '-d', '-q', '-l']).catch(() => undefined);
}
