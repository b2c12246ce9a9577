import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plannedReleases } from '@lanewise/release';
import { makeMemoryRemote, seed } from '@lanewise/testing';
import { config, files, first, plan, product, release, sourcesAt } from './workspace.js';

const options = { config: `${config}versioning: { from: version-plans }\n` };
const sizes = ['patch', 'minor', 'major'] as const;
const names = ['docs', 'web'] as const;

type Size = (typeof sizes)[number];
type Step =
  | { readonly do: 'change' | 'release'; readonly name: (typeof names)[number] }
  | { readonly do: 'plan'; readonly docs: Size | null; readonly web: Size | null }
  | { readonly do: 'tidy' };

const size = fc.option(fc.constantFrom(...sizes));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('change' as const, 'release' as const),
    name: fc.constantFrom(...names),
  }),
  fc.record({ do: fc.constant('plan' as const), docs: size, web: size }),
  fc.record({ do: fc.constant('tidy' as const) }),
);
const folders = { docs: 'apps/docs/index.md', web: 'apps/web/main.ts' } as const;

/** The plans are counted by hand: what is added waits for each product until that is released. */
it(`a plan counts once for each product, whoever deletes it when (LANEWISE_SEED=${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const remote = makeMemoryRemote();
      let head = remote.commit(files, 'feat: begin');
      await release(sourcesAt(remote.open(), head, options), first);
      const waiting = { docs: [] as Size[], web: [] as Size[] };
      const changed = { docs: false, web: false };
      const present: string[] = [];
      for (const [count, one] of steps.entries()) {
        if (one.do === 'change') {
          head = remote.commit({ [folders[one.name]]: `${count}` }, 'whatever');
          changed[one.name] = true;
        } else if (one.do === 'plan') {
          const lines = names.flatMap((name) =>
            one[name] === null ? [] : `${name}: ${one[name]}`,
          );
          const file = `.nx/version-plans/${count}.md`;
          head = remote.commit(
            { [file]: `---\n${lines.join('\n')}\n---\n\nPlan ${count}\n` },
            'plan',
          );
          present.push(file);
          for (const name of names) if (one[name] !== null) waiting[name].push(one[name]);
        } else if (one.do === 'tidy') {
          if (present.length === 0) continue;
          head = remote.commit(Object.fromEntries(present.map((file) => [file, null])), 'tidy');
          present.length = 0;
        } else {
          const sources = sourcesAt(remote.open(), head, options);
          const only = { products: [product(one.name)] };
          const planned = plannedReleases(await plan(sources, only));
          const expected = [...sizes].reverse().find((bump) => waiting[one.name].includes(bump));
          expect(planned.map(({ bump }) => bump)).toEqual(
            changed[one.name] ? [expected ?? 'patch'] : [],
          );
          if (!changed[one.name]) continue;
          await release(sources, only);
          changed[one.name] = false;
          waiting[one.name].length = 0;
        }
      }
    }),
    { seed, numRuns: 60 },
  );
});
