import { html } from './element.js';

const keys: readonly (readonly [string, string])[] = [
  ['/', 'search'],
  ['← →', 'along an edge: to what depends on it, to what it depends on'],
  ['↑ ↓', 'to the one above or below'],
  ['Enter', 'focus: this one alone, with what it is tied to'],
  ['Esc', 'leave the search, the focus, the choice'],
  ['[ ]', 'one step less or more around the focus'],
  ['1 2 3 4', 'everything, products, folders, affected'],
  ['e', 'all edges'],
  ['+ − 0', 'larger, smaller, all of it'],
  ['t', 'light or dark'],
  ['s', 'save as SVG'],
  ['?', 'this list'],
];

/** The list of keys, as a dialog. */
export function makeHelp(): HTMLDialogElement {
  const rows = keys.flatMap(([key, meaning]) => [
    html('dt', {}, ...key.split(' ').map((one) => html('kbd', {}, one))),
    html('dd', {}, meaning),
  ]);
  const dialog = html(
    'dialog',
    { id: 'help', 'aria-label': 'Keys' },
    html('h2', {}, 'Keys'),
    html('dl', {}, ...rows),
    html(
      'form',
      { method: 'dialog' },
      html('button', { class: 'primary', autofocus: true }, 'Close'),
    ),
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}
