import type { PageNode } from '../page-content.js';
import type { Book, Tie } from './content.js';
import { button, html } from './element.js';
import { dashesOf } from '../draw-svg.js';

/** Longer lists are cut, with the number of what is left: a focus shows the whole. */
const mostShown = 60;

export interface DetailsEvents {
  readonly onGo: (node: number) => void;
  readonly onFocus: (node: number) => void;
  readonly onClose: () => void;
}

/** All that is known of one node, in words. */
export function drawDetails(
  book: Book,
  number: number,
  focused: boolean,
  events: DetailsEvents,
): HTMLElement[] {
  const node = book.nodes[number];
  if (node === undefined) return [];
  const down = book.down[number] ?? [];
  const up = book.up[number] ?? [];
  const built = down.filter(({ type }) => type !== 'implicit');
  const needs = down.filter(({ type }) => type === 'implicit');
  const list = (title: string, ties: readonly Tie[]): HTMLElement | null =>
    ties.length === 0 ? null : tieList(book, title, ties, events);
  const sections = [
    head(node, focused, () => events.onFocus(number), events.onClose),
    facts(node),
    versions(book, node),
    reasons(book, number, events),
    node.members.length === 0
      ? null
      : list(
          'Projects',
          node.members.map((member) => ({ node: member, type: 'static' })),
        ),
    list('Built from', built),
    list('Needs at run time', needs),
    list('Depends on it', up),
  ];
  return sections.filter((section) => section !== null);
}

function head(
  node: PageNode,
  focused: boolean,
  onFocus: () => void,
  onClose: () => void,
): HTMLElement {
  const canFocus = node.kind !== 'folder' && !focused;
  return html(
    'header',
    {},
    html(
      'p',
      { class: 'kind' },
      node.kind,
      node.affected ? html('span', { class: 'badge' }, node.origin ? 'changed' : 'affected') : null,
    ),
    html('h2', {}, node.label),
    canFocus ? button('Focus', onFocus, { class: 'primary' }) : null,
    button('Close', onClose, { class: 'close icon' }, '×'),
  );
}

function facts(node: PageNode): HTMLElement {
  const rows: (readonly [string, string])[] = [
    ...(node.name === node.label ? [] : [['project', node.name] as const]),
    ['folder', node.root === '' ? 'the workspace’s root' : node.root],
    ...(node.tags.length === 0 ? [] : [['tags', node.tags.join(', ')] as const]),
  ];
  return html(
    'dl',
    {},
    ...rows.flatMap(([term, text]) => [html('dt', {}, term), html('dd', {}, text)]),
  );
}

function versions(book: Book, node: PageNode): HTMLElement | null {
  if (node.kind !== 'product' || book.environments.length === 0) return null;
  const rows = book.environments.map((environment) => {
    const runs = node.versions.find((version) => version.environment === environment);
    const cell = html(
      'td',
      { class: runs?.isRelease === true ? 'version' : 'odd' },
      runs?.text ?? 'not there',
    );
    return html('tr', {}, html('th', { scope: 'row' }, environment), cell);
  });
  return section('Runs', html('table', {}, html('tbody', {}, ...rows)));
}

function reasons(book: Book, number: number, { onGo }: DetailsEvents): HTMLElement | null {
  const node = book.nodes[number];
  if (!book.affectedKnown || node === undefined || node.kind === 'folder') return null;
  if (node.reasons.length === 0) {
    const touched = book.nodes.flatMap((other, product) =>
      other.reasons.some(({ path }) => path.includes(number)) ? [product] : [],
    );
    return touched.length === 0
      ? null
      : tieList(
          book,
          'On the way to',
          touched.map((product) => ({ node: product, type: 'static' })),
          { onGo },
        );
  }
  const items = node.reasons.map(({ text, path }) =>
    html('li', {}, html('p', {}, text), path.length < 2 ? null : wayOf(book, path, onGo)),
  );
  return section('Why it is affected', html('ul', { class: 'reasons' }, ...items));
}

function wayOf(book: Book, path: readonly number[], onGo: (node: number) => void): HTMLElement {
  const steps = path.flatMap((node, place) => [
    ...(place === 0 ? [] : [' → ']),
    button(book.nodes[node]?.label ?? '', () => onGo(node), { class: 'link' }),
  ]);
  return html('p', { class: 'way' }, ...steps);
}

function tieList(
  book: Book,
  title: string,
  ties: readonly Tie[],
  { onGo }: Pick<DetailsEvents, 'onGo'>,
): HTMLElement {
  const sorted = [...ties].sort((a, b) => (labelOf(book, a) < labelOf(book, b) ? -1 : 1));
  const items = sorted.slice(0, mostShown).map((tie) => {
    const label = button(labelOf(book, tie), () => onGo(tie.node), { class: 'link' });
    const isAffected = book.nodes[tie.node]?.affected === true;
    const note =
      dashesOf(tie.type) === '' ? '' : tie.type === 'implicit' ? 'at run time' : 'loaded later';
    return html(
      'li',
      { class: isAffected ? 'affected' : null },
      label,
      note === '' ? null : html('span', { class: 'note' }, note),
    );
  });
  const more = ties.length - items.length;
  if (more > 0) items.push(html('li', { class: 'note' }, `and ${more} more`));
  return section(`${title} (${ties.length})`, html('ul', { class: 'ties' }, ...items));
}

function labelOf(book: Book, { node }: Tie): string {
  return book.nodes[node]?.label ?? '';
}

function section(title: string, content: HTMLElement): HTMLElement {
  return html('section', {}, html('h3', {}, title), content);
}
