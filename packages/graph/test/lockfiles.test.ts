import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLanewiseError, type RepoPath } from '@lanewise/model';
import { comparePackages, readLockfile, resolvePackages } from '@lanewise/graph';

/** The same workspace, locked by each package manager itself (with other hosts for tarballs). */
const written = {
  'pnpm-lock.yaml': 'pnpm.txt',
  'yarn.lock': 'yarn-berry.txt',
  'classic/yarn.lock': 'yarn-classic.txt',
  'bun.lock': 'bun.txt',
} as const;

const content = (file: string) =>
  readFileSync(new URL(`lockfiles/${file}`, import.meta.url), 'utf8');
const path = (text: string) => text as RepoPath;

function keys(
  text: string,
  file: string,
  folder: string,
  names: readonly string[] | null,
): string[] {
  const { packages, wider } = resolvePackages(readLockfile(text, path(file)), path(folder), names);
  expect(wider).toBeNull();
  return [...packages.values()]
    .map(({ name, version }) => `${name} ${version.replace(/\(.*/, '')}`)
    .sort();
}

const reactAndAll = ['js-tokens 4.0.0', 'loose-envify 1.4.0', 'react 18.3.1'];

describe.each(Object.entries(written))('%s', (file, fixture) => {
  const text = content(fixture);

  it('gives everything behind a name', () => {
    expect(keys(text, file, 'apps/web', ['react-dom'])).toEqual([
      ...(fixture.startsWith('yarn')
        ? ['js-tokens 4.0.0', 'loose-envify 1.4.0', 'react-dom 18.3.1']
        : ['js-tokens 4.0.0', 'loose-envify 1.4.0', 'react 18.3.1', 'react-dom 18.3.1']),
      'scheduler 0.23.2',
    ]);
  });

  it('tells versions apart by who asks, or takes all', () => {
    const legacy = ['js-tokens 4.0.0', 'loose-envify 1.4.0', 'object-assign 4.1.1', 'react 17.0.2'];
    if (fixture === 'yarn-classic.txt') {
      expect(keys(text, file, 'apps/web', ['react'])).toEqual([...legacy, 'react 18.3.1']);
      return;
    }
    expect(keys(text, file, 'apps/web', ['react'])).toEqual(reactAndAll);
    expect(keys(text, file, 'apps/legacy', ['react'])).toEqual(legacy);
    // A project without a package.json of its own gets what the folder above has.
    expect(keys(text, file, 'apps/legacy/plugins/a', ['react'])).toEqual(legacy);
    expect(keys(text, file, 'apps/legacy', ['semver'])).toEqual(['semver 7.8.6']);
  });

  it('knows an alias by the name in use or by its own', () => {
    const [number, odd] = keys(text, file, 'apps/web', ['old']);
    expect(number).toBe('is-number 4.0.0');
    expect(odd).toMatch(/^(?:old npm:is-odd@2\.0\.0|is-odd 2\.0\.0)$/);
  });

  it('leaves folders of the workspace to the graph of projects', () => {
    expect(keys(text, file, 'apps/web', ['@acme/ui', 'node:fs'])).toEqual([]);
  });

  it('sees a change of version only for those who use it', () => {
    const changed = text
      .replaceAll('clsx@2.1.1', 'clsx@2.1.9')
      .replace('version "2.1.1"', 'version "2.1.9"')
      .replace('version: 2.1.1\n', 'version: 2.1.9\n')
      .replace('version: 2.1.1\n', 'version: 2.1.9\n')
      .replaceAll('"clsx@npm:2.1.1"', '"clsx@npm:2.1.9"');
    expect(changed).not.toBe(text);
    const compare = (folder: string, names: readonly string[]) => {
      const [before, after] = [text, changed].map((one) =>
        resolvePackages(readLockfile(one, path(file)), path(folder), names),
      );
      return before === undefined || after === undefined ? null : comparePackages(before, after);
    };
    expect(compare('libs/ui', ['clsx'])).toEqual([
      { name: 'clsx', before: ['2.1.1'], after: ['2.1.9'], direct: true, path: ['clsx'] },
    ]);
    expect(compare('apps/web', ['react', 'react-dom', 'old'])).toEqual([]);
  });

  it('is refused with its line in the middle of a merge', () => {
    const line = 12;
    const lines = text.split('\n');
    lines.splice(line - 1, 0, '<<<<<<< HEAD');
    expect(() => readLockfile(lines.join('\n'), path(file))).toThrow(
      expect.objectContaining({
        code: 'GRAPH_INVALID',
        place: expect.objectContaining({ line }) as unknown,
      }),
    );
  });
});

describe('a damaged lockfile', () => {
  it.each(Object.entries(written))('%s is read or refused, never a crash', (file, fixture) => {
    const text = content(fixture);
    const piece = fc.constantFrom(
      '',
      ' ',
      '\n',
      '  ',
      ':',
      '"',
      "'",
      '{',
      '}',
      '[',
      ',',
      '- ',
      '? ',
      '|-',
      '@',
      '\0',
    );
    const cut = fc.tuple(fc.nat(text.length), fc.nat(60), piece);
    const seed = Date.now() & 0x7fffffff;
    const property = fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (cuts) => {
      let damaged = text;
      for (const [at, length, insert] of cuts)
        damaged = damaged.slice(0, at) + insert + damaged.slice(at + length);
      try {
        const lock = readLockfile(damaged, path(file));
        for (const names of [null, ['react', '@acme/ui']])
          resolvePackages(lock, path('apps/web'), names);
      } catch (error) {
        if (!isLanewiseError(error, 'GRAPH_INVALID')) throw error;
      }
    });
    fc.assert(property, { seed, numRuns: 300 });
  });
});

