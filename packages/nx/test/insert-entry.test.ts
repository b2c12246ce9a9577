import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { appendToList, insertEntry } from '../src/config-text/insert-entry.js';

const insert = (text: string): string =>
  insertEntry(text, ['environments'], 'qa', { after: 'staging', gates: { soak: '30m' } });
const entry = 'qa: { after: staging, gates: { soak: "30m" } }';

describe('an entry is inserted into lanewise.yaml', () => {
  it.each([
    ['below the last one', 'environments:\n  dev: {}\n', `environments:\n  dev: {}\n  ${entry}\n`],
    [
      'below a comment on its line, and above one that follows',
      'environments:\n    dev: {} # first\n\n# end\nproducts: {}\n',
      `environments:\n    dev: {} # first\n    ${entry}\n\n# end\nproducts: {}\n`,
    ],
    [
      'below nested entries',
      'environments:\n  dev:\n    gates:\n      soak: 1h\nx: 1\n',
      `environments:\n  dev:\n    gates:\n      soak: 1h\n  ${entry}\nx: 1\n`,
    ],
    ['below one without a value', 'environments:\n  dev:\n', `environments:\n  dev:\n  ${entry}\n`],
    ['into braces', 'environments: { dev: {} } # x\n', `environments: { dev: {}, ${entry} } # x\n`],
    ['into empty braces', 'environments: {}\nx: 1\n', `environments: { ${entry} }\nx: 1\n`],
    [
      'below a bare key',
      'environments: # none\nx: 1\n',
      `environments: # none\n  ${entry}\nx: 1\n`,
    ],
    ['where the key is missing', 'x: 1\n', `x: 1\nenvironments:\n  ${entry}\n`],
    ['into an empty file', '', `environments:\n  ${entry}\n`],
    [
      'with the line ends of the file',
      'environments:\r\n  dev: {}\r\n',
      `environments:\r\n  dev: {}\r\n  ${entry}\r\n`,
    ],
    [
      'at the end of a file without a line end',
      'environments:\n  dev: {}',
      `environments:\n  dev: {}\n  ${entry}`,
    ],
    [
      'below a block text',
      'environments:\n  dev:\n    note: |\n      a\n      b\nx: 1\n',
      `environments:\n  dev:\n    note: |\n      a\n      b\n  ${entry}\nx: 1\n`,
    ],
  ])('%s', (_, before, after) => {
    expect(insert(before)).toBe(after);
  });

  it('is refused where it is there already, and where an alias leads elsewhere', () => {
    expect(() => insert('environments: { qa: {} }\n')).toThrow(/there already/);
    expect(() => insert('a: &a { dev: {} }\nenvironments: *a\n')).toThrow(
      /cannot be changed safely/,
    );
    expect(() => insert('environments: [dev]\n')).toThrow(/no map/);
  });

  it('changes nothing but the inserted text, whatever the file looks like', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
    const value = fc.constantFrom(
      '{}',
      '',
      '{ after: dev }',
      '\n    on: ready # why',
      '"x"',
      '[a, b]',
      '|\n      text',
    );
    const line = fc.record({
      name,
      value,
      comment: fc.constantFrom('', ' # c', '\n  # above the next', '\n'),
    });
    const file = fc.record({
      head: fc.constantFrom('', '# head\n', 'products: {}\n\n'),
      lines: fc.uniqueArray(line, { minLength: 1, maxLength: 6, selector: (one) => one.name }),
      tail: fc.constantFrom('', '\n# tail\n', 'guards:\n  maxAffected: 3\n'),
    });
    fc.assert(
      fc.property(file, ({ head, lines, tail }) => {
        fc.pre(lines.every((one) => one.name !== 'qa'));
        const body = lines.map(({ name, value, comment }) => {
          const onLine = value.includes('\n') ? comment.replace(/^ # c$/, '') : comment;
          return `  ${name}: ${value}${onLine}\n`;
        });
        const before = `${head}environments:\n${body.join('')}${tail}`;
        const after = insert(before);
        const at = after.indexOf(`  ${entry}\n`);
        expect(at).toBeGreaterThan(0);
        expect(after.slice(0, at) + after.slice(at + entry.length + 3)).toBe(before);
        const old = parse(before) as { environments: object };
        const wanted = { ...old.environments, qa: { after: 'staging', gates: { soak: '30m' } } };
        expect(parse(after)).toEqual({ ...old, environments: wanted });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a name is added to a list of lanewise.yaml', () => {
  it.each([
    [
      'in brackets',
      'products: { select: [docs, api] } # x\n',
      'products: { select: [docs, api, web] } # x\n',
    ],
    [
      'on lines',
      'products:\n  select:\n    - docs # a\n  image: x\n',
      'products:\n  select:\n    - docs # a\n    - web\n  image: x\n',
    ],
    [
      'that is one name',
      'products:\n  select: docs # a\n',
      'products:\n  select: [docs, web] # a\n',
    ],
    ['that is empty', 'products:\n  select: []\n', 'products:\n  select: [web]\n'],
  ])('%s', (_, before, after) => {
    expect(appendToList(before, ['products', 'select'], 'web')).toBe(after);
  });
});
