import type { InitFile } from '../commands/init.js';
import type { View } from '../command.js';
import type { Proposal } from '../init/propose.js';
import { renderTable } from '../output/table.js';

/** What was found, and what was done with it. */
export function renderInit(proposal: Proposal, files: readonly InitFile[], view: View): string {
  const parts = [
    renderPins(proposal, view),
    renderUnplaced(proposal, view),
    renderFiles(files, view),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function renderPins({ pins }: Proposal, view: View): string {
  const { paint } = view;
  if (pins.length === 0)
    return 'No manifest was found whose path names a product and an environment.\n';
  const columns = [
    { title: 'product' },
    { title: 'environment' },
    { title: 'file', narrow: 'cut' },
    { title: 'path', narrow: 'cut' },
    { title: 'value' },
    { title: 'sureness' },
  ] as const;
  const rows = pins.map((pin) => [
    { text: pin.product, paint: paint.name },
    pin.environment,
    pin.file,
    pin.where,
    { text: pin.text === '' ? '(empty)' : pin.text, paint: paint.id },
    { text: pin.sureness, paint: pin.sureness === 'sure' ? paint.good : paint.waiting },
  ]);
  return renderTable(columns, rows, view);
}

function renderUnplaced({ unplaced }: Proposal, { paint }: View): string {
  if (unplaced.length === 0) return '';
  return `${paint.title('Not placed:')}\n${unplaced.map((line) => `  ${line}\n`).join('')}`;
}

function renderFiles(files: readonly InitFile[], { paint }: View): string {
  return files
    .map(({ file, outcome, text }) => {
      switch (outcome) {
        case 'kept':
          return `${file} is there already and stays as it is.\n`;
        case 'written':
          return `${paint.good('Written:')} ${file}. Look at it, then run 'lanewise verify'.\n`;
        case 'would be written':
          return `${paint.title(file)} would be:\n\n${text}\n`;
        default:
          return outcome satisfies never;
      }
    })
    .join('');
}
