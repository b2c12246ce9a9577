import { describe, expect, it } from 'vitest';
import {
  comparePackages,
  graphFromNx,
  readLockfile,
  resolvePackages,
  resolveProductPackages,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { CommitId, RepoPath } from '@lanewise/model';
import { explainProduct, observeRelease, planRelease } from '@lanewise/release';
import { makeMemoryRemote } from '@lanewise/testing';
import { everything, first, product, release, sourcesAt } from './workspace.js';

const seed = Number(process.env['WHY_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['WHY_RUNS'] ?? 25);
const lockfile = 'package-lock.json' as RepoPath;

const config = `
products:
  image: registry.example.com/{product}
  each: { docs: {} }
environments: { dev: {} }
`;

function makeRandom(from: number): (below: number) => number {
  let state = (from * 2654435761 + 12345) >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Which package needs which, and at which places each stands in which version. */
interface Locked {
  readonly needs: Readonly<Record<string, readonly string[]>>;
  readonly places: Readonly<Record<string, string>>;
}

const write = ({ needs, places }: Locked): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries(
      Object.entries(places).map(([place, version]) => {
        const name = place.slice(place.lastIndexOf('/') + 1);
        const dependencies = Object.fromEntries((needs[name] ?? []).map((one) => [one, '*']));
        return [place, { version, integrity: `${name}-${version}`, dependencies }];
      }),
    ),
  });

function draw(uses: Readonly<Record<string, readonly string[]>>): WorkspaceGraph {
  const node = (name: string) => ({ name, type: 'lib', data: { root: `at/${name}`, tags: [] } });
  const all = Object.keys(uses);
  return graphFromNx(
    {
      nodes: Object.fromEntries(all.map((name) => [name, node(name)])),
      dependencies: Object.fromEntries(
        all.map((name) => [
          name,
          [
            ...(name === 'docs' ? all.filter((one) => one !== name) : []),
            ...(uses[name] ?? []).map((one) => `npm:${one}`),
          ].map((target) => ({ source: name, target, type: 'static' })),
        ]),
      ),
      externalNodes: Object.fromEntries(
        names.map((name) => [`npm:${name}`, { data: { packageName: name } }]),
      ),
    },
    {},
    { lockfile },
  );
}

describe('the commits of a package', () => {
  it(`are those by which the product or a member came to use another version, in every random history (WHY_SEED=${seed} WHY_RUNS=${runs})`, async () => {
    let told = 0;
    for (let run = 0; run < runs; run += 1) {
      const random = makeRandom(seed + run * 7919);
      const some = (from: readonly string[]): readonly string[] =>
        from.filter(() => random(2) === 0);
      const needs = Object.fromEntries(names.map((name, at) => [name, some(names.slice(at + 1))]));
      const graph = draw({ docs: some(names), one: some(names), two: some(names) });
      const version = (): string => `${1 + random(2)}.0.0`;
      const places: Record<string, string> = Object.fromEntries(
        names.map((name) => [`node_modules/${name}`, version()]),
      );
      const remote = makeMemoryRemote();
      const texts: string[] = [write({ needs, places })];
      const begin = remote.commit({ 'at/docs/a': '1', [lockfile]: texts[0] ?? '' }, 'begin');
      await release(sourcesAt(remote.open(), begin, { config, graph }), {
        ...first,
        products: [product('docs')],
      });
      const ids: CommitId[] = [begin];
      for (let step = 0; step < 12; step += 1) {
        const name = names[random(names.length)] ?? 'a';
        const nested = `at/${['docs', 'one', 'two'][random(3)] ?? 'one'}/node_modules/${name}`;
        const inner = `node_modules/${names[random(names.length)] ?? 'a'}/node_modules/${name}`;
        const place = [`node_modules/${name}`, nested, inner][random(3)] ?? nested;
        if (place !== `node_modules/${name}` && random(2) === 0)
          Reflect.deleteProperty(places, place);
        else places[place] = version();
        const text = write({ needs, places });
        if (text === texts.at(-1)) continue;
        texts.push(text);
        ids.push(remote.commit({ [lockfile]: text }, `step ${step}`));
      }
      const head = remote.commit({ 'at/docs/a': '2' }, 'end');
      const sources = sourcesAt(remote.open(), head, { config, graph });
      const request = { ...everything, products: [product('docs')], detail: 'files' } as const;
      const state = await observeRelease(sources, request);
      const [entry] = planRelease(state, request).entries;
      if (entry === undefined) throw new Error('There is no entry.');
      const [inputs] = sources.inputs;
      if (inputs === undefined) throw new Error('There are no inputs.');
      const resolved = texts.map((text) =>
        resolveProductPackages(readLockfile(text, lockfile), inputs, true),
      );
      const ofMembers = texts.map((text) =>
        inputs.members.map(({ project: { root, packages } }) =>
          resolvePackages(readLockfile(text, lockfile), root, packages),
        ),
      );
      const changedAt = (step: number): ReadonlySet<string> => {
        const [before, after] = [resolved[step - 1], resolved[step]];
        if (before === undefined || after === undefined) return new Set();
        const found = comparePackages(before, after);
        return new Set(
          found.filter((one) => one.before.join() !== one.after.join()).map((one) => one.name),
        );
      };
      for (const { reason, commits, unsure } of explainProduct(state, entry).causes) {
        if (reason.kind !== 'package') continue;
        const say = `WHY_SEED=${seed} run ${run} ${reason.name}`;
        const expected = ids.filter((_, step) => changedAt(step).has(reason.name));
        if (reason.before.join() !== reason.after.join() && expected.length > 0) {
          expect(unsure, say).toBeUndefined();
          told += 1;
        }
        // What takes another of several versions is named besides.
        if (unsure === undefined) expect(commits, say).toEqual(expect.arrayContaining(expected));
        expect(commits.length, say).toBeGreaterThan(0);
        for (const id of commits) {
          const step = ids.indexOf(id);
          // A member may change among versions that others use before and after.
          expect(ofMembers[step], say).not.toEqual(ofMembers[step - 1]);
        }
      }
    }
    expect(told).toBeGreaterThan(0);
  });
});
