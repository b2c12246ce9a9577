import { describe, expect, it } from 'vitest';
import { declaredGraph, selectProducts } from '@lanewise/graph';
import { parseConfig, type CommitId, type Config } from '@lanewise/model';
import { decodeRecord, encodeRecord, isVersion, readReleases, tagNaming } from '@lanewise/release';
import { makeMemoryRemote } from '@lanewise/testing';
import {
  config,
  endings,
  files,
  first,
  plan,
  product,
  release,
  releaseOf,
  sourcesAt,
  version,
} from './workspace.js';

const tagged = (tag: string): string => `${config}versioning: { tag: "${tag}" }\n`;
const understood = (tag: string): Config => parseConfig(tagged(tag), 'lanewise.yaml');
const names = ['api', 'api-client', 'docs'].map(product);

describe('tags called by a template', () => {
  it.each([
    ['release/{product}/{version}', 'release/docs/1.4.2'],
    ['{product}-v{version}', 'docs-v1.4.2'],
    ['{projectName}@{version}', 'docs@1.4.2'],
    ['{version}/{product}', '1.4.2/docs'],
  ])('%s are written and read back as %s', (template, tag) => {
    const naming = tagNaming(names, understood(template));
    expect(naming.name(product('docs'), version('1.4.2'))).toBe(tag);
    expect(naming.parse(`refs/tags/${tag}`)).toMatchObject({ product: 'docs', version: '1.4.2' });
    expect(naming.parse(`refs/heads/${tag}`)).toBe(null);
  });

  it('are read by the known names, never by splitting', () => {
    const naming = tagNaming(names, understood('{product}-{version}'));
    expect(naming.parse('refs/tags/api-client-1.0.0')).toMatchObject({ product: 'api-client' });
    expect(naming.parse('refs/tags/api-1.0.0-rc.0')).toMatchObject({
      product: 'api',
      version: '1.0.0-rc.0',
    });
    expect(naming.parse('refs/tags/web-1.0.0')).toBe(null);
    expect(naming.parse('refs/tags/docs-nightly')).toBe(null);
  });

  it('leave releases valid that were called otherwise before', async () => {
    const remote = makeMemoryRemote();
    const begin = remote.commit(files, 'feat: begin');
    await release(sourcesAt(remote.open(), begin), first);
    const head = remote.commit({ 'apps/docs/index.md': '2' }, 'feat: docs');
    const options = { config: tagged('release/{product}/{version}') };
    expect(endings(await release(sourcesAt(remote.open(), head, options)))).toEqual([
      'api unaffected',
      'docs published 1.1.0',
      'web unaffected',
    ]);
    expect([...remote.refs().keys()]).toContain('refs/tags/release/docs/1.1.0');
    const again = await plan(sourcesAt(remote.open(), head, options));
    expect(again.entries.every(({ kind }) => kind === 'unaffected')).toBe(true);
    const next = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: docs');
    const planned = releaseOf(await plan(sourcesAt(remote.open(), next, options)), 'docs');
    expect(planned).toMatchObject({ version: '1.1.1', base: { version: '1.1.0' } });
  });

  it('make a foreign tag of the same name a base, and a forged copy a problem', async () => {
    const remote = makeMemoryRemote();
    const head = remote.commit(files, 'feat: begin');
    const repository = remote.open();
    remote.setRef('refs/tags/release/docs/3.0.0', head);
    const known = {
      products: [{ name: product('docs'), project: null }],
      config: understood('release/{product}/{version}'),
    };
    const snapshot = await repository.fetch({ refs: ['refs/tags/'], depth: 'history' });
    const book = await readReleases(repository, snapshot, known);
    expect(book.all).toMatchObject([{ kind: 'foreign', version: '3.0.0', product: 'docs' }]);
  });

  it.each([
    ['{product}', /'{version}' not once/],
    ['{product}@{version}@{version}', /not once/],
    ['{product} {version}', /git takes no such tag/],
    ['{env}/{version}', /does not know the word '{env}'/],
    ['-{version}', /git takes no such tag|no tag/],
  ])('by %j are refused', (template, why) => {
    expect(() => understood(template)).toThrow(why);
  });

  it.each(['prod/{product}@{version}', 'dev/{version}'])(
    'by %j are refused: they would be requests for promotions',
    (template) => {
      expect(() => understood(template)).toThrow(/ask for promotions/);
    },
  );

  it.each(['v{version}', '{version}', 'v{version}-docs'])(
    'by %j are refused where there are several products',
    (template) => {
      const said = understood(template);
      expect(() => selectProducts(declaredGraph(said), said, [])).toThrow(/could be one of/);
    },
  );

  it('by {product}{version} are refused where one name continues another by a digit', () => {
    const text = (other: string): string =>
      `products: { each: { api: { root: a }, ${other}: { root: b } } }\nversioning: { tag: "{product}{version}" }`;
    const said = (other: string): Config => parseConfig(text(other), 'lanewise.yaml');
    const clash = said('api1');
    expect(() => selectProducts(declaredGraph(clash), clash, [])).toThrow(/could be one of/);
    const fine = said('apis');
    expect(selectProducts(declaredGraph(fine), fine, [])).toHaveLength(2);
  });

  it('by v{version} serve a single product', () => {
    const text = 'products: { each: { shop: { root: . } } }\nversioning: { tag: "v{version}" }';
    const said = parseConfig(text, 'lanewise.yaml');
    expect(selectProducts(declaredGraph(said), said, [])).toHaveLength(1);
    const naming = tagNaming([product('shop')], said);
    expect(naming.globs).toEqual(['refs/tags/shop@*', 'refs/tags/v*']);
    expect(naming.parse('refs/tags/v1.2.3')).toMatchObject({ product: 'shop' });
    expect(naming.parse('refs/tags/vnext')).toBe(null);
  });
});

