import { describe, expect, it } from 'vitest';
import {
  makeReleaseBook,
  makeRevisions,
  planAdoption,
  type AdoptionEntry,
  type PinnedValue,
} from '@lanewise/release';
import { parseConfig, type CommitId, type EnvironmentName, type Timestamp } from '@lanewise/model';
import { product } from './workspace.js';

const old = 'abc12340000000000000000000000000000000aa' as CommitId;
const young = 'def56780000000000000000000000000000000bb' as CommitId;
const digest = `sha256:${'0'.repeat(64)}`;

const config = parseConfig(
  'products: { image: "registry.example.com/acme/{product}" }\nenvironments: { dev: {}, prod: { after: dev } }',
  'lanewise.yaml',
);

const revisions = makeRevisions(
  new Map([
    ['refs/tags/v1.4.2', old],
    ['refs/tags/api-2.0.0', young],
    ['refs/tags/2026.11.20', young],
    ['refs/heads/main', young],
  ]),
  new Map([
    [old, 1000 as Timestamp],
    [young, 2000 as Timestamp],
  ]),
);

function adoptionOf(texts: Readonly<Record<string, string>>): readonly AdoptionEntry[] {
  const values = Object.entries(texts).map(([environment, text]): PinnedValue => ({
    product: product('api'),
    project: null,
    text,
    environments: [environment as EnvironmentName],
  }));
  const book = makeReleaseBook([], []);
  return planAdoption(values, book, revisions, { at: null, map: new Map() }, config).entries;
}

describe('adopt proposes', () => {
  it.each([
    ['1.4.2', '1.4.2', old],
    ['v1.4.2', '1.4.2', old],
    ['2.0.0', '2.0.0', young],
    ['abc1234', old, old],
    [old, old, old],
    ['main-abc1234-1700000000', old, old],
    ['sha-def5678', young, young],
    ['release-def56780-20261120', young, young],
    ['20261120.def5678', young, young],
    ['2026.11.20', '2026.11.20', young],
    [`1.4.2@${digest}`, '1.4.2', old],
  ])('for %s the release it is, on the commit that it names', (text, version, commit) => {
    expect(adoptionOf({ dev: text })).toMatchObject([{ kind: 'adopt', text, version, commit }]);
  });

  it.each([
    ['latest', /names neither a tag nor a commit/],
    ['main', /names neither a tag nor a commit/],
    ['3.0.0', /names neither a tag nor a commit/],
    ['1700000000', /names neither a tag nor a commit/],
    ['abc1234-def5678', /may be .* or .*, which are different commits/],
  ])('nothing for %s, which is listed and never guessed', (text, why) => {
    const [entry] = adoptionOf({ dev: text });
    expect(entry?.kind === 'unresolved' ? entry.why : entry?.kind).toMatch(why);
  });

  it('one release where two environments write the same version in two ways, and says so', () => {
    expect(adoptionOf({ dev: '1.4.2', prod: 'v1.4.2' })).toMatchObject([
      { kind: 'adopt', version: '1.4.2', environments: ['dev'] },
      { kind: 'already', version: '1.4.2', environments: ['prod'], sameAs: '1.4.2' },
    ]);
    expect(
      adoptionOf({ dev: 'main-abc1234-1700000000', prod: 'main-abc1234-1690000000' }),
    ).toMatchObject([{ kind: 'adopt' }, { kind: 'already', sameAs: 'main-abc1234-1700000000' }]);
  });

  it('the tag and the digest of what runs as the image of the release', () => {
    expect(adoptionOf({ prod: `1.4.2@${digest}` })).toMatchObject([
      { images: { main: { repository: 'registry.example.com/acme/api', tag: '1.4.2', digest } } },
    ]);
  });
});
