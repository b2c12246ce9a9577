import type { ProjectName } from '@lanewise/model';
import type { Explanation, InputsMeasure } from '@lanewise/release';
import type { View } from '../command.js';
import { limitsFor, renderCauses } from './causes.js';
import { count, shorten } from './release-plan.js';

/** What a product's inputs are at HEAD: shown where nothing changed, so that it convinces. */
export interface Measured extends InputsMeasure {
  readonly projects: readonly ProjectName[];
}

/** Why a product is affected: each cause with its way and commits; or what shows that it is not. */
export function renderWhyAffected(
  explanation: Explanation,
  measured: Measured,
  options: { readonly all: boolean },
  view: View,
): string {
  const { entry } = explanation;
  const name = view.paint.name(entry.product);
  switch (entry.kind) {
    case 'unaffected':
      return `${name} is not affected: ${entry.here ? 'it was released from this very commit' : 'its inputs are what they were at its last release'}.\n${renderCompared(explanation, measured, view)}`;
    case 'new':
      return `${name} was never released, so there is nothing to compare with.\n${hint(`Record what runs with 'lanewise adopt ${entry.product}', or release it with 'lanewise release ${entry.product} --first'.`, view)}`;
    case 'late':
      return `${name} is not released from this commit: ${view.paint.id(shorten(entry.newer.version))} (${entry.newer.commit.slice(0, 8)}) contains it already.\n${hint('Check out the newest commit of the branch to see what changed since.', view)}`;
    case 'release':
    case 'not-told':
    case 'stopped':
      return renderAffected(explanation, measured, options, view);
    default:
      return entry satisfies never;
  }
}

function renderAffected(
  explanation: Explanation,
  measured: Measured,
  { all }: { readonly all: boolean },
  view: View,
): string {
  const { entry, causes, commits, base } = explanation;
  const { paint } = view;
  const name = paint.name(entry.product);
  if (entry.kind === 'stopped' && causes.length === 0) {
    const advice = entry.hint === null ? '' : hint(entry.hint, view);
    return `${name}: ${entry.message}\n${advice}${base === null ? '' : renderCompared(explanation, measured, view)}`;
  }
  const since = base === null ? '' : ` since ${paint.id(base.tag)} (${base.commit.slice(0, 8)})`;
  const title = `${name} is affected${since}: ${amounts(explanation)}.\n\n`;
  const stopped =
    entry.kind === 'stopped'
      ? `\n${paint.bad('error:')} ${entry.message}\n${entry.hint === null ? '' : hint(entry.hint, view)}`
      : '';
  const next =
    entry.kind === 'release'
      ? `\nReleased from here it would be ${paint.id(shorten(entry.version))}${bumpWords(entry.bump)}.\n`
      : '';
  return title + renderCauses(causes, commits, limitsFor(causes, all), view) + next + stopped;
}

function bumpWords(bump: string): string {
  return ['major', 'minor', 'patch'].includes(bump) ? ` (${bump})` : '';
}

/** `5 files of 2 projects, 1 package in 3 commits`. */
function amounts({ causes, commits }: Explanation): string {
  const withFiles = causes.filter(({ fileCount }) => fileCount > 0);
  const files = withFiles.reduce((sum, { fileCount }) => sum + fileCount, 0);
  const projects = withFiles.filter(({ reason }) => reason.kind !== 'globals').length;
  const packages = causes.filter(({ reason }) => reason.kind === 'package').length;
  const others = causes.length - withFiles.length - packages;
  const parts = [
    ...(files > 0
      ? [`${count(files, 'file')}${projects > 1 ? ` of ${projects} projects` : ''}`]
      : []),
    ...(packages > 0 ? [count(packages, 'package')] : []),
    ...(others > 0 ? [count(others, 'other cause')] : []),
  ];
  const inCommits = commits.length > 0 ? ` in ${count(commits.length, 'commit')}` : '';
  return `${parts.join(', ')}${inCommits}`;
}

/** What was compared with what. */
function renderCompared(
  { base, head, touching }: Explanation,
  { projects, files, packages }: Measured,
  view: View,
): string {
  const { paint } = view;
  const names = projects.length > 6 ? [...projects.slice(0, 6), '…'] : projects;
  const day = (at: number): string => new Date(at * 1000).toISOString().slice(0, 10);
  const rows: [string, string][] = [
    ...(base === null
      ? []
      : [
          ['its release', `${base.tag}, commit ${base.commit.slice(0, 8)} of ${day(base.at)}`] as [
            string,
            string,
          ],
        ]),
    ['this commit', head.slice(0, 8)],
    ['projects', `${projects.length}: ${names.join(', ')}`],
    ['files', String(files)],
    ...(packages === null ? [] : [['packages', String(packages)] as [string, string]]),
    ...(touching === 0
      ? []
      : [
          [
            'commits',
            `${touching} since then touched its inputs, and ${touching === 1 ? 'leaves' : 'leave'} them as they were`,
          ] as [string, string],
        ]),
  ];
  return `\n${rows.map(([title, text]) => `  ${paint.quiet(title.padEnd(11))}  ${text}\n`).join('')}`;
}

function hint(text: string, { paint }: View): string {
  return `${paint.id('hint:')} ${text}\n`;
}
