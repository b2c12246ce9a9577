import { describe, expect, it } from 'vitest';
import { parseImageReference } from '@lanewise/model';
import { planFromJson } from '@lanewise/promotion';
import { makePlace, verdicts } from './place.js';

const dev = `
gitops: { repository: "https://git.example.com/deploy.git" }
products: { select: "*", image: "registry.example.com/{product}", pins: [{ file: "{env}/{product}/values.yaml", path: image.tag }] }
environments: { dev: { on: command } }
`;

const images = { main: parseImageReference('registry.example.com/docs:build-7') };

describe('a told image where the head alone decides', () => {
  it('is repeated by --again, as the past says which release it is', async () => {
    const place = makePlace({ config: dev });
    place.release('docs', '1.0.0');
    await place.promote('docs@1.0.0', 'dev', { images });
    const again = await place.promote('docs@1.0.0', 'dev', { again: true });
    expect(verdicts(again)).toEqual(['dev/docs: promote repeats']);
    expect(place.pinned('dev', 'docs')).toBe('build-7');
  });

  it('is not replaced by an older release without force', async () => {
    const place = makePlace({ config: dev });
    place.release('docs', '1.0.0');
    place.release('docs', '1.1.0');
    await place.promote('docs@1.1.0', 'dev', { images });
    expect(verdicts(await place.promote('docs@1.0.0', 'dev'))).toEqual(['dev/docs: held gates']);
    expect(place.pinned('dev', 'docs')).toBe('build-7');
  });

  it('is what a hold without a version holds at', async () => {
    const place = makePlace({ config: dev });
    place.release('docs', '1.0.0');
    await place.promote('docs@1.0.0', 'dev', { images });
    const held = await place.run({
      kind: 'lock',
      word: 'hold',
      product: 'docs' as never,
      environment: 'dev',
      version: null,
      reason: 'audit',
      by: 'Dev',
      until: null,
      bindsRollbacks: false,
    });
    expect(verdicts(held)).toEqual(['dev/docs: lock locked']);
    expect(place.gitops.read('.lanewise/lock/dev/docs')).toContain('only: ["1.0.0"]');
  });

  it('from a registry with a port is recognised where name and tag are pinned as one and alone', async () => {
    const config = dev.replace(
      '{ file: "{env}/{product}/values.yaml", path: image.tag }',
      '{ file: "{env}/{product}/values.yaml", path: image.tag }, { file: "{env}/{product}/values.yaml", path: image.whole, value: "{image}:{tag}" }',
    );
    const place = makePlace({ config });
    place.hand({ 'dev/docs/values.yaml': 'image:\n  tag: ""\n  whole: ""\n' });
    place.release('docs', '1.0.0');
    const told = { main: parseImageReference('registry.example.com:5000/docs:build-7') };
    await place.promote('docs@1.0.0', 'dev', { images: told });
    expect((await place.state()).cells.get('dev/docs')?.state).toMatchObject({
      kind: 'release',
      told: { images: told },
    });
    place.hand({
      'dev/docs/values.yaml':
        'image:\n  tag: "build-8"\n  whole: "registry.example.com:5000/docs:build-8"\n',
    });
    expect((await place.state()).cells.get('dev/docs')?.state).toEqual({
      kind: 'image',
      text: 'build-8',
    });
  });
});

describe('a plan that cannot be read', () => {
  it('names the option that writes plans', () => {
    expect(() => planFromJson('{')).toThrow(
      expect.objectContaining({
        hint: expect.stringContaining('--save-plan FILE') as string,
      }) as Error,
    );
  });
});
