import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makePlace, type Place } from './place.js';

const config = `
gitops: { repository: "https://git.example.com/deploy.git" }
products:
  select: "*"
  image: registry.example.com/{product}
  pins: [{ file: "{env}/site/Chart.yaml", path: "dependencies[name={product}].version", value: "{version}" }]
environments: { dev: {} }
`;

type Versions = Readonly<Record<string, string>>;

const repository = 'https://charts.example.com';
const before = '2024-01-02T03:04:05.6789+01:00';

function chart(versions: Versions): string {
  const entries = Object.entries(versions).map(
    ([name, version]) =>
      `  - name: ${name} # kept\n    version: ${version}\n    repository: ${repository}\n`,
  );
  return `apiVersion: v2\nname: site\nversion: 0.1.0\ndependencies:\n${entries.join('')}`;
}

/** A lock as Helm writes it: the digest is the SHA-256 of the dependencies asked for and locked. */
function lock(versions: Versions, generated: string): string {
  const all = Object.entries(versions).map(([name, version]) => ({ name, version, repository }));
  const digest = createHash('sha256')
    .update(JSON.stringify([all, all]))
    .digest('hex');
  const entries = all.map(
    ({ name, version }) => `- name: ${name}\n  repository: ${repository}\n  version: ${version}\n`,
  );
  return `dependencies:\n${entries.join('')}digest: sha256:${digest}\ngenerated: "${generated}"\n`;
}

const old = { api: '1.0.0', docs: '1.0.0' };
const chartPath = 'dev/site/Chart.yaml';
const lockPath = 'dev/site/Chart.lock';

function chartPlace(lockText: string | null): Place {
  const place = makePlace({ config, products: ['api', 'docs'] });
  place.hand({ [chartPath]: chart(old), ...(lockText === null ? {} : { [lockPath]: lockText }) });
  place.release('docs', '1.1.0');
  return place;
}

describe("a pin on a chart's dependency", () => {
  it('moves chart and lock in one commit, the lock dated as the commit', async () => {
    const place = chartPlace(lock(old, before));
    const result = await place.promote('docs@1.1.0', 'dev');
    expect(result.landed.map(({ product }) => product)).toEqual(['docs']);
    const next = { ...old, docs: '1.1.0' };
    const date = new Date(place.now * 1000).toISOString().replace('.000Z', 'Z');
    expect(place.gitops.read(chartPath)).toBe(chart(next));
    expect(place.gitops.read(lockPath)).toBe(lock(next, date));
  });

  it('moves two products of one chart one after the other', async () => {
    const place = chartPlace(lock(old, before));
    place.release('api', '2.0.0');
    await place.promote('docs@1.1.0', 'dev');
    await place.promote('api@2.0.0', 'dev');
    const date = new Date(place.now * 1000).toISOString().replace('.000Z', 'Z');
    expect(place.gitops.read(lockPath)).toBe(lock({ api: '2.0.0', docs: '1.1.0' }, date));
  });

  it.each([
    ['there is no lock', null, /there is no 'dev\/site\/Chart\.lock'/],
    [
      'the digest of the lock does not fit',
      lock({ api: '1.0.0', docs: '0.9.0' }, before),
      /digest does not fit/,
    ],
  ])('is refused, and nothing written, where %s', async (_, text, why) => {
    const place = chartPlace(text);
    const result = await place.promote('docs@1.1.0', 'dev');
    expect(result.landed).toEqual([]);
    expect(result.failed[0]?.error.message).toMatch(why);
    expect(place.gitops.read(chartPath)).toBe(chart(old));
  });
});
