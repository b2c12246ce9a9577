import type { Survey, Unplaced } from '@lanewise/manifests';
import type { InitFile } from '../commands/init.js';
import type { View } from '../command.js';
import { renderTable } from '../output/table.js';
import { wrapText } from '../output/text-width.js';

/** What was found, and what was done with it. */
export function renderInit(survey: Survey, files: readonly InitFile[], view: View): string {
  const parts = [renderPins(survey, view), renderUnplaced(survey, view), renderFiles(files, view)];
  return parts.filter((part) => part !== '').join('\n');
}

/** The table of product × environment × file × path × value. */
export function renderPins({ pins }: Survey, view: View): string {
  const { paint } = view;
  if (pins.length === 0)
    return 'No manifest was found whose path names a product and an environment.\n';
  const columns = [
    { title: 'product' },
    { title: 'environment' },
    { title: 'file', narrow: 'cut-start' },
    { title: 'path', narrow: 'cut' },
    { title: 'value', narrow: 'cut' },
    { title: 'sureness' },
  ] as const;
  const rows = pins.map((pin) => [
    { text: pin.product, paint: paint.name },
    pin.environment,
    pin.file,
    pin.selector.path ?? pin.selector.image ?? '',
    { text: pin.text === '' ? '(empty)' : pin.text, paint: paint.id },
    { text: pin.sureness, paint: pin.sureness === 'sure' ? paint.good : paint.waiting },
  ]);
  return renderTable(columns, rows, view);
}

const most = 20;
const alike = 3;

/** What has no place in that table: those with one reason together, and no more than can be read. */
export function renderUnplaced({ unplaced }: Survey, { paint, width }: View): string {
  if (unplaced.length === 0) return '';
  const groups = new Map<string, Unplaced[]>();
  for (const one of unplaced) groups.set(one.why, [...(groups.get(one.why) ?? []), one]);
  const sentences = [...groups.values()].flatMap((group) =>
    group.length <= alike ? group.map(sentence) : [sentenceOfMany(group)],
  );
  const room = width === null ? Infinity : Math.max(40, width - 4);
  const lines = sentences
    .slice(0, most)
    .map((text) => `  ${wrapText(text, room).join('\n    ')}\n`);
  const more = sentences.length - lines.length;
  const rest = more > 0 ? `  … and ${more} more: 'lanewise init --dry-run --json' has all.\n` : '';
  return `${paint.title('Not placed:')}\n${lines.join('')}${rest}`;
}

function sentence({ what, why, ...place }: Unplaced): string {
  const where = placeOf(place);
  return `${what}${where === '' ? '' : ` (${where})`}: ${why}.`;
}

/** Many with one reason: the first few, and how many there are. */
function sentenceOfMany(group: readonly Unplaced[]): string {
  const first = group.slice(0, 2).map(({ what, ...place }) => {
    const where = placeOf(place);
    return where === '' ? what : `${what} in ${where}`;
  });
  return `${first.join(', ')} and ${group.length - 2} more: ${group[0]?.why ?? ''}.`;
}

function placeOf({ file, line }: Pick<Unplaced, 'file' | 'line'>): string {
  return file === null ? '' : `${file}${line === null ? '' : `:${line}`}`;
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
