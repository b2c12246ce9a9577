import { oneLine } from '@lanewise/model';
import type { Cause, ExplainedCommit, ExplainedFile, Reason } from '@lanewise/release';
import type { View } from '../command.js';
import { cutText } from '../output/text-width.js';
import { describeReason } from './reasons.js';
import { count } from './release-plan.js';

/** How much of the causes is shown: with thousands of files nobody reads all of them. */
export interface CauseLimits {
  readonly causes: number;
  /** Commits of one cause, and files of each. */
  readonly commits: number;
  readonly files: number;
  /** Projects of one way. */
  readonly way: number;
}

const enough: CauseLimits = { causes: 10, commits: 3, files: 2, way: 6 };
const everything: CauseLimits = {
  causes: Infinity,
  commits: Infinity,
  files: Infinity,
  way: Infinity,
};
const shortEnough = 30;

/** Everything where it was asked for or fits a screen; else the first of each. */
export function limitsFor(causes: readonly Cause[], all: boolean): CauseLimits {
  const files = causes.reduce((sum, { fileCount }) => sum + Math.max(1, fileCount), 0);
  if (all) return everything;
  return files <= shortEnough ? { ...everything, way: enough.way } : enough;
}

/** The causes one below the other, each with its way, its commits and their files; then what is left out. */
export function renderCauses(
  causes: readonly Cause[],
  commits: readonly ExplainedCommit[],
  limits: CauseLimits,
  view: View,
): string {
  const byId = new Map(commits.map((one) => [one.commit as string, one]));
  const shown = causes.slice(0, limits.causes);
  const blocks = shown.map((cause) => renderCause(cause, byId, limits, view));
  const left = causes.slice(shown.length);
  if (left.length === 0) return blocks.join('\n');
  const files = left.reduce((sum, { fileCount }) => sum + fileCount, 0);
  const inFiles = files === 0 ? '' : ` with ${count(files, 'file')}`;
  const rest = `${count(left.length, 'more cause')}${inFiles}: --all shows every one.`;
  return `${blocks.join('\n')}\n${view.paint.quiet(rest)}\n`;
}

function renderCause(
  cause: Cause,
  commits: ReadonlyMap<string, ExplainedCommit>,
  limits: CauseLimits,
  view: View,
): string {
  const { paint } = view;
  const way = cause.path.length > 1 ? `  ${paint.quiet(showWay(cause.path, limits.way))}\n` : '';
  const amount = cause.fileCount > 1 ? paint.quiet(` (${count(cause.fileCount, 'file')})`) : '';
  const title = `${paint.title(causeTitle(cause.reason))}${amount}\n`;
  const unsure =
    cause.unsure === undefined ? '' : `  ${paint.quiet(`(${oneLine(cause.unsure)})`)}\n`;
  if (cause.files.length === 0)
    return title + way + renderCommits(cause, commits, limits, view) + unsure;
  return title + way + renderFiles(cause, commits, limits, view) + unsure;
}

/** What changed, without the way and the files. */
export function causeTitle(reason: Reason): string {
  switch (reason.kind) {
    case 'own-files':
      return 'its own files';
    case 'dependency':
      return oneLine(reason.project);
    case 'globals':
      return 'files of the workspace that its inputs name';
    default:
      return describeReason('path' in reason ? { ...reason, path: [] } : reason);
  }
}

/** A way with its middle left out where it is long: where it begins and ends says most. */
export function showWay(path: readonly string[], most: number): string {
  const names = path.map(oneLine);
  if (names.length <= most) return names.join(' → ');
  const left = names.length - 4;
  return [...names.slice(0, 2), `… ${left} more …`, ...names.slice(-2)].join(' → ');
}

/** Files under the newest commit that touched each: a commit is told once, above all that it did. */
function renderFiles(
  { files, fileCount }: Cause,
  commits: ReadonlyMap<string, ExplainedCommit>,
  limits: CauseLimits,
  view: View,
): string {
  const groups = new Map<string, ExplainedFile[]>();
  for (const file of files) {
    const newest = file.commits[0] ?? '';
    const known = groups.get(newest);
    if (known === undefined) groups.set(newest, [file]);
    else known.push(file);
  }
  const places = new Map([...commits.keys()].map((id, place) => [id, place]));
  const order = [...groups].sort(
    ([a], [b]) => (places.get(a) ?? Infinity) - (places.get(b) ?? Infinity),
  );
  const shown = order.slice(0, limits.commits);
  const lines = shown.map(
    ([id, group]) => commitLine(commits.get(id), view) + fileLines(group, limits.files, view),
  );
  const told = shown.reduce((sum, [, group]) => sum + group.length, 0);
  const more = fileCount - told;
  if (more === 0) return lines.join('');
  const others = order.length - shown.length;
  const inCommits = others > 0 ? ` in ${count(others, 'earlier commit')}` : '';
  return `${lines.join('')}  ${view.paint.quiet(`and ${count(more, 'more file')}${inCommits}`)}\n`;
}

function fileLines(files: readonly ExplainedFile[], most: number, view: View): string {
  const shown = files.slice(0, most).map((file) => `    ${fileLine(file, view)}\n`);
  const more = files.length - shown.length;
  const rest = more > 0 ? `    ${view.paint.quiet(`and ${count(more, 'more file')}`)}\n` : '';
  return shown.join('') + rest;
}

/** Commits, each with the files in which it says so. */
function renderCommits(
  { commits: ids, madeBy = [] }: Cause,
  commits: ReadonlyMap<string, ExplainedCommit>,
  limits: CauseLimits,
  view: View,
): string {
  const shown = ids.slice(0, limits.commits).map((id) => {
    const files = madeBy.filter((file) => file.commits.includes(id));
    const alone = files.map((file) => ({ ...file, commits: [id] }));
    return commitLine(commits.get(id), view) + fileLines(alone, limits.files, view);
  });
  const more = ids.length - shown.length;
  const rest = more > 0 ? `  ${view.paint.quiet(`and ${count(more, 'more commit')}`)}\n` : '';
  return shown.join('') + rest;
}

/** `a1b2c3d4 2026-01-31 Dev: feat: …` on one line of the terminal. */
export function commitLine(commit: ExplainedCommit | undefined, view: View): string {
  const { paint, width } = view;
  if (commit === undefined) return `  ${paint.quiet('commit not known')}\n`;
  const id = commit.commit.slice(0, 8);
  const day = new Date(commit.at * 1000).toISOString().slice(0, 10);
  const rest = `${day} ${commit.author}: ${commit.subject}`;
  const room = width === null ? rest : cutText(rest, Math.max(20, width - id.length - 3));
  return `  ${paint.id(id)} ${room}\n`;
}

function fileLine({ path, change, commits }: ExplainedFile, { paint }: View): string {
  const gone = change === 'deleted' ? ' (deleted)' : '';
  const earlier = commits.length > 1 ? paint.quiet(` and ${commits.length - 1} earlier`) : '';
  return `${quoted(path)}${gone}${earlier}`;
}

/** A name with line feeds or other control characters is written so that it cannot be mistaken. */
function quoted(path: string): string {
  return /[\p{Cc}\p{Cf}\p{Surrogate}"\\]/u.test(path) ? JSON.stringify(path) : path;
}
