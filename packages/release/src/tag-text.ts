import type { Versioning } from '@lanewise/model';
import { keepNotes } from './kept-notes.js';
import { renderNotes } from './notes.js';
import type { TagText } from './record.js';
import type { PlannedRelease } from './release-plan.js';

/** What stands in a release's tag beside the record: notes for people, and the same kept for changelogs. */
export function describeRelease(
  { notes, base }: Pick<PlannedRelease, 'notes' | 'base'>,
  types: Versioning['types'],
): TagText {
  const kept = keepNotes(notes, base?.version ?? null);
  const rest = kept.more === 0 ? [] : ['', `and ${kept.more} more`];
  return { lines: [...renderNotes(kept.notes, types), ...rest], notes: kept };
}
