import type { HistoryEntry } from '@lanewise/promotion';
import type { View } from '../command.js';
import { renderTable, type Cell } from '../output/table.js';
import { describeState } from './cell-state.js';
import { moment } from './durations.js';

const columns = [
  { title: 'when (UTC)' },
  { title: 'environment' },
  { title: 'release' },
  { title: 'step' },
  { title: 'commit' },
  { title: 'by', narrow: 'cut' },
  { title: 'subject', narrow: 'cut' },
] as const;

const steps: Readonly<Record<HistoryEntry['step'], string>> = {
  first: 'first',
  forward: 'forward',
  back: 'back',
  sideways: 'sideways',
  unknown: '',
};

/** Landings, newest first. */
export function renderHistory(
  product: string,
  entries: readonly HistoryEntry[],
  view: View,
): string {
  if (entries.length === 0) return `${product} never ran there.\n`;
  return renderTable(
    columns,
    entries.map((entry) => row(entry, view)),
    view,
  );
}

function row({ environment, stay, step }: HistoryEntry, { paint }: View): Cell[] {
  return [
    { text: moment(stay.landed.at), paint: paint.quiet },
    environment,
    { text: describeState(stay.state), paint: paint.id },
    { text: steps[step], paint: step === 'back' ? paint.waiting : paint.quiet },
    stay.landed.commit.slice(0, 8),
    stay.landed.author,
    stay.landed.subject,
  ];
}
