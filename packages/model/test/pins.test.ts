import { describe, expect, it } from 'vitest';
import {
  expandPins,
  isLanewiseError,
  parseConfig,
  parseProductName,
  parseRepoPath,
  type Placement,
  type RepoPath,
} from '@lanewise/model';

const environments = 'environments: { dev: {}, prod: { after: dev } }\n';
const products = ['docs', 'api'].map((name) => ({ name: parseProductName(name), project: null }));

function expand(text: string, files: readonly string[] | null = null): readonly Placement[] {
  const tree = files === null ? null : new Set<RepoPath>(files.map(parseRepoPath));
  return expandPins(parseConfig(text + environments, 'lanewise.yaml'), products, tree);
}

function codeOf(text: string): unknown {
  try {
    return expand(text);
  } catch (error) {
    return isLanewiseError(error) ? [error.code, error.place?.line] : error;
  }
}

describe('pins', () => {
  it('stand at one place for each product and environment', () => {
    const placements = expand(
      'products: { pins: [{ file: "{env}/{product}.yaml", path: image.tag }] }\n',
    );
    expect(
      placements.map(({ product, environment, pins }) => [product, environment, pins[0]?.file]),
    ).toEqual([
      ['docs', 'dev', 'dev/docs.yaml'],
      ['docs', 'prod', 'prod/docs.yaml'],
      ['api', 'dev', 'dev/api.yaml'],
      ['api', 'prod', 'prod/api.yaml'],
    ]);
  });

  it('count in their own environments only, where these are named', () => {
    const text =
      'products: { pins: [{ file: "{env}/{product}.yaml", path: tag, environments: [dev] }, { file: "{env}/{product}.yaml", path: tag, value: "v{version}", environments: [prod] }, { file: "{product}.yaml", path: tag, environments: [prod] }] }\n';
    const placements = expand(text, ['dev/docs.yaml', 'prod/docs.yaml', 'docs.yaml']);
    expect(
      placements.map(({ membership, pins }) => [
        membership,
        ...pins.map(({ file, value, index }) => `${index} ${file} ${String(value)}`),
      ]),
    ).toEqual([
      ['in', '0 dev/docs.yaml {version}'],
      ['in', '1 prod/docs.yaml v{version}', '2 docs.yaml {version}'],
      ['outside'],
      ['outside'],
    ]);
    expect(codeOf('products:\n  pins: [{ file: a, environments: [qa] }]\n')).toEqual([
      'ENVIRONMENT_UNKNOWN',
      2,
    ]);
  });

  it('put a product into an environment where the file of its first pin exists', () => {
    const text =
      'products: { pins: [{ file: "{env}/{product}.yaml", path: a }, { file: "{env}/{product}-more.yaml", path: a }] }\n';
    const placements = expand(text, ['dev/docs.yaml', 'dev/docs-more.yaml', 'dev/api.yaml']);
    expect(
      placements.map(({ membership, missing }) => [membership, missing.map((pin) => pin.file)]),
    ).toEqual([
      ['in', []],
      ['outside', []],
      ['in', ['dev/api-more.yaml']],
      ['outside', []],
    ]);
  });

  it('are looked for in the environments that the configuration names, file or no file', () => {
    const text =
      'products: { environments: [prod], pins: [{ file: "{env}/{product}.yaml", path: a }] }\n';
    expect(expand(text, []).map(({ membership, missing }) => [membership, missing.length])).toEqual(
      [
        ['outside', 0],
        ['in', 1],
        ['outside', 0],
        ['in', 1],
      ],
    );
  });

  it('may be every match of a glob', () => {
    const text = 'products: { pins: [{ file: "{env}/{product}/*.yaml", path: a }] }\n';
    const placements = expand(text, ['dev/docs/a.yaml', 'dev/docs/b.yaml', 'dev/docs/x/c.yaml']);
    expect(placements[0]?.pins.map((pin) => pin.file)).toEqual([
      'dev/docs/a.yaml',
      'dev/docs/b.yaml',
    ]);
  });

  it.each([
    [
      'two environments on one pin',
      '\nproducts: { pins: [{ file: "{product}.yaml", path: a }] }\n',
      'CONFIG_COLLISION',
    ],
    [
      'two products on one pin',
      '\nproducts: { pins: [{ file: "{env}.yaml", path: a }] }\n',
      'CONFIG_COLLISION',
    ],
    [
      'one pin twice',
      '\nproducts: { pins: [{ file: "{env}/{product}", path: a }, { file: "./{env}//{product}", path: a }] }\n',
      'CONFIG_COLLISION',
    ],
    [
      'a path out of the repository',
      '\nproducts: { pins: [{ file: "../{env}/{product}", path: a }] }\n',
      'CONFIG_ESCAPES_ROOT',
    ],
    [
      'a word that leads out',
      '\nproducts: { vars: { up: ".." }, pins: [{ file: "{env}/{product}/{up}/{up}/{up}/x", path: a }] }\n',
      'CONFIG_ESCAPES_ROOT',
    ],
    [
      'the inside of .git',
      '\nproducts: { pins: [{ file: ".git/{env}/{product}", path: a }] }\n',
      'CONFIG_ESCAPES_ROOT',
    ],
    [
      'an unknown word',
      '\nproducts: { pins: [{ file: "{env}/{prodct}", path: a }] }\n',
      'CONFIG_INVALID',
    ],
  ])('are a configuration error with its place for %s', (_name, text, code) => {
    expect(codeOf(text)).toEqual([code, 2]);
  });
});
