import { documentChoice, findImagePins } from '../find/image-pins.js';
import type { Format } from '../format.js';
import { locateByPath } from './by-path.js';

/** Any YAML file, by an explicit path. Images found in it are likely pins: nothing says who reads the file. */
export const yaml: Format = {
  name: 'yaml',
  recognises: ({ file, text }) =>
    /\.ya?ml(?:\.(?:gotmpl|tmpl|tpl|template|j2))?$/i.test(file) ||
    (isWithoutExtension(file) && beginsLikeYaml(text)),
  locate: (source, selector) => locateByPath(source, selector, { language: 'yaml' }),
  find: (source) =>
    source
      .yaml()
      .documents.flatMap(({ root }) =>
        findImagePins({ source, format: 'yaml', root, document: documentChoice(source, root) }),
      )
      .map((pin) => (pin.sureness === 'sure' ? { ...pin, sureness: 'likely' } : pin)),
};

function isWithoutExtension(file: string): boolean {
  return !file.slice(file.lastIndexOf('/') + 1).includes('.');
}

/** The first line that is no comment names a key, or begins a document. */
function beginsLikeYaml(text: string): boolean {
  const first = /^(?![ \t]*(?:#.*)?\r?$).*/m.exec(text)?.[0] ?? '';
  return /^(?:---(?:\s|$)|["']?[\w.-]+["']?:(?:\s|$))/.test(first.replace(/^\uFEFF/, ''));
}
