import type { Format } from '../format.js';
import { locateByPath } from './by-path.js';

/** Any YAML file, by an explicit path. */
export const yaml: Format = {
  name: 'yaml',
  recognises: ({ file }) => /\.ya?ml$/i.test(file),
  locate: (source, selector) => locateByPath(source, selector, { language: 'yaml' }),
  find: () => [],
};
