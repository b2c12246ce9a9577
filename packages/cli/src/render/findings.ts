import type { View } from '../command.js';
import { wrapText } from '../output/text-width.js';
import type { Finding } from '../verify/finding.js';
import { count } from './release-plan.js';

export interface Counts {
  readonly products: number;
  readonly environments: number;
  readonly pins: number;
}

/** Problems first, each with its place and what to do; then one sentence that sums up. */
export function renderFindings(findings: readonly Finding[], counts: Counts, view: View): string {
  const sorted = [...findings].sort(
    (a, b) => Number(a.severity === 'note') - Number(b.severity === 'note'),
  );
  const text = sorted.map((finding) => renderFinding(finding, view)).join('');
  return `${text}${text === '' ? '' : '\n'}${summary(findings, counts, view)}`;
}

function renderFinding({ severity, message, hint, place }: Finding, view: View): string {
  const { paint } = view;
  const label = severity === 'problem' ? paint.bad('problem') : paint.quiet('note   ');
  const room = view.width === null ? Infinity : Math.max(40, view.width - 8);
  const where =
    place === null
      ? ''
      : [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  const lines = [
    ...wrapText(message, room),
    ...(where === '' ? [] : [paint.quiet(`at ${where}`)]),
    ...(hint === null ? [] : wrapText(hint, room).map((line) => paint.id(line))),
  ];
  return `${label} ${lines.join(`\n${' '.repeat(8)}`)}\n`;
}

function summary(findings: readonly Finding[], counts: Counts, { paint }: View): string {
  const problems = findings.filter(({ severity }) => severity === 'problem').length;
  const looked = `${count(counts.products, 'product')}, ${count(counts.environments, 'environment')}, ${count(counts.pins, 'pin')}`;
  return problems === 0
    ? `${paint.good('In order:')} ${looked}.\n`
    : `${paint.bad(count(problems, 'problem'))} in ${looked}.\n`;
}
