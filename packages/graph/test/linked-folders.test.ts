import { describe, expect, it } from 'vitest';
import {
  affectedProjects,
  declaredGraph,
  loadNxGraph,
  productInputs,
  readGraphFile,
  renderGraph,
  selectProducts,
  withLinkedFolders,
  type ProductInputs,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { RepoPath } from '@lanewise/model';
import { config, drawGraph, product } from './graphs.js';
import { nxWorkspace } from './workspaces.js';

type Manifests = Readonly<Record<string, object>>;

const linked = (graph: WorkspaceGraph, manifests: Manifests): WorkspaceGraph =>
  withLinkedFolders(graph, (folder) => manifests[folder]);

const ways = ({ members }: ProductInputs): readonly string[] =>
  members.map(({ path }) => path.join(' → '));

const inputsOf = (graph: WorkspaceGraph, name = 'docs'): ProductInputs =>
  productInputs(graph, product(name), config());

const drawing = { docs: ['ui'], api: [], ui: [] };

describe('a folder that is taken as a package and is no project', () => {
  it('is what its takers are built from, by any word for it and however it is written', () => {
    for (const range of [
      'file:../../vendor/left',
      'link:../../vendor/left/',
      'portal:../../vendor/left',
      'file:./../../vendor/left',
      '../../vendor/left',
    ]) {
      const graph = linked(drawGraph(drawing), {
        'at/docs': { dependencies: { left: range } },
        'vendor/left': { name: 'left' },
      });
      expect(ways(inputsOf(graph)), range).toEqual(['docs', 'docs → ui', 'docs → vendor/left']);
      expect(ways(inputsOf(graph, 'api')), range).toEqual(['api']);
    }
  });

  it('leads on to the folders that it takes itself, and to its packages', () => {
    const graph = linked(drawGraph(drawing), {
      'at/ui': { devDependencies: { left: 'file:../../vendor/left' } },
      'vendor/left': {
        dependencies: { deep: '^1.0.0', right: 'file:../right' },
        peerDependencies: { react: '*' },
        devDependencies: { tool: '*', own: 'file:../tool' },
      },
      'vendor/right': { dependencies: { left: 'file:../left' } },
    });
    const inputs = inputsOf(graph);
    expect(ways(inputs)).toEqual([
      'docs',
      'docs → ui',
      'docs → ui → vendor/left',
      'docs → ui → vendor/left → vendor/right',
    ]);
    expect(inputs.members[2]?.project).toMatchObject({
      root: 'vendor/left',
      packages: ['deep', 'react'],
      filter: { patterns: ['vendor/left/**/*'] },
    });
  });

  it('of the root’s package.json is taken by those who use the package, and by all where nobody is known to', () => {
    const manifests = { '': { dependencies: { left: 'file:vendor/left' } } };
    const graph = drawGraph(drawing);
    const users = new Map(graph.projects);
    const [ui] = [...graph.projects.values()].filter(({ name }) => name === 'ui');
    if (ui !== undefined) users.set(ui.name, { ...ui, packages: ['left'] });
    const known = linked({ ...graph, projects: users }, manifests);
    expect(ways(inputsOf(known))).toEqual(['docs', 'docs → ui', 'docs → ui → vendor/left']);
    expect(ways(inputsOf(known, 'api'))).toEqual(['api']);
    const unknown = linked(graph, manifests);
    expect(ways(inputsOf(unknown, 'api'))).toEqual(['api', 'api → vendor/left']);
  });

  it('of the root is not for a project that asks for another package of that name', () => {
    const graph = linked(drawGraph(drawing), {
      '': { dependencies: { left: 'file:vendor/left' } },
      'at/api': { dependencies: { left: '^1.0.0' } },
    });
    expect(ways(inputsOf(graph, 'api'))).toEqual(['api']);
    expect(ways(inputsOf(graph))).toContain('docs → vendor/left');
  });

  it('may be forced on all by overrides and resolutions', () => {
    for (const forced of [
      { overrides: { left: 'file:vendor/left' } },
      { resolutions: { '**/left': 'link:./vendor/left' } },
      { pnpm: { overrides: { 'right>left@^1.0.0': 'link:vendor/left' } } },
    ]) {
      const graph = linked(drawGraph(drawing), { '': forced });
      expect(ways(inputsOf(graph, 'api')), JSON.stringify(forced)).toEqual([
        'api',
        'api → vendor/left',
      ]);
    }
  });

  it('inside a project or another such folder stays a part of that', () => {
    const graph = linked(drawGraph(drawing), {
      'at/docs': { dependencies: { left: 'file:../../vendor', right: 'file:../../vendor/right' } },
      'at/ui': { dependencies: { inner: 'file:../api/inner' } },
    });
    expect(ways(inputsOf(graph, 'api'))).toEqual(['api', 'api → at/api/inner']);
    expect(graph.edges).toContainEqual({
      source: 'vendor',
      target: 'vendor/right',
      type: 'static',
    });
  });

  it('in the taker itself is among its files, and its packages are the taker’s', () => {
    const graph = linked(drawGraph(drawing), {
      'at/docs': { dependencies: { left: 'file:./left' } },
      'at/docs/left': { dependencies: { deep: '*' } },
    });
    expect(ways(inputsOf(graph))).toEqual(['docs', 'docs → ui']);
    expect(inputsOf(graph).members[0]?.project.packages).toEqual(['deep']);
  });

  it('is not made of archives, projects, places outside of the workspace and ranges', () => {
    const graph = drawGraph(drawing);
    const same = linked(graph, {
      'at/docs': {
        dependencies: {
          archive: 'file:../../vendor/left-1.0.0.tgz',
          project: 'file:../ui',
          outside: 'file:../../../left',
          absolute: 'file:/srv/left',
          range: '^1.0.0',
          workspace: 'workspace:*',
          root: 'file:../..',
          number: 1,
        },
      },
    });
    expect(same).toBe(graph);
  });

  it('is never chosen as a product or named as a project to run', () => {
    const graph = linked(drawGraph(drawing), {
      'at/docs': { dependencies: { left: 'file:../../vendor/left' } },
    });
    const select = config('products: { select: ["*"] }');
    expect(selectProducts(graph, select, ['left']).map(({ name }) => name)).toEqual([
      'api',
      'docs',
      'ui',
    ]);
    const touched = [{ path: 'vendor/left/index.js' as RepoPath, deleted: false }];
    expect(affectedProjects({ graph, touched }).map(({ project }) => project)).toEqual(['docs']);
  });

  it('is kept in a saved graph, and found once when that is read again', () => {
    const manifests = { 'at/docs': { dependencies: { left: 'file:../../vendor/left' } } };
    const graph = linked(drawGraph(drawing), manifests);
    const again = readGraphFile(renderGraph({ graph, products: [] }, 'json'), { file: 'g.json' });
    expect(ways(inputsOf(again))).toEqual(ways(inputsOf(graph)));
    expect(linked(again, manifests).projects.size).toBe(4);
    expect(linked(again, manifests).edges).toEqual(again.edges);
  });

  it('is followed from declared projects as well', () => {
    const parsed = config('products: { each: { docs: { root: apps/docs } } }');
    const graph = linked(declaredGraph(parsed, 'yarn.lock' as RepoPath), {
      'apps/docs': { dependencies: { left: 'link:../../vendor/left' } },
    });
    expect(ways(productInputs(graph, product('docs'), parsed))).toEqual([
      'docs',
      'docs → vendor/left',
    ]);
  });

  it('is found where Nx gives the graph', async () => {
    const workspace = nxWorkspace({
      'packages/docs/package.json': {
        name: 'docs',
        version: '1.0.0',
        dependencies: { left: 'file:../../vendor/left' },
      },
      'vendor/left/package.json': { name: 'left', version: '1.0.0' },
    });
    const graph = await loadNxGraph({ ...workspace, timeoutMs: 60_000 });
    expect(ways(inputsOf(graph))).toEqual(['docs', 'docs → vendor/left']);
  }, 90_000);
});
