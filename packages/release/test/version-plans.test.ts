import { describe, expect, it } from 'vitest';
import type { RepoPath } from '@lanewise/model';
import { bumpFor, parseVersionPlan, planNote, type CountedPlan } from '@lanewise/release';
import { makeMemoryRemote } from '@lanewise/testing';
import {
  config,
  files,
  outline,
  plan,
  product,
  release,
  releasedRemote,
  releaseOf,
  sourcesAt,
} from './workspace.js';

const file = '.nx/version-plans/a.md' as RepoPath;
const text = (front: string, message = 'What it brings.'): string =>
  `---\n${front}\n---\n\n${message}\n`;

describe('a version plan', () => {
  it('gives steps to projects, products and groups, and a text', () => {
    const read = parseVersionPlan(text("docs: minor\n'@acme/api': fix!\n__default__: patch"), file);
    expect(Object.fromEntries(read.bumps)).toEqual({
      docs: 'minor',
      '@acme/api': 'major',
      __default__: 'patch',
    });
    expect(read.message).toBe('What it brings.');
    expect(bumpFor(read, ['docs'])).toBe('minor');
    expect(bumpFor(read, ['web'])).toBe('patch');
    expect(bumpFor(parseVersionPlan(text('docs: minor'), file), ['web'])).toBe(null);
  });

  it.each(['premajor', 'preminor', 'prepatch', 'prerelease'])(
    'may say %s, of which the size of the step counts',
    (bump) => {
      const size = bump === 'prerelease' ? 'patch' : bump.slice('pre'.length);
      expect(bumpFor(parseVersionPlan(text(`docs: ${bump}`), file), ['docs'])).toBe(size);
    },
  );

  it.each([
    ['no front matter', 'docs: minor'],
    ['a front matter without end', '---\ndocs: minor\n'],
    ['a step that is none', text('docs: huge')],
    ['a list', text('- docs')],
    ['broken YAML', text('docs: [')],
  ])('with %s is refused with its name', (_what, content) => {
    expect(() => parseVersionPlan(content, file)).toThrow(/\.nx\/version-plans\/a\.md/);
  });

  it('is a line of notes in its own words', () => {
    const counted = { file, commit: 'a'.repeat(40), bump: 'major', message: 'One\n\ntwo' };
    expect(planNote(counted as CountedPlan)).toMatchObject({ subject: 'One two', breaking: true });
  });
});

const plans = `${config}versioning: { from: version-plans }\n`;
const options = { config: plans };

const only = (name: string) => ({ products: [product(name)] });

