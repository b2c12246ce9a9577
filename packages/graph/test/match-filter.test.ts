import { minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { graphFromNx, matchFilter, matchGlobs } from '@lanewise/graph';
import type { ProjectName } from '@lanewise/model';

const files = [
  '.eslintrc',
  '.hid/f',
  'README.md',
  'doc/r.md',
  'doc/é.md',
  'project.json',
  'spec.js',
  'src/(g).ts',
  'src/.hidden.ts',
  'src/[id].ts',
  'src/a.spec.ts',
  'src/a.test.tsx',
  'src/a.ts',
  'src/sp ace.ts',
  'src/x/b.spec.ts.snap',
  'src/x/b.ts',
  'test.ts',
  'test/a.ts',
  'test/fixtures/x.ts',
];

/** The files of a project at `root` that count under the named input `production`. */
function counted(inputs: readonly unknown[], root = 'libs/t'): string[] {
  const nodes = { t: { data: { root, namedInputs: { production: inputs } } } };
  const graph = graphFromNx({ nodes, dependencies: {} }, {});
  const project = graph.projects.get('t' as ProjectName);
  if (project === undefined) throw new Error('no project');
  const test = matchFilter(project.filter, root, []);
  return files.filter((file) => test(root === '' ? file : `${root}/${file}`));
}

const without = (...names: string[]) => files.filter((file) => !names.includes(file));
const inFolder = (folder: string) => files.filter((file) => file.startsWith(`${folder}/`));

/** What `nx show target inputs` of Nx 23.2.1 lists for these inputs and files. */
const asNx: readonly [inputs: readonly unknown[], files: readonly string[]][] = [
  [['{projectRoot}/**/*'], files],
  [['{projectRoot}/**'], files],
  [
    ['{projectRoot}/**/*', '!{projectRoot}/**/?(*.)+(spec|test).[jt]s?(x)?(.snap)'],
    without('spec.js', 'src/a.spec.ts', 'src/a.test.tsx', 'src/x/b.spec.ts.snap', 'test.ts'),
  ],
  // What is taken away stays away, wherever that stands.
  [
    ['!{projectRoot}/test/**', '{projectRoot}/**/*', '{projectRoot}/test/fixtures/**'],
    without('test/a.ts', 'test/fixtures/x.ts'),
  ],
  [['!{projectRoot}/**/*.md'], without('README.md', 'doc/r.md', 'doc/é.md')],
  [[{ env: 'MODE' }], []],
  [['{workspaceRoot}/nx.json'], []],
  [['{projectRoot}/*'], ['.eslintrc', 'README.md', 'project.json', 'spec.js', 'test.ts']],
  [['{projectRoot}/src/**/*.{ts,tsx}'], inFolder('src').filter((file) => /\.tsx?$/.test(file))],
  [['{projectRoot}/src'], []],
  [['{projectRoot}/src/'], inFolder('src')],
  [['{projectRoot}/.hid/**/*'], ['.hid/f']],
  [['{projectRoot}/**/*.ts'], files.filter((file) => file.endsWith('.ts'))],
  [['{projectRoot}/src/[a-z].ts'], ['src/a.ts']],
  [
    ['{projectRoot}/src/!(a).ts'],
    ['src/(g).ts', 'src/.hidden.ts', 'src/[id].ts', 'src/a.spec.ts', 'src/sp ace.ts'],
  ],
  [
    ['{projectRoot}/!(src)/**/*'],
    ['.hid/f', 'doc/r.md', 'doc/é.md', 'test/a.ts', 'test/fixtures/x.ts'],
  ],
  [['{projectRoot}/src/@(a|x)*'], ['src/a.spec.ts', 'src/a.test.tsx', 'src/a.ts']],
  [['{projectRoot}/src/?.ts'], ['src/a.ts']],
  [['{projectRoot}/**/x/**/*.ts'], ['src/x/b.ts']],
  [[{ fileset: '{projectRoot}/**/*.md' }], ['README.md', 'doc/r.md', 'doc/é.md']],
  [[{ json: '{projectRoot}/project.json', fields: ['name'] }], ['project.json']],
  [['{projectRoot}/src/\\[id\\].ts'], ['src/[id].ts']],
  [['{projectRoot}/+(src|doc)/**'], [...inFolder('doc'), ...inFolder('src')]],
  [
    ['{projectRoot}/**/*', '!{projectRoot}/{src,doc}/**'],
    files.filter((file) => !/^(?:src|doc)\//.test(file)),
  ],
];

describe('a filter', () => {
  it.each(asNx)('counts for %j what Nx counts', (inputs, expected) => {
    expect(counted(inputs)).toEqual(expected);
  });

  it.each(asNx)(
    'counts for %j the same in the root and in a folder with odd letters',
    (inputs, expected) => {
      expect(counted(inputs, 'apps/[slug] (new)/$x+{y}')).toEqual(expected);
      expect(counted(inputs, '')).toEqual(expected);
    },
  );

  it('reads single globs as minimatch does with files that begin with a dot', () => {
    const globs = asNx
      .flatMap(([inputs]) => inputs)
      .filter(
        (input): input is string => typeof input === 'string' && input.includes('{projectRoot}/'),
      )
      .map((input) => input.replace(/^!/, '').replace('{projectRoot}/', ''))
      // A group at the very beginning reads as a negation there.
      .filter((glob) => !glob.endsWith('/') && !glob.startsWith('!('));
    for (const glob of globs) {
      const ours = files.filter(matchGlobs([glob]));
      expect([glob, ours]).toEqual([
        glob,
        files.filter((file) => minimatch(file, glob, { dot: true })),
      ]);
    }
  });

  it('keeps its digest when the project moves, and changes it with its patterns', () => {
    const digest = (root: string, production: readonly string[]) => {
      const nodes = { t: { data: { root, namedInputs: { production } } } };
      return [...graphFromNx({ nodes, dependencies: {} }, {}).projects.values()][0]?.filter.digest;
    };
    expect(digest('a/b', ['{projectRoot}/x*'])).toBe(digest('c', ['{projectRoot}/x*']));
    expect(digest('a/b', ['{projectRoot}/x*'])).not.toBe(digest('a/b', ['{projectRoot}/y*']));
    expect(digest('a/b', ['{workspaceRoot}/x*'])).not.toBe(digest('a/b', ['{projectRoot}/x*']));
  });

  it('ends at the folder: a neighbour whose name begins alike does not count', () => {
    const test = matchFilter({ patterns: ['apps/web/**/*'] }, 'apps/web', ['apps/web/admin']);
    expect(
      ['apps/web/a', 'apps/web2/a', 'apps/web/admin/a', 'apps/web/admin2/a'].filter(test),
    ).toEqual(['apps/web/a', 'apps/web/admin2/a']);
  });

  it('goes through named inputs that name each other in a circle', () => {
    expect(counted(['production', '{projectRoot}/doc/**'])).toEqual(inFolder('doc'));
  });

  it('counts the whole project where an input is defined nowhere, and says so', () => {
    expect(counted(['prodction'])).toEqual(files);
  });

  it('has what Git cannot show as unseen, and packages named as inputs as packages', () => {
    const production = [
      { runtime: 'node -v' },
      { env: 'MODE' },
      { dependentTasksOutputFiles: '**/*.d.ts' },
      { externalDependencies: ['vite'] },
      '^production',
      { input: 'default', dependencies: true },
    ];
    const nodes = { t: { data: { root: 't', namedInputs: { production } } } };
    const [project] = graphFromNx({ nodes, dependencies: {} }, {}).projects.values();
    expect(project?.filter.unseen).toEqual(['env MODE', 'outputs **/*.d.ts', 'runtime node -v']);
    expect(project?.packages).toEqual(['vite']);
  });
});

describe('an ordered list of globs', () => {
  it('lets the last one that matches decide', () => {
    const test = matchGlobs(['certs/**', '!certs/old/**', 'certs/old/keep.pem']);
    expect(['certs/a.pem', 'certs/old/a.pem', 'certs/old/keep.pem', 'x'].filter(test)).toEqual([
      'certs/a.pem',
      'certs/old/keep.pem',
    ]);
  });
});

describe('names with line breaks', () => {
  it.each(['src/**/*', 'src/*/b.js', '**/*.js', 'src/l?*/*', 'src/!(x)/b.js'])(
    'are matched by %s like other names',
    (glob) => {
      expect(matchGlobs([glob])('src/li\nne/b.js')).toBe(true);
    },
  );
});
