import { oneLine } from '@lanewise/model';
import { causeKey, sharedExplanations, type Cause, type Explanation } from '@lanewise/release';
import type { JsonAnswer, View } from '../command.js';
import { causeTitle, commitLine, showWay } from './causes.js';
import { count, shorten } from './release-plan.js';

const mostShared = 12;
const mostProducts = 40;
const mostCommits = 3;
const mostNames = 6;
const mostNamed = 4;
const mostOfWay = 6;

/** What was told before the products, and how much is told of each. */
interface Told {
  readonly toldOnce: ReadonlySet<string | null>;
  readonly commits: ReadonlyMap<string, Explanation['commits'][number]>;
  readonly all: boolean;
}

/** Why each product is affected, compactly: what several share once and first, then what is each one's own. */
export function renderExplanations(
  explanations: readonly Explanation[],
  total: number,
  options: { readonly all: boolean },
  view: View,
): string {
  const { paint } = view;
  const are = explanations.length === 1 ? 'is' : 'are';
  const title = `${explanations.length} of ${count(total, 'product')} ${are} affected.\n`;
  const shared = sharedExplanations(explanations);
  const commits = new Map(
    explanations.flatMap((one) => one.commits.map((commit) => [commit.commit as string, commit])),
  );
  const most = options.all ? Infinity : mostShared;
  const sharedLines = shared.slice(0, most).map(({ cause, products }) => {
    const names = nameSome(products, options.all);
    const who = `    ${paint.quiet(`${count(products.length, 'product')}:`)} ${names}\n`;
    return `${causeHead(cause, null, view)}\n${who}${causeCommits(cause, commits, view)}`;
  });
  const moreShared = shared.length - sharedLines.length;
  const sharedPart =
    shared.length === 0
      ? ''
      : `\n${paint.title('Shared causes')}\n${sharedLines.join('')}${moreShared > 0 ? `  ${paint.quiet(`${count(moreShared, 'more cause')}: --all shows every one.`)}\n` : ''}`;
  const toldOnce = new Set(shared.map(({ cause }) => causeKey(cause.reason)));
  const shown = explanations.slice(0, options.all ? Infinity : mostProducts);
  const products = shown.map((one) =>
    renderProduct(one, { toldOnce, commits, all: options.all }, view),
  );
  const more = explanations.length - shown.length;
  const rest =
    more > 0 ? `\n${paint.quiet(`${count(more, 'more product')}: --all shows every one.`)}\n` : '';
  return title + sharedPart + products.join('') + rest;
}

function renderProduct(
  { entry, product, base, causes }: Explanation,
  { toldOnce, commits, all }: Told,
  view: View,
): string {
  const { paint } = view;
  const way = all ? Infinity : mostOfWay;
  const next = entry.kind === 'release' ? ` → ${paint.id(shorten(entry.version))}` : '';
  const from = base === null ? '' : ` ${shorten(base.version)}`;
  const own = causes.filter(({ reason }) => !isTold(reason, toldOnce));
  const shared = causes.filter(({ reason }) => isTold(reason, toldOnce));
  const lines = own.map(
    (cause) => `${causeHead(cause, way, view)}\n${causeCommits(cause, commits, view)}`,
  );
  const named = shared.slice(0, all ? Infinity : mostNamed);
  const also = named.map(({ reason, path }) => {
    const long = path.length > 2 ? paint.quiet(` (${showWay(path, way)})`) : '';
    return `  ${paint.quiet('shared:')} ${causeTitle(reason)}${long}\n`;
  });
  const more = shared.length - named.length;
  if (more > 0) also.push(`  ${paint.quiet(`and ${count(more, 'more shared cause')}`)}\n`);
  return `\n${paint.name(product)}${from}${next}\n${lines.join('')}${also.join('')}`;
}

function isTold(reason: Cause['reason'], toldOnce: ReadonlySet<string | null>): boolean {
  const key = causeKey(reason);
  return key !== null && toldOnce.has(key);
}

/** `way`: how much of the way is shown; null: none, as several products have different ones. */
function causeHead(
  { reason, path, fileCount }: Cause,
  way: number | null,
  { paint }: View,
): string {
  const amount = fileCount > 1 ? ` (${count(fileCount, 'file')})` : '';
  const shown = way !== null && path.length > 2 && 'path' in reason;
  return `  ${causeTitle(reason)}${amount}${shown ? paint.quiet(` ${showWay(path, way)}`) : ''}`;
}

function causeCommits(
  { commits: ids, unsure }: Cause,
  commits: ReadonlyMap<string, Explanation['commits'][number]>,
  view: View,
): string {
  const shown = ids.slice(0, mostCommits).map((id) => `  ${commitLine(commits.get(id), view)}`);
  const more = ids.length - shown.length;
  const rest = more > 0 ? `    ${view.paint.quiet(`and ${count(more, 'more commit')}`)}\n` : '';
  const doubt = unsure === undefined ? '' : `    ${view.paint.quiet(`(${oneLine(unsure)})`)}\n`;
  return shown.join('') + rest + doubt;
}

function nameSome(names: readonly string[], all: boolean): string {
  const shown = all ? names : names.slice(0, mostNames);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The same as data: what several share by the names of their products, and each product's causes. */
export function explanationsJson(
  explanations: readonly Explanation[],
): Pick<JsonAnswer, 'shared' | 'explained'> {
  return {
    shared: sharedExplanations(explanations).map(({ cause, products }) => ({
      ...causeJson(cause),
      products,
    })),
    explained: explanations.map(({ product, base, causes, commits }) => ({
      product,
      base,
      causes: causes.map(causeJson),
      changes: commits,
    })),
  };
}

function causeJson({
  reason,
  path,
  fileCount,
  files,
  commits,
}: Cause): Readonly<Record<string, unknown>> {
  const plain = 'files' in reason ? { ...reason, files: { count: fileCount } } : reason;
  return { reason: plain, path, fileCount, files, commits };
}
