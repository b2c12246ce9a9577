import { LanewiseError } from '@lanewise/model';

import { readPinsIn } from '../read-pins.js';
import type { FormatTable, Manifest } from '../format.js';
import { formats } from '../formats/table.js';
import { refuseSops } from '../sops.js';
import { openSource, sourceOf, type Source } from '../source.js';
import { findIn } from './find-in.js';
import type { FoundPin } from './found-pin.js';
import { withoutExpressions } from './without-expressions.js';

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
    const found = findIn(readable(source), table);
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

/** A template that is no YAML by itself is looked through without its expressions. */
function readable(source: Source): Source {
  if (!source.text.includes('{{') || !/\.ya?ml(?:\.\w+)?$/i.test(source.file)) return source;
  try {
    source.yaml();
    return source;
  } catch (error) {
    if (error instanceof LanewiseError)
      return sourceOf(source.file, withoutExpressions(source.text));
    throw error;
  }
}

/**
 * Tells whether a file is one of a chart's templates: text that only Helm makes YAML of. Other
 * folders are called `templates` too, so it must also hold an expression.
 */
export function isChartTemplate(file: string, text: string): boolean {
  return /\.tpl$/.test(file) || (/(?:^|\/)templates\//.test(file) && text.includes('{{'));
}
