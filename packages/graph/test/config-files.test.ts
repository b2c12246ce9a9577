import { describe, expect, it } from 'vitest';
import { compareNxJson, compareTsconfig, projectsOfAlias, readJsonc } from '@lanewise/graph';
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