describe('a record', () => {
  const record = {
    kind: 'own',
    product: product('docs'),
    version: version('1.4.2'),
    commit: 'a'.repeat(40) as CommitId,
    committedAt: 1_767_225_600,
    project: null,
    images: {},
    inputs: null,
    needs: {},
    pinText: null,
    allowed: {},
  } as const;

  it('of version 1, published before tags kept notes, is read as it was', () => {
    // What an earlier release of Lanewise wrote, byte for byte.
    const message =
      'docs 1.4.2\n\nLanewise-Record: 1 eyJhbGxvd2VkIjp7fSwiY29tbWl0IjoiYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYSIsImNvbW1pdHRlZEF0IjoxNzY3MjI1NjAwLCJpbWFnZXMiOnt9LCJpbnB1dHMiOm51bGwsImtpbmQiOiJvd24iLCJuZWVkcyI6e30sInBpblRleHQiOm51bGwsInByb2R1Y3QiOiJkb2NzIiwicHJvamVjdCI6bnVsbCwidmVyc2lvbiI6IjEuNC4yIn0\n\n  Features\n    - x (aaaaaaaa)\n';
    expect(decodeRecord(message, { name: 'docs@1.4.2', target: record.commit })).toEqual(record);
  });

  it('is the same line with and without notes beside it', () => {
    const plain = encodeRecord(record).split('\n')[2];
    const notes = { base: null, notes: [], more: 0 };
    const full = encodeRecord(record, { lines: ['x'], notes }).split('\n');
    expect(full[2]).toBe(plain);
    expect(full[3]).toMatch(/^Lanewise-Notes: 1 /);
  });

  it('must agree with what the tag of a template names', () => {
    const message = encodeRecord(record);
    const release = { product: product('docs'), version: version('1.4.2') };
    const header = { name: 'release/docs/1.4.2', target: record.commit };
    expect(decodeRecord(message, { ...header, release })).toEqual(record);
    const other = { ...release, product: product('api') };
    expect(() => decodeRecord(message, { ...header, release: other })).toThrow(/docs@1.4.2/);
  });
});

describe('a version', () => {
  it.each(['1.4.2', '1.4.2-rc.0', '22.04.1', '2026.02.03.0', '2026.11.0-rc.1', 'a'.repeat(40)])(
    '%s is one',
    (text) => {
      expect(isVersion(text)).toBe(true);
    },
  );
  it.each(['1', '1.4', 'v1.4.2', '1.4.2+build', '01.2.3.4.5', 'latest', '1.2.3.4'])(
    '%s is none: floating and foreign tags are no releases',
    (text) => {
      expect(isVersion(text)).toBe(false);
    },
  );
});
