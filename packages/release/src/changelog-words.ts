import type { ProductName } from '@lanewise/model';
import type { ChangelogEntry } from './changelog.js';
import type { ForgeLinks } from './forge-links.js';
import type { NoteLine } from './release-plan.js';
import { isPrerelease } from './tag-name.js';

/** One note, as templates see it. */
export interface NoteWords {
  readonly type: string | null;
  readonly scope: string | null;
  readonly subject: string;
  /** The subject as Markdown, its references linked. */
  readonly markdown: string;
  readonly breaking: boolean;
  readonly warning: string | null;
  readonly dependency: boolean;
  readonly commit: string;
  readonly shortCommit: string;
  readonly url: string | null;
  readonly references: readonly { readonly text: string; readonly url: string | null }[];
}

/** One release, as templates see it. */
export interface ReleaseWords {
  readonly version: string;
  readonly tag: string;
  /** Day of the source commit, in UTC. */
  readonly date: string;
  readonly commit: string;
  readonly url: string | null;
  /** Version that it came after. */
  readonly base: string | null;
  readonly compareUrl: string | null;
  readonly prerelease: boolean;
  readonly sections: readonly { readonly title: string; readonly lines: readonly NoteWords[] }[];
  readonly more: number;
  readonly known: boolean;
}

/** All that a template of changelogs may use: plain values, no functions. */
export interface ChangelogWords {
  readonly product: string;
  readonly releases: readonly ReleaseWords[];
}

/** A changelog as plain words, with links where a forge is known. */
export function changelogWords(
  product: ProductName,
  entries: readonly ChangelogEntry[],
  links: ForgeLinks | null,
): ChangelogWords {
  return { product, releases: entries.map((entry) => releaseWords(entry, links)) };
}

function releaseWords(
  { release, base, sections, more, known }: ChangelogEntry,
  links: ForgeLinks | null,
): ReleaseWords {
  const tag = release.tag.replace(/^refs\/tags\//, '');
  const from = base?.tag.replace(/^refs\/tags\//, '');
  return {
    version: release.version,
    tag,
    date: new Date(release.committedAt * 1000).toISOString().slice(0, 10),
    commit: release.commit,
    url: links?.commit(release.commit) ?? null,
    base: base?.version ?? null,
    compareUrl: from === undefined ? null : (links?.compare(from, tag) ?? null),
    prerelease: isPrerelease(release.version),
    sections: sections.map(({ title, lines }) => ({
      title,
      lines: lines.map((line) => noteWords(line, links)),
    })),
    more,
    known,
  };
}

function noteWords(line: NoteLine, links: ForgeLinks | null): NoteWords {
  const references = (line.references ?? []).map((text) => ({
    text,
    url: links?.reference(text) ?? null,
  }));
  // A reference that the subject names already is not repeated behind it.
  const rest = references.filter(({ text }) => !line.subject.includes(text));
  return {
    type: line.type,
    scope: line.scope,
    subject: line.subject,
    markdown: linkReferences(escapeMarkdown(line.subject), links),
    breaking: line.breaking,
    warning: line.warning ?? null,
    dependency: line.dependency,
    commit: line.commit,
    shortCommit: line.commit.slice(0, 8),
    url: links?.commit(line.commit) ?? null,
    references: rest,
  };
}

/** Text as Markdown shows it: what would become a tag, a link or emphasis is escaped, code in backticks left. */
export function escapeMarkdown(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\<>[\]*_`]/g, '\\$&')))
    .join('');
}

function linkReferences(markdown: string, links: ForgeLinks | null): string {
  if (links === null) return markdown;
  return markdown
    .split(/(`[^`]*`)/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replace(/(?<![\w/&])[#!]\d{1,9}\b/g, (name) => {
            const url = links.reference(name);
            return url === null ? name : `[${name}](${url})`;
          }),
    )
    .join('');
}
