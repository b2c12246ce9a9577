import { addProjectConfiguration, readJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '@lanewise/model';
import { environmentGenerator } from '../src/generators/environment.js';
import { productGenerator } from '../src/generators/product.js';

const byTag = `# Ours.
products:
  select: "tag:deployable" # whoever has the tag
  image: "registry.example.com/acme/{product}"
  pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]
environments:
  dev: {}              # every release lands here
  prod: { after: dev } # when somebody says so
`;

function workspace(config: string, files: Readonly<Record<string, string>> = {}): Tree {
  const tree = createTreeWithEmptyWorkspace();
  addProjectConfiguration(tree, 'docs', { root: 'services/docs', tags: ['web'] });
  addProjectConfiguration(tree, 'shared', { root: 'libs/shared' });
  tree.write('lanewise.yaml', config);
  for (const [file, text] of Object.entries(files)) tree.write(file, text);
  return tree;
}

const read = (tree: Tree, file: string): string => tree.read(file, 'utf-8') ?? 'nothing';

describe('the generator of products', () => {
  it('tags the project where products are chosen by tag, and leaves lanewise.yaml as it is', async () => {
    const tree = workspace(byTag);
    await productGenerator(tree, { project: 'docs' });
    expect(readJson<{ tags: string[] }>(tree, 'services/docs/project.json').tags).toEqual([
      'web',
      'deployable',
    ]);
    expect(read(tree, 'lanewise.yaml')).toBe(byTag);
  });

  it('writes a Dockerfile, a chart, and a manifest with an empty pin in every environment', async () => {
    const tree = workspace(byTag);
    await productGenerator(tree, { project: 'docs', port: 3000 });
    expect(read(tree, 'services/docs/Dockerfile')).toContain('EXPOSE 3000');
    expect(read(tree, 'services/docs/chart/values.yaml')).toContain('port: 3000');
    expect(read(tree, 'services/docs/chart/templates/deployment.yaml')).toContain('name: docs');
    for (const environment of ['dev', 'prod'])
      expect(read(tree, `apps/${environment}/docs/values.yaml`)).toBe(
        `# What runs here. Lanewise writes only the pinned value; the rest is yours.\nimage:\n  repository: registry.example.com/acme/docs\n  tag: ""\n`,
      );
  });

  it('adds the name to a list that chooses by name, keeping comments', async () => {
    const tree = workspace(byTag.replace('"tag:deployable"', '[shared]'));
    await productGenerator(tree, { project: 'docs' });
    expect(read(tree, 'lanewise.yaml')).toContain('select: [shared, docs] # whoever has the tag\n');
  });

  it('leaves lanewise.yaml as it is where a manifest is enough to be a product', async () => {
    const config = byTag.replace('  select: "tag:deployable" # whoever has the tag\n', '');
    const tree = workspace(config);
    await productGenerator(tree, { project: 'docs' });
    expect(read(tree, 'lanewise.yaml')).toBe(config);
    expect(tree.exists('apps/dev/docs/values.yaml')).toBe(true);
  });

  it('writes overlays where the pins are in kustomizations, each over the base in the project', async () => {
    const config = byTag
      .replace('values.yaml', 'kustomization.yaml')
      .replace('path: image.tag', 'path: "images[name={product}].newTag"');
    const tree = workspace(config);
    await productGenerator(tree, { project: 'docs' });
    expect(read(tree, 'services/docs/deploy/kustomization.yaml')).toContain('deployment.yaml');
    const overlay = read(tree, 'apps/prod/docs/kustomization.yaml');
    expect(overlay).toContain('- ../../../services/docs/deploy');
    expect(overlay).toContain(
      'images:\n  - name: docs\n    newName: registry.example.com/acme/docs\n    newTag: ""\n',
    );
  });

  it('gives pins to a file that has none, and pins of its own to a product of another kind', async () => {
    const tree = workspace('products: {}\nenvironments:\n  dev: {}\n');
    await productGenerator(tree, { project: 'docs' });
    await productGenerator(tree, { project: 'shared', deploy: 'kustomize', image: 'acme/shared' });
    const config = parseConfig(read(tree, 'lanewise.yaml'), 'lanewise.yaml');
    expect(config.defaults.pins[0]?.file).toBe('environments/{env}/{product}/values.yaml');
    const [, shared] = [...config.products.values()];
    expect(shared?.pins[0]?.file).toBe('environments/{env}/{product}/kustomization.yaml');
    expect(shared?.images).toEqual({ main: 'acme/shared:{version}' });
    expect(tree.exists('environments/dev/docs/values.yaml')).toBe(true);
    expect(tree.exists('environments/dev/shared/kustomization.yaml')).toBe(true);
  });

  it('changes no file that is there, and nothing when it is run again', async () => {
    const tree = workspace(byTag, { 'apps/dev/docs/values.yaml': 'image: { tag: 1.0.0 }\n' });
    await productGenerator(tree, { project: 'docs' });
    expect(read(tree, 'apps/dev/docs/values.yaml')).toBe('image: { tag: 1.0.0 }\n');
    const files = (): string[] =>
      tree.listChanges().map(({ path, content }) => `${path} ${content?.toString() ?? ''}`);
    const before = files();
    await productGenerator(tree, { project: 'docs' });
    expect(files()).toEqual(before);
  });

  it('writes nothing for a project or an environment that is not there, and says what is', async () => {
    const tree = workspace(byTag);
    const before = tree.listChanges().length;
    await expect(productGenerator(tree, { project: 'web' })).rejects.toThrow(/no project/);
    await expect(productGenerator(tree, { project: 'docs', environments: ['qa'] })).rejects.toThrow(
      /Known are: dev, prod/,
    );
    expect(tree.listChanges()).toHaveLength(before);
  });
});

describe('the generator of environments', () => {
  const manifests = {
    'services/docs/project.json': '{ "name": "docs", "tags": ["deployable"] }',
    'apps/prod/docs/values.yaml': 'image: { tag: 1.0.0 } # kept\nnamespace: prod\n',
    'apps/prod/docs/extra/config.yaml': 'a: 1\n',
    'apps/prod/other/values.yaml': 'image: { tag: 9.9.9 }\n',
  };

  it('adds a line to lanewise.yaml and changes no other byte', async () => {
    const tree = workspace(byTag, manifests);
    await environmentGenerator(tree, { name: 'qa', after: ['dev'], on: 'ready', soak: '30m' });
    const line = '  qa: { after: dev, on: ready, gates: { soak: "30m" } }\n';
    expect(read(tree, 'lanewise.yaml')).toBe(byTag + line);
  });

  it("copies every product's folder, byte for byte, and nothing of what is no product", async () => {
    const tree = workspace(byTag, manifests);
    await environmentGenerator(tree, { name: 'qa', from: 'prod' });
    expect(read(tree, 'apps/qa/docs/values.yaml')).toBe(manifests['apps/prod/docs/values.yaml']);
    expect(read(tree, 'apps/qa/docs/extra/config.yaml')).toBe('a: 1\n');
    expect(tree.exists('apps/qa/other/values.yaml')).toBe(false);
  });

  it('copies the one file where the environment is in its name', async () => {
    const config = byTag.replace('apps/{env}/{product}/values.yaml', '{product}/values-{env}.yaml');
    const tree = workspace(config, {
      ...manifests,
      'docs/values-prod.yaml': 'image: { tag: x }\n',
    });
    await environmentGenerator(tree, { name: 'qa', from: 'prod' });
    expect(read(tree, 'docs/values-qa.yaml')).toBe('image: { tag: x }\n');
  });

  it('writes nothing where the environment is there, or the one to copy from is not', async () => {
    const tree = workspace(byTag, manifests);
    await expect(environmentGenerator(tree, { name: 'dev' })).rejects.toThrow(/there already/);
    await expect(environmentGenerator(tree, { name: 'qa', from: 'qo' })).rejects.toThrow(
      /no environment 'qo'/,
    );
    await expect(environmentGenerator(tree, { name: 'qa', after: ['qo'] })).rejects.toThrow(
      /lanewise.yaml:9/,
    );
    expect(read(tree, 'lanewise.yaml')).toBe(byTag);
  });
});
