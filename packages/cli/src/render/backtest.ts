import { formatDuration } from '@lanewise/model';
import type { DeploymentFigures, LeadTimes, ProductFigures } from '@lanewise/promotion';
import { countedDeployments, type Backtest } from '../backtest/answer.js';
import type { View } from '../command.js';
import { renderTable, type Cell } from '../output/table.js';
import { remarksOf } from './backtest-remarks.js';
import { moment } from './durations.js';

/** The figures as tables: the whole, by environment, by product; then what they rest on. */
export function renderBacktest(found: Backtest, withDeployments: boolean, view: View): string {
  const { figures, past } = found;
  const remarks = remarksOf(found).map((remark) => `${remark}\n`);
  if (past.span === null || figures.total.deployments === 0)
    return `No deployment was found.\n\n${remarks.join('')}`;
  return [
    summary(found, view),
    '\n',
    environmentTable(found, view),
    '\n',
    productTable(found, view),
    ...(withDeployments ? ['\n', deploymentTable(found, view)] : []),
    '\n',
    ...remarks.map((remark) => view.paint.quiet(remark.trimEnd()) + '\n'),
  ].join('');
}

function summary({ figures, past }: Backtest, { paint }: View): string {
  const { total, commits } = figures;
  const { span } = past;
  const days = span === null ? '' : `${day(span.from)} to ${day(span.to)}: `;
  const later = total.deployments - total.first;
  return [
    `${days}${paint.title(count(total.deployments, 'deployment'))} of ${count(figures.products.length, 'product')} by ${count(commits.deploying, 'commit')} (of ${number(commits.all)}).`,
    unchangedWords(total),
    `${percent(total.beyond.any, later)} came with a commit that changed more than that product's version (${number(total.beyond.any)}): other bytes of the file ${number(total.beyond.bytes)}, other files ${number(total.beyond.files)}, other products ${number(total.beyond.products)}.`,
    `${number(total.back)} went back in time. ${count(commits.several, 'commit')} deployed several products at once (up to ${number(commits.mostProducts)}). ${count(commits.empty, 'commit')} changed nothing at all.`,
    `Lanewise would have released ${number(total.builds.released)} times; ${number(total.builds.builds)} builds were deployed${total.builds.untold > 0 ? `, of which ${number(total.builds.untold)} could not be told` : ''}.`,
    '',
  ].join('\n');
}

function unchangedWords({ changed, unchanged, untold }: DeploymentFigures): string {
  const told = changed + unchanged;
  if (told === 0 && untold > 0)
    return `Whether they changed anything of the product could be told of none.`;
  const rest = untold > 0 ? `; of ${number(untold)} more it could not be told` : '';
  return `${percent(unchanged, told)} changed nothing of the product (${number(unchanged)} of ${number(told)} that could be compared with the one before${rest}).`;
}

const shared = [
  { title: 'deployments', align: 'right' },
  { title: 'unchanged', align: 'right' },
  { title: 'could not tell', align: 'right' },
  { title: 'more than the version', align: 'right' },
  { title: 'back', align: 'right' },
] as const;

function sharedCells(figures: DeploymentFigures, { paint }: View): Cell[] {
  const later = figures.deployments - figures.first;
  const marked = (value: number, of: number): Cell =>
    value === 0
      ? { text: '0', paint: paint.quiet }
      : { text: `${number(value)} (${percent(value, of)})`, paint: paint.waiting };
  return [
    number(figures.deployments),
    marked(figures.unchanged, figures.changed + figures.unchanged),
    figures.untold === 0 ? { text: '0', paint: paint.quiet } : number(figures.untold),
    marked(figures.beyond.any, later),
    figures.back === 0 ? { text: '0', paint: paint.quiet } : number(figures.back),
  ];
}

const leadColumns = [
  { title: 'lead time', align: 'right' },
  { title: '9 of 10 within', align: 'right' },
] as const;

function leadCells(times: LeadTimes | null): Cell[] {
  if (times === null) return ['', ''];
  return [formatDuration(times.median), formatDuration(times.p90)];
}

function environmentTable({ figures }: Backtest, view: View): string {
  return renderTable(
    [{ title: 'environment' }, ...shared, ...leadColumns],
    figures.environments.map((one) => [
      { text: one.environment, paint: view.paint.name },
      ...sharedCells(one, view),
      ...leadCells(one.leadTimes),
    ]),
    view,
  );
}

function productTable({ figures }: Backtest, view: View): string {
  const columns = [
    { title: 'product' },
    ...shared,
    { title: 'with others', align: 'right' },
    { title: 'empty', align: 'right' },
    { title: 'builds', align: 'right' },
    { title: 'releases', align: 'right' },
    { title: 'lead time, last environment', align: 'right' },
  ] as const;
  return renderTable(
    columns,
    figures.products.map((one) => [
      { text: one.isGone ? `${one.product} (gone)` : one.product, paint: view.paint.name },
      ...sharedCells(one, view),
      zero(one.beyond.products, view),
      zero(one.emptyCommits, view),
      number(one.builds.builds),
      releases(one),
      lastLead(one),
    ]),
    view,
  );
}

function releases({ builds }: ProductFigures): string {
  return builds.untold > 0
    ? `${number(builds.released)} + ${number(builds.untold)}?`
    : number(builds.released);
}

function lastLead({ environments }: ProductFigures): string {
  const times = environments.at(-1)?.leadTimes ?? null;
  return times === null ? '' : formatDuration(times.median);
}

function zero(value: number, { paint }: View): Cell {
  return value === 0 ? { text: '0', paint: paint.quiet } : number(value);
}

function deploymentTable(found: Backtest, view: View): string {
  const { paint } = view;
  const columns = [
    { title: 'when (UTC)' },
    { title: 'product' },
    { title: 'environment' },
    { title: 'from', narrow: 'cut' },
    { title: 'to', narrow: 'cut' },
    { title: 'source' },
    { title: 'inputs' },
    { title: 'step' },
    { title: 'commit' },
    { title: 'by', narrow: 'cut' },
  ] as const;
  const rows = [...countedDeployments(found)].reverse().map((one): Cell[] => [
    { text: moment(one.at), paint: paint.quiet },
    { text: one.product, paint: paint.name },
    one.environment,
    one.from.join(' '),
    { text: one.to.join(' '), paint: paint.id },
    one.source.kind === 'told' ? one.source.commit.slice(0, 8) : '',
    {
      text: inputWords[one.inputs ?? 'first'],
      paint: one.inputs === 'equal' ? paint.waiting : paint.quiet,
    },
    one.direction === 'untold' ? '' : one.direction,
    one.commit.slice(0, 8),
    one.author,
  ]);
  return renderTable(columns, rows, view);
}

const inputWords = {
  first: '',
  equal: 'unchanged',
  different: 'changed',
  unknown: 'could not tell',
} as const;

function day(at: number): string {
  return moment(at).slice(0, 10);
}

/** A number with commas between thousands. */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** A number with its noun. */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A share in whole per cent; `0 %` where there is nothing to share. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const value = (part / whole) * 100;
  return value < 1 ? '< 1 %' : `${Math.round(value)} %`;
}
