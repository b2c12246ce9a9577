import { parseRepoPath } from '@lanewise/model';
import { describe, expect, it } from 'vitest';

import { readPins, rewritePins, type Manifest } from '../src/index.js';

const image = 'registry.example.com/acme/docs';
const selector = { image, every: true } as const;
const digest = `sha256:${'a'.repeat(64)}`;

function manifest(file: string, text: string): Manifest {
  return { file: parseRepoPath(file), bytes: new TextEncoder().encode(text) };
}

function set(file: string, text: string, value: string): string {
  return new TextDecoder().decode(rewritePins(manifest(file, text), [{ selector, value }]));
}

const files: [string, string, string][] = [
  [
    'values of a chart',
    'values.yaml',
    `web:\n  image: ${image}:1.0.0 # kept\njob:\n  image:\n    repository: ${image}\n    tag: "1.0.0"\nother:\n  image: registry.example.com/acme/docs-api:1.0.0\n`,
  ],
  [
    'objects with containers, in several documents',
    'apps.yaml',
    ['web', 'job']
      .map(
        (name) =>
          `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec:\n  template:\n    spec:\n      initContainers:\n        - name: first\n          image: ${image}:1.0.0\n      containers:\n        - name: app\n          image: ${image}:1.0.0\n        - { name: proxy, image: registry.example.com/proxy:2.0.0 }\n`,
      )
      .join('---\n'),
  ],
  [
    'an overlay',
    'kustomization.yaml',
    `images:\n  - name: ${image}\n    newTag: 1.0.0\n  - name: other\n    newTag: 2.0.0\n`,
  ],
  [
    'a compose file',
    'compose.yaml',
    `services:\n  web:\n    image: ${image}:1.0.0\n  job:\n    image: '${image}:1.0.0'\n`,
  ],
];

describe('a pin on every use of an image', () => {
  it.each(files)('reads and writes all of them in %s, and nothing else', (_, file, text) => {
    expect(readPins(manifest(file, text), [selector])[0]).toMatchObject({
      kind: 'value',
      text: '1.0.0',
    });
    expect(set(file, text, '1.1.0')).toBe(
      text.replaceAll('1.0.0', '1.1.0').replace('docs-api:1.1.0', 'docs-api:1.0.0'),
    );
  });

  it('changes nothing where all hold the value already', () => {
    const same = manifest('compose.yaml', files[3]?.[2] ?? '');
    expect(rewritePins(same, [{ selector, value: '1.0.0' }])).toBe(same.bytes);
  });

  it('is missing where the image is not used', () => {
    const other = manifest('compose.yaml', 'services:\n  web:\n    image: nginx:1\n');
    expect(readPins(other, [selector])[0]).toMatchObject({
      kind: 'missing',
      error: { code: 'PIN_MISSING' },
    });
  });

  it('is refused with the places where they disagree', () => {
    const text = `services:\n  a:\n    image: ${image}:1.0.0\n  b:\n    image: ${image}:0.9.0\n`;
    const [reading] = readPins(manifest('compose.yaml', text), [selector]);
    expect(reading).toMatchObject({ kind: 'refused', error: { code: 'PIN_AMBIGUOUS' } });
    expect(reading?.kind === 'refused' && reading.error.message).toMatch(
      /1\.0\.0.* in line 3, .*0\.9\.0.* in line 5/,
    );
  });

  it('writes nothing where one use cannot take the value', () => {
    const text = `services:\n  a:\n    image: ${image}:1.0.0\n  b:\n    image: ${image}@${digest}\n`;
    expect(() => set('compose.yaml', text, '1.1.0')).toThrow(/digest/);
  });

  it('takes versions only: a whole reference has no place beside a repository', () => {
    expect(() => set('compose.yaml', files[3]?.[2] ?? '', `${image}:1.1.0`)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('needs an image and no path', () => {
    const [reading] = readPins(manifest('values.yaml', 'tag: 1\n'), [{ path: 'tag', every: true }]);
    expect(reading).toMatchObject({ kind: 'refused', error: { code: 'CONFIG_INVALID' } });
  });

  it.each([
    [
      'values.yaml',
      `a:\n  image:\n    repository: ${image}\n    tag: 1.0.0\n    digest: ${digest} # pinned\nb:\n  image: ${image}:1.0.0@${digest}\n`,
    ],
    [
      'kustomization.yaml',
      `images:\n- name: ${image}\n  newTag: 1.0.0\n  digest: ${digest}\n- name: redis\n  newTag: "7"\n`,
    ],
  ])('reads a tag and the digest beside it as one, and writes both: %s', (file, text) => {
    const other = `sha256:${'b'.repeat(64)}`;
    const [reading] = readPins(manifest(file, text), [selector]);
    expect(reading).toMatchObject({ kind: 'value', text: `1.0.0@${digest}` });
    expect(set(file, text, `1.1.0@${other}`)).toBe(
      text.replaceAll('1.0.0', '1.1.0').replaceAll(digest, other),
    );
    for (const part of ['1.1.0', other])
      expect(() => set(file, text, part)).toThrow(
        expect.objectContaining({ hint: expect.stringContaining('{tag}@{digest}') as string }),
      );
  });
});
