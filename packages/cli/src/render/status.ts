import type { ProductName, Timestamp } from '@lanewise/model';
import type { LockFile, PromotionState, Status, StatusCell } from '@lanewise/promotion';
import type { View } from '../command.js';
import { renderTable, type Cell, type Column } from '../output/table.js';
import { textWidth } from '../output/text-width.js';
import { describeState } from './cell-state.js';
import { ago, moment, until } from './durations.js';
import { renderGates } from './promotion.js';
import { shorten } from './release-plan.js';

/** The newest release of each product, by version. */
export function newestVersions({
  products,
  book,
}: Pick<PromotionState, 'products' | 'book'>): ReadonlyMap<ProductName, string> {
  return new Map(
    products.flatMap((product) => {
      const [newest] = book.releases(product);
      return newest === undefined ? [] : [[product, newest.version] as const];
    }),
  );
}

/** What runs where as a grid, then what waits, requests, locks, and what is wrong. `closely` shows all gates. */
export function renderStatus(
  status: Status,
  newest: ReadonlyMap<ProductName, string>,
  closely: boolean,
  view: View,
): string {
  if (status.products.length === 0)
    return "No product has a manifest or a release yet. 'lanewise verify' shows what is missing.\n";
  const sections = [
    renderGrid(status, newest, view),
    renderTrouble(status, view),
    renderWaiting(status, view),
    closely ? renderAllGates(status, view) : '',
    renderRequests(status, view),
    renderLocks(status, view),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** One row a product, one column an environment; where that is too wide, one row a cell. */
function renderGrid(status: Status, newest: ReadonlyMap<ProductName, string>, view: View): string {
  const columns: Column[] = [
    { title: 'product' },
    { title: 'newest' },
    ...status.environments.map((title) => ({ title })),
  ];
  const cells = new Map(status.cells.map((cell) => [`${cell.environment}/${cell.product}`, cell]));
  const rows = status.products
    .filter(
      (product) => newest.has(product) || status.cells.some((cell) => cell.product === product),
    )
    .map((product): Cell[] => [
      { text: product, paint: view.paint.name },
      shorten(newest.get(product) ?? '-'),
      ...status.environments.map((environment) =>
        gridCell(cells.get(`${environment}/${product}`), newest.get(product), view),
      ),
    ]);
  const table = renderTable(columns, rows, view);
  const widest = Math.max(
    ...renderTable(
      columns,
      rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : cell.text))),
      { ...view, width: null },
    )
      .split('\n')
      .map(textWidth),
  );
  return view.width !== null && widest > view.width ? renderLong(status, newest, view) : table;
}

function gridCell(
  cell: StatusCell | undefined,
  newest: string | undefined,
  { paint, now }: View,
): Cell {
  if (cell === undefined) return '';
  const locked = isLocked(cell, now) ? ' locked' : '';
  return { text: describeState(cell.state) + locked, paint: paintOf(cell, newest, paint) };
}

function paintOf(
  { state }: StatusCell,
  newest: string | undefined,
  paint: View['paint'],
): (text: string) => string {
  if (state.kind === 'release') return state.release.version === newest ? paint.good : paint.id;
  return state.kind === 'image' || state.kind === 'empty' ? paint.waiting : paint.bad;
}

function renderLong(status: Status, newest: ReadonlyMap<ProductName, string>, view: View): string {
  const rows = status.cells.map((cell) => [
    { text: cell.product, paint: view.paint.name },
    cell.environment,
    gridCell(cell, newest.get(cell.product), view),
    cell.since === null ? '' : ago(cell.since, view.now),
  ]);
  return renderTable(
    [{ title: 'product' }, { title: 'environment' }, { title: 'runs' }, { title: 'since' }],
    rows,
    view,
  );
}

/** Pins that disagree, one by one, and what else stops automation. */
function renderTrouble({ cells, rewritten }: Status, view: View): string {
  const { paint } = view;
  const lines = cells.flatMap(({ product, environment, state, pins }) => {
    const where = `${paint.name(product)} in ${environment}`;
    switch (state.kind) {
      case 'mixed':
        return [
          `${where}: its pins disagree`,
          ...pins.map(
            ({ pin, value }) =>
              `  ${pin.file} ${pin.selector.path ?? pin.selector.image ?? ''}: ${value.kind === 'value' ? value.text : value.message}`,
          ),
        ];
      case 'unreadable':
        return [`${where}: ${state.message}`];
      case 'missing':
        return [
          `${where}: ${state.files.join(', ')} ${state.files.length === 1 ? 'is' : 'are'} not there`,
        ];
      default:
        return [];
    }
  });
  const history = [...rewritten].map(([environment, { why }]) => `${environment}: ${why}`);
  return section('Needs a person', [...lines, ...history], view);
}

