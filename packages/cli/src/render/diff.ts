import type { View } from '../command.js';
import type { Difference } from '../commands/diff.js';
import { renderTable, type Cell } from '../output/table.js';
import { describeState } from './cell-state.js';
import { count } from './release-plan.js';

export interface DiffQuestion {
  readonly left: string;
  readonly right: string;
  readonly differences: readonly Difference[];
  /** With the commits of each product. */
  readonly closely: boolean;
  /** With products that are the same. */
  readonly all: boolean;
}

/** What runs on both sides and which side is ahead; then the commits, where asked. */
export function renderDiff(
  { left, right, differences, closely, all }: DiffQuestion,
  view: View,
): string {
  const shown = differences.filter(({ relation }) => all || relation !== 'same');
  const same = differences.length - shown.length;
  const columns = [
    { title: 'product' },
    { title: left },
    { title: right },
    { title: '', narrow: 'wrap' },
  ] as const;
  const table = renderTable(
    columns,
    shown.map((one) => row(one, left, right, view)),
    view,
  );
  const rest = same === 0 ? '' : `${count(same, 'product')} the same in both.\n`;
  const commits = closely ? shown.map((one) => renderCommits(one, view)).join('') : '';
  if (differences.length === 0) return 'No product is in either of them.\n';
  return (shown.length === 0 ? '' : table) + rest + commits;
}

function row(
  { product, left, right, relation, commits }: Difference,
  leftName: string,
  rightName: string,
  { paint }: View,
): Cell[] {
  const between = commits.length === 0 ? '' : ` by ${count(commits.length, 'commit')}`;
  const words: Readonly<Record<Difference['relation'], Cell>> = {
    same: { text: 'the same', paint: paint.quiet },
    newer: { text: `${leftName} is ahead${between}`, paint: paint.good },
    older: { text: `${rightName} is ahead${between}`, paint: paint.waiting },
    unrelated: { text: 'neither contains the other', paint: paint.bad },
    unknown: { text: 'cannot be compared', paint: paint.waiting },
  };
  return [
    { text: product, paint: paint.name },
    describeState(left),
    describeState(right),
    words[relation],
  ];
}

function renderCommits({ product, commits }: Difference, view: View): string {
  if (commits.length === 0) return '';
  const { paint } = view;
  const rows = commits.map(({ commit, subject, author }): Cell[] => [
    { text: commit.slice(0, 8), paint: paint.id },
    subject,
    { text: author, paint: paint.quiet },
  ]);
  const table = renderTable(
    [{ title: 'commit' }, { title: 'subject', narrow: 'cut' }, { title: 'author', narrow: 'cut' }],
    rows,
    view,
  );
  return `\n${paint.title(product)}\n${table}`;
}
