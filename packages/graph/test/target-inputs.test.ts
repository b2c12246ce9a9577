import { describe, expect, it } from 'vitest';
import {
  graphFromNx,
  memberTests,
  matchGlobs,
  productInputs,
  readGraphFile,
  renderGraph,
  type ProductInputs,
} from '@lanewise/graph';
import type { ProjectName } from '@lanewise/model';
import { config, product } from './graphs.js';

const nxJson = {
  namedInputs: {
    default: ['{projectRoot}/**/*', 'sharedGlobals'],
    production: ['default', '!{projectRoot}/**/*.spec.ts'],
    sharedGlobals: ['{workspaceRoot}/ci.yml'],
  },
};

function inputsOf(inputs: unknown, extra: { readonly ui?: object } = {}): ProductInputs {
  const node = (name: string, root: string, data: object = {}): [string, unknown] => [
    name,
    { name, type: 'lib', data: { root, tags: [], ...data } },
  ];
  const raw = {
    nodes: Object.fromEntries([
      node('docs', 'apps/docs', {
        targets: { container: inputs === undefined ? {} : { inputs }, build: {} },
      }),
      node('ui', 'libs/ui', extra.ui),
      node('theme', 'libs/theme'),
    ]),
    dependencies: {
      docs: [{ source: 'docs', target: 'ui', type: 'static' }],
      ui: [],
      theme: [],
    },
    externalNodes: {},
  };
  const graph = graphFromNx(raw, nxJson);
  const text = 'products: { each: { docs: { target: container } } }';
  // What is saved and read again answers the same.
  const again = readGraphFile(renderGraph({ graph, products: [] }, 'json'), { file: 'graph.json' });
  const found = productInputs(graph, product('docs'), config(text));
  const kept = productInputs(again, product('docs'), config(text));
  expect(kept.members.map(({ project }) => project.filter)).toEqual(
    found.members.map(({ project }) => project.filter),
  );
  return found;
}

function counted(found: ProductInputs, files: readonly string[]): readonly string[] {
  const tests = memberTests(found);
  const globals = matchGlobs(found.globals);
  return files.filter(
    (file) =>
      globals(file) ||
      found.members.some(({ project }) => tests.get(project.name)?.(file) === true),
  );
}

const files = [
  'apps/docs/Dockerfile',
  'apps/docs/main.ts',
  'apps/docs/main.spec.ts',
  'libs/ui/button.ts',
  'libs/ui/button.spec.ts',
  'libs/theme/theme.css',
  'docker/base.Dockerfile',
  'ci.yml',
];

describe('the inputs of a target', () => {
  it('count as Nx hashes them: its own, and what they say of dependencies', () => {
    const found = inputsOf([
      '{projectRoot}/Dockerfile',
      '{workspaceRoot}/docker/*.Dockerfile',
      '^production',
    ]);
    expect(counted(found, files)).toEqual([
      'apps/docs/Dockerfile',
      'libs/ui/button.ts',
      'docker/base.Dockerfile',
      'ci.yml',
    ]);
  });

  it('are default and ^default where the target names none', () => {
    expect(counted(inputsOf(undefined), files)).toEqual([
      'apps/docs/Dockerfile',
      'apps/docs/main.ts',
      'apps/docs/main.spec.ts',
      'libs/ui/button.ts',
      'libs/ui/button.spec.ts',
      'ci.yml',
    ]);
  });

  it('that are outputs of other tasks are seen by their sources', () => {
    const found = inputsOf([
      '{projectRoot}/Dockerfile',
      { dependentTasksOutputFiles: '**/*', transitive: true },
    ]);
    expect(counted(found, files)).toEqual([
      'apps/docs/Dockerfile',
      'apps/docs/main.ts',
      'libs/ui/button.ts',
      'ci.yml',
    ]);
    expect(found.members[0]?.project.filter.unseen).toEqual(['outputs **/*']);
  });

  it('may name projects that are no dependencies, and packages', () => {
    const found = inputsOf([
      'production',
      { input: 'production', projects: ['theme'] },
      { externalDependencies: ['esbuild'] },
    ]);
    expect(counted(found, ['libs/theme/theme.css'])).toEqual(['libs/theme/theme.css']);
    expect(found.members.map(({ path }) => path)).toEqual([
      ['docs'],
      ['docs', 'ui'],
      ['docs', 'theme'],
    ]);
    expect(found.members[0]?.project.packages).toEqual(['esbuild']);
  });

  it('say of each dependency what that dependency calls by the name', () => {
    const found = inputsOf(['production', '^production'], {
      ui: { namedInputs: { production: ['{projectRoot}/dist/**'] } },
    });
    expect(counted(found, ['libs/ui/button.ts', 'libs/ui/dist/a.js'])).toEqual([
      'libs/ui/dist/a.js',
    ]);
  });

  it('that are written as objects mean the same', () => {
    const one = inputsOf(['production', '^production', '^{projectRoot}/extra/*']);
    const other = inputsOf([
      { input: 'production' },
      { input: 'production', dependencies: true },
      { fileset: '{projectRoot}/extra/*', dependencies: true },
    ]);
    expect(other.members.map(({ project }) => project.filter)).toEqual(
      one.members.map(({ project }) => project.filter),
    );
  });

  it('do not count where the product has no such target', () => {
    const graph = graphFromNx(
      {
        nodes: { docs: { name: 'docs', data: { root: 'apps/docs', tags: [], targets: {} } } },
        dependencies: { docs: [] },
      },
      nxJson,
    );
    const text = 'products: { target: container, each: { docs: {} } }';
    const found = productInputs(graph, product('docs'), config(text));
    expect(found.members[0]?.project).toBe(graph.projects.get('docs' as ProjectName));
  });
});