/** Releases on their way: what waits for a gate, and what the next run brings. */
function renderWaiting({ cells }: Status, view: View): string {
  const { paint } = view;
  const rows = cells
    .filter(
      ({ next }) =>
        next.version !== null && (next.verdict === 'waiting' || next.verdict === 'promote'),
    )
    .map(({ product, environment, next }): Cell[] => [
      { text: product, paint: paint.name },
      environment,
      { text: shorten(next.version ?? ''), paint: paint.id },
      next.verdict === 'promote'
        ? { text: 'can go', paint: paint.good }
        : { text: 'waits', paint: paint.waiting },
      waitReason({ next }, view),
    ]);
  if (rows.length === 0) return '';
  const columns: Column[] = [
    { title: 'product' },
    { title: 'to' },
    { title: 'release' },
    { title: 'next' },
    { title: 'because', narrow: 'wrap' },
  ];
  return renderTable(columns, rows, view);
}

/** The gates that are not open say more than that they are not. */
function waitReason({ next }: Pick<StatusCell, 'next'>, { now }: View): string {
  const shut = next.gates.flatMap(({ gate, answer, forced }) => {
    if (forced !== null || answer.kind === 'open') return [];
    if (answer.kind === 'closed') return [`${gate}: ${answer.why}`];
    const when = answer.until === null ? '' : ` (${until(answer.until, now)})`;
    return [`${gate}: ${answer.for}${when}`];
  });
  return next.verdict === 'waiting' && shut.length > 0 ? shut.join('; ') : next.reason.text;
}

function renderAllGates({ cells }: Status, view: View): string {
  return cells
    .filter(({ next }) => next.gates.length > 0)
    .map(({ next }) => renderGates(next, view))
    .join('\n');
}

function renderRequests({ requests }: Status, view: View): string {
  const open = requests.filter(({ kind }) => kind !== 'done');
  if (open.length === 0) return '';
  const rows = open.map(({ tag, environment, kind, reason, wait }): Cell[] => [
    { text: tag.name, paint: view.paint.id },
    environment,
    { text: kind, paint: kind === 'open' ? view.paint.good : view.paint.waiting },
    wait?.text ?? reason.text,
  ]);
  return renderTable(
    [
      { title: 'request' },
      { title: 'environment' },
      { title: 'is' },
      { title: 'because', narrow: 'wrap' },
    ],
    rows,
    view,
  );
}

function renderLocks({ locks }: Status, view: View): string {
  const rows = locks.flatMap((file): Cell[][] => {
    const where: Cell[] = [
      { text: file.product ?? 'all products', paint: view.paint.name },
      file.environment ?? 'all',
    ];
    if (file.content.kind === 'malformed') return [[...where, '', file.content.message, '']];
    return file.content.entries.map((entry) => [
      ...where,
      scopeOf(entry),
      entry.reason,
      [
        entry.by === null ? '' : `by ${entry.by}`,
        entry.until === null ? '' : `until ${moment(entry.until)}`,
      ]
        .filter((part) => part !== '')
        .join(', '),
    ]);
  });
  if (rows.length === 0) return '';
  const columns: Column[] = [
    { title: 'locked' },
    { title: 'in' },
    { title: 'releases' },
    { title: 'reason', narrow: 'wrap' },
    { title: 'who', narrow: 'cut' },
  ];
  return renderTable(columns, rows, view);
}

type LockEntry = Extract<LockFile['content'], { kind: 'entries' }>['entries'][number];

function scopeOf({ not, only }: LockEntry): string {
  if (not !== null) return `not ${not.map(shorten).join(', ')}`;
  return only === null ? 'all' : `only ${only.map(shorten).join(', ')}`;
}

function isLocked({ locks, stepBack }: StatusCell, now: Timestamp): boolean {
  const entries = locks.flatMap(({ content }) =>
    content.kind === 'entries' ? content.entries : [],
  );
  const lasting = entries.some(
    (entry) => (entry.until === null || entry.until > now) && entry.not === null,
  );
  return lasting || stepBack !== null || locks.some(({ content }) => content.kind === 'malformed');
}

function section(title: string, lines: readonly string[], { paint }: View): string {
  return lines.length === 0
    ? ''
    : `${paint.title(title)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