describe('releases from version plans', () => {
  it('step as far as the plans say, whatever the commits say', async () => {
    const remote = await releasedRemote(plans);
    remote.commit({ 'apps/docs/index.md': '2' }, 'feat!: ignored');
    const head = remote.commit({ [file]: text('docs: minor', 'A search.') }, 'chore: plan');
    const planned = releaseOf(await plan(sourcesAt(remote.open(), head, options)), 'docs');
    expect(planned).toMatchObject({ version: '1.1.0', bump: 'minor' });
    expect(planned.notes).toMatchObject([{ subject: 'A search.', type: 'feat' }]);
  });

  it('count a plan once for each product, without deleting it', async () => {
    const remote = await releasedRemote(plans);
    const head = remote.commit(
      { 'libs/shared/index.ts': '2', [file]: text('docs: minor\napi: minor') },
      'fix: shared',
    );
    await release(sourcesAt(remote.open(), head, options), only('docs'));
    const next = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: docs');
    const planned = await plan(sourcesAt(remote.open(), next, options));
    expect(outline(planned)).toEqual(['api 1.1.0', 'docs 1.1.1', 'web unaffected']);
  });

  it('count a plan that was deleted meanwhile for the product that was not released with it', async () => {
    const remote = await releasedRemote(plans);
    const head = remote.commit(
      { 'libs/shared/index.ts': '2', [file]: text('docs: minor\napi: major') },
      'fix: shared',
    );
    await release(sourcesAt(remote.open(), head, options), only('docs'));
    const next = remote.commit({ [file]: null, 'apps/docs/index.md': '3' }, 'chore: tidy');
    const planned = await plan(sourcesAt(remote.open(), next, options));
    expect(outline(planned)).toEqual(['api 2.0.0', 'docs 1.1.1', 'web unaffected']);
  });

  it('do not count a plan again under another name', async () => {
    const remote = await releasedRemote(plans);
    const begin = { 'apps/docs/index.md': '2', [file]: text('docs: minor') };
    const head = remote.commit(begin, 'fix: docs');
    await release(sourcesAt(remote.open(), head, options), only('docs'));
    const renamed = { [file]: null, '.nx/version-plans/b.md': text('docs: minor') };
    const next = remote.commit({ ...renamed, 'apps/docs/index.md': '3' }, 'chore: rename');
    const planned = await plan(sourcesAt(remote.open(), next, options), only('docs'));
    expect(outline(planned)).toEqual(['docs 1.1.1']);
  });

  it('do not release a product whose inputs did not change: its plan waits', async () => {
    const remote = await releasedRemote(plans);
    const head = remote.commit({ [file]: text('docs: minor') }, 'chore: plan');
    expect(outline(await plan(sourcesAt(remote.open(), head, options)))).toContain(
      'docs unaffected',
    );
    const next = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: docs');
    expect(outline(await plan(sourcesAt(remote.open(), next, options)))).toContain('docs 1.1.0');
  });

  it('step a patch without a plan, and by the commits where both are named', async () => {
    const remote = await releasedRemote(plans);
    const head = remote.commit({ 'apps/docs/index.md': '2' }, 'feat: docs');
    expect(outline(await plan(sourcesAt(remote.open(), head, options)))).toContain('docs 1.0.1');
    const both = `${config}versioning: { from: [version-plans, conventional-commits] }\n`;
    const planned = await plan(sourcesAt(remote.open(), head, { config: both }));
    expect(outline(planned)).toContain('docs 1.1.0');
  });

  it('leave out a plan whose commit was reverted', async () => {
    const remote = await releasedRemote(plans);
    const added = remote.commit(
      { 'apps/docs/index.md': '2', [file]: text('docs: major') },
      'feat: x',
    );
    remote.commit(
      { 'apps/docs/index.md': 'docs', [file]: null },
      `Revert "feat: x"\n\nThis reverts commit ${added}.`,
    );
    const head = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: y');
    expect(outline(await plan(sourcesAt(remote.open(), head, options)))).toContain('docs 1.0.1');
  });

  it('stop at a plan that cannot be read, until it is mended or gone', async () => {
    const remote = await releasedRemote(plans);
    const broken = { 'apps/docs/index.md': '2', [file]: text('docs: huge') };
    const head = remote.commit(broken, 'feat: x');
    const before = [...remote.refs()];
    await expect(release(sourcesAt(remote.open(), head, options))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      place: { file },
    });
    expect([...remote.refs()]).toEqual(before);
    const mended = remote.commit({ [file]: text('docs: major') }, 'fix: plan');
    expect(outline(await plan(sourcesAt(remote.open(), mended, options)))).toContain('docs 2.0.0');
  });

  it('may be what one group of nx.json counts by, and commits what all others do', async () => {
    const nx = {
      release: { groups: { site: { projects: ['docs', 'web'], versionPlans: true } } },
    };
    const remote = makeMemoryRemote();
    const grouped = { config, nx };
    const begin = remote.commit(files, 'feat: begin');
    const asked = { products: ['api', 'site'].map(product), first: true };
    await release(sourcesAt(remote.open(), begin, grouped), asked);
    remote.commit({ 'apps/docs/index.md': '2', 'apps/api/main.ts': '2' }, 'feat: both');
    const head = remote.commit({ [file]: text('site: major', 'A new face.') }, 'chore: plan');
    const planned = await plan(sourcesAt(remote.open(), head, grouped));
    expect(outline(planned)).toEqual(['api 1.1.0', 'site 2.0.0']);
    expect(releaseOf(planned, 'site').notes).toMatchObject([{ subject: 'A new face.' }]);
  });
});
