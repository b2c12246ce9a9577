import { describe, expect, it } from 'vitest';
import type { CommitId, ProjectName, RepoPath, Timestamp } from '@lanewise/model';
import {
  explainProduct,
  sharedExplanations,
  type PlanEntry,
  type Reason,
  type ReleaseState,
  type TouchingCommit,
} from '@lanewise/release';
import { product, version } from './workspace.js';

const id = (letter: string): CommitId => letter.repeat(40) as CommitId;
const project = (name: string): ProjectName => name as ProjectName;
const path = (text: string): RepoPath => text as RepoPath;

function commit(
  letter: string,
  paths: readonly string[],
  extra: Partial<TouchingCommit> & { projects?: readonly string[] } = {},
): TouchingCommit {
  const { projects = [], ...rest } = extra;
  return {
    id: id(letter),
    message: `feat: ${letter}\n\nbody`,
    merge: false,
    dependency: false,
    ...rest,
    origin: {
      author: { name: 'Dev', email: 'dev@example.com' },
      authoredAt: 1 as Timestamp,
      projects: new Set(projects.map(project)),
      paths: paths.map(path),
    },
  };
}

const files = (...paths: readonly string[]) => ({
  count: paths.length,
  shown: paths.map((one) => ({ path: path(one), change: 'changed' as const })),
});

/** A state and its plan's entry, as far as an explanation reads them. */
function explain(reasons: readonly Reason[], commits: readonly TouchingCommit[], name = 'docs') {
  const state = {
    head: { commit: id('f'), committedAt: 2 },
    products: [
      {
        product: product(name),
        project: project(name),
        commits,
        base: {
          kind: 'base',
          release: {
            tag: `refs/tags/${name}@1.0.0`,
            version: version('1.0.0'),
            commit: id('0'),
            committedAt: 0,
          },
        },
      },
    ],
  } as unknown as ReleaseState;
  const entry = { kind: 'release', product: product(name), reasons } as unknown as PlanEntry;
  return explainProduct(state, entry);
}

describe('an explanation', () => {
  it('gives each file its commits, newest first, and only those that touched it', () => {
    const found = explain(
      [{ kind: 'own-files', files: files('a', 'b') }],
      [commit('c', ['a']), commit('b', ['a', 'b', 'x']), commit('a', ['x'])],
    );
    expect(found.base).toMatchObject({ tag: 'docs@1.0.0', commit: id('0') });
    expect(found.causes).toMatchObject([
      {
        path: ['docs'],
        fileCount: 2,
        files: [
          { path: 'a', commits: [id('c'), id('b')] },
          { path: 'b', commits: [id('b')] },
        ],
        commits: [id('c'), id('b')],
      },
    ]);
    expect(found.commits.map(({ subject }) => subject)).toEqual(['feat: c', 'feat: b']);
    expect(found.touching).toBe(3);
  });

  it('names a merge only where no other commit tells', () => {
    const reasons: Reason[] = [{ kind: 'own-files', files: files('a', 'b') }];
    const found = explain(reasons, [commit('d', ['a', 'b'], { merge: true }), commit('c', ['a'])]);
    expect(found.causes[0]?.files.map(({ commits }) => commits)).toEqual([[id('c')], [id('d')]]);
  });

  it('tells a package by the lockfile’s commits, with the way through packages', () => {
    const reason: Reason = {
      kind: 'package',
      lockfile: path('package-lock.json'),
      name: 'deep',
      before: ['1'],
      after: ['2'],
      project: project('ui'),
      path: [project('docs'), project('ui')],
      packages: ['react', 'deep'],
    };
    const [cause] = explain(
      [reason],
      [commit('c', ['package-lock.json']), commit('b', ['a'])],
    ).causes;
    expect(cause).toMatchObject({
      path: ['docs', 'ui', 'react', 'deep'],
      fileCount: 0,
      files: [],
      commits: [id('c')],
    });
  });

  it('tells by the project where not every file is named', () => {
    const reason: Reason = {
      kind: 'dependency',
      project: project('ui'),
      path: [project('docs'), project('ui')],
      files: { ...files('a'), count: 900 },
    };
    const [cause] = explain(
      [reason],
      [commit('c', ['z'], { projects: ['ui'] }), commit('b', ['y'], { projects: ['api'] })],
    ).causes;
    expect(cause).toMatchObject({ fileCount: 900, commits: [id('c')] });
  });

  it('keeps subjects and authors on one line', () => {
    const odd = { ...commit('c', ['a']), message: 'feat: \u001b[31mred\r\n\nmore' };
    const found = explain([{ kind: 'own-files', files: files('a') }], [odd]);
    // eslint-disable-next-line no-control-regex -- none may be left
    expect(found.commits[0]?.subject).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('shared causes', () => {
  const through = (name: string, via: string): Reason => ({
    kind: 'dependency',
    project: project(via),
    path: [project(name), project(via)],
    files: files(`libs/${via}/x`),
  });

  it('are those of several products, the widest first, whatever way they take', () => {
    const found = sharedExplanations([
      explain([through('api', 'log')], [], 'api'),
      explain([through('docs', 'log'), through('docs', 'ui')], [], 'docs'),
      explain([through('web', 'ui'), through('web', 'log')], [], 'web'),
      explain([{ kind: 'own-files', files: files('x') }], [], 'cli'),
      explain([{ kind: 'own-files', files: files('x') }], [], 'job'),
    ]);
    expect(found.map(({ products }) => products)).toEqual([
      ['api', 'docs', 'web'],
      ['docs', 'web'],
    ]);
  });
});

describe('a cause that several products share', () => {
  it('is told with the commits of one for which they are known', () => {
    const reason = { kind: 'joined', project: project('ui'), path: [project('x')] } as const;
    const cause = { reason, path: ['x'], fileCount: 0, files: [] };
    const unsure = { ...cause, commits: [id('a'), id('b')], unsure: 'not looked into' };
    const known = { ...cause, commits: [id('a')] };
    const explanations = [
      { product: product('api'), causes: [unsure] },
      { product: product('docs'), causes: [known] },
      { product: product('web'), causes: [unsure] },
    ] as unknown as Parameters<typeof sharedExplanations>[0];
    expect(sharedExplanations(explanations)).toEqual([
      { cause: known, products: ['api', 'docs', 'web'] },
    ]);
  });
});
