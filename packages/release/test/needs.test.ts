import { describe, expect, it } from 'vitest';
import { readReleases } from '@lanewise/release';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import { files, first, product, release, sourcesAt } from './workspace.js';

async function needOfWeb(remote: MemoryRemote, version: string): Promise<unknown> {
  const repository = remote.open();
  const snapshot = await repository.fetch({ refs: ['refs/tags/*'], depth: 'history' });
  const known = { products: [{ name: product('web'), project: null }], config: null };
  const book = await readReleases(repository, snapshot, known);
  return book.get(product('web'), version as never)?.needs;
}

describe('what a release requires of a product that it needs', () => {
  it('is the oldest release from which on both speak alike', async () => {
    const remote = makeMemoryRemote();
    const step = async (changes: Record<string, string>): Promise<void> => {
      const head = remote.commit(changes, 'fix: step');
      await release(sourcesAt(remote.open(), head));
    };
    await release(sourcesAt(remote.open(), remote.commit(files)), first);
    await step({ 'apps/web/main.ts': '2' });
    expect(await needOfWeb(remote, '1.0.1')).toEqual({ api: { seen: '1.0.0', required: '1.0.0' } });
    // api 1.0.1 speaks otherwise, and 1.0.2 as 1.0.0 did.
    await step({ 'libs/api-client/index.ts': 'other' });
    await step({ 'libs/api-client/index.ts': files['libs/api-client/index.ts'] });
    expect(await needOfWeb(remote, '1.0.3')).toMatchObject({ api: { required: '1.0.2' } });
    await step({ 'apps/api/main.ts': '2' });
    await step({ 'apps/web/main.ts': '3' });
    expect(await needOfWeb(remote, '1.0.4')).toEqual({ api: { seen: '1.0.3', required: '1.0.2' } });
  });
});
