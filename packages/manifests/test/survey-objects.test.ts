import { parseConfig, productConfig, type ProductName, type RepoPath } from '@lanewise/model';
import { describe, expect, it } from 'vitest';

import { isCandidatePath, makeSurvey, writeConfig, type Survey } from '../src/index.js';

function survey(tree: Readonly<Record<string, string>>, addresses: string[] = []): Survey {
  const files = Object.keys(tree).sort();
  const manifests = files.filter(isCandidatePath).map((file) => ({
    file: file as RepoPath,
    bytes: new TextEncoder().encode(tree[file]),
  }));
  return makeSurvey({ files, manifests, products: [], addresses });
}

const values = (name: string, tag = '1.2.3'): string =>
  `image:\n  repository: registry.example.com/acme/${name}\n  tag: "${tag}"\n`;

const application = (name: string, source: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: ${name}\nspec:\n${source}`;

const cells = ({ pins }: Survey): string[] =>
  pins.map(({ product, environment, file }) => `${product} ${environment} ${file}`);

const configOf = (found: Survey): string => {
  const text = writeConfig(found, { gitops: null, projects: 'declared' });
  parseConfig(text, 'lanewise.yaml');
  return text;
};

describe('a survey follows', () => {
  it('the templates of an ApplicationSet to environments that nobody lists', () => {
    const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: apps }
spec:
  generators:
    - matrix:
        generators:
          - list: { elements: [{ env: alpha }, { env: omega }] }
          - git: { repoURL: https://git.example.com/acme/deploy.git, revision: main, directories: [{ path: charts/* }] }
  template:
    metadata: { name: '{{path.basename}}-{{env}}' }
    spec:
      sources:
        - repoURL: https://git.example.com/acme/deploy.git
          targetRevision: main
          path: '{{path}}'
          helm: { valueFiles: ['$own/settings/{{env}}/{{path.basename}}.yaml'] }
        - { repoURL: 'https://git.example.com/acme/deploy.git', targetRevision: main, ref: own }
`;
    const found = survey({
      'root/set.yaml': set,
      ...Object.fromEntries(
        ['alpha', 'omega'].flatMap((env) =>
          ['api', 'docs'].map((name) => [`settings/${env}/${name}.yaml`, values(name)]),
        ),
      ),
    });
    expect(found.environments.map(({ name }) => name)).toEqual(['alpha', 'omega']);
    expect(found.environments[0]?.why).toContain("ApplicationSet 'apps'");
    expect(cells(found)).toContain('docs omega settings/omega/docs.yaml');
    expect(configOf(found)).toContain('file: "settings/{env}/{product}.yaml"');
  });

  it('an Application to a values file whose path says neither the product nor the environment', () => {
    const found = survey({
      'apps/docs-prod.yaml': application(
        'docs-prod',
        '  source: { repoURL: "https://git.example.com/acme/deploy", path: site, helm: { valueFiles: [values.yaml, ../settings/a.yaml] } }\n',
      ),
      'settings/a.yaml': values('docs'),
      'apps/prod/api/values.yaml': values('api'),
      'apps/dev/api/values.yaml': values('api'),
    });
    expect(cells(found)).toContain('docs prod settings/a.yaml');
    const config = parseConfig(configOf(found), 'lanewise.yaml');
    expect(productConfig(config, 'docs' as ProductName)).toMatchObject({
      environments: ['prod'],
      pins: [{ file: 'settings/a.yaml' }],
    });
  });

  it('a Kustomization of Flux to the folder of one cluster', () => {
    const flux = (path: string): string =>
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: docs }\nspec:\n  path: ./${path}\n`;
    const found = survey({
      'clusters/staging/docs.yaml': flux('deploy/docs'),
      'clusters/staging/api.yaml': flux('deploy/api/staging'),
      'clusters/production/api.yaml': flux('deploy/api/production'),
      'deploy/docs/kustomization.yaml':
        'images:\n- name: registry.example.com/acme/docs\n  newTag: 1.0.0\n',
      'deploy/api/staging/kustomization.yaml':
        'images:\n- name: registry.example.com/acme/api\n  newTag: 1.0.0\n',
      'deploy/api/production/kustomization.yaml':
        'images:\n- name: registry.example.com/acme/api\n  newTag: 1.0.0\n',
    });
    expect(cells(found)).toEqual([
      'api staging deploy/api/staging/kustomization.yaml',
      'api production deploy/api/production/kustomization.yaml',
      'docs staging deploy/docs/kustomization.yaml',
    ]);
    configOf(found);
  });

  it('no file that several environments use', () => {
    const source =
      '  source: { repoURL: "https://git.example.com/acme/deploy", path: charts/docs, helm: { valueFiles: [all.yaml] } }\n';
    const found = survey({
      'argocd/dev/docs.yaml': application('docs', source),
      'argocd/prod/docs.yaml': application('docs', source),
      'charts/docs/all.yaml': values('docs'),
      'apps/dev/api/values.yaml': values('api'),
    });
    expect(cells(found)).toEqual(['api dev apps/dev/api/values.yaml']);
    expect(found.unplaced.map(({ file }) => file)).toContain('charts/docs/all.yaml');
  });

  it('Applications to files whose paths tell nothing, and says where each counts', () => {
    const of = (name: string, file: string): string =>
      application(
        name,
        `  source: { repoURL: "https://git.example.com/acme/deploy", path: site, helm: { valueFiles: [${file}] } }\n`,
      );
    const found = survey({
      'apps/docs-prod.yaml': of('docs-prod', 'one.yaml'),
      'apps/docs-dev.yaml': of('docs-dev', 'two.yaml'),
      'site/one.yaml': values('docs'),
      'site/two.yaml': values('docs'),
    });
    expect(cells(found)).toEqual(['docs dev site/two.yaml', 'docs prod site/one.yaml']);
    const text = configOf(found);
    expect(text).toContain('file: site/two.yaml, path: image.tag, environments: [dev]');
    expect(text).toContain('file: site/one.yaml, path: image.tag, environments: [prod]');
  });

  it('objects to other repositories, which it names', () => {
    const of = (url: string): string =>
      application('docs', `  source: { repoURL: "${url}", path: x, targetRevision: main }\n`);
    const tree = {
      'argocd/prod/own.yaml': of('git@git.example.com:acme/deploy.git'),
      'argocd/prod/docs.yaml': of('https://git.example.com/acme/docs-deploy.git'),
      'argocd/prod/chart.yaml': application(
        'redis',
        '  source: { repoURL: "https://charts.example.com", chart: redis, targetRevision: 1.0.0 }\n',
      ),
    };
    const found = survey(tree, ['https://git.example.com/acme/deploy']);
    expect(found.unplaced.filter(({ what }) => what.startsWith('repository'))).toEqual([
      {
        what: 'repository https://git.example.com/acme/docs-deploy.git',
        file: 'argocd/prod/docs.yaml',
        line: 1,
        why: expect.stringContaining('lanewise init --gitops https://git.example.com') as string,
      },
    ]);
  });

  it('objects to branches that are environments, and says what to write instead', () => {
    const of = (branch: string): string =>
      application(
        `docs-${branch.replace('/', '-')}`,
        `  source: { repoURL: "https://git.example.com/acme/deploy", path: docs, targetRevision: ${branch} }\n`,
      );
    const found = survey({ 'a.yaml': of('env/dev'), 'b.yaml': of('env/prod') });
    const note = found.unplaced.find(({ what }) => what === 'branches env/dev, env/prod');
    expect(note?.why).toContain('environments: { dev: {}, prod: {} }');
  });

  const release = (name: string, taken: string): string =>
    `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: ${name}\n  namespace: apps\nspec:\n  chartRef: { kind: OCIRepository, name: ${name} }\n  valuesFrom:\n    - kind: ConfigMap\n      name: ${taken}\n`;
  const generator = (name: string, file: string): string =>
    `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ../../apps/base\nconfigMapGenerator:\n  - name: ${name}\n    files:\n      - ${file}\ngeneratorOptions:\n  disableNameSuffixHash: true\n`;

  it('HelmReleases to the values that generators of Kustomize make of files elsewhere', () => {
    // As in repositories that keep a base for all clusters, and the values of all in one folder.
    const found = survey({
      'apps/base/kustomization.yaml': 'resources: [release.yaml]\n',
      'apps/base/release.yaml': release('shop', 'shop-values'),
      'clusters/eu-1/kustomization.yaml': generator('other', 'values.yaml=../../config/x.yaml'),
      'clusters/staging/kustomization.yaml': generator(
        'shop-values',
        'values.yaml=../../config/first.yaml',
      ),
      'clusters/prod/kustomization.yaml': generator(
        'shop-values',
        'values.yaml=../../config/second.yaml',
      ),
      'config/first.yaml': values('shop'),
      'config/second.yaml': values('shop'),
    });
    expect(cells(found)).toEqual([
      'shop staging config/first.yaml',
      'shop prod config/second.yaml',
    ]);
    expect(found.environments[1]?.why).toContain(
      "HelmRelease 'shop' in clusters/prod/kustomization.yaml",
    );
    configOf(found);
  });

  it('HelmReleases to ConfigMaps that hold the values as a block', () => {
    const map = (tag: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop-values\ndata:\n  values.yaml: |\n    replicas: 2 # two\n    image:\n      repository: registry.example.com/acme/shop\n      tag: ${tag}\n`;
    const found = survey({
      'apps/base/shop/release.yaml': release('shop', 'shop-values'),
      'apps/dev/shop/map.yaml': map('1.3.0'),
      'apps/prod/shop/map.yaml': map('1.2.0'),
    });
    expect(
      found.pins.map(({ environment, selector, text, sureness }) => [
        environment,
        selector.path,
        text,
        sureness,
      ]),
    ).toEqual([
      ['dev', 'data."values.yaml".image.tag', '1.3.0', 'sure'],
      ['prod', 'data."values.yaml".image.tag', '1.2.0', 'sure'],
    ]);
    expect(configOf(found)).toContain(
      'pins: [{ file: "apps/{env}/{product}/map.yaml", path: "data.\\"values.yaml\\".image.tag" }]',
    );
  });

  it("no values that several releases share: they are nobody's", () => {
    const found = survey({
      'apps/prod/api.yaml': release('api', 'common'),
      'apps/prod/web.yaml': release('web', 'common'),
      'apps/prod/kustomization.yaml': generator('common', 'values.yaml'),
      'apps/prod/values.yaml': 'image:\n  tag: 1.0.0\n',
    });
    expect(found.pins).toEqual([]);
  });
});
