import { describe, expect, it } from 'vitest';
import {
  compareNxJson,
  compareTsconfig,
  extendTsconfig,
  outlineTsconfig,
  projectsOfAlias,
  readJsonc,
} from '@lanewise/graph';
import type { RepoPath } from '@lanewise/model';
import { drawGraph } from './graphs.js';

describe('JSON with comments', () => {
  it('is read as TypeScript reads it', () => {
    const text =
      '\uFEFF{ // a\n "url": "https://x//y", /* b, } */ "list": [1, 2,], "tricky": ",]\\" //",\n}';
    expect(readJsonc(text)).toEqual({ url: 'https://x//y', list: [1, 2], tricky: ',]" //' });
  });

  it('is refused where it is not even that', () => {
    expect(() => readJsonc('{ "a": }')).toThrow(SyntaxError);
  });
});

describe('a changed tsconfig.base.json', () => {
  const tsconfig = (paths: unknown, options: object = {}) =>
    JSON.stringify({ compilerOptions: { ...options, paths } });

  it('names the aliases that were added, re-pointed and removed', () => {
    const before = tsconfig({
      '@acme/ui': ['libs/ui/index.ts'],
      '@acme/old': ['libs/old/index.ts'],
      same: ['s'],
    });
    const after = tsconfig({
      same: ['s'],
      '@acme/ui': ['libs/ui2/index.ts'],
      '@acme/new': ['libs/new/index.ts'],
    });
    expect(compareTsconfig(before, after)).toEqual({
      pathsChanged: [
        { alias: '@acme/new', before: null, after: ['libs/new/index.ts'] },
        { alias: '@acme/old', before: ['libs/old/index.ts'], after: null },
        { alias: '@acme/ui', before: ['libs/ui/index.ts'], after: ['libs/ui2/index.ts'] },
      ],
      otherChanged: false,
    });
  });

  it('is the same under another layout, and with comments', () => {
    const before = '{ "compilerOptions": { "strict": true, "paths": {} } }';
    const after = '{\n // strict\n "compilerOptions": { "paths": {}, "strict": true, },\n}';
    expect(compareTsconfig(before, after)).toEqual({ pathsChanged: [], otherChanged: false });
  });

  it('tells other options apart', () => {
    expect(compareTsconfig(tsconfig({}), tsconfig({}, { target: 'es2022' })).otherChanged).toBe(
      true,
    );
    expect(compareTsconfig(null, tsconfig({}, { target: 'es2022' })).otherChanged).toBe(true);
    expect(compareTsconfig('{ broken', tsconfig({})).otherChanged).toBe(true);
  });

  it('leads to the projects that an alias pointed to and points to', () => {
    const graph = drawGraph(
      { ui: [], ui2: [], inner: [] },
      { roots: { ui: 'libs/ui', ui2: 'libs/ui2', inner: 'libs/ui/inner' } },
    );
    const change = {
      alias: 'x',
      before: ['./libs/ui/index.ts'],
      after: ['libs/ui2/index.ts', 'libs/ui/inner/a.ts'],
    };
    expect(projectsOfAlias(change, graph)).toEqual(['inner', 'ui', 'ui2']);
    expect(projectsOfAlias({ alias: 'x', before: null, after: ['elsewhere/a.ts'] }, graph)).toEqual(
      [],
    );
  });
});

describe('a changed nx.json', () => {
  const compare = (before: unknown, after: unknown) =>
    compareNxJson(JSON.stringify(before), JSON.stringify(after));

  it('is taken apart by whom it matters to', () => {
    const before = {
      namedInputs: { default: ['a'], production: ['b'] },
      targetDefaults: { build: { cache: true }, test: {} },
      plugins: ['@nx/js', { plugin: '@nx/vite', options: {} }],
      extends: 'nx/presets/npm.json',
    };
    const after = {
      extends: 'nx/presets/core.json',
      namedInputs: { production: ['c'], default: ['a'] },
      targetDefaults: { build: { cache: false }, test: {} },
      plugins: ['@nx/js', { plugin: '@nx/vite', options: { x: 1 } }],
    };
    expect(compare(before, after)).toEqual([
      { part: 'namedInputs', keys: ['production'] },
      { part: 'targetDefaults', keys: ['build'] },
      { part: 'plugins', keys: ['@nx/vite'] },
      { part: 'other', keys: ['extends'] },
    ]);
  });

  it('does not matter where only keys changed that build nothing', () => {
    expect(
      compare({ release: { projects: ['a'] }, parallel: 3 }, { parallel: 5, analytics: false }),
    ).toEqual([]);
  });

  it('counts in full where it cannot be read', () => {
    expect(compareNxJson('{}', '{ oops')).toEqual([{ part: 'other', keys: ['*'] }]);
    expect(compareNxJson('{ oops', '{ oops')).toEqual([]);
  });

  it('counts another order of plugins, as the later wins', () => {
    expect(compare({ plugins: ['a', 'b'] }, { plugins: ['b', 'a'] })).toEqual([
      { part: 'plugins', keys: ['a', 'b'] },
    ]);
  });
});

