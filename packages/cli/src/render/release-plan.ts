import type { PlanEntry, ReleasePlan } from '@lanewise/release';
import type { View } from '../command.js';
import { renderTable, type Cell, type Column } from '../output/table.js';
import { describeReasons } from './reasons.js';

const columns: readonly Column[] = [
  { title: 'product' },
  { title: 'released' },
  { title: 'next' },
  { title: 'because', narrow: 'wrap' },
];

/** The affected products as a table, and a sentence on the others. */
export function renderAffected(plan: ReleasePlan, view: View): string {
  const rows = plan.entries.map((entry) => affectedRow(entry, view)).filter((row) => row !== null);
  const table = rows.length === 0 ? '' : `${renderTable(columns, rows, view)}\n`;
  return table + sharedLine(plan) + summaryLine(plan, rows.length);
}

/** What stops a plan, or single products of it, with hints: for standard error. */
export function renderPlanRemarks(plan: ReleasePlan, { paint }: View): string {
  const notices = plan.notices.map((notice) => `${paint.quiet('note:')} ${notice}\n`).join('');
  const stops = plan.stop === null ? [] : [plan.stop];
  const entries = plan.entries.flatMap((entry) => entryRemark(entry) ?? []);
  const errors = [...stops, ...entries].map(({ message, hint }) => {
    const advice = hint === null ? '' : `${paint.id('hint:')} ${hint}\n`;
    return `${paint.bad('error:')} ${message}\n${advice}`;
  });
  return notices + errors.join('');
}

function affectedRow(entry: PlanEntry, { paint }: View): Cell[] | null {
  const name = { text: entry.product, paint: paint.name };
  switch (entry.kind) {
    case 'release':
      return [
        name,
        entry.base?.version ?? '-',
        { text: shorten(entry.version) + (entry.forecast ? ' ?' : ''), paint: paint.id },
        describeReasons(entry.reasons),
      ];
    case 'not-told':
      return [name, entry.base?.version ?? '-', '', describeReasons(entry.reasons)];
    case 'stopped':
      if (entry.reasons.length === 0) return null;
      return [name, '', '', describeReasons(entry.reasons)];
    case 'unaffected':
    case 'new':
    case 'late':
      return null;
    default:
      return entry satisfies never;
  }
}

/** The widest cause is what a person looks at first when much is affected. */
function sharedLine({ shared }: ReleasePlan): string {
  const [widest] = shared;
  if (widest === undefined || widest.products.length < 4) return '';
  return `${count(widest.products.length, 'product')} share a cause: ${widest.cause}.\n`;
}

function summaryLine(plan: ReleasePlan, affected: number): string {
  const total = plan.entries.length;
  const fresh = plan.entries.flatMap((entry) => (entry.kind === 'new' ? [entry.product] : []));
  const late = plan.entries.flatMap((entry) => (entry.kind === 'late' ? [entry] : []));
  const lines = [
    affected === 0
      ? nothingAffected(total, fresh.length)
      : `${affected} of ${count(total, 'product')} ${affected === 1 ? 'is' : 'are'} affected.`,
    ...(fresh.length === 0
      ? []
      : [
          `Never released: ${fresh.join(', ')}. Run 'lanewise adopt' to record what runs, or name one with --first.`,
        ]),
    ...late.map(
      ({ product, newer }) =>
        `${product}: the release ${newer.version} contains this commit already.`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function nothingAffected(total: number, fresh: number): string {
  if (fresh === total) return 'No product was ever released, so nothing can be compared.';
  return `No product is affected: the inputs of ${total === 1 ? 'it' : 'each'} equal those of its last release.`;
}

function entryRemark(entry: PlanEntry): { message: string; hint: string | null } | null {
  if (entry.kind === 'stopped')
    return { message: `${entry.product}: ${entry.message}`, hint: entry.hint };
  if (entry.kind !== 'not-told') return null;
  const missing = entry.missing.join(', ');
  return {
    message: `${entry.product} is affected, but its image was not told${missing === 'main' ? '' : ` (${missing})`}: its build failed, or it was left out. It is not released and stays affected.`,
    hint: `Build it, and tell the image with --image ${entry.product}=REFERENCE.`,
  };
}

/** Versions that are commit ids are shown by their first 12 digits. */
export function shorten(version: string): string {
  return /^[0-9a-f]{40,64}$/.test(version) ? version.slice(0, 12) : version;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
