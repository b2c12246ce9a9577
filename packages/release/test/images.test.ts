import { describe, expect, it } from 'vitest';
import { githubMatrix, githubOutput, imageNaming, parseToldImages } from '@lanewise/release';
import {
  config,
  endings,
  entryOf,
  plan,
  release,
  releasedRemote,
  releaseOf,
  sourcesAt,
} from './workspace.js';

const digest = `sha256:${'a'.repeat(64)}`;

describe('told images', () => {
  it('are read from flags, from lines and from JSON', () => {
    const lines =
      '# built by CI\napi=r.example.com/api:1.0.0 # comment\n\ndocs:worker=r.example.com/w@' +
      digest;
    const told = parseToldImages(['docs=r.example.com/docs:1.0.0'], lines);
    expect(told.get('docs' as never)?.get('main')).toEqual({
      repository: 'r.example.com/docs',
      tag: '1.0.0',
    });
    expect(told.get('docs' as never)?.get('worker')).toEqual({
      repository: 'r.example.com/w',
      digest,
    });
    expect(told.get('api' as never)?.size).toBe(1);
    expect(parseToldImages([], '{"api": "r.example.com/api:2"}').size).toBe(1);
    expect(parseToldImages([], '\n').size).toBe(0);
  });

  it.each([
    'docs',
    '=x',
    'docs=',
    'docs=r.example.com/docs:',
    'docs=r.example.com/docs:refs/tags/v1',
    'docs=r.example.com/docs',
    '--image=x:1',
    'docs:=x:1',
  ])('are refused where they are none: %s', (value) => {
    expect(() => parseToldImages([value])).toThrowError(
      expect.objectContaining({ code: expect.stringMatching(/USAGE|IMAGE_INVALID/) }),
    );
  });

  it('are refused where two differ for one', () => {
    expect(() =>
      parseToldImages(['docs=x.example.com/d:1', 'docs=x.example.com/d:2']),
    ).toThrowError(/Two different/);
  });

  it('of a product that is not affected are an error, unless this commit was released with them', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'README.md': '2' });
    const told = parseToldImages(['docs=registry.example.com/acme/docs:1.0.0']);
    const outcome = await release(sourcesAt(remote.open(), head), { target: false, told });
    expect(outcome.exitCode).toBe(1);
    expect(entryOf(outcome.plan, 'docs')).toMatchObject({
      kind: 'stopped',
      code: 'IMAGE_UNEXPECTED',
    });
  });

  it('of another version than the one that names them are refused', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': '2' });
    const told = parseToldImages(['docs=registry.example.com/acme/docs:1.0.7']);
    const found = await plan(sourcesAt(remote.open(), head), { target: false, told });
    expect(entryOf(found, 'docs')).toMatchObject({
      code: 'IMAGE_UNEXPECTED',
      message: expect.stringContaining('1.0.1'),
    });
  });

  it('for a product that nobody knows, or that was not named, are a wrong usage', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': '2' });
    const sources = sourcesAt(remote.open(), head);
    const told = parseToldImages(['nobody=x.example.com/x:1']);
    await expect(plan(sources, { told })).rejects.toMatchObject({ code: 'PRODUCT_UNKNOWN' });
    const other = parseToldImages(['api=x.example.com/x:1']);
    await expect(plan(sources, { told: other, products: ['docs' as never] })).rejects.toMatchObject(
      { code: 'USAGE' },
    );
  });
});

describe('an image', () => {
  it('is named by version, by commit, or the same for ever', () => {
    expect(['a:{version}', 'a:{shortCommit}', 'a:{date:%Y}', 'a:latest'].map(imageNaming)).toEqual([
      'version',
      'commit',
      'commit',
      'constant',
    ]);
  });

  it('that is the same for every release cannot be released', async () => {
    const remote = await releasedRemote();
    const text = config.replace('acme/{product}', 'acme/{product}:latest');
    const head = remote.commit({ 'apps/docs/index.md': '2' });
    const found = await plan(sourcesAt(remote.open(), head, { config: text }));
    expect(entryOf(found, 'docs')).toMatchObject({ kind: 'stopped', code: 'IMAGE_INVALID' });
  });

  it('must be built, told or said to exist', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': '2' });
    const nothing = await plan(sourcesAt(remote.open(), head), { target: false });
    expect(entryOf(nothing, 'docs')).toMatchObject({ kind: 'stopped', code: 'IMAGE_NOT_TOLD' });
    const text = config.replace('root: apps/docs,', 'root: apps/docs, build: external,');
    const external = await plan(sourcesAt(remote.open(), head, { config: text }), {
      target: false,
    });
    expect(releaseOf(external, 'docs').build).toBe('external');
  });

  it('of a build elsewhere is reserved, and listed for its matrix', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': '2' });
    const sources = sourcesAt(remote.open(), head);
    const outcome = await release(sources, { reserveOnly: true, target: false });
    const matrix = githubMatrix(outcome);
    expect(matrix).toEqual({
      matrix: {
        include: [
          {
            product: 'docs',
            project: 'docs',
            version: '1.0.1',
            image: 'registry.example.com/acme/docs:1.0.1',
            commit: head,
            tell: 'docs',
          },
        ],
      },
      any: true,
    });
    expect(githubOutput(matrix)).toMatch(/^matrix=\{.*\}\nany=true\n$/);
    const told = parseToldImages(['docs=registry.example.com/acme/docs:1.0.1']);
    expect(endings(await release(sources, { told, target: false }))).toContain(
      'docs published 1.0.1',
    );
    expect(githubMatrix(await release(sources, { reserveOnly: true }))).toMatchObject({
      any: false,
    });
  });
});
