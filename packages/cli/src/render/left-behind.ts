import type { View } from '../command.js';
import type { LeftBehind } from '../left-behind.js';
import { renderTable, type Cell } from '../output/table.js';
import { count } from './release-plan.js';

const columns = [
  { title: 'commit' },
  { title: 'subject', narrow: 'cut' },
  { title: 'author', narrow: 'cut' },
  { title: '', narrow: 'wrap' },
] as const;

/** The commits that no longer run, and the changes of manifests that stay. */
export function renderLeftBehind(list: readonly LeftBehind[], view: View): string {
  return list.map((one) => renderOne(one, view)).join('');
}

function renderOne(
  { product, environment, commits, otherChanges }: LeftBehind,
  view: View,
): string {
  const { paint } = view;
  const where = `${paint.name(product)} in ${environment}`;
  const taken = commits.map(({ commit, subject, author, equalTo }): Cell[] => [
    { text: commit.slice(0, 8), paint: paint.id },
    subject,
    { text: author, paint: paint.quiet },
    equalTo === null ? '' : `stays, as ${equalTo.slice(0, 8)}`,
  ]);
  const kept = otherChanges.map(({ commit, subject, author }): Cell[] => [
    { text: commit.slice(0, 8), paint: paint.id },
    subject,
    { text: author, paint: paint.quiet },
    '',
  ]);
  const head = `\n${where} goes back by ${count(commits.length, 'commit')} of the workspace:\n`;
  const rest = `\nOther changes of its manifests since then stay as they are:\n`;
  return (
    (taken.length === 0 ? '' : head + renderTable(columns, taken, view)) +
    (kept.length === 0 ? '' : rest + renderTable(columns, kept, view))
  );
}