describe('names that nobody hands over', () => {
  it('are those of the package.json, where the lockfile repeats them', () => {
    const web = ['is-number 4.0.0', 'react 18.3.1', 'react-dom 18.3.1', 'scheduler 0.23.2'];
    for (const [file, fixture] of Object.entries(written)) {
      if (fixture === 'yarn-classic.txt') continue;
      expect(keys(content(fixture), file, 'apps/web', null)).toEqual(expect.arrayContaining(web));
    }
  });

  it('are not known to Yarn 1, which is said', () => {
    const lock = readLockfile(content('yarn-classic.txt'), path('yarn.lock'));
    expect(resolvePackages(lock, path('apps/web'), null).wider).toContain('apps/web');
  });
});

describe("pnpm's older lockfiles", () => {
  it('of version 6 are read alike', () => {
    const text = `lockfileVersion: '6.0'
importers:
  .: {}
  apps/web:
    dependencies:
      '@acme/ui': {specifier: 'workspace:*', version: link:../../libs/ui}
      '@s/x': {specifier: ^1.0.0, version: 1.0.0(react@18.2.0)}
      old: {specifier: npm:is-odd@2, version: /is-odd@2.0.0}
packages:
  /@s/x@1.0.0(react@18.2.0):
    resolution: {integrity: sha512-x}
    peerDependencies: {react: '*'}
    dependencies: {react: 18.2.0}
  /react@18.2.0:
    resolution: {tarball: https://example.com/react.tgz}
    dev: false
  /is-odd@2.0.0:
    resolution: {integrity: sha512-odd}
    deprecated: |-
      Please: use
      something else
    dev: false
`;
    expect(keys(text, 'pnpm-lock.yaml', 'apps/web', null)).toEqual([
      '@s/x 1.0.0',
      'is-odd 2.0.0',
      'react 18.2.0',
    ]);
  });

  it('of version 5 for a single package are read alike', () => {
    const text = `lockfileVersion: 5.4
specifiers:
  react-dom: ^18
dependencies:
  react-dom: 18.2.0_react@18.2.0
packages:
  /react-dom/18.2.0_react@18.2.0:
    resolution: {integrity: sha512-dom}
    peerDependencies:
      react: ^18
    dependencies:
      react: 18.2.0
    dev: false
  /react/18.2.0:
    resolution: {integrity: sha512-react}
    engines: {node: '>=0.10.0'}
    dev: false
`;
    expect(keys(text, 'pnpm-lock.yaml', '', ['react-dom'])).toEqual([
      'react 18.2.0',
      'react-dom 18.2.0_react@18.2.0',
    ]);
  });

  it('of an unknown version are refused', () => {
    expect(() => readLockfile("lockfileVersion: '12.0'\n", path('pnpm-lock.yaml'))).toThrow(
      /lockfileVersion 12.0/,
    );
  });

  it('may have keys that are written over two lines, and a document before them', () => {
    const text = `---
lockfileVersion: '9.0'
importers:
  .:
    configDependencies: {}
---
lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a:
        specifier: '1'
        version: 1.0.0(b@1.0.0)
packages:
  a@1.0.0:
    resolution: {integrity: sha512-a}
snapshots:
  ? a@1.0.0(b@1.0.0)
  : dependencies:
      b: 1.0.0
    transitivePeerDependencies:
    - c
    - d
  b@1.0.0: {}
`;
    expect(keys(text, 'pnpm-lock.yaml', '', null)).toEqual(['a 1.0.0', 'b 1.0.0']);
  });
});

describe("Yarn's lockfiles", () => {
  it('name a patch and a git commit in full', () => {
    const text = `__metadata:
  version: 8

"acme@workspace:.":
  version: 0.0.0-use.local
  resolution: "acme@workspace:."
  dependencies:
    a: "patch:a@npm%3A1.0.0#~/a.patch"
    g: "https://git.example.com/g.git"
  languageName: unknown
  linkType: soft

"a@patch:a@npm%3A1.0.0#~/a.patch":
  version: 1.0.0
  resolution: "a@patch:a@npm%3A1.0.0#~/a.patch::version=1.0.0&hash=abc"
  checksum: 10c0/0123
  languageName: node
  linkType: hard

"g@https://git.example.com/g.git":
  version: 2.0.0
  resolution: "g@https://git.example.com/g.git#commit=fedcba"
  languageName: node
  linkType: hard
`;
    expect(keys(text, 'yarn.lock', '', null)).toEqual([
      'a patch:a@npm%3A1.0.0#~/a.patch::version=1.0.0&hash=abc',
      'g https://git.example.com/g.git#commit=fedcba',
    ]);
    const other = text.replace('10c0/0123', '10c1/0123');
    const both = [text, other].map((one) =>
      resolvePackages(readLockfile(one, path('yarn.lock')), path(''), null),
    );
    expect(
      both[0]?.packages.get('a@patch:a@npm%3A1.0.0#~/a.patch::version=1.0.0&hash=abc')?.integrity,
    ).toBe('0123');
    expect(both[1]).toEqual(both[0]);
  });

  it('of version 1 resolve a range that resolutions took over', () => {
    const text = `# yarn lockfile v1


a@^1.0.0, a@^1.1.0:
  version "1.1.0"
  resolved "https://registry.example.com/a.tgz#hash"
  dependencies:
    b "^9.0.0"
    gone "^1.0.0"

b@2.0.0:
  version "2.0.0"
`;
    const found = resolvePackages(readLockfile(text, path('yarn.lock')), path(''), ['a']);
    expect([...found.packages.keys()]).toEqual(['a@1.1.0', 'b@2.0.0']);
    expect(found.wider).toBe('a@1.1.0 needs gone, which the lockfile lacks');
  });
});
