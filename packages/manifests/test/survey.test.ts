import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import {
  expandPins,
  parseConfig,
  productConfig,
  type ProductName,
  type RepoPath,
} from '@lanewise/model';
import { describe, expect, it } from 'vitest';

import {
  isCandidatePath,
  makeSurvey,
  writeConfig,
  type ConfigOptions,
  type KnownProduct,
  type Survey,
} from '../src/index.js';
import { corpusIsThere } from './corpus.js';

type Tree = Readonly<Record<string, string>>;

function survey(
  tree: Tree,
  products: readonly KnownProduct[] = [],
  branches: string[] = [],
): Survey {
  const files = Object.keys(tree).sort();
  const manifests = files.filter(isCandidatePath).map((file) => ({
    file: file as RepoPath,
    bytes: new TextEncoder().encode(tree[file]),
  }));
  return makeSurvey({ files, manifests, products, branches });
}

function known(...names: string[]): KnownProduct[] {
  return names.map((name) => ({
    name,
    root: `apps/${name}`,
    why: 'holds Dockerfile',
    deployable: true,
  }));
}

function image(name: string, tag = '1.2.3'): string {
  return `image:\n  repository: registry.example.com/acme/${name}\n  tag: "${tag}"\n`;
}

function tree(...entries: readonly (readonly (readonly [string, string])[])[]): Tree {
  return Object.fromEntries(entries.flat());
}

function each<T extends string>(
  environments: readonly string[],
  names: readonly T[],
  make: (environment: string, name: T) => readonly [string, string],
): (readonly [string, string])[] {
  return environments.flatMap((environment) => names.map((name) => make(environment, name)));
}

/** Each pin on a line, as the survey has it. */
function table({ pins }: Survey): string[] {
  return pins.map(
    ({ product, environment, file, selector, text }) =>
      `${product} ${environment} ${file} ${selector.path ?? ''} = ${text}`,
  );
}

/** The configuration, proven to place exactly the pins of the survey. */
function configOf(found: Survey, projects: ConfigOptions['projects'] = 'declared'): string {
  const text = writeConfig(found, { gitops: null, projects });
  const config = parseConfig(text, 'lanewise.yaml');
  const products = found.products.map(({ name }) => ({ name: name as ProductName, project: null }));
  const placed = expandPins(config, products, new Set(found.files as RepoPath[]));
  const lines = placed.flatMap(({ product, environment, pins, missing }) => {
    expect(missing).toEqual([]);
    return pins.map(({ file, selector }) =>
      JSON.stringify([product, environment, file, selector.path, selector.document]),
    );
  });
  const wanted = found.pins.map(({ product, environment, file, selector }) =>
    JSON.stringify([product, environment, file, selector.path, selector.document]),
  );
  expect([...lines].sort()).toEqual([...wanted].sort());
  return text;
}

