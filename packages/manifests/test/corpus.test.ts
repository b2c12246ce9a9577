import { isDeepStrictEqual } from 'node:util';

import { isLanewiseError, type PinSelector } from '@lanewise/model';
import { describe, expect, it } from 'vitest';
import { isMap, parseAllDocuments } from 'yaml';

import { detectFormat, findPins, holdsValue, readPins, rewritePins } from '../src/index.js';
import { corpusIsThere, readCorpus, type CorpusRow } from './corpus.js';

const rows = corpusIsThere ? readCorpus() : [];
const edits = rows.filter(({ expect }) => expect.startsWith('1 line changed'));
const blocks = rows.filter(({ expect }) => expect.startsWith('1 line inside'));
const refused = rows.filter(({ expect }) => expect.startsWith('refuse'));

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function selectorOf(row: CorpusRow): PinSelector {
  const documents = parseAllDocuments(textOf(row.bytes), { logLevel: 'silent' });
  const document = Array.isArray(documents) ? documents[row.document] : undefined;
  if (
    !Array.isArray(documents) ||
    documents.length < 2 ||
    document === undefined ||
    !isMap(document.contents)
  ) {
    return { format: 'yaml', path: row.pointer };
  }
  const kind = document.get('kind');
  const name = document.getIn(['metadata', 'name']);
  const choice = {
    ...(typeof kind === 'string' && { kind }),
    ...(typeof name === 'string' && { name }),
  };
  return { format: 'yaml', path: row.pointer, document: choice };
}

/** The text from the first to the last sign that differs, with the sides that are common cut off. */
function difference(
  before: string,
  after: string,
): { line: number; removed: string; added: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end += 1;
  const line = before.slice(0, start).split('\n').length;
  return {
    line,
    removed: before.slice(start, before.length - end),
    added: after.slice(start, after.length - end),
  };
}

function expectOneValue(row: CorpusRow, selector: PinSelector): void {
  const bytes = rewritePins({ file: row.file, bytes: row.bytes }, [{ selector, value: row.after }]);
  const [before, after] = [textOf(row.bytes), textOf(bytes)];
  const { line, removed, added } = difference(before, after);
  expect(`${removed}${added}`).not.toContain('\n');
  const shift = row.oddity.includes('FOLDED') ? 1 : 0;
  expect(line).toBe(row.valueLine + shift);
  const lines = before.split('\n');
  const changed = after.split('\n');
  expect(changed.filter((text, index) => text !== lines[index])).toEqual([
    lines[line - 1]?.replace(lastOf(lines[line - 1] ?? '', row), () =>
      lastNew(row, lines[line - 1] ?? ''),
    ),
  ]);
  const [reading] = readPins({ file: row.file, bytes }, [selector]);
  expect(reading?.kind === 'value' && holdsValue(reading, row.after)).toBe(true);
}

/** The old value as it stands in its line: in its quotes where it is empty, so that it can be found. */
function lastOf(line: string, { before }: CorpusRow): string {
  return before === '' ? (line.includes("''") ? "''" : '""') : before;
}

function lastNew({ before, after }: CorpusRow, line: string): string {
  return before === '' ? (line.includes("''") ? `'${after}'` : `"${after}"`) : after;
}

describe.skipIf(!corpusIsThere)('manifests of public repositories', () => {
  it('has rows of every kind', () => {
    expect([edits.length, blocks.length, refused.length].every((count) => count > 3)).toBe(true);
  });

  it.each(edits.map((row) => [row.line, row.pointer, row] as const))(
    'row %i %s: one value changes',
    (_, pointer, row) => {
      const selector = selectorOf(row);
      if (!row.expect.includes('opt-in')) return expectOneValue(row, selector);
      // Others follow this anchor: the change is made only where the path says so.
      expect(() => rewritePins(row, [{ selector, value: row.after }])).toThrow(
        /other places follow/,
      );
      return expectOneValue(row, { format: 'yaml', path: pointer.replace('/image/', '&image.') });
    },
  );

  it.each(edits.map((row) => [row.line, row] as const))(
    'row %i: the present value gives the same bytes',
    (_, row) => {
      const selector = selectorOf(row);
      if (row.expect.includes('opt-in')) return;
      expect(
        isDeepStrictEqual(rewritePins(row, [{ selector, value: row.before }]), row.bytes),
      ).toBe(true);
    },
  );

  it.each(blocks.map((row) => [row.line, row] as const))(
    'row %i: a value inside the block changes',
    (_, row) => {
      const inside = findPins(row).filter(({ selector }) =>
        selector.path?.includes('.helm.values.'),
      );
      expect(inside.length).toBeGreaterThan(0);
      for (const { selector, text } of inside) {
        const bytes = rewritePins(row, [{ selector, value: `${text}-next` }]);
        const { added, removed } = difference(textOf(row.bytes), textOf(bytes));
        expect([removed, added]).toEqual(['', '-next']);
      }
    },
  );

  it('finds most of the pins by itself, and only such as it can write', () => {
    const files = new Map(rows.map((row) => [row.file, row]));
    let missed = 0;
    for (const row of [...edits, ...blocks]) {
      const pins = findPins(row);
      const start = row.shape.includes('block string') ? row.valueLine + 1 : row.valueLine;
      const there = pins.some(
        ({ line }) => line === start || (row.oddity.includes('FOLDED') && line === row.valueLine),
      );
      if (!there && !row.shape.includes('block string')) missed += 1;
      if (!there && process.env['LANEWISE_SHOW'])
        console.log(row.line, row.shape, row.pointer, row.before, String(row.file));
    }
    for (const row of files.values()) {
      for (const { selector, text } of findPins(row)) {
        const next = text.startsWith('sha256:')
          ? `sha256:${'1'.repeat(64)}`
          : text.includes('@')
            ? `9.9.9@sha256:${'1'.repeat(64)}`
            : '9.9.9';
        const chart = selector.format === 'helm-chart' && selector.path?.startsWith('dependencies');
        if (chart !== true)
          expect(rewritePins(row, [{ selector, value: next }])).not.toEqual(row.bytes);
      }
    }
    expect(missed / edits.length).toBeLessThan(0.2);
    console.log(`found ${edits.length - missed} of ${edits.length} pins without being told`);
  });

  it.each(refused.map((row) => [row.line, row] as const))('row %i is refused', (_, row) => {
    const format = detectFormat(row.file, row.bytes);
    for (const path of [
      'image.tag',
      'apiVersion',
      'kind',
      'metadata.name',
      'version',
      'chart',
      'metaphor.image.repository',
    ]) {
      for (const selector of [
        { path },
        { path, format: 'yaml' },
        { path, create: true },
      ] satisfies PinSelector[]) {
        const [reading] = readPins(row, [selector]);
        expect(reading?.kind, `${format} ${path}`).toBe('refused');
        expect(errorOf(() => rewritePins(row, [{ selector, value: '1.2.3' }]))).toMatch(
          /^(?:PIN_UNREADABLE|PIN_REFUSED|CONFIG_INVALID)$/,
        );
      }
    }
  });
});

function errorOf(edit: () => unknown): string {
  try {
    edit();
    return 'none';
  } catch (error) {
    return isLanewiseError(error) ? error.code : String(error);
  }
}

if (!corpusIsThere) {
  console.warn(
    'The corpus does not lie beside the checkout (../shared/corpus): its rows are not tested.',
  );
}
