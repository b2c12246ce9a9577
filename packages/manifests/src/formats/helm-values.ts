import type { Format } from '../format.js';
import { documentChoice, findImagePins } from '../find/image-pins.js';
import type { FoundPin } from '../find/found-pin.js';
import type { Source } from '../source.js';
import { pathByImage } from './by-image.js';
import { locateByPath } from './by-path.js';

/** Values files of Helm charts: an explicit path, or the image whose tag they hold. */
export const helmValues: Format = {
  name: 'helm-values',
  recognises: ({ file }) => /(?:^|[/._-])values[^/]*$/i.test(file) && !/\.json$/i.test(file),
  locate: (source, selector, value) => {
    const byPath = selector.path !== undefined || selector.image === undefined;
    return locateByPath(
      source,
      byPath ? selector : pathByImage(source, selector, find(source), value),
      { language: 'yaml' },
    );
  },
  find,
};

function find(source: Source): readonly FoundPin[] {
  return source.yaml().documents.flatMap(({ root }) =>
    findImagePins({
      source,
      format: 'helm-values',
      root,
      document: documentChoice(source, root),
    }),
  );
}
