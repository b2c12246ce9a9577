import { describe, expect, it } from 'vitest';
import { graphFromNx, withLinkedFolders, type WorkspaceGraph } from '@lanewise/graph';
import type { CommitId, RepoPath } from '@lanewise/model';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import { entryOf, first, plan, product, release, releaseOf, sourcesAt } from './workspace.js';

const config = `
products:
  image: registry.example.com/{product}
  each: { docs: {}, api: {} }
environments: { dev: {} }
`;

const node = (name: string, root: string) => ({ name, type: 'lib', data: { root, tags: [] } });

const plain = graphFromNx(
  {
    nodes: { docs: node('docs', 'apps/docs'), api: node('api', 'apps/api') },
    dependencies: {
      docs: [],
      api: [{ source: 'api', target: 'npm:right', type: 'static' }],
    },
    externalNodes: { 'npm:right': { data: { packageName: 'right' } } },
  },
  {},
  { lockfile: 'package-lock.json' as RepoPath },
);

const manifests = {
  'apps/docs': { dependencies: { left: 'file:../../vendor/left' } },
  'vendor/left': { dependencies: { deep: '*' } },
};
const followed = withLinkedFolders(plain, (folder) => manifests[folder as keyof typeof manifests]);

const lock = (deep: string): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      'apps/docs': { dependencies: { left: 'file:../../vendor/left' } },
      'node_modules/left': { resolved: 'vendor/left', link: true },
      'vendor/left': { dependencies: { deep: '*' } },
      'vendor/left/node_modules/deep': { version: deep, integrity: deep },
      'node_modules/deep': { version: '0.1.0', integrity: 'other' },
      'node_modules/right': { version: '1.0.0', integrity: 'right' },
    },
  });

const files = {
  'apps/docs/package.json': JSON.stringify(manifests['apps/docs']),
  'apps/api/main.ts': '1',
  'vendor/left/package.json': JSON.stringify(manifests['vendor/left']),
  'vendor/left/index.js': '1',
  'package-lock.json': lock('1.0.0'),
};

async function released(graph: WorkspaceGraph = followed): Promise<MemoryRemote> {
  const remote = makeMemoryRemote();
  const head = remote.commit(files, 'feat: begin');
  await release(sourcesAt(remote.open(), head, { config, graph }), {
    ...first,
    products: ['docs', 'api'].map(product),
  });
  return remote;
}

const planAt = (remote: MemoryRemote, head: CommitId): ReturnType<typeof plan> =>
  plan(sourcesAt(remote.open(), head, { config, graph: followed }));

describe('a folder that is taken as a package', () => {
  it('affects its takers by its files, on the way there, and tells of its commits', async () => {
    const remote = await released();
    const head = remote.commit({ 'vendor/left/index.js': '2' }, 'fix: the left one');
    const found = await planAt(remote, head);
    expect(releaseOf(found, 'docs').reasons).toEqual([
      {
        kind: 'dependency',
        project: 'vendor/left',
        path: ['docs', 'vendor/left'],
        files: { count: 1, shown: [{ path: 'vendor/left/index.js', change: 'changed' }] },
      },
    ]);
    expect(releaseOf(found, 'docs').notes.map(({ subject }) => subject)).toEqual(['the left one']);
    expect(entryOf(found, 'api').kind).toBe('unaffected');
  });

  it('affects its takers by the packages that it resolves to from its own place', async () => {
    const remote = await released();
    const head = remote.commit({ 'package-lock.json': lock('1.0.1') }, 'build: deep');
    const found = await planAt(remote, head);
    expect(releaseOf(found, 'docs').reasons).toMatchObject([
      { kind: 'package', name: 'deep', after: ['1.0.1'], path: ['docs', 'vendor/left'] },
    ]);
    expect(entryOf(found, 'api').kind).toBe('unaffected');
  });

  it('that was not followed when its taker was released is compared, and is no reason by itself', async () => {
    const remote = await released(plain);
    const same = remote.commit({ 'README.md': '1' }, 'docs: read me');
    expect(entryOf(await planAt(remote, same), 'docs').kind).toBe('unaffected');
    const head = remote.commit({ 'vendor/left/index.js': '2' }, 'fix: the left one');
    expect(releaseOf(await planAt(remote, head), 'docs').reasons).toMatchObject([
      { kind: 'dependency', project: 'vendor/left', files: { count: 1 } },
    ]);
  });
});
