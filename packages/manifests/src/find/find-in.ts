import { LanewiseError } from '@lanewise/model';

import type { Format, FormatTable } from '../format.js';
import type { Source } from '../source.js';
import type { FoundPin } from './found-pin.js';

/** A file may hold documents of several formats; where two find the same place, the one that comes first in the table knows it better. */
export function findIn(source: Source, table: FormatTable): readonly FoundPin[] {
  const taken = new Set<string>();
  const found: FoundPin[] = [];
  for (const format of table) {
    if (format.name !== 'flux-marker' && !format.recognises(source)) continue;
    for (const pin of findBy(format, source)) {
      const place = `${pin.line} ${pin.text}`;
      if (format.name !== 'flux-marker' && taken.has(place)) continue;
      taken.add(place);
      found.push(pin);
    }
  }
  return found;
}

/** A format that cannot read the file finds nothing; another may. */
function findBy(format: Format, source: Source): readonly FoundPin[] {
  try {
    return format.find(source);
  } catch (error) {
    if (error instanceof LanewiseError) return [];
    throw error;
  }
}