describe('a survey finds', () => {
  it('a folder for each environment and product, and writes ten lines for sixty products', () => {
    const names = Array.from({ length: 60 }, (_, index) => `svc-${String(index).padStart(2, '0')}`);
    const found = survey(
      tree(
        each(['dev', 'staging', 'prod-eu', 'prod-us'], names, (environment, name) => [
          `apps/${environment}/${name}/values.yaml`,
          image(name),
        ]),
      ),
      known(...names),
    );
    expect(found.pins).toHaveLength(240);
    expect(new Set(found.pins.map(({ sureness }) => sureness))).toEqual(new Set(['sure']));
    expect(found.unplaced).toEqual([]);
    expect(configOf(found, 'graph')).toMatchInlineSnapshot(`
      "# What Lanewise releases and promotes. Every key: docs/configuration.md
      products:
        image: "registry.example.com/acme/{product}"
        pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]

      environments:
        dev: {}                                   # every release lands here
        staging: { after: dev, on: ready }        # lands by itself once it has run there before
        prod-eu: { after: staging, group: prod }  # when somebody says so
        prod-us: { after: staging, group: prod }  # when somebody says so
      "
    `);
  });

  it('file suffixes beside a chart, and leaves the chart itself alone', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['api', 'web'], (environment, name) => [
          `charts/${name}/values-${environment}.yaml`,
          image(name),
        ]),
        [
          [
            'charts/api/Chart.yaml',
            'apiVersion: v2\nname: api\nversion: 0.1.0\nappVersion: 1.0.0\n',
          ],
          ['charts/api/values.yaml', image('api', '')],
          ['charts/api/templates/deployment.yaml', 'image: {{ .Values.image.tag }}\n'],
        ],
      ),
      known('api', 'web'),
    );
    expect(table(found)).toEqual([
      'api dev charts/api/values-dev.yaml image.tag = 1.2.3',
      'api prod charts/api/values-prod.yaml image.tag = 1.2.3',
      'web dev charts/web/values-dev.yaml image.tag = 1.2.3',
      'web prod charts/web/values-prod.yaml image.tag = 1.2.3',
    ]);
    expect(found.unplaced.map(({ file, why }) => `${file ?? ''}: ${why}`)).toContain(
      'charts/api/values.yaml: its path names no environment',
    );
    expect(configOf(found)).toContain('file: "charts/{product}/values-{env}.yaml"');
  });

  it('Kustomize overlays, one that nobody lists among them, and not the base they share', () => {
    const found = survey(
      tree(
        each(['dev', 'acme-corp', 'prod'], ['api', 'web'], (environment, name) => [
          `apps/${name}/overlays/${environment}/kustomization.yaml`,
          `kind: Kustomization\nimages:\n  - name: registry.example.com/acme/${name}\n    newTag: 0a1b2c3\n`,
        ]),
        [
          [
            'apps/api/base/deployment.yaml',
            'kind: Deployment\nmetadata: { name: api }\nspec: { template: { spec: { containers: [{ name: api, image: "registry.example.com/acme/api:1" }] } } }\n',
          ],
        ],
      ),
    );
    expect(found.environments.map(({ name }) => name)).toEqual(['dev', 'acme-corp', 'prod']);
    expect(found.unplaced).toMatchObject([
      {
        file: 'apps/api/base/deployment.yaml',
        why: 'the file is shared by several environments: a pin belongs to one',
      },
    ]);
    const text = configOf(found);
    expect(text).toContain('image: "registry.example.com/acme/{product}:{commit:7}"');
    expect(text).toContain('path: "images[name=registry.example.com/acme/{product}].newTag"');
  });

  it('all images of one Kustomization, and tells of the one that belongs to nobody', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['all'], (environment) => [
          `overlays/${environment}/kustomization.yaml`,
          `kind: Kustomization\nimages:\n${['api', 'billing', 'web'].map((name) => `  - { name: registry.example.com/acme/${name}, newTag: 1.0.0 }\n`).join('')}  - { name: redis, newTag: "7.2" }\n`,
        ]),
      ),
    );
    expect(found.products.map(({ name }) => name)).toEqual(['api', 'billing', 'web']);
    expect(found.unplaced).toHaveLength(2);
    expect(found.unplaced[0]?.what).toContain('redis');
    configOf(found);
  });

  it('one values file for many products, whose keys are written otherwise', () => {
    const names = ['ai-service', 'order-service', 'web'];
    const camel = (name: string): string =>
      name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const found = survey(
      tree(
        each(['dev', 'prod'], ['all'], (environment) => [
          `deploy/values-${environment}.yaml`,
          names
            .map((name) => `${camel(name)}:\n  ${image(name).replaceAll('\n', '\n  ').trimEnd()}\n`)
            .join(''),
        ]),
      ),
      known(...names),
    );
    const text = configOf(found);
    expect(text).toContain('path: "{key}.image.tag"');
    expect(text).toContain('root: "apps/{product}"');
    expect(text).toContain('ai-service: { vars: { key: aiService } }');
    expect(text).not.toContain('select');
  });

  it('files without an extension with one flat key and switches beside it', () => {
    const found = survey(
      tree(
        each(
          ['integration', 'staging', 'production'],
          ['account-api', 'frontend'],
          (environment, name) => [
            `charts/app-config/image-tags/${environment}/${name}`,
            'image_tag: v123\npromote_deployment: true\n',
          ],
        ),
      ),
    );
    expect(found.pins).toHaveLength(6);
    expect(found.environments.map(({ name, after }) => [name, after])).toEqual([
      ['integration', null],
      ['staging', 'integration'],
      ['production', 'staging'],
    ]);
    expect(configOf(found)).toContain('file: "charts/app-config/image-tags/{env}/{product}"');
  });

  it('one product in fourteen files as one glob, if the glob matches these files only', () => {
    const workload =
      'kind: Deployment\nspec: { template: { spec: { containers: [{ name: main, image: registry.example.com/acme/mono:1.2.3 }] } } }\n';
    const files = each(
      ['dev', 'prod'],
      Array.from({ length: 14 }, (_, index) => String(index)),
      (environment, index) => [`deploy/${environment}/mono/worker-${index}.yaml`, workload],
    );
    const found = survey(tree(files), known('mono'));
    expect(found.pins).toHaveLength(28);
    expect(configOf(found)).toContain('file: "deploy/{env}/{product}/worker-*.yaml"');
    const besides = survey(
      tree(files, [['deploy/dev/mono/worker-notes.yaml', 'a: 1\n']]),
      known('mono'),
    );
    expect(configOf(besides)).not.toContain('*');
  });

  it("Argo CD Applications, a file each or several in one, and Flux's HelmReleases", () => {
    const application = (environment: string, name: string): string =>
      `kind: Application\napiVersion: argoproj.io/v1alpha1\nmetadata: { name: ${name}-${environment} }\nspec: { source: { helm: { parameters: [{ name: image.tag, value: 1.2.3 }] } } }\n`;
    const alone = survey(
      tree(
        each(['dev', 'prod'], ['api', 'web'], (environment, name) => [
          `argocd/${name}-${environment}.yaml`,
          application(environment, name),
        ]),
      ),
    );
    expect(configOf(alone)).toContain('file: "argocd/{product}-{env}.yaml"');
    const together = survey(
      tree(
        each(['dev', 'prod'], ['all'], (environment) => [
          `argocd/${environment}.yaml`,
          `${application(environment, 'api')}---\n${application(environment, 'web')}`,
        ]),
      ),
      known('api', 'web'),
    );
    expect(configOf(together)).toContain(
      'document: { kind: Application, name: "{product}-{env}" }',
    );
    const flux = survey(
      tree(
        each(['staging', 'production'], ['podinfo'], (environment, name) => [
          `clusters/${environment}/${name}/release.yaml`,
          `kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\nmetadata: { name: ${name} }\nspec:\n  chart: { spec: { chart: ${name}, version: 6.5.0 } }\n  values:\n    image: { repository: ghcr.io/acme/${name}, tag: 6.5.0 }\n`,
        ]),
      ),
    );
    expect(table(flux)[0]).toBe(
      'podinfo staging clusters/staging/podinfo/release.yaml spec.values.image.tag = 6.5.0',
    );
    expect(flux.unplaced[0]?.why).toBe('podinfo is pinned by its image');
    configOf(flux);
  });

  it('several images of one product, by names of their own, and no sidecar', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['api', 'docs'], (environment, name) => [
          `apps/${environment}/${name}/values.yaml`,
          `${image(name)}worker:\n  ${image(`${name}-worker`).replaceAll('\n', '\n  ').trimEnd()}\nredis:\n  image: { repository: redis, tag: "7" }\n`,
        ]),
      ),
      known('api', 'docs'),
    );
    const text = configOf(found);
    expect(text).toContain('worker: "registry.example.com/acme/{product}-worker"');
    expect(text).toContain('path: worker.image.tag, of: worker');
    expect(productConfig(parseConfig(text, 'x'), 'docs' as ProductName).pins).toHaveLength(2);
    expect(found.unplaced.every(({ what }) => what.startsWith('redis.image.tag'))).toBe(true);
  });

  it('layouts that differ by product and by environment, each with the words it needs', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['a1', 'b2', 'c3'], (environment, name) => [
          `apps/${environment}/${name}/values.yaml`,
          image(name),
        ]),
        each(['dev', 'prod'], ['billing'], (environment) => [
          `charts/billing-api/values-${environment}.yaml`,
          `app:\n  ${image('billing').replaceAll('\n', '\n  ').trimEnd()}\n`,
        ]),
        [
          ['apps/dev/docs/values.yaml', image('docs')],
          ['clusters/prod/docs.yaml', image('docs')],
        ],
      ),
      known('a1', 'b2', 'c3', 'billing', 'docs'),
    );
    const text = configOf(found);
    expect(text).toContain('root: "apps/{product}"\n');
    expect(text).toContain('select: [a1, b2, billing, c3, docs]');
    expect(text).toContain('file: "charts/{product}-api/values-{env}.yaml", path: app.image.tag');
    expect(text).toMatch(/docs:\n {6}environments: \[dev, prod\]/);
  });

  it.each([
    ['1.2.3', 'v1.2.3', '{tag}', 'v{version}'],
    ['3f2a9c1', '1.2.3', '{commit:7}', '{tag}'],
    ['sha-3f2a9c1', `1.2.3@sha256:${'0'.repeat(64)}`, 'sha-{commit:7}', '{tag}@{digest}'],
  ])(
    'a value of its own for each environment that writes another: %s and %s',
    (dev, prod, one, other) => {
      const found = survey(
        tree([
          ['apps/dev/docs/values.yaml', image('docs', dev)],
          ['apps/prod/docs/values.yaml', image('docs', prod)],
        ]),
        known('docs'),
      );
      const config = parseConfig(configOf(found), 'x');
      const pins = expandPins(
        config,
        [{ name: 'docs' as ProductName, project: null }],
        new Set(found.files as RepoPath[]),
      ).flatMap((placement) => placement.pins);
      expect(pins.map(({ environment, value }) => [environment, value])).toEqual([
        ['dev', one],
        ['prod', other],
      ]);
    },
  );

  it.each([
    ['v123', 'v{version}'],
    ['3f2a9c1', '{commit:7}'],
    ['65e0884', '{commit:7}'],
    ['1.4.2', '{version}'],
  ])('the shape that %s has, where no image is known', (text, value) => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['api'], (environment, name) => [
          `tags/${environment}/${name}`,
          `image_tag: ${text}\n`,
        ]),
      ),
      known('api'),
    );
    const config = parseConfig(configOf(found), 'x');
    expect(productConfig(config, 'api' as ProductName).pins[0]?.value).toBe(value);
    expect(found.unplaced).toEqual([]);
  });

  it('tags that no template makes, and says once what the next release would write', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['api', 'docs'], (environment, name) => [
          `apps/${environment}/${name}/values.yaml`,
          image(name, 'main-3f2a9c1-1700000000'),
        ]),
      ),
      known('api', 'docs'),
    );
    expect(found.unplaced).toHaveLength(1);
    expect(found.unplaced[0]?.what).toContain('main-3f2a9c1-1700000000');
    expect(found.unplaced[0]?.why).toContain('api, docs');
  });

  it('several clusters of one environment as pins that move together', () => {
    const found = survey(
      tree(
        each(['eu-west-1', 'us-east-1'], ['docs'], (region, name) => [
          `environments/prod/${region}/${name}/values.yaml`,
          image(name),
        ]),
        [['environments/dev/eu-west-1/docs/values.yaml', image('docs')]],
      ),
      known('docs'),
    );
    expect(found.environments.map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(found.pins.filter(({ environment }) => environment === 'prod')).toHaveLength(2);
    configOf(found);
  });

  it('one environment where nothing names any, and says how unsure that is', () => {
    const found = survey({ 'charts/docs/values.yaml': image('docs') }, known('docs'));
    expect(found.environments.map(({ name }) => name)).toEqual(['prod']);
    expect(found.pins[0]?.sureness).toBe('perhaps');
    configOf(found);
  });

  it('no environment in a folder that is called `test` for another reason', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['docs'], (environment, name) => [
          `apps/${environment}/${name}/values.yaml`,
          image(name),
        ]),
        [
          ['charts/docs/test/values.yaml', image('docs')],
          ['testdata/docs/values.yaml', image('docs')],
        ],
      ),
      known('docs'),
    );
    expect(found.environments.map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(found.unplaced).toHaveLength(2);
  });

  it('what it could not place: products without manifests, branches that are environments', () => {
    const found = survey({}, known('docs'), ['env/dev', 'prod', 'feature/x']);
    expect(found.unplaced.map(({ what }) => what)).toEqual(['docs', 'branches env/dev, prod']);
    const text = writeConfig(found, { gitops: null, projects: 'declared' });
    expect(parseConfig(text, 'x').environments.size).toBe(1);
  });

  it('the same in whatever order files are handed over', () => {
    const files = tree(
      each(['dev', 'prod'], ['api', 'web', 'docs'], (environment, name) => [
        `apps/${environment}/${name}/values.yaml`,
        image(name),
      ]),
    );
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    expect(survey(reversed).pins).toEqual(survey(files).pins);
    expect(configOf(survey(reversed))).toBe(configOf(survey(files)));
  });

  it('nothing in files that are hostile', () => {
    const bomb = `a: &a [x, x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [*a, *a]\n`).join('')}tag: 1\n`;
    const found = survey({
      'apps/prod/docs/values.yaml': `image:\n  tag: "\u0000"\n`,
      'apps/prod/deep/values.yaml': `tag: ${'['.repeat(10_000)}`,
      'apps/prod/bomb/values.yaml': bomb,
      'apps/prod/{x}/values.yaml': image('x'),
      'apps/prod/constructor/values.yaml': image('constructor'),
      'apps/prod/__proto__/values.yaml': image('__proto__'),
    });
    expect(() => writeConfig(found, { gitops: null, projects: 'declared' })).not.toThrow();
    parseConfig(writeConfig(found, { gitops: null, projects: 'declared' }), 'x');
  });
});

const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));

describe.skipIf(!corpusIsThere)('a survey of real repositories', () => {
  const walk = (folder: string, prefix = ''): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory()
        ? walk(`${folder}/${entry.name}`, `${prefix}${entry.name}/`)
        : [`${prefix}${entry.name}`],
    );
  const look = (folder: string): Survey => {
    const files = walk(folder).sort();
    return makeSurvey({
      files,
      manifests: files.filter(isCandidatePath).map((file) => ({
        file: file as RepoPath,
        bytes: readFileSync(`${folder}/${file}`),
      })),
      products: [],
    });
  };

  it('reads all of them as one tree, and its configuration places what was found', () => {
    const found = look(corpus);
    expect(found.pins.length).toBeGreaterThan(30);
    expect(found.environments.map(({ name }) => name)).toEqual([
      'development',
      'integration',
      'staging',
      'production',
    ]);
    configOf(found);
  });

  it.each(corpusIsThere ? readdirSync(corpus).filter((name) => name.includes('+')) : [])(
    'gives a configuration for %s',
    (name) => {
      configOf(look(`${corpus}${name}`));
    },
  );

  it('finds the tag files of a government, three environments and all', () => {
    const found = look(`${corpus}alphagov+govuk-helm-charts`);
    expect(found.pins).toHaveLength(12);
    expect(configOf(found)).toContain(
      'pins: [{ file: "charts/app-config/image-tags/{env}/{product}", path: image_tag, value: "v{version}" }]',
    );
  });
});

if (!corpusIsThere)
  console.warn('The corpus does not stand beside the checkout: no survey of real repositories.');

describe('a survey of other styles finds', () => {
  const cellsOf = (found: Survey): string[] =>
    found.pins.map(({ product, environment, text }) => `${product} ${environment} ${text}`);
  const two = ['api', 'web'];

  /** Every pin that was found is where the configuration says it is. */
  const expectPlaced = (found: Survey): string => {
    const text = configOf(found);
    const config = parseConfig(text, 'lanewise.yaml');
    const products = found.products.map(({ name }) => ({
      name: name as ProductName,
      project: null,
    }));
    const placements = expandPins(config, products, new Set(found.files as RepoPath[]));
    const placed = placements.flatMap(({ pins }) =>
      pins.map(({ product, environment, file }) => `${product} ${environment} ${file}`),
    );
    expect(placed.sort()).toEqual(
      found.pins
        .map(({ product, environment, file }) => `${product} ${environment} ${file}`)
        .sort(),
    );
    return text;
  };

  it('values of helmfile, with expressions around the tag', () => {
    const found = survey(
      tree(
        each(['staging', 'production'], two, (environment, name) => [
          `values/${environment}/${name}.yaml.gotmpl`,
          `{{- if .Values.on }}\n{{- end }}\n${image(name)}host: {{ .Values.domain }}\nlist:\n{{ range .Values.list }}\n  - {{ . }}\n{{ end }}\n`,
        ]),
      ),
    );
    expect(cellsOf(found)).toContain('web production 1.2.3');
    expect(expectPlaced(found)).toContain('file: "values/{env}/{product}.yaml.gotmpl"');
  });

  it('variables of .env files, whose names are those of the products', () => {
    const found = survey(
      tree([
        ['deploy/test.env', 'API_TAG=1.2.3\nexport WEB_IMAGE_TAG="2.0.1"\nDB_URL=x\n'],
        ['deploy/prod.env', 'API_TAG=1.2.2\nexport WEB_IMAGE_TAG="2.0.0"\nDB_URL=x\n'],
      ]),
      known('api', 'web'),
    );
    expect(cellsOf(found)).toEqual([
      'api test 1.2.3',
      'api prod 1.2.2',
      'web test 2.0.1',
      'web prod 2.0.0',
    ]);
    expectPlaced(found);
  });

  it('variables of Terraform, one line for all products', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['x'], (environment) => [
          `live/${environment}/terraform.tfvars`,
          'region = "eu"\napi_image_tag = "1.2.3"\n  web_image_tag   = "2.3.4"\n',
        ]),
      ),
    );
    expect(expectPlaced(found)).toContain('{product}_image_tag');
  });

  it('references of Jsonnet', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], two, (environment, name) => [
          `environments/${environment}/${name}/main.jsonnet`,
          `{\n  image: 'registry.example.com/acme/${name}:1.2.3',\n}\n`,
        ]),
      ),
    );
    expect(found.pins).toHaveLength(4);
    expectPlaced(found);
  });

  it('the products of an umbrella chart, by the keys that are called like their images', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], ['x'], (environment) => [
          `umbrella/values-${environment}.yaml`,
          two
            .map((name) => `${name}:\n  ${image(name).replaceAll('\n', '\n  ').trimEnd()}\n`)
            .join(''),
        ]),
        [['umbrella/Chart.yaml', 'apiVersion: v2\nname: umbrella\nversion: 1.0.0\n']],
      ),
      [{ name: 'umbrella', root: null, why: 'has the chart', deployable: false }],
    );
    expect(found.products.map(({ name }) => name)).toEqual(two);
    expect(expectPlaced(found)).toContain('path: "{product}.image.tag"');
  });

  it('the parameters of an app of apps, and no branch that an Application follows', () => {
    const found = survey(
      tree(
        each(['dev', 'prod'], two, (environment, name) => [
          `apps/${environment}/${name}.yaml`,
          `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: ${name}-${environment} }\nspec:\n  source:\n    repoURL: https://git.example.com/acme/deploy.git\n    path: charts/${name}\n    targetRevision: HEAD\n    helm:\n      parameters:\n        - { name: image.tag, value: "1.2.3" }\n`,
        ]),
      ),
    );
    expect(found.pins).toHaveLength(4);
    expect(found.unplaced).toEqual([]);
    expectPlaced(found);
  });
});
