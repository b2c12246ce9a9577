import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nxProjects, readProjectFiles, type NamedProject } from '@lanewise/graph';
import { seed } from '@lanewise/testing';
import { repositoryRoot } from './workspaces.js';

const project = (name: string, root: string, ...tags: string[]): NamedProject => {
  return { name, root, tags };
};

const workspace = [
  project('@acme/api', 'packages/api', 'type:app', 'npm:private'),
  project('web', 'apps/web', 'type:app', 'scope:shop'),
  project('web-e2e', 'apps/web-e2e', 'type:e2e'),
  project('@acme/ui-lib', 'packages/ui/lib', 'type:lib'),
  project('date-lib', 'libs/date', 'type:lib'),
  project('tag:odd', 'odd'),
  project(':services:docs', 'services/docs'),
  project('acme', '', 'npm:private'),
];

const chosen = (patterns: readonly string[]): string[] =>
  [...nxProjects(workspace).matching(patterns)].sort();

describe('the projects of a release group', () => {
  it.each([
    [['tag:type:app'], ['@acme/api', 'web']],
    [['tag:type:*'], ['@acme/api', '@acme/ui-lib', 'date-lib', 'web', 'web-e2e']],
    [['tag:odd'], ['tag:odd']],
    [['packages/*'], ['@acme/api']],
    [['packages/**'], ['@acme/api', '@acme/ui-lib']],
    [['directory:apps/*'], ['web', 'web-e2e']],
    [['*-lib'], ['date-lib']],
    [['@acme/*'], ['@acme/api', '@acme/ui-lib']],
    [['api'], ['@acme/api']],
    [['WEB'], ['web']],
    [['libs/date'], ['date-lib']],
    [['name:web'], ['web']],
    [['*', '!tag:type:*', '!acme', '!odd'], [':services:docs']],
    [['!tag:type:*', '!packages/**', '!odd', '!services/*'], ['acme']],
    [['nx-cloud:other', ''], []],
    [[], []],
  ])('chosen by %j are %j', (patterns, expected) => {
    expect(chosen(patterns)).toEqual(expected);
  });

  it('keep their names whole, whatever is asked of them', () => {
    expect(nxProjects(workspace).names).toContain('@acme/ui-lib');
  });
});

const nxFile = join(repositoryRoot, 'node_modules/nx/dist/src/utils/find-matching-projects.js');

describe.skipIf(!existsSync(nxFile))("beside Nx's own choice", () => {
  type Find = (patterns: string[], nodes: Readonly<Record<string, unknown>>) => string[];
  const byNx = createRequire(import.meta.url)(nxFile) as { findMatchingProjects: Find };
  const word = fc.constantFrom(
    'api',
    'web',
    'ui-lib',
    'date-lib',
    'e2e',
    'core',
    'a',
    'Lib',
    'x.y',
  );
  const name = fc.oneof(
    word,
    word.map((one) => `@acme/${one}`),
    fc.tuple(word, word).map(([a, b]) => `${a}-${b}`),
    word.map((one) => `:${one}:sub`),
  );
  const folder = fc
    .tuple(fc.constantFrom('packages', 'apps', 'libs/deep'), word)
    .map((parts) => parts.join('/'));
  const tags = fc.array(fc.constantFrom('type:app', 'type:lib', 'shop', 'npm:private'), {
    maxLength: 2,
  });
  const projects = fc.uniqueArray(fc.record({ name, root: folder, tags }), {
    selector: (one) => one.name,
    maxLength: 7,
  });
  const bare = fc.oneof(
    name,
    folder,
    fc.constantFrom(
      ...['*', '*-lib', 'packages/*', '**/*', '@acme/*', 'libs/**', '{api,web}', 'tag:type:*'],
      ...['tag:shop', 'tag:*', 'directory:apps/*', 'name:*b', 'web*', '+(a|b)*', '[aw]*', 'x.y'],
      ...['packages/**', '*/*', 'apps', '', 'nx-cloud:x', 'tag:!(shop)', 'a?i', '.', 'lib'],
    ),
  );
  const pattern = fc
    .tuple(fc.boolean(), bare)
    .map(([not, one]) => (not && one !== '' ? `!${one}` : one));

  it('makes the same of two thousand random lists of patterns', () => {
    fc.assert(
      fc.property(projects, fc.array(pattern, { maxLength: 4 }), (all, patterns) => {
        const nodes = Object.fromEntries(
          all.map((one) => [one.name, { name: one.name, data: one }]),
        );
        const expected = byNx.findMatchingProjects([...patterns], nodes);
        expect([...nxProjects(all).matching(patterns)].sort()).toEqual([...expected].sort());
      }),
      { numRuns: 2000, seed },
    );
  });
});

describe('the projects that files make', () => {
  it('have the names and tags that Nx gives them, packages only where the workspaces name them', () => {
    const files: Record<string, unknown> = {
      'package.json': { workspaces: ['packages/*'] },
      'packages/api/package.json': { name: '@acme/api', private: true, keywords: ['rest'] },
      'packages/ui/package.json': { name: '@acme/ui', nx: { name: 'ui', tags: ['shop'] } },
      'tools/x/package.json': { name: 'x' },
      'apps/web/project.json': { tags: ['app'] },
    };
    const read = (path: string): string | null =>
      files[path] === undefined ? null : JSON.stringify(files[path]);
    expect(readProjectFiles(Object.keys(files), { read })).toMatchObject([
      { name: '@acme/api', root: 'packages/api', tags: ['npm:private', 'npm:rest'] },
      { name: 'ui', tags: ['npm:public', 'shop'] },
      { name: 'web', root: 'apps/web', tags: ['app'] },
    ]);
  });
});
