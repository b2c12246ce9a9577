import { describe, expect, it } from 'vitest';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import {
  config,
  endings,
  files,
  plan,
  product,
  release,
  releasedRemote,
  releaseOf,
  sourcesAt,
} from './workspace.js';

const lines = `${config}versioning: { prerelease: { "next": rc, "beta/*": beta } }
release: { branches: [main, next, "beta/*"] }
`;
const options = { config: lines };
const docs = { products: [product('docs')] };

const commitTo = (remote: MemoryRemote, branch: string, text: string, message: string) =>
  remote.commit({ 'apps/docs/index.md': text }, message, {
    branch,
    ...(remote.refs().has(`refs/heads/${branch}` as never)
      ? {}
      : { parents: [remote.refs().get('refs/heads/main' as never) ?? ''] }),
  });

describe('prereleases', () => {
  it('are made on the branches that are configured, and count up behind one number', async () => {
    const remote = await releasedRemote(lines);
    const one = commitTo(remote, 'next', '1', 'feat: one');
    expect(endings(await release(sourcesAt(remote.open(), one, options), docs))).toEqual([
      'docs published 1.1.0-rc.0',
    ]);
    const two = commitTo(remote, 'next', '2', 'fix: two');
    const planned = await plan(sourcesAt(remote.open(), two, options), docs);
    expect(releaseOf(planned, 'docs')).toMatchObject({ version: '1.1.0-rc.1', bump: 'minor' });
    expect(releaseOf(planned, 'docs').notes.map(({ subject }) => subject)).toEqual(['two']);
  });

  it('go on with a higher number when something breaks', async () => {
    const remote = await releasedRemote(lines);
    const one = commitTo(remote, 'next', '1', 'fix: one');
    await release(sourcesAt(remote.open(), one, options), docs);
    const two = commitTo(remote, 'next', '2', 'feat!: two');
    expect(endings(await release(sourcesAt(remote.open(), two, options), docs))).toEqual([
      'docs published 2.0.0-rc.0',
    ]);
  });

  it('are no bases of final releases: these bring all since the last final one', async () => {
    const remote = await releasedRemote(lines);
    const one = commitTo(remote, 'next', '1', 'feat: one');
    await release(sourcesAt(remote.open(), one, options), docs);
    const two = commitTo(remote, 'next', '2', 'fix: two');
    remote.setRef('refs/heads/main', two);
    const planned = await plan(sourcesAt(remote.open(), two, options), docs);
    expect(releaseOf(planned, 'docs')).toMatchObject({
      version: '1.1.0',
      base: { version: '1.0.0' },
    });
    expect(releaseOf(planned, 'docs').notes.map(({ subject }) => subject)).toEqual(['two', 'one']);
  });

  it('are bases for their own line only', async () => {
    const remote = await releasedRemote(lines);
    const one = commitTo(remote, 'next', '1', 'feat: one');
    await release(sourcesAt(remote.open(), one, options), docs);
    const other = { ...docs, prerelease: 'beta' };
    const planned = await plan(sourcesAt(remote.open(), one, options), other);
    expect(releaseOf(planned, 'docs')).toMatchObject({
      version: '1.1.0-beta.0',
      base: { version: '1.0.0' },
    });
  });

  it('that changed nothing since the last of the line are not made', async () => {
    const remote = await releasedRemote(lines);
    const one = commitTo(remote, 'next', '1', 'feat: one');
    await release(sourcesAt(remote.open(), one, options), docs);
    const two = remote.commit({ 'README.md': '2' }, 'docs: readme', { branch: 'next' });
    expect(endings(await release(sourcesAt(remote.open(), two, options), docs))).toEqual([
      'docs unaffected',
    ]);
  });

  it('are not made of a commit that a branch of final releases contains', async () => {
    const remote = await releasedRemote(lines);
    const one = remote.commit({ 'apps/docs/index.md': '1' }, 'feat: one');
    remote.setRef('refs/heads/next', one);
    expect(endings(await release(sourcesAt(remote.open(), one, options), docs))).toEqual([
      'docs published 1.1.0',
    ]);
  });

  it('take up only reservations of their line, and final releases only their own', async () => {
    const remote = await releasedRemote(lines);
    const head = commitTo(remote, 'next', '1', 'feat: one');
    const sources = () => sourcesAt(remote.open(), head, options);
    await release(sources(), { ...docs, reserveOnly: true });
    expect([...remote.refs().keys()]).toContain('refs/lanewise/reserved/docs/1.1.0-rc.0');
    const again = await plan(sources(), docs);
    expect(releaseOf(again, 'docs')).toMatchObject({ version: '1.1.0-rc.0', reservation: 'ours' });
    const beta = await plan(sources(), { ...docs, prerelease: 'beta' });
    expect(releaseOf(beta, 'docs').version).toBe('1.1.0-beta.0');
    remote.setRef('refs/heads/main', head);
    expect(releaseOf(await plan(sources(), docs), 'docs').version).toBe('1.1.0');
  });

  it('do not exist where versions are commits', async () => {
    const remote = makeMemoryRemote();
    const text = `${config.replace('{product}\n', '{product}:{commit}\n')}versioning: { scheme: commit }\n`;
    const head = remote.commit(files);
    const asked = plan(sourcesAt(remote.open(), head, { config: text }), { prerelease: 'rc' });
    await expect(asked).rejects.toMatchObject({ code: 'USAGE' });
  });
});
