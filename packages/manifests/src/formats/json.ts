import type { Format } from '../format.js';
import { locateByPath } from './by-path.js';

/** Any JSON file, by an explicit path. */
export const json: Format = {
  name: 'json',
  recognises: ({ file }) => /\.json$/i.test(file),
  locate: (source, selector) => locateByPath(source, selector, { language: 'json' }),
  find: () => [],
};
