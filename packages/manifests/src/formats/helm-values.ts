import type { Format } from '../format.js';
import { locateByPath } from './by-path.js';

/** Values files of Helm charts: an explicit path, or the image whose tag they hold. */
export const helmValues: Format = {
  name: 'helm-values',
  recognises: ({ file }) => /(?:^|[/.-])values[^/]*$/i.test(file),
  locate: (source, selector) => locateByPath(source, selector, { language: 'yaml' }),
  find: () => [],
};
