import { cancelReverts, parseCommit, type TouchingCommit } from './commits.js';
import type { NoteLine } from './release-plan.js';

/**
 * What a release brings, from the commits that touched its inputs: reverted ones are left out, and
 * so are merges that say nothing of their own.
 */
export function makeNotes(commits: readonly TouchingCommit[]): readonly NoteLine[] {
  const parsed = commits.map((commit) => ({ ...commit, parsed: parseCommit(commit.message) }));
  return cancelReverts(parsed)
    .filter(({ merge, parsed: { type } }) => !merge || type !== null)
    .map(({ id, dependency, parsed: { type, scope, subject, breaking } }) => ({
      commit: id,
      type,
      scope,
      subject,
      breaking,
      dependency,
    }));
}

const sections: readonly { readonly title: string; readonly holds: (line: NoteLine) => boolean }[] =
  [
    { title: 'Breaking changes', holds: ({ breaking }) => breaking },
    { title: 'Features', holds: ({ type }) => type === 'feat' },
    { title: 'Fixes', holds: ({ type }) => type === 'fix' || type === 'perf' || type === 'revert' },
    { title: 'Other changes', holds: () => true },
  ];

/** Notes for people, as lines without a margin: each commit once, under the first title that fits. */
export function renderNotes(notes: readonly NoteLine[]): readonly string[] {
  const lines: string[] = [];
  let rest = notes;
  for (const { title, holds } of sections) {
    const inside = rest.filter((line) => holds(line));
    rest = rest.filter((line) => !holds(line));
    if (inside.length > 0)
      lines.push(...(lines.length > 0 ? [''] : []), title, ...inside.map(renderLine));
  }
  return lines;
}

function renderLine({ scope, subject, commit, dependency }: NoteLine): string {
  const where = scope === null ? '' : `${scope}: `;
  return `  - ${where}${subject} (${commit.slice(0, 8)})${dependency ? ', through a dependency' : ''}`;
}