describe('a tsconfig that extends others', () => {
  const graph = drawGraph({ '@acme/tsconfig': [], api: [] });
  const extend = (files: Readonly<Record<string, unknown>>) =>
    extendTsconfig(
      'tsconfig.base.json' as RepoPath,
      (path) => {
        const file = files[path];
        if (file === undefined) return null;
        if (file === 'folder') return { kind: 'folder', id: 'tree' };
        return { kind: 'text', text: typeof file === 'string' ? file : JSON.stringify(file) };
      },
      graph,
    );
  const outline = (files: Readonly<Record<string, unknown>>) => outlineTsconfig(extend(files).text);

  it('is what it would be with all in one file, a later one and itself winning', () => {
    const apart = {
      'tsconfig.base.json': {
        extends: ['./config/one', './config/two.json'],
        compilerOptions: { strict: true },
      },
      'config/one.json': { compilerOptions: { strict: false, target: 'es2022', module: 'esnext' } },
      'config/two.json': { extends: '../deep.json', compilerOptions: { module: 'nodenext' } },
      'deep.json': '{ "compilerOptions": { "lib": ["es2023"], /* later */ "target": "es2020", } }',
    };
    const one = {
      'tsconfig.base.json': {
        compilerOptions: { lib: ['es2023'], module: 'nodenext', strict: true, target: 'es2020' },
      },
    };
    expect(outline(apart)).toEqual(outline(one));
    expect(extend(apart).looked).toEqual([
      'tsconfig.base.json',
      'config/one',
      'config/one.json',
      'config/two.json',
      'deep.json',
    ]);
  });

  it('has paths from where they are said, or from baseUrl, wherever that is said', () => {
    const paths = { '@acme/ui': ['../libs/ui/index.ts'] };
    const base = { extends: './config/paths.json' };
    const plain = {
      'tsconfig.base.json': base,
      'config/paths.json': { compilerOptions: { paths } },
    };
    expect(outline(plain)?.aliases.get('@acme/ui')).toEqual(['libs/ui/index.ts']);
    expect(extend(plain).pathsIn).toBe('config/paths.json');
    const withBase = {
      'tsconfig.base.json': base,
      'config/paths.json': { compilerOptions: { baseUrl: '.', paths } },
    };
    expect(outline(withBase)?.aliases.get('@acme/ui')).toEqual(['libs/ui/index.ts']);
  });

  it('names the packages from outside that it extends, however they are written', () => {
    const found = extend({
      'tsconfig.base.json': {
        extends: [
          '@tsconfig/strictest/tsconfig.json',
          './node_modules/@tsconfig/node22/tsconfig.json',
          'plain',
        ],
      },
    });
    expect(found.packages).toEqual(['@tsconfig/strictest', '@tsconfig/node22', 'plain']);
    expect(found.looked).toEqual(['tsconfig.base.json']);
  });

  it('is followed into a project by its name, and by the whole folder where no file is found there', () => {
    const base = { 'tsconfig.base.json': { extends: '@acme/tsconfig/base' } };
    const found = extend({
      ...base,
      'at/@acme/tsconfig/base.json': { compilerOptions: { strict: true } },
    });
    expect(outlineTsconfig(found.text)?.rest).toContain('"strict":true');
    const whole = extend({ ...base, 'at/@acme/tsconfig': 'folder' });
    expect(whole.text).toContain('@acme/tsconfig/base tree');
    expect(whole.looked).toContain('at/@acme/tsconfig');
  });

  it('ends where it runs in a circle, and tells a file that is not there or cannot be read from another', () => {
    const base = { extends: './other.json' };
    const circle = {
      'tsconfig.base.json': base,
      'other.json': { extends: './tsconfig.base.json' },
    };
    expect(extend(circle).unread).toEqual([]);
    const texts = [
      { 'tsconfig.base.json': base },
      { 'tsconfig.base.json': base, 'other.json': '{' },
      { 'tsconfig.base.json': base, 'other.json': '{ "compilerOptions": ' },
      { 'tsconfig.base.json': base, 'other.json': {} },
    ].map((files) => outline(files)?.rest);
    expect(new Set(texts).size).toBe(4);
  });
});
