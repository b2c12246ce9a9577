import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFilterAttributes } from '@lanewise/git';
import type { parseRepoPath } from '@lanewise/model';
import { makeWorld, type World } from '@lanewise/testing';

let world: World;
let repository: string;
beforeAll(() => {
  world = makeWorld();
  repository = join(world.directory, 'attributes');
  world.git(world.directory, 'init', '-q', repository);
});
afterAll(() => world.dispose());

const paths = [
  'a.bin',
  'a.yaml',
  'a/b.bin',
  'a/b/c.bin',
  'a/b/c/d.bin',
  'x/a/b.bin',
  'a b.bin',
  'ä.bin',
  'B.BIN',
  'a-b',
  'a*b',
  '[x].bin',
  'a/.gitattributes',
  '#x',
  '!y',
  'a\\z',
];

/** What `git check-attr` says: the judge of these tests. */
function askGit(texts: ReadonlyMap<string, string>): string[] {
  for (const folder of ['', 'a', 'a/b']) {
    const file = join(repository, folder, '.gitattributes');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, texts.get(folder) ?? '');
  }
  const output = execFileSync('git', ['check-attr', '-z', '--stdin', 'filter'], {
    cwd: repository,
    env: world.environment,
    input: paths.join('\0'),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const fields = output.split('\0');
  return paths.filter(
    (_, index) => !['unspecified', 'unset'].includes(fields[index * 3 + 2] ?? ''),
  );
}

function askOurs(texts: ReadonlyMap<string, string>): string[] {
  return [...findFilterAttributes(texts, paths as unknown as ReturnType<typeof parseRepoPath>[])];
}

describe('attributes agree with git check-attr', () => {
  it.each([
    ['*.bin filter=lfs'],
    ['*.bin filter=lfs\na.bin -filter'],
    ['*.bin filter=lfs\n/a.bin !filter\n'],
    ['a/** filter=x'],
    ['**/b.bin filter=x'],
    ['a/**/d.bin filter=x'],
    ['a/ filter=x'],
    ['/a filter=x'],
    ['a/*.bin filter=x'],
    ['*  filter=x'],
    ['[attr]lfs filter=lfs -text\n*.bin lfs'],
    ['[attr]lfs filter=lfs\n*.bin lfs -filter'],
    ['[attr]lfs filter=lfs\n*.bin -lfs'],
    ['[attr]lfs filter=lfs\n*.bin filter=x !lfs'],
    ['*.bin binary'],
    ['"a b.bin" filter=x'],
    ['"\\303\\244.bin" filter=x'],
    ['ä.bin filter=x'],
    ['!a.bin filter=x'],
    ['# *.bin filter=x\n  *.yaml filter=x'],
    ['[ab].bin filter=x\n[!a].yaml filter=x\n[a-c]/b.bin filter=x'],
    ['\\[x].bin filter=x\na\\*b filter=x'],
    ['a?b filter=x'],
    ['*.bin text\r\na.bin filter=x\r\n'],
    ['*.bin filter'],
    ['a/b filter=x'],
    ['**/a/b.bin filter=x\nb/** filter=x'],
    ['**  filter=x'],
    ['a** filter=x\n/**/c.bin filter=y'],
    ['\\#x filter=x\n\\!y filter=x'],
    ['[[:alpha:]].bin filter=x'],
    ['*.bin filter=lfs # not a comment'],
  ])('%j', (text) => {
    const texts = new Map([['', text]]);
    expect(askOurs(texts)).toEqual(askGit(texts));
  });

  it('the nearest file wins, line by line from the end', () => {
    const texts = new Map([
      ['', '*.bin filter=lfs\n'],
      ['a', 'b.bin -filter\nb/c.bin -filter\n'],
      ['a/b', '*.bin filter=x\n'],
    ]);
    expect(askOurs(texts)).toEqual(askGit(texts));
  });

  it('for random patterns', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'c',
      '*',
      '**',
      '/',
      '?',
      '.bin',
      '.',
      '[ab]',
      '[!a]',
      'x',
      '/**',
      '**/',
      'd',
    );
    const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    const line = fc
      .tuple(pattern, fc.constantFrom('filter=x', '-filter', '!filter', 'text'))
      .map((parts) => parts.join(' '));
    const text = fc.array(line, { maxLength: 3 }).map((lines) => lines.join('\n'));
    const seed = 20_260_101;
    fc.assert(
      fc.property(text, text, (root, inner) => {
        const texts = new Map([
          ['', root],
          ['a', inner],
        ]);
        expect(askOurs(texts)).toEqual(askGit(texts));
      }),
      { seed, numRuns: 300 },
    );
  }, 30_000);
});
