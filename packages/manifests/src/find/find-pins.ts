import { LanewiseError } from '@lanewise/model';

import { readPinsIn } from '../read-pins.js';
import type { Format, FormatTable, Manifest } from '../format.js';
import { formats } from '../formats/table.js';
import { refuseSops } from '../sops.js';
import { openSource, type Source } from '../source.js';
import type { FoundPin } from './found-pin.js';

/**
 * The pins that a manifest holds, found by looking: by the format that its name and content show,
 * and by the markers of Flux. Every selector that comes out finds its place again. Nothing for a
 * file that cannot be read or written, and never anything in the templates of a chart.
 */
export function findPins(manifest: Manifest, table: FormatTable = formats): readonly FoundPin[] {
  try {
    const source = openSource(manifest);
    refuseSops(source);
    if (isChartTemplate(source.file, source.text)) return [];
    const found = findIn(source, table);
    const selectors = found.map(({ selector }) => selector);
    const readings = readPinsIn(source, selectors, table);
    return found
      .flatMap((pin, index) => {
        const reading = readings[index];
        return reading?.kind === 'value'
          ? [{ ...pin, text: reading.text, line: reading.line }]
          : [];
      })
      .sort((a, b) => a.line - b.line);
  } catch (error) {
    if (error instanceof LanewiseError) return [];
    throw error;
  }
}

/**
 * Tells whether a file is one of a chart's templates: text that only Helm makes YAML of. Other
 * folders are called `templates` too, so it must also hold an expression.
 */
export function isChartTemplate(file: string, text: string): boolean {
  return (
    /\.(?:tpl|gotmpl)$/.test(file) || (/(?:^|\/)templates\//.test(file) && text.includes('{{'))
  );
}

/** A file may hold documents of several formats; where two find the same place, the one that comes first in the table knows it better. */
function findIn(source: Source, table: FormatTable): readonly FoundPin[] {
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
