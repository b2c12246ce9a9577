import { describe, expect, it } from 'vitest';
import { CommanderError } from 'commander';
import { LanewiseError } from '@lanewise/model';
import { jsonError, renderError, tellError } from '../src/errors.js';
import { formatOutputs } from '../src/output/github.js';
import { makePaint } from '../src/output/paint.js';
import { renderTable } from '../src/output/table.js';
import { cutStart, cutText, padText, textWidth, wrapText } from '../src/output/text-width.js';
import { markdownTable } from '../src/render/summary.js';

const paint = makePaint(false);
const colours = makePaint(true);

describe('widths of texts', () => {
  it('count two columns for wide characters and emoji, none for combining marks', () => {
    expect(textWidth('docs')).toBe(4);
    expect(textWidth('日本語')).toBe(6);
    expect(textWidth('ＡＢ')).toBe(4);
    expect(textWidth('e\u0301')).toBe(1);
    expect(textWidth('🚀')).toBe(2);
    expect(textWidth('👩‍👩‍👧')).toBe(2);
    expect(textWidth('가나')).toBe(4);
  });

  it('cut and fill by columns, never through a character', () => {
    expect(cutText('日本語', 5)).toBe('日本…');
    expect(cutText('日本語', 4)).toBe('日…');
    expect(cutText('docs', 4)).toBe('docs');
    expect(padText('日', 4)).toBe('日  ');
    expect(padText('7', 3, 'right')).toBe('  7');
  });

  it('wrap at spaces and leave a long word whole', () => {
    expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapText('registry.example.com/acme/docs is long', 10)).toEqual([
      'registry.example.com/acme/docs',
      'is long',
    ]);
  });
});

describe('a text that is cut at its start', () => {
  it.each([
    ['apps/dev/api/values.yaml', 30, 'apps/dev/api/values.yaml'],
    ['apps/dev/api/values.yaml', 16, '…api/values.yaml'],
    ['日本/日本.yaml', 10, '…日本.yaml'],
    ['abc', 1, '…'],
  ])('keeps the end of %s in %d columns', (text, columns, kept) => {
    expect(cutStart(text, columns)).toBe(kept);
    expect(textWidth(kept)).toBeLessThanOrEqual(Math.max(columns, 1));
  });
});

describe('tables', () => {
  const columns = [
    { title: 'product' },
    { title: 'image', narrow: 'cut' },
    { title: 'because', narrow: 'wrap' },
  ] as const;
  const rows = [
    ['docs', 'registry.example.com/acme/docs:1.4.2', 'logging changed, and a package that it uses'],
    ['日本', 'x', 'y'],
  ];

  it('are as wide as their content in a pipe', () => {
    expect(renderTable(columns, rows, { paint, width: null })).toMatchInlineSnapshot(`
      "product  image                                 because
      docs     registry.example.com/acme/docs:1.4.2  logging changed, and a package that it uses
      日本     x                                     y
      "
    `);
  });

  it('fit the terminal: some columns are cut, some wrap, names stay whole', () => {
    const text = renderTable(columns, rows, { paint, width: 60 });
    expect(text).toMatchInlineSnapshot(`
      "product  image                     because
      docs     registry.example.com/ac…  logging changed, and a
                                         package that it uses
      日本     x                         y
      "
    `);
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(60);
  });

  it('leave out a column that says nothing, and never end a line with spaces', () => {
    const text = renderTable(columns, [['docs', '', 'x']], { paint: colours, width: 80 });
    expect(text).not.toContain('image');
    for (const line of text.split('\n')) expect(line).not.toMatch(/\s$/);
  });
});

describe('errors', () => {
  const view = { paint, width: null, verbose: false };
  const place = { file: 'lanewise.yaml', line: 3, column: 11, text: 'gitops: { brnch: main }' };

  it('show the line with a caret under the column, and what to do', () => {
    const error = new LanewiseError('CONFIG_INVALID', "'brnch' is no key of 'gitops'.", {
      place,
      hint: "Did you mean 'branch'?",
    });
    expect(renderError(tellError(error), view)).toMatchInlineSnapshot(`
      "error: 'brnch' is no key of 'gitops'.
        --> lanewise.yaml:3:11
        |
      3 | gitops: { brnch: main }
        |           ^
      hint: Did you mean 'branch'?
      "
    `);
    expect(jsonError(tellError(error))).toMatchObject({
      exitCode: 2,
      error: { code: 'CONFIG_INVALID', place },
    });
  });

  it('put the caret right behind wide characters, and cut very long lines around it', () => {
    const wide = { ...place, column: 4, text: '日本: x' };
    expect(
      renderError(tellError(new LanewiseError('CONFIG_INVALID', 'x.', { place: wide })), view),
    ).toContain('|      ^');
    const long = { ...place, column: 500, text: 'a'.repeat(499) + 'B' + 'a'.repeat(500) };
    const lines = renderError(
      tellError(new LanewiseError('CONFIG_INVALID', 'x.', { place: long })),
      view,
    ).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
    const caret = lines.findIndex((line) => line.trim().endsWith('^'));
    expect(lines[caret - 1]?.[lines[caret]?.indexOf('^') ?? 0]).toBe('B');
  });

  it('never move the cursor, whatever stands in the line', () => {
    const strange = { ...place, column: 2, text: '\u001b[2J\tx' };
    expect(
      renderError(tellError(new LanewiseError('CONFIG_INVALID', 'x.', { place: strange })), view),
    ).not.toContain('\u001b');
  });

  it('that nobody foresaw are INTERNAL, without credentials, with a stack on demand', () => {
    const told = tellError(new TypeError('failed at https://user:secret@example.com/x'));
    expect(told).toMatchObject({ code: 'INTERNAL', exitCode: 1 });
    expect(renderError(told, { ...view, verbose: true })).not.toContain('secret');
    expect(renderError(told, { ...view, verbose: true })).toMatch(/^ {4}at /m);
    expect(renderError(told, view)).not.toMatch(/^ {4}at /m);
  });

  it('of the command line are sentences with the exit code 2', () => {
    const told = tellError(
      new CommanderError(
        1,
        'commander.unknownOption',
        "error: unknown option '--too'\n(Did you mean --to?)",
      ),
    );
    expect(told).toMatchObject({
      code: 'USAGE',
      exitCode: 2,
      message: "There is no option '--too' here.",
    });
    expect(told.hint).toContain("Did you mean '--to'?");
  });
});

describe('what is handed to GitHub', () => {
  it('is one line a value, or stands between delimiters that its text cannot hold', () => {
    expect(formatOutputs({ any: 'true' })).toBe('any=true\n');
    expect(formatOutputs({ notes: 'a\nany=true' })).toMatch(
      /^notes<<(end-[0-9a-f]{24})\na\nany=true\n\1\n$/,
    );
  });

  it('cannot become markup', () => {
    expect(markdownTable(['a'], [['<img src=x> | `x` \n # y']])).toBe(
      '| a |\n| --- |\n| \\<img src=x\\> \\| \\`x\\`   # y |\n',
    );
  });
});
