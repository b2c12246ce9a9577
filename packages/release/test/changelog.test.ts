import { describe, expect, it } from 'vitest';
import type { CommitId } from '@lanewise/model';
import {
  changelogWords,
  escapeMarkdown,
  forgeLinks,
  keepNotes,
  readChangelog,
  readKeptNotes,
  readReleases,
  renderChangelog,
  type ChangelogWords,
  type NoteLine,
} from '@lanewise/release';
import { defaultTypes, parseConfig } from '@lanewise/model';
import { makeMemoryRemote } from '@lanewise/testing';
import { config, files, first, product, release, sourcesAt } from './workspace.js';

const none = { forge: null, url: null };
const id = 'a'.repeat(40) as CommitId;

describe('links', () => {
  it.each([
    ['git@github.com:acme/shop.git', 'https://github.com/acme/shop/pull/12', null],
    ['https://dev:secret@github.com/acme/shop.git', 'https://github.com/acme/shop/pull/12', null],
    [
      'ssh://git@gitlab.example.com:2222/acme/deep/shop.git',
      'https://gitlab.example.com/acme/deep/shop/-/issues/12',
      'https://gitlab.example.com/acme/deep/shop/-/merge_requests/12',
    ],
    ['https://codeberg.org/acme/shop', 'https://codeberg.org/acme/shop/issues/12', null],
    ['git@bitbucket.org:acme/shop.git', 'https://bitbucket.org/acme/shop/pull-requests/12', null],
  ])('of %s lead to its forge', (remote, hash, bang) => {
    const links = forgeLinks(remote, none);
    expect(links?.reference('#12')).toBe(hash);
    expect(links?.reference('!12')).toBe(bang);
    expect(links?.commit(id)).toMatch(/^https:\/\/[^@]*\/acme\/.*a{40}$/);
  });

  it.each(['/srv/git/shop.git', 'git@git.example.com:acme/shop.git', 'file:///srv/shop', 'shop:x'])(
    'of %s are left out, as nobody knows where they would lead',
    (remote) => {
      expect(forgeLinks(remote, none)).toBe(null);
    },
  );

  it('follow what is configured', () => {
    const links = forgeLinks('git@git.example.com:acme/shop.git', { forge: 'gitlab', url: null });
    expect(links?.compare('docs@1.0.0', 'docs@1.1.0')).toBe(
      'https://git.example.com/acme/shop/-/compare/docs@1.0.0...docs@1.1.0',
    );
    const url = 'https://example.com/mirror';
    expect(forgeLinks('/srv/x', { forge: 'gitea', url })?.commit(id)).toBe(`${url}/commit/${id}`);
    expect(forgeLinks('git@github.com:a/b.git', { forge: 'none', url: null })).toBe(null);
  });
});

describe('notes kept in a tag', () => {
  const note: NoteLine = {
    commit: id,
    type: 'feat',
    scope: null,
    subject: 'x (#12)',
    breaking: false,
    dependency: false,
    references: ['#12'],
  };

  it('are so many that a tag stays small', () => {
    const kept = keepNotes(
      Array.from({ length: 1000 }, () => note),
      null,
    );
    expect(kept).toMatchObject({ more: 800 });
    expect(kept.notes).toHaveLength(200);
  });

  it.each([
    'Lanewise-Notes: 1 e30',
    'Lanewise-Notes: 1 %%%',
    'Lanewise-Notes: 1 bnVsbA',
    'nothing',
  ])('that cannot be read (%s) are none, and no error', (line) => {
    expect(readKeptNotes(`docs 1.0.0\n\n${line}\n`)).toBe(null);
  });
});

describe('a changelog', () => {
  async function history(): Promise<ChangelogWords> {
    const remote = makeMemoryRemote();
    const begin = remote.commit(files, 'feat: begin');
    await release(sourcesAt(remote.open(), begin), first);
    for (const [text, message] of [
      ['2', 'feat(search): find <words> (#12)'],
      ['3', 'fix!: drop `a_b*`\n\nBREAKING CHANGE: gone'],
    ] as const) {
      const head = remote.commit({ 'apps/docs/index.md': text }, message);
      await release(sourcesAt(remote.open(), head), { products: [product('docs')] });
    }
    const repository = remote.open();
    const snapshot = await repository.fetch({ refs: ['refs/tags/docs@*'], depth: 'tip' });
    const known = {
      products: [{ name: product('docs'), project: null }],
      config: parseConfig(config, 'lanewise.yaml'),
    };
    const book = await readReleases(repository, snapshot, known);
    const request = { product: product('docs'), from: null, to: null, prereleases: false };
    const entries = await readChangelog(repository, book, request, defaultTypes);
    return changelogWords(
      product('docs'),
      entries,
      forgeLinks('git@github.com:acme/shop.git', none),
    );
  }

  it('is made from tags alone, newest first, with links', async () => {
    const words = await history();
    expect(words.releases.map(({ version, base }) => [version, base])).toEqual([
      ['2.0.0', '1.1.0'],
      ['1.1.0', '1.0.0'],
      ['1.0.0', null],
    ]);
    const text = (await renderChangelog(words)).replace(/[0-9a-f]{40}/g, '<id>');
    expect(text.replace(/\[[0-9a-f]{8}\]/g, '[<commit>]')).toBe(`# docs

## [2.0.0](https://github.com/acme/shop/compare/docs@1.1.0...docs@2.0.0) (2026-01-01)

### Breaking changes

- drop \`a_b*\` ([<commit>](https://github.com/acme/shop/commit/<id>))
  gone

## [1.1.0](https://github.com/acme/shop/compare/docs@1.0.0...docs@1.1.0) (2026-01-01)

### Features

- **search:** find \\<words\\> ([#12](https://github.com/acme/shop/pull/12)) ([<commit>](https://github.com/acme/shop/commit/<id>))

## 1.0.0 (2026-01-01)
`);
  });

  it('has the look of a template that a user wrote', async () => {
    const text = '{% for r in releases %}{{ product }} {{ r.version | append: "!" }};{% endfor %}';
    const template = { file: 'x.liquid', text };
    expect(await renderChangelog(await history(), template)).toBe(
      'docs 2.0.0!;docs 1.1.0!;docs 1.0.0!;\n',
    );
  });

  it.each([
    ['a word of another language', '{{ product | shout }}'],
    ['a block without end', '\n\n{% for x in releases %}'],
    ['another file', '{% include "/etc/passwd" %}'],
    ['a file beside it', '{% render "x" %}'],
    ['a loop without end', '{% for a in (1..100000000) %}{{ a }}{% endfor %}'],
    ['loops in loops', `${'{% for a in (1..9999) %}'.repeat(4)}x${'{% endfor %}'.repeat(4)}`],
  ])('whose template has %s is refused with its name', async (_what, text) => {
    const words = { product: 'docs', releases: [] };
    await expect(renderChangelog(words, { file: 'x.liquid', text })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('x.liquid'),
      place: { file: 'x.liquid' },
    });
  });

  it('shows to a template plain words only', async () => {
    const text = '{{ product.constructor }}{{ releases.constructor.constructor }}{{ __proto__ }}';
    const words = { product: 'docs', releases: [] };
    expect(await renderChangelog(words, { file: 'x', text })).toBe('\n');
  });

  it('writes text as Markdown shows it, code left alone', () => {
    expect(escapeMarkdown('a <b> [c](d) *e* `f<g>` h_i')).toBe(
      'a \\<b\\> \\[c\\](d) \\*e\\* `f<g>` h\\_i',
    );
  });
});
