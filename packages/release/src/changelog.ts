import type { Repository } from '@lanewise/git';
import type { ProductName, Release, Version, Versioning } from '@lanewise/model';
import { compareVersions } from './compare-versions.js';
import { readKeptNotes, type KeptNotes } from './kept-notes.js';
import { groupNotes, type NoteSection } from './notes.js';
import type { ReleaseBook } from './release-book.js';
import { isCommitVersion, isPrerelease } from './tag-name.js';

/** What one release of a product brought. */
export interface ChangelogEntry {
  readonly release: Release;
  /** The release that it came after; null: the first one, or nobody knows. */
  readonly base: Release | null;
  readonly sections: readonly NoteSection[];
  /** Notes that the tag had no room for. */
  readonly more: number;
  /** Whether the tag keeps notes at all: those of other tools and of adopted releases do not. */
  readonly known: boolean;
}

export interface ChangelogRequest {
  readonly product: ProductName;
  /** Only what came after this release. */
  readonly from: Release | null;
  /** Up to this release, which is included; null: the newest. */
  readonly to: Release | null;
  /** Whether prereleases have entries of their own. */
  readonly prereleases: boolean;
}

/**
 * The changelog of a product from its release tags alone, newest first: each keeps the notes that
 * were made with it, so no history is read and every machine prints the same.
 */
export async function readChangelog(
  repository: Pick<Repository, 'readTags'>,
  book: ReleaseBook,
  request: ChangelogRequest,
  types: Versioning['types'],
): Promise<readonly ChangelogEntry[]> {
  const releases = book.releases(request.product);
  const wanted = releases.filter((release) => isWanted(release, releases, request));
  const tags = await repository.readTags(wanted.map(({ tagObject }) => tagObject));
  return wanted.map((release) => {
    const tag = tags.get(release.tagObject) ?? null;
    const kept = tag === null ? null : readKeptNotes(tag.message);
    return {
      release,
      base: baseOf(release, kept, releases, book),
      sections: groupNotes(kept?.notes ?? [], types),
      more: kept?.more ?? 0,
      known: kept !== null,
    };
  });
}

/** Between the two by the order of the list; a prerelease only where it is named or asked for. */
function isWanted(
  release: Release,
  releases: readonly Release[],
  { from, to, prereleases }: ChangelogRequest,
): boolean {
  if (isPrerelease(release.version) && !prereleases && release !== to) return false;
  const place = releases.indexOf(release);
  return (
    (to === null || place >= releases.indexOf(to)) &&
    (from === null || place < releases.indexOf(from))
  );
}

/** What the tag says; without that the next final release below. */
function baseOf(
  release: Release,
  kept: KeptNotes | null,
  releases: readonly Release[],
  book: ReleaseBook,
): Release | null {
  if (kept !== null) return kept.base === null ? null : book.get(release.product, kept.base);
  const below = releases.slice(releases.indexOf(release) + 1);
  return below.find(({ version }) => isLower(version, release.version)) ?? null;
}

function isLower(version: Version, than: Version): boolean {
  if (isPrerelease(version) || isCommitVersion(version) !== isCommitVersion(than)) return false;
  return isCommitVersion(version) || compareVersions(version, than) < 0;
}
