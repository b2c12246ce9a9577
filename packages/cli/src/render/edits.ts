import type { View } from '../command.js';
import type { FileOutcome } from '../edits/run-edits.js';
import type { Paint } from '../output/paint.js';

/** What was written or, in a dry run, the diff. */
export function renderEdits(outcomes: readonly FileOutcome[], view: View): string {
  const text = outcomes.map((outcome) => renderOutcome(outcome, view)).join('');
  return text === '' && outcomes.every(({ kind }) => kind === 'same')
    ? 'Nothing to do: the values stand there already.\n'
    : text;
}

function renderOutcome(outcome: FileOutcome, { paint }: View): string {
  if (outcome.kind !== 'changed') return '';
  if (outcome.diff !== null) return paintDiff(outcome.diff, paint);
  return outcome.changes
    .map(({ path, before, after }) => {
      const was = before === null ? 'new' : before === '' ? '(empty)' : before;
      return `${outcome.file}: ${path} ${paint.quiet(was)} → ${paint.id(after)}\n`;
    })
    .join('');
}

function paintDiff(diff: string, paint: Paint): string {
  return diff
    .split('\n')
    .map((line) => {
      if (/^(?:---|\+\+\+) /.test(line)) return paint.title(line);
      if (line.startsWith('@@')) return paint.id(line);
      if (line.startsWith('+')) return paint.good(line);
      return line.startsWith('-') ? paint.bad(line) : line;
    })
    .join('\n');
}

/** The files that were left as they are, each with the place and the way out. */
export function renderRefusals(outcomes: readonly FileOutcome[], { paint }: View): string {
  return outcomes
    .flatMap((outcome) => {
      if (outcome.kind !== 'refused') return [];
      const { message, hint, place } = outcome.error;
      const where = place?.line === undefined ? '' : ` (line ${place.line})`;
      const next = hint === undefined ? '' : `       ${hint}\n`;
      return [`${paint.bad('refused:')} ${outcome.file}${where}: ${message}\n${next}`];
    })
    .join('');
}
