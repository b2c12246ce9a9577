import { formatImageReference } from '@lanewise/model';
import {
  renderNotes,
  type PlannedRelease,
  type ReleaseOutcome,
  type ReleaseResult,
} from '@lanewise/release';
import type { View } from '../command.js';
import type { Landing } from '../commands/release.js';
import { renderTable, type Cell } from '../output/table.js';
import { count, shorten } from './release-plan.js';
import { describeReasons } from './reasons.js';

/** What was published, as a table; one sentence where nothing was. */
export function renderReleases(outcome: ReleaseOutcome, view: View): string {
  const rows = outcome.results
    .map((result) => releaseRow(result, outcome, view))
    .filter((row) => row !== null);
  const quiet = outcome.results.filter(({ kind }) => kind === 'passed').length;
  if (rows.length === 0) return nothing(outcome);
  const columns = [
    { title: 'product' },
    { title: 'from' },
    { title: 'released' },
    { title: 'image', narrow: 'cut' },
    { title: 'because', narrow: 'wrap' },
  ] as const;
  const rest = quiet === 0 ? '' : `${count(quiet, 'other product')}: nothing to release.\n`;
  return renderTable(columns, rows, view) + rest;
}

/** What was noticed on the way, builds that failed, refused tags, and a promotion that could not begin: for standard error. */
export function renderReleaseRemarks(
  outcome: ReleaseOutcome,
  landing: Landing,
  { paint }: View,
): string {
  const notes = outcome.plan.notices.map((notice) => `${paint.quiet('note:')} ${notice}\n`);
  const lines = outcome.results.map(failure).filter((line) => line !== null);
  if (landing.kind === 'failed') {
    lines.push([
      `The releases are published, but could not be brought into the environments: ${landing.error.message}`,
      landing.error.hint ?? "Run 'lanewise promote --ready': it goes on from here.",
    ]);
  }
  const errors = lines.map(
    ([message, hint]) =>
      `${paint.bad('error:')} ${message}\n${hint === null ? '' : `${paint.id('hint:')} ${hint}\n`}`,
  );
  return [...notes, ...errors].join('');
}

/** The notes of planned releases, below the table. */
export function renderPlannedNotes(releases: readonly PlannedRelease[], { paint }: View): string {
  return releases
    .filter(({ notes }) => notes.length > 0)
    .map(({ product, version, notes }) => {
      const lines = renderNotes(notes).map((line) => (line === '' ? '' : `  ${line}`));
      return `\n${paint.title(`${product} ${shorten(version)}`)}\n${lines.join('\n')}\n`;
    })
    .join('');
}

function nothing({ plan }: ReleaseOutcome): string {
  if (plan.entries.some(({ kind }) => kind === 'not-told' || kind === 'stopped'))
    return 'Nothing was released.\n';
  const fresh = plan.entries.flatMap((entry) => (entry.kind === 'new' ? [entry.product] : []));
  const late = plan.entries.filter(({ kind }) => kind === 'late').length;
  return [
    'Nothing to release: no product changed since its own last release.',
    ...(fresh.length === 0
      ? []
      : [
          `Never released: ${fresh.join(', ')}. Record what runs with 'lanewise adopt', or name one with --first.`,
        ]),
    ...(late === 0
      ? []
      : [`${count(late, 'product')} passed over: a newer release contains this commit.`]),
    '',
  ].join('\n');
}

function releaseRow(
  result: ReleaseResult,
  { plan }: ReleaseOutcome,
  { paint }: View,
): Cell[] | null {
  if (result.kind === 'passed') return null;
  const entry = plan.entries.find(({ product }) => product === result.product);
  const because = entry?.kind === 'release' ? describeReasons(entry.reasons) : '';
  const from = entry?.kind === 'release' ? shorten(entry.base?.version ?? '-') : '';
  const name = { text: result.product, paint: paint.name };
  if (result.kind === 'published') {
    const image = result.release.images['main'] ?? Object.values(result.release.images)[0];
    return [
      name,
      from,
      { text: shorten(result.release.version), paint: paint.good },
      image === undefined ? '' : formatImageReference(image),
      because,
    ];
  }
  if (result.kind === 'reserved') {
    return [
      name,
      from,
      { text: `${shorten(result.version)} reserved`, paint: paint.id },
      result.images['main'] ?? '',
      because,
    ];
  }
  const words = {
    'build-failed': 'build failed',
    'held-back': 'held back',
    refused: 'refused',
  } as const;
  return [name, from, { text: words[result.kind], paint: paint.bad }, '', because];
}

function failure(result: ReleaseResult): [message: string, hint: string | null] | null {
  switch (result.kind) {
    case 'build-failed':
      return [
        `The build of ${result.product} ${shorten(result.version)} failed: ${result.message}.`,
        'It is not released and stays affected; a rerun at this commit takes up the same version.',
      ];
    case 'held-back':
      return [
        `${result.product} is not released, because ${result.by}, which it is built from, failed.`,
        null,
      ];
    case 'refused':
      return [
        `The remote refused the release of ${result.product} ${shorten(result.version)}: ${result.reason}`,
        'See who may push tags there (protected tags, hooks).',
      ];
    case 'passed':
      if (result.entry.kind === 'stopped')
        return [`${result.product}: ${result.entry.message}`, result.entry.hint];
      if (result.entry.kind !== 'not-told') return null;
      return [
        `${result.product} is affected, but its image was not told: its build failed, or it was left out. It is not released and stays affected.`,
        `Build it, and tell the image with --image ${result.product}=REFERENCE.`,
      ];
    case 'published':
    case 'reserved':
      return null;
    default:
      return result satisfies never;
  }
}
