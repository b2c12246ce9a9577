import { defaultTypes, type Versioning } from '@lanewise/model';
import { readCommits, type ConventionalCommit, type TouchingCommit } from './commits.js';
import type { NoteLine } from './release-plan.js';

/**
 * What a release brings, from the commits that touched its inputs: reverted ones are left out, and
 * so are merges that say nothing of their own or repeat what a commit of theirs says.
 */
export function makeNotes(
  commits: readonly TouchingCommit[],
  types: Versioning['types'] = defaultTypes,
): readonly NoteLine[] {
  const read = readCommits(commits, types);
  const said = new Map<string, NoteLine>();
  const merged = new Map<string, readonly string[]>();
  for (const { merge, changes } of read) {
    if (!merge) continue;
    for (const change of changes) merged.set(textOf(change), change.references);
  }
  const lines: NoteLine[] = [];
  const add = (line: NoteLine): void => {
    said.set(textOf(line), line);
    lines.push(line);
  };
  for (const { id, merge, dependency, changes } of read) {
    if (merge) continue;
    for (const change of changes)
      add(noteOf(id, dependency, change, merged.get(textOf(change)) ?? []));
  }
  for (const { id, merge, dependency, changes } of read) {
    if (!merge) continue;
    for (const change of changes)
      if (change.type !== null && !said.has(textOf(change)))
        add(noteOf(id, dependency, change, []));
  }
  const order = new Map(read.map(({ id }, index) => [id as string, index]));
  return lines.sort((a, b) => (order.get(a.commit) ?? 0) - (order.get(b.commit) ?? 0));
}

/** What two messages that tell of the same change have in common. */
function textOf({ type, scope, subject }: Pick<NoteLine, 'type' | 'scope' | 'subject'>): string {
  const words = subject.replace(/\s*\([#!]\d+\)$/, '');
  return [type, scope, words].join('\n');
}

function noteOf(
  commit: NoteLine['commit'],
  dependency: boolean,
  { type, scope, subject, breaking, warning, references }: ConventionalCommit,
  more: readonly string[],
): NoteLine {
  const named = [...new Set([...references, ...more])];
  return {
    commit,
    type,
    scope,
    subject,
    breaking,
    dependency,
    ...(warning !== null && { warning }),
    ...(named.length > 0 && { references: named }),
  };
}

/** Notes under one title. */
export interface NoteSection {
  readonly title: string;
  readonly lines: readonly NoteLine[];
}

/** Notes by section, each line once, under the first title that fits. Hidden types are left out unless they break. */
export function groupNotes(
  notes: readonly NoteLine[],
  types: Versioning['types'] = defaultTypes,
): readonly NoteSection[] {
  const typeOf = ({ type }: NoteLine): Versioning['types'][string] | undefined =>
    type !== null && Object.hasOwn(types, type) ? types[type] : undefined;
  const titleOf = (line: NoteLine): string =>
    line.breaking ? breakingTitle : (typeOf(line)?.title ?? otherTitle);
  const shown = notes.filter((line) => line.breaking || typeOf(line)?.hidden !== true);
  const titles = Object.values(types).flatMap(({ title }) => title ?? []);
  return [...new Set([breakingTitle, ...titles, otherTitle])].flatMap((title) => {
    const lines = shown.filter((line) => titleOf(line) === title);
    return lines.length === 0 ? [] : [{ title, lines }];
  });
}

const breakingTitle = 'Breaking changes';
const otherTitle = 'Other changes';

/** Notes for people, as lines without a margin. */
export function renderNotes(
  notes: readonly NoteLine[],
  types: Versioning['types'] = defaultTypes,
): readonly string[] {
  return groupNotes(notes, types).flatMap(({ title, lines }, index) => [
    ...(index > 0 ? [''] : []),
    title,
    ...lines.flatMap(renderLine),
  ]);
}

function renderLine({ scope, subject, commit, dependency, warning }: NoteLine): readonly string[] {
  const where = scope === null ? '' : `${scope}: `;
  const line = `  - ${where}${subject} (${commit.slice(0, 8)})${dependency ? ', through a dependency' : ''}`;
  return warning === undefined ? [line] : [line, `    ${warning}`];
}
