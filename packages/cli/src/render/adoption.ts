import type { AdoptionEntry, AdoptionPlan, AdoptionResult } from '@lanewise/release';
import type { View } from '../command.js';
import { renderTable, type Cell } from '../output/table.js';
import { shorten } from './release-plan.js';

const columns = [
  { title: 'product' },
  { title: 'value', narrow: 'cut' },
  { title: 'environments', narrow: 'wrap' },
  { title: 'release' },
  { title: 'commit' },
  { title: 'outcome' },
] as const;

/** What is recorded as a release, and what cannot be; `results` null: a dry run. */
export function renderAdoption(
  plan: AdoptionPlan,
  results: readonly AdoptionResult[] | null,
  view: View,
): string {
  if (plan.entries.length === 0) return 'No pin holds a version: there is nothing to adopt.\n';
  return renderTable(
    columns,
    plan.entries.map((entry) => row(entry, results, view)),
    view,
  );
}

/** Values that name no commit, and refused tags: for standard error. */
export function renderAdoptionRemarks(
  plan: AdoptionPlan,
  results: readonly AdoptionResult[] | null,
  { paint }: View,
): string {
  const unresolved = plan.entries.flatMap((entry) =>
    entry.kind === 'unresolved'
      ? [
          [
            `${entry.product} in ${entry.environments.join(', ')}: ${entry.why}.`,
            entry.hint,
          ] as const,
        ]
      : [],
  );
  const refused = (results ?? []).flatMap((result) =>
    result.kind === 'refused'
      ? [
          [
            `The remote refused ${result.product}@${result.version}: ${result.reason}`,
            'See who may push tags there.',
          ] as const,
        ]
      : [],
  );
  const all = [...unresolved, ...refused];
  // What is to be done is said once, below the last of those that need it.
  return all
    .map(([message, hint], index) => {
      const isLast = all[index + 1]?.[1] !== hint;
      return `${paint.bad('error:')} ${message}\n${isLast ? `${paint.id('hint:')} ${hint}\n` : ''}`;
    })
    .join('');
}

function row(
  entry: AdoptionEntry,
  results: readonly AdoptionResult[] | null,
  { paint }: View,
): Cell[] {
  const version = entry.kind === 'unresolved' ? '' : shorten(entry.version);
  return [
    { text: entry.product, paint: paint.name },
    entry.text,
    entry.environments.join(', '),
    { text: version, paint: paint.id },
    entry.kind === 'adopt' ? `${entry.commit.slice(0, 8)}` : '',
    outcome(entry, results, paint),
  ];
}

function outcome(
  entry: AdoptionEntry,
  results: readonly AdoptionResult[] | null,
  paint: View['paint'],
): Cell {
  if (entry.kind === 'already') {
    const { sameAs } = entry;
    const text = sameAs === undefined ? 'released already' : `the same release as ${sameAs}`;
    return { text, paint: paint.quiet };
  }
  if (entry.kind === 'unresolved') return { text: 'names no commit', paint: paint.bad };
  if (results === null) return { text: 'would be adopted', paint: paint.good };
  const result = results.find(
    (one) => one.product === entry.product && versionOf(one) === entry.version,
  );
  if (result?.kind === 'adopted') return { text: 'adopted', paint: paint.good };
  if (result?.kind === 'moved') return { text: 'made by another run', paint: paint.quiet };
  return { text: 'refused', paint: paint.bad };
}

function versionOf(result: AdoptionResult): string {
  return result.kind === 'adopted' ? result.release.version : result.version;
}
