import { describe, expect, it } from 'vitest';
import {
  isLanewiseError,
  parseConfig,
  parseProductName,
  productConfig,
  type LanewiseError,
} from '@lanewise/model';

const whole = `
gitops: { repository: git@git.example.com:acme/deploy.git, branch: main }
products:
  select: "tag:deployable"
  image: registry.example.com/acme/{product}
  pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]
  each:
    billing: { vars: { chart: billing-api }, pins: [{ file: "charts/{chart}/values-{env}.yaml", path: app.image.tag }] }
    Web_UI: { name: web }
environments:
  dev: {}
  staging: { after: dev, on: ready, gates: { soak: 30m } }
  prod-eu: { after: staging, group: prod }
  prod-us: { after: staging, group: prod, gates: { soak: 1d12h } }
`;

function errorOf(text: string): LanewiseError {
  try {
    parseConfig(text, 'lanewise.yaml');
  } catch (error) {
    if (isLanewiseError(error)) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('the configuration', () => {
  it('fills in what is not said', () => {
    const config = parseConfig(whole, 'lanewise.yaml');
    expect(config.select).toEqual(['tag:deployable']);
    expect([...config.environments.keys()]).toEqual(['dev', 'staging', 'prod-eu', 'prod-us']);
    expect(config.targets.get('prod')).toEqual(['prod-eu', 'prod-us']);
    expect(
      [...config.environments.values()].map(({ on, displace, tags }) => [on, displace, tags]),
    ).toEqual([
      ['release', 'newest', false],
      ['ready', 'after-soak', false],
      ['command', 'after-soak', true],
      ['command', 'after-soak', true],
    ]);
    expect(config.environments.get('prod-us' as never)?.gates.soak).toBe(36 * 3600);
  });

  it('gives a product that is not named the defaults, and a named one its own pins and words', () => {
    const config = parseConfig(whole, 'lanewise.yaml');
    const docs = productConfig(config, parseProductName('docs'));
    expect(docs.images).toEqual({ main: 'registry.example.com/acme/{product}:{version}' });
    expect(docs.pins).toMatchObject([{ path: 'image.tag', value: '{tag}', of: 'main' }]);
    const billing = productConfig(config, parseProductName('billing'));
    expect(billing.vars).toEqual({ chart: 'billing-api' });
    expect(billing.pins).toHaveLength(1);
    expect(productConfig(config, parseProductName('web')).project).toBe('Web_UI');
  });

  it('reads the project that a product is made of under another name', () => {
    const text = 'products: { each: { api: { project: "@acme/api-server" }, docs: {} } }\n';
    const config = parseConfig(text, 'lanewise.yaml');
    expect(productConfig(config, parseProductName('api')).project).toBe('@acme/api-server');
    expect(productConfig(config, parseProductName('docs')).project).toBe(null);
  });

  it('names the line and suggests the key that was meant', () => {
    const error = errorOf('environments:\n  dev:\n    afterr: x\n');
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      place: { file: 'lanewise.yaml', line: 3, column: 5, text: '    afterr: x' },
      hint: "Did you mean 'after'?",
    });
  });

  it.each([
    ['no map', 'just text', 'CONFIG_INVALID', 1],
    ['empty', '', 'CONFIG_INVALID', 1],
    ['broken YAML', 'products:\n  select: "tag\n', 'CONFIG_INVALID', 3],
    ['a wrong type', 'products:\n  pins: 3\n', 'CONFIG_INVALID', 2],
    [
      'an unknown environment in after',
      'environments:\n  prod: { after: stagin }\n',
      'ENVIRONMENT_UNKNOWN',
      2,
    ],
    ['a cycle', 'environments:\n  a: { after: b }\n  b: { after: a }\n', 'CONFIG_INVALID', 2],
    [
      'a group named as an environment',
      'environments:\n  a: {}\n  b: { group: a }\n',
      'CONFIG_COLLISION',
      3,
    ],
    [
      'a product named as an environment',
      'products: { each: { dev: {} } }\nenvironments: { dev: {} }\n',
      'CONFIG_COLLISION',
      1,
    ],
    [
      'a hostile product name',
      'products:\n  each:\n    "--upload-pack=x": {}\n',
      'NAME_INVALID',
      3,
    ],
    ['a hostile branch', 'gitops: { branch: "--exec=x" }\n', 'NAME_INVALID', 1],
    [
      'a branch for an environment',
      'environments:\n  dev: { branch: "env/{env}" }\n',
      'NOT_YET',
      2,
    ],
    ['several GitOps repositories', 'products: { pins: [{ file: a, in: other }] }\n', 'NOT_YET', 1],
    ['a template without its brace', 'products:\n  image: "x/{product"\n', 'CONFIG_INVALID', 2],
    [
      'a duration without a unit',
      'environments:\n  dev: { gates: { soak: 30 } }\n',
      'CONFIG_INVALID',
      2,
    ],
    [
      'two ways to say one image',
      'products:\n  image: a\n  images: { main: b }\n',
      'CONFIG_INVALID',
      3,
    ],
    [
      'an alias bomb',
      `a: &a [x, x]\nb: &b [${'*a, '.repeat(60)}]\nc: [${'*b, '.repeat(60)}]\n`,
      'CONFIG_INVALID',
      undefined,
    ],
  ])('refuses %s, with the place', (_name, text, code, line) => {
    const error = errorOf(text);
    expect([error.code, error.place?.line]).toEqual([code, line]);
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(/\.$/);
  });
});

