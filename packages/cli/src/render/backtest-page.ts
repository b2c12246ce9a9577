import { createHash } from 'node:crypto';
import { formatDuration } from '@lanewise/model';
import type { DeploymentFigures, LeadTimes } from '@lanewise/promotion';
import { countedDeployments, type Backtest } from '../backtest/answer.js';
import { count, number, percent } from './backtest.js';
import { drawBars, kinds, kindWords } from './backtest-bars.js';
import { definitions } from './backtest-definitions.js';
import { drawGrid } from './backtest-grid.js';
import { dividePeriods, type PeriodUnit } from './backtest-periods.js';
import { remarksOf } from './backtest-remarks.js';
import { backtestStyle } from './backtest-style.js';
import { moment } from './durations.js';
import { escapeMarkup } from './markup.js';

/** So many products are drawn; all are in the table. */
const mostDrawn = 40;

/**
 * One HTML file without any program: its policy allows nothing but the one style in it, by its
 * digest, so names and messages from a repository can be nothing but text.
 */
export function renderBacktestPage(found: Backtest): string {
  const { figures, past } = found;
  const digest = createHash('sha256').update(backtestStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  const isEmpty = past.span === null || figures.total.deployments === 0;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(`What Lanewise would have done: ${shortName(found.gitops)}`)}</title>
<style>${backtestStyle}</style>
</head>
<body>
<main>
<header>
<h1>What Lanewise would have done</h1>
<p class="quiet">${heading(found)}</p>
</header>
${isEmpty ? '<p>No deployment was found.</p>' : body(found)}
<section>
<h2>What the figures rest on</h2>
<ul>${remarksOf(found)
    .map((remark) => `<li>${escapeMarkup(remark)}</li>`)
    .join('\n')}</ul>
</section>
<section>
<h2>How each is counted</h2>
<dl>${definitions
    .map(({ term, meaning }) => `<dt>${escapeMarkup(term)}</dt><dd>${escapeMarkup(meaning)}</dd>`)
    .join('\n')}</dl>
</section>
</main>
</body>
</html>
`;
}

function heading({ gitops, past, now }: Backtest): string {
  const span =
    past.span === null
      ? ''
      : ` from ${moment(past.span.from).slice(0, 10)} to ${moment(past.span.to).slice(0, 10)},`;
  return escapeMarkup(
    `The manifests of ${shortName(gitops)}${span} as Git tells them. Made on ${moment(now)} UTC.`,
  );
}

/** The last part of an address or path: a page is handed on, and where it was made is nobody's business. */
function shortName(address: string): string {
  return (
    address
      .replace(/(?:\/\.git|\.git)?\/*$/, '')
      .split(/[/:]/)
      .at(-1) ?? address
  );
}

function body(found: Backtest): string {
  const { figures } = found;
  const deployments = countedDeployments(found);
  const times = deployments.map(({ at }) => at);
  const span = {
    from: times.reduce((least, at) => Math.min(least, at), times[0] ?? 0),
    to: times.reduce((most, at) => Math.max(most, at), times[0] ?? 0),
  };
  const bars = dividePeriods(span, 90);
  const grid = dividePeriods(span, 45);
  const drawn = [...figures.products]
    .sort((a, b) => b.deployments - a.deployments)
    .slice(0, mostDrawn)
    .map(({ product }) => product as string);
  const left = figures.products.length - drawn.length;
  return [
    tiles(found),
    `<section><h2>Deployments by ${bars.unit}</h2>${legend()}${drawBars(deployments, bars.periods)}</section>`,
    `<section><h2>Products by ${grid.unit}</h2>${gridLegend(grid.unit)}${drawGrid(figures.days, drawn, grid.periods)}${left > 0 ? `<p class="quiet">The ${mostDrawn} that were deployed most are drawn; the table has ${number(left)} more.</p>` : ''}</section>`,
    `<section><h2>Environments</h2>${environmentTable(found)}</section>`,
    `<section><h2>Products</h2>${productTable(found)}</section>`,
  ].join('\n');
}

function tiles({ figures }: Backtest): string {
  const { total, commits } = figures;
  const later = total.deployments - total.first;
  const tile = (value: string, words: string): string =>
    `<li><strong>${escapeMarkup(value)}</strong><span>${escapeMarkup(words)}</span></li>`;
  return `<ul class="tiles">${[
    tile(number(total.deployments), `deployments of ${count(figures.products.length, 'product')}`),
    tile(
      percent(total.unchanged, total.changed + total.unchanged),
      `changed nothing of the product (${number(total.unchanged)} of ${number(total.changed + total.unchanged)}${total.untold > 0 ? `, ${number(total.untold)} could not be told` : ''})`,
    ),
    tile(
      percent(total.beyond.any, later),
      `came with more than the version (${number(total.beyond.any)})`,
    ),
    tile(number(total.back), 'went back in time'),
    tile(
      number(commits.several),
      `${commits.several === 1 ? 'commit' : 'commits'} deployed several products at once, up to ${number(commits.mostProducts)}`,
    ),
    tile(
      `${number(total.builds.released)} of ${number(total.builds.builds)}`,
      `builds would have been releases${total.builds.untold > 0 ? `; ${number(total.builds.untold)} could not be told` : ''}`,
    ),
  ].join('')}</ul>`;
}

function legend(): string {
  const entries = kinds.map(
    (kind) =>
      `<li><svg viewBox="0 0 12 12"><rect class="${kind}" width="12" height="12"/></svg>${kindWords[kind]}</li>`,
  );
  return `<ul class="legend">${entries.join('')}</ul>`;
}

function gridLegend(unit: PeriodUnit): string {
  const entry = (kind: string, words: string): string =>
    `<li><svg viewBox="0 0 12 12"><circle class="mark ${kind}" cx="6" cy="6" r="4.5"/></svg>${words}</li>`;
  return `<ul class="legend">${[
    entry('released', `deployed, and Lanewise would have released it that ${unit}`),
    entry('needless', 'deployed, with nothing new to release (promoted, or unchanged)'),
    entry('doubtful', 'deployed, and it could not be told'),
  ].join('')}</ul>`;
}

function environmentTable({ figures }: Backtest): string {
  const rows = figures.environments.map((one) => [
    one.environment,
    ...cells(one),
    ...lead(one.leadTimes),
  ]);
  return table(['environment', ...columns, 'lead time', '9 of 10 within'], rows);
}

function productTable({ figures }: Backtest): string {
  const rows = figures.products.map((one) => [
    one.isGone ? `${one.product} (gone)` : one.product,
    ...cells(one),
    number(one.beyond.products),
    number(one.emptyCommits),
    number(one.builds.builds),
    number(one.builds.released),
    one.environments
      .map(({ environment, leadTimes }) => leadOf(environment, leadTimes))
      .filter((text) => text !== '')
      .join(', '),
  ]);
  const more = ['with others', 'empty', 'builds', 'releases', 'lead time, by environment'];
  return table(['product', ...columns, ...more], rows);
}

const columns = ['deployments', 'unchanged', 'could not tell', 'more than the version', 'back'];

function cells(figures: DeploymentFigures): readonly string[] {
  const later = figures.deployments - figures.first;
  const share = (part: number, of: number): string =>
    part === 0 ? '0' : `${number(part)} (${percent(part, of)})`;
  return [
    number(figures.deployments),
    share(figures.unchanged, figures.changed + figures.unchanged),
    number(figures.untold),
    share(figures.beyond.any, later),
    number(figures.back),
  ];
}

function lead(times: LeadTimes | null): readonly string[] {
  return times === null ? ['', ''] : [formatDuration(times.median), formatDuration(times.p90)];
}

function leadOf(environment: string, times: LeadTimes | null): string {
  return times === null ? '' : `${environment} ${formatDuration(times.median)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (list: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${list.map((cell, index) => `<${tag}${index === 0 && tag === 'td' ? ' class="name"' : ''}>${escapeMarkup(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table></div>`;
}
