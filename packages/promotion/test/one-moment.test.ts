import { reuseFetches } from '@lanewise/git';
import type { ProductName } from '@lanewise/model';
import { promote } from '@lanewise/promotion';
import { describe, expect, it } from 'vitest';
import { makePlace, verdicts } from './place.js';

describe('a release that lands while the two repositories are read', () => {
  it('is not taken for an unknown image, which a promotion by name would replace by an older one', async () => {
    const place = makePlace();
    place.release('docs', '1.0.0');
    await place.ready();
    const opened = place.open();
    const sources = { ...opened, workspace: reuseFetches(opened.workspace) };
    await sources.workspace.fetch({ refs: ['refs/tags/', 'refs/heads/main'], depth: 'history' });
    place.release('docs', '1.1.0');
    place.pin('dev', 'docs', '1.1.0', 'deploy(dev): docs 1.1.0');

    const result = await promote(
      sources,
      {
        kind: 'name',
        promotions: [
          { product: 'docs' as ProductName, version: '1.0.0', images: null, builtFrom: null },
        ],
        to: 'dev',
        force: [],
        reason: null,
        again: false,
      },
      {
        now: () => place.now,
        random: () => 0,
        sleep: () => Promise.resolve(),
        identity: { name: 'Dev', email: 'dev@example.com' },
      },
    );
    expect(verdicts(result)).toEqual([expect.stringMatching(/^dev\/docs: held/)]);
    expect(place.pinned('dev', 'docs')).toBe('1.1.0');
  });
});