describe('the root of products', () => {
  const config = (products: string) => parseConfig(`products: ${products}`, 'lanewise.yaml');
  const rootOf = (products: string, name: string) =>
    productConfig(config(products), parseProductName(name)).root;

  it('is a template for all, with a root of its own where a product says so', () => {
    const text =
      '{ root: "services/{product}", vars: { lang: go }, each: { web: { root: "apps/{product}-{lang}" }, api: {}, all: { root: null }, Big_One: { name: big } } }';
    expect(rootOf(text, 'docs')).toBe('services/docs');
    expect(rootOf(text, 'api')).toBe('services/api');
    expect(rootOf(text, 'web')).toBe('apps/web-go');
    expect(rootOf(text, 'all')).toBeNull();
    expect(rootOf('{ root: "src/{project}", each: { Big_One: { name: big } } }', 'big')).toBe(
      'src/Big_One',
    );
  });

  it('may use words that only some products have', () => {
    const text = '{ root: "{lang}/{product}", each: { web: { vars: { lang: js } } } }';
    expect(rootOf(text, 'web')).toBe('js/web');
    expect(() => rootOf(text, 'docs')).toThrow(/'\{lang\}', which is not known/);
  });

  it.each([
    ['{ root: "../{product}" }', 'CONFIG_ESCAPES_ROOT', 1],
    ['{ root: "/srv/{product}" }', 'CONFIG_ESCAPES_ROOT', 1],
    ['{ root: "services/{product" }', 'CONFIG_INVALID', 1],
    ['\n  each:\n    web: { root: "{up}", vars: { up: ".." } }', 'CONFIG_ESCAPES_ROOT', 3],
    ['\n  root: "{env}/{product}"\n  each:\n    web: {}', 'CONFIG_INVALID', 2],
  ])('is refused with its line: %s', (products, code, line) => {
    const error = errorOf(`products: ${products}`);
    expect(error.code).toBe(code);
    expect(error.place?.line).toBe(line);
  });

  it('and inputs take the words of the product, and leave choices of a glob alone', () => {
    const text =
      '{ inputs: ["proto/{product}/**", "src/*.{ts,tsx}"], each: { web: { inputs: ["{{a,b}}"] } } }';
    expect(productConfig(config(text), parseProductName('docs')).inputs).toEqual([
      'proto/docs/**',
      'src/*.{ts,tsx}',
    ]);
    expect(productConfig(config(text), parseProductName('web')).inputs).toEqual([
      'proto/web/**',
      'src/*.{ts,tsx}',
      '{a,b}',
    ]);
  });
});
