import { describe, expect, it } from 'vitest';
import { makePlace, type Place } from './place.js';

const config = `
gitops: { repository: "https://git.example.com/deploy.git" }
products:
  select: "*"
  image: registry.example.com/{product}
  pins: [{ file: "{env}/**/*.yaml", image: "registry.example.com/{product}", all: true }]
environments: { dev: {} }
`;

const compose = (first: string, second = first): string =>
  `services:\n  web:\n    image: registry.example.com/docs:${first} # kept\n  job:\n    image: registry.example.com/docs:${second}\n`;
const overlay = (tag: string): string =>
  `images:\n  - name: registry.example.com/docs\n    newTag: ${tag}\n`;
const others = 'services:\n  db:\n    image: registry.example.com/db:1.0.0\n';

function everyPlace(files: Readonly<Record<string, string>>): Place {
  const place = makePlace({ config });
  place.release('docs', '1.0.0');
  place.release('docs', '1.1.0');
  place.hand({ 'dev/other.yaml': others, ...files });
  return place;
}

describe('a pin on every use of an image under a path', () => {
  it('moves all of them in one commit, and no other file', async () => {
    const place = everyPlace({
      'dev/compose.yaml': compose('1.0.0'),
      'dev/web/deep/kustomization.yaml': overlay('1.0.0'),
    });
    const cell = (await place.state()).cells.get('dev/docs');
    expect(cell?.state).toMatchObject({ kind: 'release', release: { version: '1.0.0' } });
    expect(cell?.pins.map(({ pin }) => pin.file)).toEqual([
      'dev/compose.yaml',
      'dev/web/deep/kustomization.yaml',
    ]);
    const { landed } = await place.promote('docs@1.1.0', 'dev');
    expect(landed).toHaveLength(1);
    expect(place.gitops.read('dev/compose.yaml')).toBe(compose('1.1.0'));
    expect(place.gitops.read('dev/web/deep/kustomization.yaml')).toBe(overlay('1.1.0'));
    expect(place.gitops.read('dev/other.yaml')).toBe(others);
    expect((await place.state()).cells.get('dev/docs')?.history?.stays).toHaveLength(2);
  });

  it('is missing where no file uses the image', async () => {
    const cell = (await everyPlace({}).state()).cells.get('dev/docs');
    expect(cell?.state.kind).toBe('missing');
  });

  it('is refused where the uses in one file disagree', async () => {
    const place = everyPlace({ 'dev/compose.yaml': compose('1.0.0', '0.9.0') });
    const { landed } = await place.promote('docs@1.1.0', 'dev');
    expect(landed).toEqual([]);
    expect(place.gitops.read('dev/compose.yaml')).toBe(compose('1.0.0', '0.9.0'));
  });
});
