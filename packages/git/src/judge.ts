import type { ObjectId, RefName } from '@lanewise/model';
import type { RefUpdate } from './repository.js';

/** What a remote's refs say about a push, whatever the push itself said. */
export type Judgement =
  | { readonly kind: 'published' }
  | {
      readonly kind: 'moved';
      readonly moved: readonly { readonly ref: RefName; readonly found: ObjectId | null }[];
    }
  | { readonly kind: 'unchanged' };

/**
 * Judges a push by the remote's refs. `contains` tells whether a branch's tip contains our commit:
 * then others went on from it, and it counts as published.
 */
export function judgePush(
  updates: readonly RefUpdate[],
  found: ReadonlyMap<RefName, ObjectId>,
  contains: (ref: RefName) => boolean,
): Judgement {
  const at = (ref: RefName) => found.get(ref) ?? null;
  const done = (update: RefUpdate) =>
    at(update.ref) === update.to || (at(update.ref) !== update.expected && contains(update.ref));
  if (updates.every(done)) return { kind: 'published' };
  const moved = updates.filter((update) => at(update.ref) !== update.expected);
  if (moved.length === 0) return { kind: 'unchanged' };
  return { kind: 'moved', moved: moved.map(({ ref }) => ({ ref, found: at(ref) })) };
}

/** Refs to be created that cannot be, because one of their folders is a ref or the ref is a folder of others. */
export function findBlocked(
  updates: readonly RefUpdate[],
  refs: Iterable<RefName>,
): readonly { readonly ref: RefName; readonly by: RefName }[] {
  const deleted = new Set(
    updates.filter((update) => update.to === null).map((update) => update.ref),
  );
  const standing = [...refs].filter((ref) => !deleted.has(ref));
  const present = new Set(standing);
  const folders = new Map(
    standing.flatMap((ref) => foldersOf(ref).map((folder) => [folder, ref] as const)),
  );
  return updates.flatMap(({ ref, to }) => {
    if (to === null) return [];
    const by = foldersOf(ref).find((folder) => present.has(folder)) ?? folders.get(ref);
    return by === undefined ? [] : [{ ref, by }];
  });
}

function foldersOf(ref: RefName): readonly RefName[] {
  const parts = ref.split('/');
  return parts.slice(2, -1).map((_, index) => parts.slice(0, index + 3).join('/') as RefName);
}
