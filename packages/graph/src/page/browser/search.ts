import type { Book } from './content.js';
import { html } from './element.js';

const mostShown = 12;

export interface Search {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  readonly clear: () => void;
}

export interface SearchEvents {
  /** Nodes that fit what is typed; null: nothing is typed. */
  readonly onFind: (found: ReadonlySet<number> | null) => void;
  readonly onTake: (node: number) => void;
}

/** A field with a list of what fits (the combobox pattern of the ARIA practices guide). */
export function makeSearch(book: Book, { onFind, onTake }: SearchEvents): Search {
  const list = html('ul', { id: 'found', role: 'listbox', 'aria-label': 'Found' });
  const input = html('input', {
    id: 'search',
    type: 'search',
    placeholder: 'Search  ( / )',
    autocomplete: 'off',
    spellcheck: 'false',
    role: 'combobox',
    'aria-label': 'Search products, projects, folders and tags',
    'aria-expanded': 'false',
    'aria-controls': 'found',
    'aria-autocomplete': 'list',
  });
  const count = html('span', { class: 'count', 'aria-live': 'polite' });
  let found: readonly number[] = [];
  let active = 0;

  const show = (): void => {
    const shown = found.slice(0, mostShown);
    list.replaceChildren(...shown.map((node, place) => option(book, node, place)));
    list.hidden = shown.length === 0;
    input.setAttribute('aria-expanded', String(shown.length > 0));
    activate(0);
  };
  const activate = (place: number): void => {
    active = Math.max(0, Math.min(place, list.children.length - 1));
    [...list.children].forEach((child, number) =>
      child.setAttribute('aria-selected', String(number === active)),
    );
    const option = list.children[active];
    if (option === undefined) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', option.id);
  };
  const clear = (): void => {
    input.value = '';
    update();
  };
  const update = (): void => {
    const query = input.value.trim();
    found = query === '' ? [] : findNodes(book, query);
    count.textContent = query === '' ? '' : found.length === 0 ? 'none' : String(found.length);
    show();
    onFind(found.length === 0 ? null : new Set(found));
  };
  const take = (node: number | undefined): void => {
    if (node === undefined) return;
    clear();
    input.blur();
    onTake(node);
  };

  input.addEventListener('input', update);
  input.addEventListener('blur', () => (list.hidden = true));
  input.addEventListener('focus', () => (list.hidden = list.children.length === 0));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') activate(active + 1);
    else if (event.key === 'ArrowUp') activate(active - 1);
    else if (event.key === 'Enter') take(found[active]);
    else return;
    event.preventDefault();
  });
  // Before the field loses the focus, and the list with it.
  list.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    const option = event.target instanceof Element ? event.target.closest('li') : null;
    if (option !== null) take(found[Number(option.dataset['place'])]);
  });
  list.hidden = true;
  return { root: html('div', { class: 'search' }, input, count, list), input, clear };
}

/** Nodes whose label, name, folder or tags hold every word; the best fit first. */
export function findNodes(book: Book, query: string): number[] {
  const words = query.toLowerCase().split(/\s+/);
  const scored = book.nodes.flatMap((node, number) => {
    const [label, name] = [node.label.toLowerCase(), node.name.toLowerCase()];
    const texts = [
      label,
      name,
      node.root.toLowerCase(),
      ...node.tags.map((tag) => tag.toLowerCase()),
    ];
    if (!words.every((word) => texts.some((text) => text.includes(word)))) return [];
    const [first = ''] = words;
    const place = label.indexOf(first);
    const fit =
      label === first ? 0 : place === 0 ? 1 : place > 0 ? 2 : name.includes(first) ? 3 : 4;
    const sort = { product: 0, project: 0.3, folder: 0.6 }[node.kind];
    return [{ number, score: fit + sort, length: label.length }];
  });
  return scored
    .sort((a, b) => a.score - b.score || a.length - b.length || a.number - b.number)
    .map(({ number }) => number);
}

function option(book: Book, number: number, place: number): HTMLLIElement {
  const node = book.nodes[number];
  return html(
    'li',
    { id: `found-${place}`, role: 'option', 'data-place': place },
    html('span', { class: 'label' }, node?.label ?? ''),
    html('span', { class: 'where' }, node?.kind === 'folder' ? 'folder' : (node?.root ?? '')),
  );
}
