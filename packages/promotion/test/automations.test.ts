import { describe, expect, it, vi } from 'vitest';
import { makePlace, type Place } from './place.js';

const config = `
gitops: { repository: "https://git.example.com/deploy.git" }
products:
  select: "*"
  image: registry.example.com/{product}
  pins: [{ file: "{env}/{product}/values.yaml", format: flux-marker, path: "flux-system:{product}:tag" }]
environments: { dev: {} }
`;

const marked = (tag: string): string =>
  `image:\n  tag: ${tag} # {"$imagepolicy": "flux-system:docs:tag"}\n`;

function automation(spec: string): string {
  return `# Flux\napiVersion: image.toolkit.fluxcd.io/v1beta2\nkind: ImageUpdateAutomation\nmetadata:\n  name: apps\n  namespace: flux-system\nspec:\n${spec}`;
}

function markedPlace(files: Readonly<Record<string, string>>): Place {
  const place = makePlace({ config });
  place.hand({ 'dev/docs/values.yaml': marked('1.0.0'), ...files });
  place.release('docs', '1.1.0');
  return place;
}

const written = (place: Place): string => place.gitops.read('dev/docs/values.yaml');

describe('a pin behind a marker of Flux', () => {
  it.each([
    ['the whole repository', '  interval: 5m\n'],
    ['its folder', '  update:\n    path: ./dev\n'],
    ['its folder with a slash', '  update: { path: dev/docs/, strategy: Setters }\n'],
  ])('is refused while an automation writes %s', async (_, spec) => {
    const place = markedPlace({ 'clusters/flux.yaml': automation(spec) });
    const { plan, landed } = await place.promote('docs@1.1.0', 'dev');
    expect(landed).toEqual([]);
    expect(plan.decisions[0]).toMatchObject({ verdict: 'refused' });
    expect(plan.decisions[0]?.reason.text).toContain(
      'ImageUpdateAutomation flux-system/apps (clusters/flux.yaml:2)',
    );
    expect(plan.decisions[0]?.reason.hint).toContain('spec.suspend: true');
    expect(written(place)).toBe(marked('1.0.0'));
  });

  it.each([
    ['none', 'kind: Deployment\n'],
    ['a suspended one', automation('  suspend: true\n')],
    ['one for another folder', automation('  update: { path: ./de }\n')],
  ])('is written where the tree has %s', async (_, text) => {
    const place = markedPlace({ 'clusters/flux.yaml': text });
    await place.promote('docs@1.1.0', 'dev');
    expect(written(place)).toBe(marked('1.1.0'));
  });

  it('is told as refused by what runs there too', async () => {
    const place = markedPlace({ 'clusters/flux.yaml': automation('  interval: 5m\n') });
    const cell = (await place.state()).cells.get('dev/docs');
    expect(cell?.state.kind).toBe('unreadable');
    expect(cell?.pins[0]?.value).toMatchObject({ place: { file: 'clusters/flux.yaml', line: 2 } });
  });
});

describe('a pin of another format', () => {
  it('is written although an automation covers the file, and the tree is not listed', async () => {
    const place = makePlace();
    place.hand({ 'clusters/flux.yaml': automation('  interval: 5m\n') });
    place.release('docs', '1.1.0');
    const listing = vi.spyOn(place.sources.gitops, 'listFiles');
    await place.promote('docs@1.1.0', 'dev');
    expect(listing).not.toHaveBeenCalled();
    expect(place.pinned('dev', 'docs')).toBe('1.1.0');
  });
});
