import { findImagePins } from '../find/image-pins.js';
import type { Format } from '../format.js';
import { locateByPath } from './by-path.js';

/** Any JSON file, by an explicit path. Images found in it are likely pins: nothing says who reads the file. */
export const json: Format = {
  name: 'json',
  recognises: ({ file }) => /\.json$/i.test(file),
  locate: (source, selector) => locateByPath(source, selector, { language: 'json' }),
  find: (source) =>
    source
      .json()
      .documents.flatMap(({ root }) => findImagePins({ source, format: 'json', root }))
      .map((pin) => (pin.sureness === 'sure' ? { ...pin, sureness: 'likely' } : pin)),
};
